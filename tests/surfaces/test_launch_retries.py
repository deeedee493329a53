"""Runs of jobs that are run again by themselves: jobs of ops and of assets, wherever they run."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from tests.instance.queueing import Told, holding, limited, until
from tests.surfaces.book import Book, CellFailedError
from tests.surfaces.shell import program, saved
from tests.surfaces.test_run_retries import chain

from assetbook import job, launch, op, retry
from assetbook.errors import SelectionError, UsageError
from assetbook.instance.instance import Instance
from assetbook.instance.job_result import JobResult
from assetbook.instance.job_running import JobOptions, run_job
from assetbook.instance.materializing import MaterializeOutcome, origin_of

OPS = """
tries = []
@op
def fetch() -> int:
    tries.append("fetch")
    return 2
@op
def double(number: int) -> int:
    tries.append("double")
    if tries.count("double") < 3:
        raise ConnectionError("not yet")
    return number * 2
@job
def doubled():
    double(fetch())
@job(tags={"dagster/max_retries": "2", "dagster/retry_strategy": "ALL_STEPS"})
def tagged():
    double(fetch())
"""
ASSETS = """
tries = []
@asset(ignore={"tries"})
def orders():
    tries.append("orders")
    return [1, 2]
@asset(ignore={"tries"})
def totals(orders):
    tries.append("totals")
    if tries.count("totals") < 3:
        raise ConnectionError("not yet")
    return sum(orders)
nightly = define_asset_job("nightly", "*totals")
tagged = define_asset_job("tagged", "*totals", tags={"dagster/max_retries": "2"})
"""
CRASHING = """
import os, signal
from pathlib import Path
from assetbook import job, op
@op
def fetch() -> int:
    return 2
@op
def double(number: int) -> int:
    tries = Path("tries")
    tries.write_text(tries.read_text() + "x" if tries.exists() else "x")
    if len(tries.read_text()) < 3:
        os.kill(os.getpid(), signal.SIGKILL)
    return number * 2
@job
def doubled():
    double(fetch())
"""


def test_a_job_of_ops_is_retried_from_what_failed(book: Book) -> None:
    book.run(OPS)
    shown = "print(found.output_for_node('double'))"
    said = book.run(f"found = %launch doubled --max-retries 2\n{shown}")
    assert "double  failed in run" in said and "4" in said.splitlines()
    assert book.names["tries"] == ["fetch", "double", "double", "double"]
    assert chain(book.instance.runs()) == [("from_failure", 1), ("from_failure", 2)]
    assert [run.steps for run in book.instance.runs()] == [
        ("double",),
        ("double",),
        ("fetch", "double"),
    ]


def test_the_result_is_the_last_runs_and_knows_the_others(book: Book) -> None:
    book.run(OPS)
    found = launch("doubled", max_retries=2)
    assert isinstance(found, JobResult)
    assert (found.success, found.output_for_node("double")) == (True, 4)
    assert [each.success for each in found.earlier] == [False, False]
    assert [each.run_id for each in found.earlier] == [
        run.id for run in reversed(book.instance.runs()[1:])
    ]


def test_all_of_a_job_is_retried_and_retries_come_to_an_end(book: Book) -> None:
    book.run(OPS)
    with pytest.raises(CellFailedError, match="not yet"):
        book.run("%launch doubled --max-retries 1 --retry-strategy all")
    assert book.names["tries"] == ["fetch", "double"] * 2
    assert chain(book.instance.runs()) == [("all", 1)]


def test_steps_that_failed_need_not_be_retried(book: Book) -> None:
    book.run(OPS)
    given = {"retry_on_asset_or_op_failure": False, "raise_on_error": False}
    assert not launch("doubled", max_retries=2, **given).success  # type: ignore[arg-type]
    assert len(book.instance.runs()) == 1


@pytest.mark.parametrize(("cells", "kind"), [(OPS, "all"), (ASSETS, "from_failure")])
def test_the_tags_of_a_job_ask_for_it_too(book: Book, cells: str, kind: str) -> None:
    book.run(cells)
    book.run("%launch tagged")
    assert chain(book.instance.runs()) == [(kind, 1), (kind, 2)]
    assert {run.tags["dagster/max_retries"] for run in book.instance.runs()} == {"2"}


def test_a_job_of_assets_is_retried_from_what_failed(book: Book) -> None:
    book.run(ASSETS)
    found = launch("nightly", max_retries=2)
    assert isinstance(found, MaterializeOutcome)
    assert (found.success, found.asset_value("totals"), len(found.earlier)) == (True, 3, 2)
    assert book.names["tries"] == ["orders", "totals", "totals", "totals"]
    assert chain(book.instance.runs()) == [("from_failure", 1), ("from_failure", 2)]


def test_a_run_of_a_job_that_is_done_again_keeps_its_retries(book: Book) -> None:
    book.run(OPS)
    with pytest.raises(CellFailedError, match="not yet"):
        book.run("%launch doubled --max-retries 1")
    book.run("tries.clear()")
    first = book.instance.runs()[-1].id
    with pytest.raises(CellFailedError, match="not yet"):
        book.run(f"%retry {first}")
    assert book.names["tries"] == ["fetch", "double", "double"]
    assert len(book.instance.runs()) == 4


def test_what_cannot_be_meant_is_refused_before_anything_runs(book: Book) -> None:
    book.run(OPS)
    with pytest.raises(UsageError, match="it is below 0"):
        launch("doubled", max_retries=-1)
    assert book.instance.runs() == []


def test_a_process_that_dies_amid_a_job_is_followed_by_another(tmp_path: Path) -> None:
    saved(tmp_path, "%load_ext assetbook", CRASHING)
    found = program(tmp_path, "launch", "numbers.ipynb", "doubled", "--max-retries", "2")
    assert found.returncode == 0, found.stderr
    assert "is retried, 2 of 2" in found.stderr
    instance = Instance.get(tmp_path)
    assert chain(instance.runs()) == [("from_failure", 1), ("from_failure", 2)]
    assert [run.steps for run in instance.runs()][:2] == [("double",), ("double",)]
    instance.close()


@pytest.mark.long
def test_a_detached_job_is_retried_by_its_own_process(tmp_path: Path) -> None:
    failing = CRASHING.replace("os.kill(os.getpid(), signal.SIGKILL)", "raise ConnectionError")
    saved(tmp_path, "%load_ext assetbook", failing)
    words = ("launch", "numbers.ipynb", "doubled", "--detach", "--max-retries", "2")
    assert program(tmp_path, *words).returncode == 0
    instance = Instance.get(tmp_path)
    until(lambda: instance.runs()[0].status == "success")
    assert chain(instance.runs()) == [("from_failure", 1), ("from_failure", 2)]
    instance.close()


@op
def large() -> str:
    return "large" * 50_000


@op
def broken(text: str) -> int:
    raise ValueError("broken")


@job
def breaking() -> None:
    broken(large())


def test_a_job_that_is_done_again_is_planned_anew_at_its_turn(tmp_path: Path) -> None:
    """What it was to read is gone by then: it is told so, instead of a step that fails."""
    instance, told = limited(tmp_path, "max_concurrent_runs = 1"), Told()
    run_job(breaking, instance, JobOptions(), origin=origin_of("python"))
    run = instance.runs()[0]
    raised: list[BaseException] = []

    def again() -> None:
        try:
            given = {"definitions": [breaking], "instance": instance, "reporter": told}
            retry(run.id, from_failure=True, **given)  # type: ignore[arg-type]
        except SelectionError as error:
            raised.append(error)

    with holding(instance) as held:
        waiter = threading.Thread(target=again)
        waiter.start()
        until(lambda: told.waiting)
        (path,) = [each for each in instance.op_files.root.rglob("*") if each.is_file()]
        path.unlink()
        held.let_go()
        waiter.join(20)
    assert [type(each) for each in raised] == [SelectionError]
    assert "was collected" in str(raised[0])
    newest = instance.runs()[0]
    assert newest.status == "failed"
    assert "was collected" in newest.message
    instance.close()
