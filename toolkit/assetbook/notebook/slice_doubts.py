"""What a slice says of a name whose value is not the one that running gave."""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Iterator, Mapping

from assetbook.definitions.secret_literals import masked
from assetbook.notebook.document import SourceCell
from assetbook.notebook.lived_cells import made_of
from assetbook.notebook.readers import reader_by_name
from assetbook.notebook.slicing import Slice
from assetbook.notebook.statements import Statement


def read_anew(found: Slice, names: Collection[str]) -> dict[str, str]:
    """Those of ``names`` whose values loading reads from outside (a clock, the environment, a
    file, unseeded random numbers), each with what reads it and in which cell."""
    taken = [each for cell in found.cells for each in found.taken(cell)]
    imports = {name: source for each in taken for name, source in each.names.imports.items()}
    reading = {
        name: f"`{reader}`, {each.cell}"
        for each in taken
        if each.node is not None and each.binds
        for reader in list(_readers(each.node, imports))[:1]
        for name in each.binds
    }
    sources = {
        name: [reading[each] for each in sorted(made_of(taken, [name])) if each in reading]
        for name in names
    }
    return {name: said[0] for name, said in sources.items() if said}


def may_lack(found: Slice, names: Collection[str]) -> dict[str, str]:
    """By name, in words: the statements that loading leaves out and that name it, or, where there
    is none, those that bind it."""
    return {name: _lacking(found, name) for name in names}


def _lacking(found: Slice, name: str) -> str:
    left = [
        each
        for cell in found.cells
        for each in cell.statements
        if each.index not in found.why
        and name in each.binds | each.reads | each.reads_later | each.names.mutates
    ]
    if left:
        each = left[-1]
        return f"not loaded: {each.cell}, `{_line(each, each.cell)}`"
    word = re.compile(rf"\b{re.escape(name)}\b")  # in a text, as of exec() or globals()
    for cell in found.cells:
        if len(found.taken(cell)) < len(cell.statements) and word.search(cell.cell.text):
            return f"not loaded: {cell.cell}, `{masked(cell.cell.first_line)}`"
    binding = [
        str(each.cell) for cell in found.cells for each in cell.statements if name in each.binds
    ]
    if not binding:
        return ""
    return f"bound in {' and '.join(dict.fromkeys(binding))}, maybe run in another order"


def _line(statement: Statement, cell: SourceCell) -> str:
    lines = cell.text.splitlines()
    at = statement.begin[0] - 1
    return masked(lines[at].strip() if at < len(lines) else cell.first_line)


def _readers(node: ast.stmt, imports: Mapping[str, str]) -> Iterator[str]:
    """The readers that a statement names; those of its functions run only when they are called."""
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return
    for each in ast.walk(node):
        if isinstance(each, ast.Call):
            dotted = _dotted(each.func, imports)
            if dotted and reader_by_name(dotted, seeded=bool(each.args or each.keywords)):
                yield dotted
        elif isinstance(each, ast.Attribute):
            dotted = _dotted(each, imports)
            if dotted and reader_by_name(dotted, seeded=True):
                yield dotted


def _dotted(node: ast.expr, imports: Mapping[str, str]) -> str:
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    if not isinstance(node, ast.Name):
        return ""
    head = imports.get(node.id, node.id).replace(":", ".")
    return ".".join([head, *reversed(parts)])
