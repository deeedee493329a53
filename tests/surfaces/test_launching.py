"""``launch`` runs the jobs of a notebook: in a cell, in a shell, and by its function."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import nbformat
import pytest
from tests.surfaces.book import Book, CellFailedError, opened
from tests.surfaces.gated import until
from tests.surfaces.shell import program

from assetbook import launch, retry
from assetbook.errors import AssetbookError, SelectionError, UsageError
from assetbook.events.asset_events import CheckEvaluated
from assetbook.events.run_events import HookEnded, RunStarted
from assetbook.execution.threads import ThreadExecutor
from assetbook.instance.instance import Instance
from assetbook.instance.materializing import MaterializeOutcome
from assetbook.surfaces.completion import completions_of

OPS = """
from assetbook import Config
class Day(Config):
    day: str = "monday"
@op
def fetch(config: Day) -> str:
    return config.day
@op
def shout(text: str) -> str:
    return text.upper()
@job
def loud():
    shout(fetch())
"""
ASSETS = """
@asset
def orders() -> int:
    return 1
@asset
def report(orders: int) -> int:
    return orders + 1
nightly = define_asset_job("nightly", selection="report")
both = define_asset_job("both", selection=[orders, "report"])
"""


def written(path: Path) -> None:
    cells = ["%load_ext assetbook\nfrom assetbook import *", OPS]
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(each) for each in cells])
    nbformat.write(notebook, path)


def test_a_job_of_ops_runs_from_a_cell(book: Book) -> None:
    book.run(OPS)
    said = book.run("found = %launch loud\nprint(found.output_for_node('shout'))")
    assert "MONDAY" in said
    (run,) = book.instance.runs()
    assert (run.status, run.asked) == ("success", "loud")
    assert run.origin.cell == "In[4]"


def test_a_job_is_configured_and_narrowed_from_a_cell(book: Book) -> None:
    book.run(OPS)
    shown = "print(found.output_for_node('shout'))"
    said = book.run(f"found = %launch loud --config fetch.day=friday\n{shown}")
    assert "FRIDAY" in said
    assert "2 ops done" in said
    found = launch("loud", run_config={"ops": {"fetch": {"config": {"day": "friday"}}}})
    assert found.output_for_node("shout") == "FRIDAY"  # type: ignore[union-attr]
    narrowed = launch("loud", select=["fetch"])
    assert [each.step.name for each in narrowed.outcomes] == ["fetch"]
    threads = launch("loud", executor="threads", workers=2)
    assert threads.success


def test_a_job_of_assets_materializes_its_selection(book: Book) -> None:
    book.run(ASSETS)
    book.run("%launch nightly")
    assert book.instance.value("report") == 2
    assert launch("both").plan.all_fresh


ASSET_JOB = """
import threading
from assetbook import RetryPolicy, ThreadExecutor, failure_hook, success_hook
told = []
@success_hook(required_resource_keys={"town"})
def well(context):
    told.append(["well", context.step_key, context.resources.town, context.op])
@failure_hook
def badly(context):
    told.append(["badly", context.step_key, type(context.op_exception).__name__])
town = "Turin"
tried = []
@asset(ignore={"tried"})
def orders() -> str:
    tried.append(1)
    if len(tried) < 3:
        raise ConnectionError("not yet")
    return threading.current_thread().name
@asset
def bad(orders):
    raise ValueError("no")
nightly = define_asset_job(
    "nightly",
    selection="*",
    tags={"team": "etl"},
    op_retry_policy=RetryPolicy(max_retries=2),
    hooks={well, badly},
    executor_def=ThreadExecutor(2),
)
"""


def test_the_configuration_of_a_launch_names_the_executor(book: Book) -> None:
    book.run("import os\n@op\ndef where() -> int:\n    return os.getpid()")
    book.run("@job\ndef elsewhere():\n    where()")
    config = '{"execution": {"config": {"multiprocess": {"max_concurrent": 2}}}}'
    said = book.run(
        f"found = %launch elsewhere --config '{config}'\n"
        "print(found.output_for_node('where') != os.getpid())"
    )
    assert "True" in said


def test_a_job_of_assets_says_how_their_steps_run(book: Book) -> None:
    book.run(ASSET_JOB)
    outcome = launch("nightly", raise_on_error=False)
    assert {each.step.name: each.status for each in outcome.outcomes} == {
        "orders": "done",
        "bad": "failed",
    }
    assert book.names["told"] == [["well", "orders", "Turin", None], ["badly", "bad", "ValueError"]]
    assert book.instance.value("orders") != "MainThread"
    (run,) = book.instance.runs()
    assert run.tags == {"team": "etl"}


def test_a_hook_after_an_asset_is_told_where_its_value_is(book: Book) -> None:
    asked = "told.append(context.op_output_values)"
    book.run(
        ASSET_JOB.replace('raise ValueError("no")', "return 1").replace(
            'told.append(["well", context.step_key, context.resources.town, context.op])', asked
        )
    )
    run = launch("nightly")
    assert run.success and run.run_id is not None
    ended = [each.event for each in book.instance.events(run_id=run.run_id, kinds=[HookEnded])]
    said = [each.error.message for each in ended if isinstance(each, HookEnded) and each.error]
    assert len(said) == 2
    assert all('Ask the store: assetbook.value("' in each for each in said)


FAILING_HOOKS = """\
@success_hook
def first(context):
    print("well")
    {}["gone"]

@success_hook
def last(context):
    raise SystemExit(3)

@op
def one():
    return 1

@job(hooks={first, last})
def hooked():
    one()
"""


def test_a_hook_that_fails_is_told_and_the_run_goes_on(book: Book) -> None:
    book.run(FAILING_HOOKS)
    shown = book.run("%launch hooked")
    said = [
        "ERROR the hook `first` failed: KeyError: 'gone' (In[3], line 4)",
        "ERROR the hook `last` failed: SystemExit: 3 (In[3], line 8)",
    ]
    kept = book.run("%logs")
    assert all(each in shown and each in kept for each in said)
    assert "✓ success" in kept and "well" in kept


def test_what_is_given_with_a_launch_goes_before_the_job(book: Book) -> None:
    book.run(ASSET_JOB.replace('raise ValueError("no")', "return 1"))
    launch("nightly", executor="in-process")
    assert book.instance.value("orders") == "MainThread"
    book.run("%materialize orders --force")
    assert len(book.names["told"]) == 2, "what no job runs has no hooks of it"


def test_a_name_that_no_job_has_is_told(book: Book) -> None:
    book.run(OPS)
    with pytest.raises(SelectionError, match="Did you mean `loud`"):
        launch("lout")
    with pytest.raises(CellFailedError, match="none of that name"):
        book.run("%launch nothing_like_it")


def test_an_op_that_fails_fails_its_cell(book: Book) -> None:
    book.run("@op\ndef bad():\n    raise ValueError('no data')\n@job\ndef broken():\n    bad()")
    with pytest.raises(CellFailedError, match="no data"):
        book.run("%launch broken")
    assert book.instance.runs()[0].status == "failed"


def test_a_shell_launches_a_job_of_a_notebook(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").touch()
    written(tmp_path / "book.ipynb")
    done = program(tmp_path, "launch", "book.ipynb", "loud", "--config", "fetch.day=sunday")
    assert (done.returncode, "done  shout" in done.stdout) == (0, True), done
    wrong = program(tmp_path, "launch", "book.ipynb", "lout")
    assert (wrong.returncode, "Did you mean `loud`" in wrong.stderr) == (1, True), wrong
    alone = program(tmp_path, "launch", "loud")
    assert alone.returncode == 2


def test_a_job_of_another_notebook_is_told_where_it_is(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").touch()
    with opened(tmp_path, "sales.ipynb") as book:
        book.run(OPS)
    with opened(tmp_path) as book:
        shown = book.run("%assetbook")
        assert "loud  2 ops  sales.ipynb" in shown
        with pytest.raises(CellFailedError, match=r"assetbook launch sales\.ipynb loud"):
            book.run("%launch loud")


def test_a_job_whose_cell_has_not_run_is_told(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").touch()
    with opened(tmp_path) as book:
        book.run(OPS)
    with opened(tmp_path) as book:
        with pytest.raises(CellFailedError, match="its cell has not run in this kernel"):
            book.run("%launch loud")
        book.run("%forget loud")
        with pytest.raises(CellFailedError, match="none of that name"):
            book.run("%launch loud")


def test_a_job_is_forgotten(book: Book) -> None:
    book.run(OPS)
    assert "the job `loud` is no longer defined here" in book.run("%forget loud")
    assert "loud" not in book.names
    with pytest.raises(CellFailedError, match="loud"):
        book.run("%launch loud")
    with pytest.raises(CellFailedError, match="the asset `loud`"):
        book.run("%forget loud")


def test_tab_offers_the_jobs(book: Book) -> None:
    book.run(OPS)
    assert completions_of(book.live, "%launch l") == ["loud"]
    assert completions_of(book.live, "%launch loud l") == []


def test_a_shell_finds_the_location_of_a_job(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text('[tool.assetbook]\nlocations = ["book.ipynb"]\n')
    written(tmp_path / "book.ipynb")
    done = program(tmp_path, "launch", "loud", "--config", "fetch.day=sunday")
    assert (done.returncode, "done  shout" in done.stdout) == (0, True), done
    wrong = program(tmp_path, "launch", "lout")
    assert (wrong.returncode, "Did you mean `loud`" in wrong.stderr) == (1, True), wrong
    listed = program(tmp_path)
    assert "loud  2 ops  book.ipynb" in listed.stdout
    assert program(tmp_path, "launch").returncode == 2
    assert program(tmp_path, "launch", "a", "b").returncode == 2


def test_a_detached_job_runs_by_itself(book: Book) -> None:
    book.run(OPS)
    said = book.run("%launch loud --config fetch.day=friday --select fetch --detach")
    assert "goes on by itself: 1 step" in said
    until(lambda: book.instance.runs()[0].status == "success")
    (run,) = book.instance.runs()
    assert (run.asked, run.steps, run.origin.cell) == ("loud", ("fetch",), "In[4]")
    assert run.origin.detached
    (started,) = book.instance.events(run_id=run.id, kinds=[RunStarted])
    request = started.event.request  # type: ignore[union-attr]
    assert request.config == {"ops": {"fetch": {"config": {"day": "friday"}}}}
    assert request.op_selection == ("fetch",)


def test_a_detached_job_of_assets_materializes(book: Book) -> None:
    book.run(ASSETS)
    assert "goes on by itself: 2 steps" in book.run("%launch nightly --detach")
    until(lambda: book.instance.runs()[0].status == "success")
    assert book.instance.value("report") == 2
    book.run("%launch nightly --detach")
    assert len(book.instance.runs()) == 1


def test_a_detached_job_of_other_code_is_refused(book: Book) -> None:
    book.run("import random\nnumber = random.random()")
    book.run("@op\ndef lucky():\n    return number\n@job\ndef draw():\n    lucky()")
    with pytest.raises(CellFailedError, match=r"`lucky` of the job `draw`: its code, loaded by"):
        book.run("%launch draw --detach")
    assert book.instance.runs() == []
    with pytest.raises(UsageError, match=r"launch\(detach=True\): executor= is an object"):
        launch("draw", executor=ThreadExecutor(), detach=True)


def test_a_shell_detaches_a_job(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").touch()
    written(tmp_path / "book.ipynb")
    done = program(tmp_path, "launch", "book.ipynb", "loud", "--detach")
    assert (done.returncode, "2 steps" in done.stdout) == (0, True), done
    instance = Instance.get(tmp_path)
    until(lambda: instance.runs()[0].status == "success")
    assert instance.runs()[0].origin.detached
    instance.close()
    assert program(tmp_path, "launch", "loud", "--detach").returncode == 2


def test_a_kernel_that_only_defines_launches_nothing(book: Book) -> None:
    book.run(OPS)
    book.live.define_only = True
    assert "not in this kernel, whose cells only define" in book.run("%launch loud")
    assert book.instance.runs() == []


def test_a_notebooks_definitions_bring_their_executor_and_loggers(book: Book) -> None:
    book.run(
        "import logging, threading\n"
        "lines = []\n"
        "class Kept(logging.Handler):\n"
        "    def emit(self, record):\n"
        "        lines.append(record.getMessage())\n"
        "@logger\n"
        "def kept(context):\n"
        "    made = logging.Logger('kept')\n"
        "    made.addHandler(Kept())\n"
        "    return made\n"
        "@asset\n"
        "def orders(context) -> str:\n"
        "    context.log.info('read')\n"
        "    return threading.current_thread().name\n"
        "defs = Definitions([orders], executor=ThreadExecutor(1), loggers={'kept': kept})"
    )
    book.run("""%materialize orders --config '{"loggers": {"kept": {}}}'""")
    assert book.names["lines"] == ["read"]
    assert book.instance.value("orders") != "MainThread"


def test_a_retry_of_a_job_of_assets_has_its_hooks_and_retry_policy(book: Book) -> None:
    book.run(ASSET_JOB)
    launch("nightly", raise_on_error=False)
    first = book.instance.runs()[0].id
    book.names["told"].clear()
    book.names["tried"].clear()
    outcome = retry(first, raise_on_error=False)
    assert isinstance(outcome, MaterializeOutcome)
    assert {each.step.name: each.status for each in outcome.outcomes} == {
        "orders": "done",
        "bad": "failed",
    }
    assert book.names["told"] == [["well", "orders", "Turin", None], ["badly", "bad", "ValueError"]]
    book.names["told"].clear()
    again = book.instance.runs()[0].id
    assert again != first
    retry(again, from_failure=True, raise_on_error=False)
    assert book.names["told"] == [["badly", "bad", "ValueError"]], "a retry of a retry, too"
    book.run("%forget nightly")
    with pytest.raises(SelectionError, match="the job `nightly`"):
        retry(again)


@pytest.mark.parametrize("executor", ["in-process", "processes"])
def test_assets_know_the_job_that_they_are_made_by(book: Book, executor: str) -> None:
    book.run(
        "@asset\ndef rows(context) -> str:\n    return str(context.job_name)\n"
        "@asset_check(asset=rows)\ndef named(context, rows):\n"
        "    return rows == str(context.job_name)\n"
        "every = define_asset_job('every', 'rows')"
    )
    launch("every", executor=executor)
    assert book.instance.value("rows") == "every"
    events = [each.event for each in book.instance.events()]
    assert [each.passed for each in events if isinstance(each, CheckEvaluated)] == [True]
    book.run("%materialize rows --force")
    assert book.instance.value("rows") == "None"


def test_tags_that_are_given_mark_the_run_beside_those_of_the_job(book: Book) -> None:
    book.run("@op\ndef one() -> int:\n    return 1\n@asset\ndef rows() -> int:\n    return 1")
    book.run("@job(tags={'team': 'etl', 'tier': '1'})\ndef ops_job():\n    one()")
    book.run("assets_job = define_asset_job('assets_job', 'rows', tags={'team': 'etl'})")
    book.run("%launch ops_job --tag team=web")
    assert book.instance.runs()[0].tags == {"team": "web", "tier": "1"}
    launch("assets_job", tags={"day": "monday"})
    assert book.instance.runs()[0].tags == {"team": "etl", "day": "monday"}
    detached = launch("ops_job", tags={"day": "friday"}, detach=True)
    assert detached.run_id is not None
    assert book.instance.run(detached.run_id).tags == {
        "team": "etl",
        "tier": "1",
        "day": "friday",
    }
    until(lambda: book.instance.runs()[0].status == "success")


BY_DAY = """
from assetbook import daily_partitioned_config, StaticPartitionsDefinition
@daily_partitioned_config(start_date="2026-01-01")
def each_day(start, end):
    return {"ops": {"fetch": {"config": {"day": f"{start:%A}"}}}}
@op
def fetch(context, config: Day) -> str:
    return f"{config.day} {context.partition_key}"
@job(config=each_day)
def daily():
    shout(fetch())
@asset(partitions_def=StaticPartitionsDefinition(["red", "blue"]))
def paint(context):
    return context.partition_key
painting = define_asset_job("painting", "paint")
"""


def test_a_partition_configures_and_marks_its_run(book: Book) -> None:
    book.run(OPS)
    book.run(BY_DAY)
    shown = "print(found.output_for_node('shout'))"
    said = book.run(f"found = %launch daily --partition 2026-01-05\n{shown}")
    assert "MONDAY 2026-01-05" in said
    assert book.instance.runs()[0].tags["dagster/partition"] == "2026-01-05"
    assert "daily --partition 2026-01-05" in book.run("view = %runs\nprint(view)")
    said = book.run(f"found = %launch daily --partition first --config fetch.day=mine\n{shown}")
    assert "MINE 2026-01-01" in said
    again = retry(book.instance.runs()[1].id)
    assert again.output_for_node("shout") == "MONDAY 2026-01-05"  # type: ignore[union-attr]


def test_a_job_of_assets_makes_the_partition(book: Book) -> None:
    book.run(OPS)
    book.run(BY_DAY)
    book.run("%launch painting --partition red")
    launch("painting", partitions=["red", "blue"])
    assert book.instance.value("paint", partition="blue") == "blue"
    assert [each.partition for each in book.instance.versions("paint")] == ["blue", "red"]


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"name": "daily"}, r"none was named\nSay which: --partition last"),
        ({"name": "daily", "partition": "2026-01-32"}, "Did you mean `2026-01-31`"),
        ({"name": "daily", "partitions": "2026-01-01..2026-01-03"}, r"these are 3 partitions"),
        ({"name": "daily", "partition": "a..b"}, "Say --partitions a..b"),
        ({"name": "loud", "partition": "red"}, r"`loud` --partitions red: it has no partitions"),
        ({"name": "painting", "partition": "rad"}, "Did you mean `red`"),
    ],
)
def test_a_partition_that_cannot_be_meant_is_told(book: Book, asked: Any, said: str) -> None:
    book.run(OPS)
    book.run(BY_DAY)
    with pytest.raises(AssetbookError, match=said):
        launch(**asked)
    assert book.instance.runs() == []
