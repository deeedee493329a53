"""Runs that are run again by themselves: after a step failed, and after their process died."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.instance.queueing import until
from tests.surfaces.book import Book, CellFailedError
from tests.surfaces.shell import program, saved

import assetbook
from assetbook.errors import UsageError
from assetbook.events.run_events import RunStarted
from assetbook.instance.instance import Instance
from assetbook.storage.store import RunRecord
from assetbook.surfaces.retry_options import run_retries

TRIES = """
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
"""
CRASHING = """
import os, signal
from pathlib import Path

@asset
def orders():
    return [1, 2]

@asset
def totals(orders):
    tries = Path("tries")
    tries.write_text(tries.read_text() + "x" if tries.exists() else "x")
    if len(tries.read_text()) < 3:
        os.kill(os.getpid(), signal.SIGKILL)
    return sum(orders)
"""


def chain(runs: list[RunRecord]) -> list[tuple[str, int]]:
    """How each run did the one before again, oldest first."""
    again = [run.reexecution for run in reversed(runs)]
    for before, each in zip(list(reversed(runs)), again[1:], strict=False):
        assert each is not None and each.parent_run_id == before.id
        assert each.root_run_id == runs[-1].id
    return [(each.kind, each.retry_number) for each in again if each is not None]


def test_a_run_that_fails_is_retried_from_there(book: Book) -> None:
    book.run(TRIES)
    book.run("%materialize --max-retries 2")
    assert book.names["tries"] == ["orders", "totals", "totals", "totals"]
    assert chain(book.instance.runs()) == [("from_failure", 1), ("from_failure", 2)]
    assert [run.status for run in book.instance.runs()] == ["success", "failed", "failed"]
    assert "retry 2 of" in book.run("%runs\nprint(assetbook.runs())")


def test_retries_come_to_an_end(book: Book) -> None:
    book.run(TRIES)
    with pytest.raises(CellFailedError, match="not yet"):
        book.run("%materialize --max-retries 1 --retry-strategy all")
    assert book.names["tries"] == ["orders", "totals"] * 2
    assert chain(book.instance.runs()) == [("all", 1)]


def test_failed_steps_need_not_be_retried(book: Book) -> None:
    book.run(TRIES)
    outcome = assetbook.materialize(
        max_retries=2, retry_on_asset_or_op_failure=False, raise_on_error=False
    )
    assert (outcome.success, len(book.instance.runs())) == (False, 1)


def test_a_tag_asks_for_it_too(book: Book) -> None:
    book.run(TRIES)
    book.run("%materialize --tag dagster/max_retries=2 --tag dagster/retry_strategy=ALL_STEPS")
    assert chain(book.instance.runs()) == [("all", 1), ("all", 2)]
    assert {run.tags["dagster/max_retries"] for run in book.instance.runs()} == {"2"}


def test_the_outcome_is_the_last_run_and_knows_the_others(book: Book) -> None:
    book.run(TRIES)
    outcome = assetbook.materialize(max_retries=2)
    assert outcome.success
    assert [each.status for each in outcome.earlier] == ["failed", "failed"]
    assert outcome.asset_value("totals") == 3


def test_an_interrupt_is_not_retried(book: Book) -> None:
    book.run("@asset\ndef orders():\n    raise KeyboardInterrupt")
    with pytest.raises(CellFailedError, match="canceled"):
        book.run("%materialize --max-retries 3")
    assert [run.status for run in book.instance.runs()] == ["canceled"]


def test_a_process_that_dies_amid_a_run_is_followed_by_another(tmp_path: Path) -> None:
    saved(tmp_path, "%load_ext assetbook", CRASHING)
    found = program(tmp_path, "materialize", "numbers.ipynb", "--max-retries", "2")
    assert found.returncode == 0, found.stderr
    assert found.stderr.count("SIGKILL ended its process; run ") == 2
    assert "is retried, 2 of 2" in found.stderr
    instance = Instance.get(tmp_path)
    assert chain(instance.runs()) == [("from_failure", 1), ("from_failure", 2)]
    assert [len(instance.versions(name)) for name in ("orders", "totals")] == [1, 1]
    instance.close()


def test_a_process_that_dies_leaves_the_commands_that_go_on(tmp_path: Path) -> None:
    saved(tmp_path, "%load_ext assetbook", CRASHING)
    found = program(tmp_path, "materialize", "numbers.ipynb")
    instance = Instance.get(tmp_path)
    name = instance.runs()[0].id[:6]
    instance.close()
    assert "SIGKILL ended its process" in found.stderr
    assert f"`assetbook logs {name}` has what it said" in found.stderr
    assert f"`assetbook resume {name}` goes on with it" in found.stderr


def test_a_kernel_that_dies_amid_a_run_is_followed_by_another(tmp_path: Path) -> None:
    saved(tmp_path, "%load_ext assetbook", CRASHING)
    words = ("materialize", "numbers.ipynb", "--load", "all", "--max-retries", "2")
    found = program(tmp_path, *words)
    assert found.returncode == 0, found.stderr
    assert found.stderr.count("the notebook's kernel: it died; run ") == 2
    instance = Instance.get(tmp_path)
    assert chain(instance.runs()) == [("from_failure", 1), ("from_failure", 2)]
    assert [len(instance.versions(name)) for name in ("orders", "totals")] == [1, 1]
    instance.close()


@pytest.mark.long
def test_a_detached_run_is_retried_by_its_own_process(tmp_path: Path) -> None:
    failing = CRASHING.replace("os.kill(os.getpid(), signal.SIGKILL)", "raise ConnectionError")
    saved(tmp_path, "%load_ext assetbook", failing)
    words = ("materialize", "numbers.ipynb", "--detach", "--max-retries", "2")
    assert program(tmp_path, *words).returncode == 0
    instance = Instance.get(tmp_path)
    until(lambda: instance.runs()[0].status == "success")
    assert chain(instance.runs()) == [("from_failure", 1), ("from_failure", 2)]
    [started] = instance.events(run_id=instance.runs()[0].id, kinds=[RunStarted])
    request = started.event.request  # type: ignore[union-attr]
    assert request is not None
    assert (request.max_retries, request.pinned) == (2, False)
    instance.close()


@pytest.mark.long
def test_a_process_that_dies_too_often_is_told(tmp_path: Path) -> None:
    saved(tmp_path, "%load_ext assetbook", CRASHING)
    found = program(tmp_path, "materialize", "numbers.ipynb", "--max-retries", "1")
    assert found.returncode == 1
    assert "RunFailedError" in found.stderr
    assert len((tmp_path / "tries").read_text()) == 2


@pytest.mark.parametrize(
    ("given", "said"),
    [((-1, "all", True), "it is below 0"), ((1, "al", True), "Did you mean `all`")],
)
def test_what_cannot_be_meant_is_refused(given: tuple[int, str, bool], said: str) -> None:
    with pytest.raises(UsageError, match=said):
        run_retries(*given)
