"""Processes outside in a notebook: their reports become versions, checks and logs."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest
from tests.execution.pipes.waiting import WAITING, gone, interrupting, pid_of
from tests.surfaces.book import Book, CellFailedError, opened

from assetbook.keys import AssetKey

SCRIPT = """\
import sys
from dagster_pipes import open_dagster_pipes

with open_dagster_pipes() as pipes:
    print("counting", pipes.extras)
    pipes.log.warning("only two")
    before = pipes.provenance
    pipes.report_asset_materialization(
        metadata={
            "rows": 2,
            "note": {"raw_value": "*few*", "type": "md"},
            "changed": before is None or before["code_version"] != pipes.code_version,
        },
        data_version="v1",
    )
"""
ASSET = """\
@asset(reads=["count.py"])
def counted(context: AssetExecutionContext, pipes: PipesSubprocessClient):
    done = pipes.run(context=context, command=[sys.executable, "count.py"], extras={"n": 1})
    return done.get_materialize_result()
"""
CHECKED = """\
CODE = '''
from dagster_pipes import open_dagster_pipes
with open_dagster_pipes() as pipes:
    pipes.report_asset_check("few", passed=False, severity="WARN", asset_key="orders")
    if pipes.asset_keys:
        pipes.report_asset_materialization(asset_key="orders", metadata={"n": 1})
'''
"""


@pytest.fixture
def book(tmp_path: Path) -> Iterator[Book]:
    (tmp_path / "count.py").write_text(SCRIPT)
    with opened(tmp_path) as book:
        book.run(f"import sys\npipes = PipesSubprocessClient(cwd={str(tmp_path)!r})")
        yield book


def test_an_asset_is_what_the_process_has_reported(book: Book) -> None:
    book.run(ASSET)
    shown = book.run("%materialize counted")
    assert "counting {'n': 1}" in shown and "WARNING only two" in shown
    shown = book.run("%show counted")
    for each in ("rows     2", "*few*", "counting {'n': 1}", "WARNING only two"):
        assert each in shown
    recorded = book.instance.store.latest([AssetKey("counted")])[AssetKey("counted")]
    assert recorded.event.data_version == "v1" and recorded.event.authored_data_version


def test_the_process_knows_what_the_version_before_was_made_of(book: Book) -> None:
    book.run(ASSET)
    book.run("%materialize counted")
    assert "changed  yes" in book.run("%show counted")
    book.run("%materialize counted --force")
    assert "changed  no" in book.run("%show counted")


@pytest.mark.parametrize("executor", ["threads", "processes"])
def test_a_process_works_for_a_step_elsewhere(book: Book, executor: str) -> None:
    book.run(ASSET)
    book.run("%materialize counted")
    shown = book.run(f"%materialize counted --force --executor {executor}")
    assert "counting {'n': 1}" in shown and "WARNING only two" in shown
    shown = book.run("%show counted")
    for each in ("rows     2", "changed  no", "counting {'n': 1}", "WARNING only two"):
        assert each in shown


@pytest.fixture
def own_handler() -> Iterator[None]:
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("own_handler")
@pytest.mark.parametrize("options", ["", "--executor threads", "--executor processes"])
def test_an_interrupt_of_the_cell_reaches_the_process(
    book: Book, tmp_path: Path, options: str
) -> None:
    (tmp_path / "count.py").write_text(f"{WAITING}\ntry:\n    ready()\nfinally:\n    note('end')\n")
    book.run(ASSET)
    with pytest.raises(CellFailedError, match="the run was canceled"), interrupting(tmp_path):
        book.run(f"%materialize counted {options}")
    assert gone(pid_of(tmp_path))
    assert (tmp_path / "notes").read_text() == "end\n"
    assert book.instance.runs()[0].status == "canceled"


def test_an_edited_script_makes_stale_and_a_program_is_as_of(book: Book, tmp_path: Path) -> None:
    book.run(ASSET)
    book.run("%materialize counted")
    shown = book.run("%why counted")
    assert "fresh" in shown and "sources as of" in shown
    (tmp_path / "count.py").write_text(f"{SCRIPT}# edited\n")
    assert "the files it reads changed: count.py" in book.run("%why counted")


def test_our_own_files_are_no_sources(book: Book) -> None:
    book.run(ASSET)
    book.run("%materialize counted")
    recorded = book.instance.store.latest([AssetKey("counted")])[AssetKey("counted")]
    assert [Path(each).name[:6] for each in recorded.event.readers] == ["python"]


def test_an_asset_cell_runs_a_process(book: Book) -> None:
    shown = book.run(
        "%%asset counted\n"
        "done = pipes.run(context=context, command=[sys.executable, 'count.py'])\n"
        "done.get_materialize_result()"
    )
    assert "counting {}" in shown
    assert "rows     2" in book.run("%show counted")


@pytest.mark.parametrize("get", ["get_materialize_result", "get_results"])
def test_checks_of_the_process_are_the_assets_own(book: Book, get: str) -> None:
    book.run(CHECKED)
    book.run(
        '@asset(check_specs=[AssetCheckSpec("few", asset="orders")])\n'
        "def orders(context: AssetExecutionContext, pipes: PipesSubprocessClient):\n"
        f"    return pipes.run(context=context, command=[sys.executable, '-c', CODE]).{get}()"
    )
    book.run("%materialize orders")
    assert "few" in book.run("%assets --checks")
    assert "warn" in book.run("%assets --checks").lower()


def test_a_check_is_what_the_process_has_reported(book: Book) -> None:
    book.run(CHECKED)
    book.run("@asset\ndef orders() -> list:\n    return [1]")
    book.run(
        "@asset_check(asset=orders)\n"
        "def few(context: AssetCheckExecutionContext, orders, pipes: PipesSubprocessClient):\n"
        "    done = pipes.run(context=context, command=[sys.executable, '-c', CODE])\n"
        "    return done.get_asset_check_result()"
    )
    book.run("%materialize orders")
    assert "few" in book.run("%assets --checks")
    assert "warn" in book.run("%assets --checks").lower()


def test_one_process_makes_several_assets(book: Book) -> None:
    book.run(
        "CODE = '''\n"
        "from dagster_pipes import open_dagster_pipes\n"
        "with open_dagster_pipes() as pipes:\n"
        "    for key in pipes.asset_keys:\n"
        "        pipes.report_asset_materialization({'is': key}, asset_key=key)\n"
        "'''"
    )
    book.run(
        '@multi_asset(specs=[AssetSpec("a"), AssetSpec(["x", "b"])])\n'
        "def both(context: AssetExecutionContext, pipes: PipesSubprocessClient):\n"
        "    return pipes.run(context=context, command=[sys.executable, '-c', CODE]).get_results()"
    )
    book.run("%materialize a x/b")
    assert "x/b" in book.run("%show x/b")
    latest = book.instance.store.latest([AssetKey("a"), AssetKey(["x", "b"])])
    assert {key.text: each.event.metadata["is"]["value"] for key, each in latest.items()} == {
        "a": "a",
        "x/b": "x/b",
    }


def test_a_failure_says_what_the_process_said(book: Book, tmp_path: Path) -> None:
    (tmp_path / "count.py").write_text("raise ValueError('no rows')")
    book.run(ASSET)
    with pytest.raises(CellFailedError) as caught:
        book.run("%materialize counted")
    assert "exit code 1" in str(caught.value) and "ValueError: no rows" in str(caught.value)
    assert "Traceback (most recent call last)" in str(caught.value)  # of the process, not of ours
    assert "subprocess_client.py" not in str(caught.value)


def test_no_secret_of_the_client_is_stored(book: Book, tmp_path: Path) -> None:
    (tmp_path / "count.py").write_text("import os\nprint(os.environ['API_TOKEN'])")
    book.run("import os")
    book.run("os.environ['MINE'] = 'sesame-open-9f2'")
    book.run("pipes = PipesSubprocessClient(env={'API_TOKEN': os.environ['MINE']}, cwd=pipes.cwd)")
    book.run(ASSET)
    book.run("%materialize counted")
    book.run("%show counted")
    stored = [path for path in (tmp_path / ".assetbook").rglob("*") if path.is_file()]
    assert len(stored) > 1
    assert [path for path in stored if b"sesame-open-9f2" in path.read_bytes()] == []


MINE = """\
class Mine{base}:
    def inject_context(self, context_data):
        return PipesTempFileContextInjector().inject_context(context_data)
    def no_messages_debug_text(self):
        return "{said}."
pipes = PipesSubprocessClient(cwd=pipes.cwd, context_injector=Mine())
"""


@pytest.mark.parametrize("base", ["", "(Config)"], ids=["plain", "config"])
def test_a_place_of_ones_own_counts(book: Book, base: str) -> None:
    book.run(MINE.format(base=base, said="Here"))
    book.run(ASSET)
    book.run("%materialize counted")
    assert "● fresh" in book.run("%why counted")
    book.run(MINE.format(base=base, said="There"))
    assert "◐ stale" in book.run("%why counted")


def test_where_messages_go_counts_and_is_known(book: Book, tmp_path: Path) -> None:
    book.run(ASSET)
    book.run("%materialize counted")
    book.run(
        "pipes = PipesSubprocessClient(\n"
        "    cwd=pipes.cwd,\n"
        "    context_injector=PipesEnvContextInjector(),\n"
        f"    message_reader=PipesFileMessageReader({str(tmp_path / 'messages')!r}),\n"
        ")"
    )
    assert "config changed: pipes" in book.run("%why counted")
    book.run("%materialize counted")
    assert "● fresh" in book.run("%why counted")


def test_a_notebook_runs_its_processes_headless(tmp_path: Path) -> None:
    (tmp_path / "count.py").write_text(SCRIPT)
    (tmp_path / "pyproject.toml").touch()
    setup = (
        "%load_ext assetbook",
        "import sys\nfrom assetbook import *",
        f"pipes = PipesSubprocessClient(cwd={str(tmp_path)!r})",
    )
    notebook = nbformat.v4.new_notebook()
    notebook.cells = [nbformat.v4.new_code_cell(each) for each in (*setup, ASSET)]
    nbformat.write(notebook, tmp_path / "book.ipynb")
    done = subprocess.run(
        [sys.executable, "-m", "assetbook", "materialize", "book.ipynb", "counted"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    assert "counting {'n': 1}" in done.stdout + done.stderr
    assert "1 materialized" in done.stdout + done.stderr
