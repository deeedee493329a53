"""Loaded cells run as IPython runs them, though plain Python goes there directly."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import Any

import nbformat
import pytest
from tests.surfaces.shell import saved

from assetbook.errors import RunFailedError
from assetbook.instance.instance import Instance
from assetbook.kernels.own_process import LOCATION_PROCESS, call_in_process
from assetbook.notebook.location_source import source_of
from assetbook.notebook.quiet_parsing import parse_quietly
from assetbook.surfaces.code_location import CodeLocation, load_definitions

SETUP = "%load_ext assetbook"
ASSET = "@asset\ndef a():\n    return x"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "pyproject.toml").touch()
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("ASSETBOOK_STORE", raising=False)
    return tmp_path


def loaded(folder: Path, *cells: str) -> CodeLocation:
    """The notebook of these cells, each of which is loaded."""
    made = [nbformat.v4.new_code_cell(text) for text in (SETUP, *cells, ASSET)]
    for each in made:
        each.metadata["tags"] = ["assetbook:load"]
    nbformat.write(nbformat.v4.new_notebook(cells=made), folder / "book.ipynb")
    return load_definitions(folder / "book.ipynb", in_process=True)


def value(location: CodeLocation) -> Any:
    return location.materialize("a").asset_value("a")


def test_blank_lines_above_are_counted(folder: Path) -> None:
    with pytest.raises(RunFailedError, match=r"ZeroDivisionError: .* \(cell 2, line 4\)"):
        loaded(folder, "\n\nx = 2\nx / 0")


def test_the_last_expression_is_the_last_output(folder: Path) -> None:
    assert value(loaded(folder, "41", "x = _ + 1")) == 42


def test_top_level_await_is_awaited(folder: Path) -> None:
    assert value(loaded(folder, "import asyncio", "x = await asyncio.sleep(0, 3)")) == 3


def test_what_rewrites_cells_is_asked(folder: Path) -> None:
    rewriting = (
        "def nines(lines):\n    return [each.replace('8', '9') for each in lines]\n"
        "get_ipython().input_transformers_post.append(nines)"
    )
    assert value(loaded(folder, rewriting, "x = 8")) == 9


def test_what_rewrites_trees_is_asked(folder: Path) -> None:
    rewriting = (
        "import ast\nclass Nines(ast.NodeTransformer):\n    def visit_Constant(self, node):\n"
        "        return ast.Constant(9) if node.value == 8 else node\n"
        "get_ipython().ast_transformers.append(Nines())"
    )
    assert value(loaded(folder, rewriting, "x = 8")) == 9
    assert ast.unparse(parse_quietly("x = 8\n")) == "x = 8"  # what the code is taken for


def test_what_ipython_shows_is_no_part_of_the_code(folder: Path) -> None:
    showing = "%config InteractiveShell.ast_node_interactivity = 'last_expr_or_assign'"
    loaded(folder, showing, "x = 12345")
    assert len(parse_quietly("x = 12345\n").body) == 1


def test_hooks_around_cells_are_called(folder: Path) -> None:
    hook = "x = 0\ndef count(*_):\n    global x\n    x += 1\n"
    hook += "get_ipython().events.register('post_run_cell', count)"
    assert value(loaded(folder, hook, "y = 1", "z = 1")) >= 3


def test_a_load_that_is_only_compared_stores_nothing(folder: Path) -> None:
    source = source_of(saved(folder, SETUP, "x = 1", ASSET))
    answered = call_in_process(source, LOCATION_PROCESS, {"verb": "codes", "load": "slice"})
    assert list(answered["codes"]) == ["a"]
    assert Instance.get(folder).store.snapshots() == {}
    load_definitions(source.path)  # one that is asked for is remembered
    assert list(Instance.get(folder).store.snapshots()) == [source.id]
