"""``backfill`` and ``backfills``: run by run, and where each stands whatever happened."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from msgspec.structs import replace
from tests.surfaces.book import Book, CellFailedError
from tests.surfaces.shell import saved, told

from assetbook.errors import StoreError
from assetbook.events.run_events import RunStarted
from assetbook.instance.backfilling import (
    BACKFILL_TAG,
    BackfillRun,
    ChunkWork,
    backfill_named,
)
from assetbook.instance.instance import Instance
from assetbook.storage.backfill_records import Backfill

FRAGILE = (
    "%%asset fragile --partitions static:a,b,c,d --ignore broken --define\n"
    "if context.partition_key in broken:\n    raise broken[context.partition_key]\n"
    "context.partition_key"
)
AFTER = "@asset(partitions_def=fragile.spec.partitions_def)\ndef after(fragile):\n    return 1"


@pytest.fixture
def made(book: Book) -> Book:
    book.run("broken = {}")
    book.run(FRAGILE)
    book.run(AFTER)
    return book


def states(book: Book) -> dict[str, str]:
    [newest] = book.instance.own.backfills(limit=1)
    return {each.body.split('["')[1][0]: each.state for each in book.instance.own.chunks(newest.id)}


def test_each_partition_is_a_run_marked_with_the_backfill(made: Book) -> None:
    shown = made.run("done = %backfill +after a..c\nprint(done)")
    assert "success: 3 of 3 runs done" in shown
    runs = [each for each in made.instance.runs() if BACKFILL_TAG in each.tags]
    assert len(runs) == 3
    assert all(each.tags["dagster/priority"] == "-1" for each in runs)
    assert made.instance.value("after", partition="c") == 1
    assert "all fresh" in made.run("again = %backfill +after a..c\nprint(again)")


def test_what_it_needs_that_has_no_partitions_is_made_first(book: Book) -> None:
    book.run("@asset\ndef source():\n    return 3")
    book.run("%%asset times --partitions static:a,b --define\nsource * 2")

    shown = book.run("done = %backfill times all\nprint(done)")

    assert "success: 3 of 3 runs done" in shown
    assert book.instance.value("times", partition="b") == 6


def test_a_backfill_whose_run_cannot_be_asked_for_is_paused(made: Book) -> None:
    made.run("broken['a'] = KeyboardInterrupt()")
    with pytest.raises(CellFailedError):
        made.run("%backfill fragile a..c")
    [newest] = made.instance.own.backfills(limit=1)

    def refused(work: ChunkWork) -> bool:
        raise StoreError("the run", "there is no room")

    with pytest.raises(StoreError, match="no room"):
        BackfillRun(made.instance, newest.id, refused).go()

    assert backfill_named(made.instance, newest.id).status == "paused"
    assert set(states(made).values()) == {"waiting"}


def test_each_run_has_a_line_and_a_failed_one_says_why(made: Book) -> None:
    made.run("broken['b'] = ValueError('no')")
    shown = made.run("done = %backfill fragile a..c\nprint(done)")
    lines = [each for each in shown.splitlines() if each.startswith(("done ", "failed "))]
    ends = [each.split()[:2] for each in lines]
    assert ends == [["done", "fragile[a]"], ["failed", "fragile[b]"], ["done", "fragile[c]"]]
    assert "ValueError: no" in lines[1]
    [run] = [each.id for each in made.instance.runs() if each.status == "failed"]
    assert f"failed: fragile[b], run {run[:6]}: `%logs {run[:6]}` says why" in shown
    assert "✕ failed   b" in made.run("view = %show fragile\nprint(view)")


def test_in_a_notebook_one_display_counts_the_runs(made: Book) -> None:
    made.run("broken['b'] = ValueError('no')")
    made.shell.kernel = object()
    try:
        made.shell.run_cell("done = %backfill fragile a..d")
    finally:
        del made.shell.kernel
    shown = made.shell.display_pub.outputs
    assert len({each["transient"]["display_id"] for each in shown}) == 1
    assert [each["update"] for each in shown] == [False] + [True] * (len(shown) - 1)
    assert shown[-1]["data"]["text/plain"].startswith("4 of 4 runs ended, 1 failed")


def test_a_dry_run_counts_and_estimates_and_runs_nothing(made: Book) -> None:
    made.run("%backfill fragile a..a")
    shown = made.run("said = %backfill fragile --missing --per-run 2 --dry-run\nprint(said)")
    assert "2 runs for 3 partitions, about" in shown
    assert len(made.instance.versions("fragile")) == 1
    assert len(made.instance.own.backfills()) == 1


def test_what_comes_after_a_failure_is_left_out_and_retried_with_it(made: Book) -> None:
    made.run("broken['b'] = ValueError('no')")
    made.run("@asset\ndef every(fragile):\n    return len(fragile)")
    shown = made.run("done = %backfill +every all\nprint(done)")
    assert "failed: 3 of 5 runs done" in shown
    assert "left out, as they come after those: 1" in shown
    made.run("broken.clear()")
    found = made.instance.own.backfills()[0]
    shown = made.run(f"done = %backfills retry {found.id}\nprint(done)")
    assert "success: 5 of 5 runs done" in shown
    assert made.instance.value("every") == 4


def test_it_stops_after_as_many_failures_as_were_allowed(made: Book) -> None:
    made.run("broken.update(a=ValueError('no'), b=ValueError('no'))")
    made.run("%backfill fragile all --max-failures 1")
    assert states(made) == {"a": "failed", "b": "waiting", "c": "waiting", "d": "waiting"}


def test_an_interrupt_pauses_it_and_it_goes_on_where_it_was(made: Book) -> None:
    made.run("broken['c'] = KeyboardInterrupt()")
    with pytest.raises(CellFailedError):
        made.run("%backfill fragile all")
    assert states(made) == {"a": "success", "b": "success", "c": "waiting", "d": "waiting"}
    table = made.run("table = %backfills\nprint(table)")
    assert "paused" in table
    made.run("broken.clear()")
    found = made.instance.own.backfills()[0]
    made.run(f"%backfills resume {found.id[:4]}")
    assert set(states(made).values()) == {"success"}
    started = [e for e in made.instance.events(kinds=[RunStarted]) if _is_of(e.event, "fragile[a]")]
    assert len(started) == 1


def _is_of(event: object, step: str) -> bool:
    return isinstance(event, RunStarted) and step in event.steps


def test_a_run_that_died_is_begun_anew_and_one_that_ended_well_is_not(made: Book) -> None:
    made.run("broken['b'] = KeyboardInterrupt()")
    with pytest.raises(CellFailedError):
        made.run("%backfill fragile all")
    store = made.instance.own
    [found] = store.backfills()
    first, second, *_ = store.chunks(found.id)
    # as a process leaves them that was killed: begun, one with a run that had ended, one without
    store.change_chunks(
        [
            (first, replace(first, state="launched")),
            (second, replace(second, state="launched", run_id="000000000000")),
        ]
    )
    made.run("broken.clear()")
    made.run(f"%backfills resume {found.id}")
    assert set(states(made).values()) == {"success"}
    assert len([v for v in made.instance.versions("fragile") if v.partition == "a"]) == 1


def test_one_that_is_canceled_begins_nothing_more(made: Book) -> None:
    made.run("broken['b'] = KeyboardInterrupt()")
    with pytest.raises(CellFailedError):
        made.run("%backfill fragile all")
    found = made.instance.own.backfills()[0]
    made.run(f"%backfills cancel {found.id}")
    assert backfill_named(made.instance, found.id).status == "canceled"
    assert list(states(made).values()) == ["success", "canceled", "canceled", "canceled"]
    with pytest.raises(CellFailedError, match="it is canceled"):
        made.run(f"%backfills resume {found.id}")


def test_one_that_is_canceled_after_its_process_died_ends(made: Book) -> None:
    made.run("broken['b'] = KeyboardInterrupt()")
    with pytest.raises(CellFailedError):
        made.run("%backfill fragile all")
    store = made.instance.own
    [found] = store.backfills()
    second = store.chunks(found.id)[1]
    # as one that was killed left it
    store.change_chunks([(second, replace(second, state="launched", run_id="000000000000"))])
    store.change_backfill(found, replace(found, status="running"))
    made.run(f"%backfills cancel {found.id}")
    assert backfill_named(made.instance, found.id).status == "canceled"
    assert list(states(made).values()) == ["success", "canceled", "canceled", "canceled"]


def test_a_shell_goes_on_where_its_notebook_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fails = "if pathlib.Path('bad').exists():\n    raise ValueError('no luck')\n1"
    setup = "%load_ext assetbook\nfrom assetbook import *\nimport pathlib"
    saved(tmp_path, setup, f"%%asset fragile --partitions static:a,b\n{fails}")
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("ASSETBOOK_STORE", raising=False)
    (tmp_path / "bad").touch()
    assert told("backfill", "numbers.ipynb", "fragile", "all").exit_code == 1
    [found] = Instance.get(tmp_path).own.backfills()
    (tmp_path / "bad").unlink()
    shown = told("backfills", "retry", found.id, "--json")
    assert json.loads(shown.stdout)["runs"] == {"success": 2}
    Instance.get(tmp_path).close()


def test_another_notebook_says_where_it_was_begun(made: Book) -> None:
    loaded = Backfill("b1", "paused", "x", made.instance.clock.now(), "me")
    plan = json.dumps({"force": False, "tags": {}, "location": "other.ipynb"})
    made.instance.own.add_backfill(replace(loaded, plan=plan), ["{}"])
    with pytest.raises(CellFailedError, match=r"it was begun in other\.ipynb\nGo on there, or in"):
        made.run("%backfills resume b1")


def test_what_cannot_be_meant_is_told(made: Book) -> None:
    with pytest.raises(CellFailedError, match="there is none"):
        made.run("%backfills show nothing")
    with pytest.raises(CellFailedError, match="which one is not said"):
        made.run("%backfills pause")
    with pytest.raises(CellFailedError, match="it is below 1"):
        made.run("%backfill fragile all --per-run 0")


def test_an_asset_that_ops_make_is_backfilled_partition_by_partition(book: Book) -> None:
    book.run("broken = {'b'}")
    book.run(
        "@op\ndef key(context):\n    return context.partition_key\n"
        "@op\ndef checked(key):\n    if key in broken:\n        raise ValueError(key)\n"
        "    return key\n"
        "@graph_asset(partitions_def=StaticPartitionsDefinition(['a', 'b', 'c']))\n"
        "def keyed():\n    return checked(key())"
    )
    shown = book.run("done = %backfill keyed all\nprint(done)")
    assert "failed: 2 of 3 runs done" in shown
    assert book.instance.value("keyed", partition="c") == "c"
    book.run("broken.clear()")
    found = book.instance.own.backfills()[0]
    shown = book.run(f"done = %backfills retry {found.id}\nprint(done)")
    assert "success: 3 of 3 runs done" in shown
    assert book.instance.value("keyed", partition="b") == "b"


JOB = """
days = StaticPartitionsDefinition(['a', 'b', 'c'])
@static_partitioned_config(['a', 'b', 'c'])
def by_key(key):
    return {'ops': {'fetch': {'config': {'key': key}}}}
class Key(Config):
    key: str
done = []
@op
def fetch(context, config: Key):
    if config.key in broken:
        raise broken[config.key]
    done.append((context.partition_key, config.key))
@job(config=by_key)
def etl():
    fetch()
"""


def test_a_job_of_ops_runs_once_for_each_partition(book: Book) -> None:
    book.run("broken = {'b': ValueError('no')}")
    book.run(JOB)
    shown = book.run("made = %backfill --job etl all\nprint(made)")
    assert "failed: 2 of 3 runs done\n  asked: job etl --partitions all" in shown
    assert "failed: etl[b], run " in shown
    assert "\ndone   etl[c]  " in shown
    runs = [each for each in book.instance.runs() if BACKFILL_TAG in each.tags]
    assert sorted(each.tags["dagster/partition"] for each in runs) == ["a", "b", "c"]
    book.run("broken.clear()")
    [found] = book.instance.own.backfills()
    assert "success: 3 of 3 runs done" in book.run(f"%backfills retry {found.id}")
    assert book.names["done"] == [("a", "a"), ("c", "c"), ("b", "b")]
    preview = book.run("view = %backfill --job etl a..b --newest-first --dry-run\nprint(view)")
    assert "2 runs of the job `etl`, about " in preview
    assert len(book.instance.own.backfills()) == 1


def test_a_job_is_named_as_assets_are_and_its_runs_tell_what_is_left(book: Book) -> None:
    book.run("broken = {'b': ValueError('no')}")
    book.run(JOB)
    assert "failed: 1 of 2 runs done" in book.run("made = %backfill etl a..b\nprint(made)")
    left = {"--missing": 2, "all --failed": 1, "a..b --missing": 1, "--partitions a --failed": 0}
    for which, runs in left.items():
        preview = book.run(f"view = %backfill etl {which} --dry-run\nprint(view)")
        assert preview.startswith(f"{runs} run"), which
    book.run("broken.clear()")
    assert "success: 2 of 2 runs done" in book.run("made = %backfill etl --missing\nprint(made)")
    assert book.names["done"] == [("a", "a"), ("b", "b"), ("c", "c")]
    assert book.run("view = %backfill etl --failed\nprint(view)").startswith("0 runs")
    assert len(book.instance.own.backfills()) == 2


def test_an_asset_of_that_name_is_meant_before_a_job(made: Book) -> None:
    made.run("nightly = define_asset_job('fragile', 'after')")
    made.run("%backfill fragile a..b")
    assert [str(each) for each in made.instance.store.assets()] == ["fragile"]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("--job etl", "no partitions are named\nSay which: A..B, all, --missing or --failed"),
        ("etl", "no partitions are named"),
        ("--job etl --stale", "by which it could be told"),
        ("--job etl a..z", "There are a, b, c"),
        ("--job etl fragile a..b", "both a job and assets are named"),
        ("--job etl all --per-run 2", "a job has a run for each partition"),
        ("--job elt all", "Did you mean `etl`"),
        ("--job whole all", "it has no partitions, or none that all of it has"),
    ],
)
def test_a_backfill_of_a_job_that_cannot_be_meant_is_told(made: Book, line: str, said: str) -> None:
    made.run(JOB)
    made.run("@job\ndef whole():\n    fetch()")
    with pytest.raises(CellFailedError) as failed:
        made.run(f"%backfill {line}")
    assert said in str(failed.value)
    assert made.instance.own.backfills() == []


def test_a_job_of_assets_runs_by_what_divides_them(made: Book) -> None:
    made.run("nightly = define_asset_job('nightly', 'fragile', tags={'team': 'a'})")
    assert "success: 2 of 2 runs done" in made.run(
        "made = %backfill --job nightly a..b\nprint(made)"
    )
    assert {each.tags.get("team") for each in made.instance.runs()} == {"a"}
    assert {each.partition for each in made.instance.versions("fragile")} == {"a", "b"}
