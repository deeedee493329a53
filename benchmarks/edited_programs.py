"""The table of edits as programs: what a clean run of each notebook would run, edit by edit.

A contestant that has no cells gets them as plain statements and one function for each asset,
with the same names; what such a function cannot say is left out, with the reason.
"""

from __future__ import annotations

import ast
import re
import shlex
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from typing import Any

from IPython.core.inputtransformer2 import TransformerManager
from tests.notebooks.edits.record import Edit, Notebook

_OURS_ALONE = "a shell line, or --config"
"""What an asset cell may hold and a plain function may not."""


@dataclass
class Function:
    """An asset as a function: its inputs are other assets' names, ``above`` its decorators."""

    name: str
    inputs: list[str]
    above: list[str]
    body: list[str]


@dataclass
class Program:
    """A notebook as plain statements and functions; ``left_out`` has a reason for each asset."""

    plain: list[str] = field(default_factory=list)
    functions: list[Function] = field(default_factory=list)
    left_out: dict[str, str] = field(default_factory=dict)


@dataclass
class State:
    """A notebook as it stands after an edit: its cells, its files, and the same as a program."""

    change: str
    cells: dict[str, str]
    files: dict[str, str]
    program: Program

    def to_json(self) -> dict[str, Any]:
        """The state as plain data."""
        return asdict(self)


def states(notebook: Notebook) -> Iterator[State]:
    """The notebook as first written, and after each edit that a clean run can show."""
    cells, files = dict(notebook.cells), dict(notebook.files)
    yield State("", dict(cells), dict(files), program(cells))
    for number, edit in enumerate(notebook.steps):
        if not shown_by_a_clean_run(edit):
            continue
        for name in edit.delete:
            del cells[name]
        _take_before(cells, edit.before, number)
        cells |= edit.cells
        merged = files | dict(edit.files)
        files = {path: text for path, text in merged.items() if text is not None}
        yield State(edit.change, dict(cells), dict(files), program(cells))


def shown_by_a_clean_run(edit: Edit) -> bool:
    """Whether the edit is one of the notebook: not a failing cell, no magic of the session."""
    return edit.fails != "must" and not edit.before.startswith("%")


def _take_before(cells: dict[str, str], before: str, number: int) -> None:
    """What was typed once becomes a cell; `del x` deletes the cell that binds x."""
    if before.startswith("del "):
        name = before.removeprefix("del ")
        bound = [cell for cell, text in cells.items() if re.search(rf"(?m)^(def )?{name}\b", text)]
        del cells[bound[-1]]
    elif before:
        cells[f"scratch-{number}"] = before


def program(cells: dict[str, str]) -> Program:
    """The cells as plain statements and functions."""
    made, ours = Program(), {"asset"}
    found: list[tuple[Function, set[str]]] = []
    for text in cells.values():
        if text.startswith("%%asset "):
            made_of = _asset_cell(text)
        else:
            made_of = _plain_cell(text, made, ours)
        found += made_of
    last = {function.name: (function, reads) for function, reads in found}
    for function, reads in last.values():
        if "*" in function.inputs:  # an asset cell reads other assets by name
            function.inputs = sorted(reads & last.keys() - {function.name})
        if wanted := sorted(reads & (ours | {_OURS_ALONE})):
            made.left_out[function.name] = f"needs {', '.join(wanted)}"
        else:
            made.functions.append(function)
    _leave_out_below(made)
    return made


def _leave_out_below(made: Program) -> None:
    """Leaves out, too, what has an input that no function makes."""
    while below := [each for each in made.functions if {*each.inputs} - _names(made)]:
        made.left_out |= {each.name: "an input cannot be expressed" for each in below}
        made.functions = [each for each in made.functions if each not in below]


def _names(made: Program) -> set[str]:
    return {each.name for each in made.functions}


def _plain_cell(text: str, made: Program, ours: set[str]) -> list[tuple[Function, set[str]]]:
    """The cell's assets; its other statements are added to the program."""
    found, kept = [], []
    lines = text.splitlines()
    for node in ast.parse(text).body:
        if isinstance(node, ast.FunctionDef) and (mark := _mark(node)):
            found.append(_decorated(node, mark, lines))
        elif isinstance(node, ast.ImportFrom) and node.module == "assetbook":
            ours |= {each.asname or each.name for each in node.names}
        elif _reads(node) & ours:
            ours |= _binds(node)
        else:
            kept += lines[_first(node) - 1 : node.end_lineno]
    if kept:
        made.plain.append("\n".join(kept))
    return found


def _first(node: ast.stmt) -> int:
    return min([node.lineno, *(each.lineno for each in getattr(node, "decorator_list", []))])


def _mark(node: ast.FunctionDef) -> ast.expr | None:
    for each in node.decorator_list:
        target = each.func if isinstance(each, ast.Call) else each
        if isinstance(target, ast.Name) and target.id == "asset":
            return each
    return None


def _decorated(
    node: ast.FunctionDef, mark: ast.expr, lines: list[str]
) -> tuple[Function, set[str]]:
    renamed = _input_keys(mark)
    parameters = [each.arg for each in node.args.args]
    others = [each for each in node.decorator_list if each is not mark]
    above = [f"@{ast.unparse(each)}" for each in others]
    body = [f"    {name} = {key}" for name, key in renamed.items()]
    body += lines[node.lineno : node.end_lineno]
    function = Function(node.name, [renamed.get(each, each) for each in parameters], above, body)
    node.decorator_list = others
    return function, _reads(node)


def _input_keys(mark: ast.expr) -> dict[str, str]:
    """What `ins={"rows": AssetIn(key="raw")}` renames."""
    found = re.findall(r"['\"](\w+)['\"]: AssetIn\(key=['\"](\w+)['\"]\)", ast.unparse(mark))
    return dict(found)


def _asset_cell(text: str) -> list[tuple[Function, set[str]]]:
    """An asset cell as a function: it returns the variable of its name, or the last value."""
    head, _, body = text.partition("\n")
    words = shlex.split(head)
    name = words[1].rpartition("/")[2]
    python = TransformerManager().transform_cell(body)
    tree = ast.parse(python)
    lines = python.splitlines()
    last = tree.body[-1]
    if name in {bound for node in tree.body for bound in _binds(node)}:
        lines.append(f"return {name}")
    elif isinstance(last, ast.Expr):
        lines[last.lineno - 1] = "return " + lines[last.lineno - 1]
    reads = {read for node in tree.body for read in _reads(node)}
    if "--config" in words:
        reads.add("config")
    if {"get_ipython", "config"} & reads:
        reads.add(_OURS_ALONE)
    return [(Function(name, ["*"], [], [f"    {line}" for line in lines]), reads)]


def _reads(node: ast.AST) -> set[str]:
    return {
        each.id
        for each in ast.walk(node)
        if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Load)
    }


def _binds(node: ast.stmt) -> set[str]:
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        return {node.name}
    return {
        each.id
        for each in ast.walk(node)
        if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Store)
    }
