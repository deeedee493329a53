"""The table of edits is whole: its cells compile, its steps act, its expectations are complete."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping

import pytest
from IPython.core.inputtransformer2 import TransformerManager
from tests.notebooks.edits import NOTEBOOKS
from tests.notebooks.edits.record import Edit, Notebook

STATES = {"fresh", "stale", "unknown", "missing", "blocked"}
BOOKS = pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda notebook: notebook.name)


def python_of(source: str) -> str:
    """The cell as Python, the line ``%%asset`` left out and other magics transformed."""
    if source.startswith("%%"):
        source = source.partition("\n")[2]
    return str(TransformerManager().transform_cell(source))


def sources(notebook: Notebook) -> Iterator[tuple[str, str]]:
    yield from notebook.cells.items()
    for edit in notebook.steps:
        yield from edit.cells.items()
        yield f"before: {edit.change}", edit.before
        yield f"after: {edit.change}", edit.after


def defined_in(source: str) -> set[str]:
    """The keys of assets that the cell's text shows; those made by loops are not among them."""
    if source.startswith("%%asset "):
        return {source.split()[1]}
    tree = ast.parse(python_of(source))
    functions = {
        node.name
        for node in tree.body
        if isinstance(node, ast.FunctionDef) and any(map(is_asset, node.decorator_list))
    }
    return functions | {
        str(node.value.args[0].value)
        for node in tree.body
        if isinstance(node, ast.Assign)
        and isinstance(node.value, ast.Call)
        and isinstance(node.value.func, ast.Name)
        and node.value.func.id == "AssetSpec"
        and isinstance(node.value.args[0], ast.Constant)
    }


def is_asset(decorator: ast.expr) -> bool:
    target = decorator.func if isinstance(decorator, ast.Call) else decorator
    return isinstance(target, ast.Name) and target.id == "asset"


def defined(cells: Mapping[str, str]) -> set[str]:
    return {key for source in cells.values() for key in defined_in(source)}


def cells_after(notebook: Notebook, number: int) -> dict[str, str]:
    """The notebook's cells after that step; a cell whose run failed keeps its definitions."""
    cells = dict(notebook.cells)
    for edit in notebook.steps[: number + 1]:
        cells |= edit.cells if edit.fails != "must" else {}
        for name in edit.delete:
            del cells[name]
    return cells


def acts(edit: Edit) -> bool:
    changes = (edit.cells, edit.delete, edit.files, edit.before, edit.after)
    return any(map(bool, changes)) or edit.restart or edit.rerun == "all"


def test_the_table_is_long_enough() -> None:
    assert sum(len(notebook.steps) for notebook in NOTEBOOKS) >= 150


@BOOKS
def test_cells_compile_as_python(notebook: Notebook) -> None:
    for name, source in sources(notebook):
        code = compile(python_of(source), name, "exec", ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
        assert code.co_filename == name


@BOOKS
def test_changes_have_distinct_names(notebook: Notebook) -> None:
    changes = [edit.change for edit in notebook.steps]
    assert len(set(changes)) == len(changes)


@BOOKS
def test_steps_tell_in_both_directions(notebook: Notebook) -> None:
    """A notebook in which all is fresh, or nothing ever is, would pass by accident."""
    expected = [expect for edit in notebook.steps for expect in edit.expected().values()]
    surely = {expect.states for expect in expected if len(expect.states) == 1}
    assert ("fresh",) in surely
    assert surely & {("stale",), ("unknown",), ("blocked",)}


@BOOKS
def test_every_living_asset_is_expected(notebook: Notebook) -> None:
    for number, edit in enumerate(notebook.steps):
        alive = defined(cells_after(notebook, number)) - set(edit.gone)
        assert alive <= edit.expected().keys(), edit.change


@BOOKS
def test_every_expected_asset_exists(notebook: Notebook) -> None:
    ever = defined(notebook.cells) | set(notebook.made)
    for edit in notebook.steps:
        ever |= defined(edit.cells)
        assert edit.expected().keys() <= ever, edit.change


@BOOKS
def test_each_step_changes_something_and_says_why(notebook: Notebook) -> None:
    assert [edit.change for edit in notebook.steps if not (acts(edit) and edit.why)] == []


@BOOKS
def test_each_step_names_states_and_assets_that_exist(notebook: Notebook) -> None:
    for edit in notebook.steps:
        expected = edit.expected()
        assert {state for expect in expected.values() for state in expect.states} <= STATES
        assert set(edit.moved) <= expected.keys(), edit.change
        assert not set(edit.gone) & expected.keys(), edit.change


@BOOKS
def test_moved_data_is_never_called_surely_fresh(notebook: Notebook) -> None:
    """Other data after the edit means: not fresh, or marked, or already materialized again."""
    for edit in notebook.steps:
        for key in edit.moved:
            expect = edit.expected()[key]
            assert expect.states != ("fresh",) or expect.volatile or edit.after, edit.change
