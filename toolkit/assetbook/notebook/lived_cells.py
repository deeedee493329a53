"""What a notebook's cells were when they ran, and what they did to names.

It tells later whether a notebook's sources are those that ran, cell by cell. Of a cell's text its
digest is kept, and the names that it binds or may change.
"""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterable, Mapping
from hashlib import blake2b
from typing import TypeAlias

from assetbook.definitions.secret_literals import masked
from assetbook.notebook.canonical import canonical
from assetbook.notebook.cell_names import cell_names
from assetbook.notebook.cell_text import python_text
from assetbook.notebook.quiet_parsing import parse_quietly
from assetbook.notebook.slicing import Slice
from assetbook.notebook.statements import Statement

Lived: TypeAlias = Mapping[str, tuple[str, ...]]
"""By a cell's id the digest of its text, then the names that it binds or may change."""
_LOOKING = frozenset({"print", "display", "len", "type", "help"})


class LivedCells:
    """The cells of one kernel, each as it ran last; of ``earlier`` ones the texts are known."""

    def __init__(self, earlier: Iterable[str] = ()) -> None:
        self._cells: dict[str, tuple[str, ...]] = {}
        for text in earlier:
            self.note(f"text:{cell_digest(text)}", text)

    def note(self, cell: str, text: str) -> None:
        """The cell with that id, or another handle, has run."""
        self._cells.pop(cell, None)
        self._cells[cell] = (cell_digest(text), *sorted(_effects(text)))

    def __call__(self) -> Lived:
        """The cells so far, in the order in which they ran last."""
        return dict(self._cells)


def cell_digest(text: str) -> str:
    """16 digits for what a cell's text says; comments and formatting do not count."""
    tree = _parsed(text)
    said = text.strip().encode("utf-8", "surrogatepass") if tree is None else _canonical(tree)
    return blake2b(said, digest_size=8).hexdigest()


def edited_cells(found: Slice, lived: Lived, names: Collection[str]) -> list[str]:
    """The cells that bear on ``names`` and are not as they ran, in words; empty if all are."""
    every = [each for cell in found.cells for each in cell.statements]
    related = related_names(every, names)
    digests = {each[0] for each in lived.values()}
    said = []
    for cell in found.cells:
        before = lived.get(cell.cell.id)
        now = cell_digest(cell.cell.text)
        if (before[0] == now) if before is not None else (now in digests):
            continue
        taken = any(related & _touched(each) for each in found.taken(cell))
        if taken or (before is not None and not related.isdisjoint(before[1:])):
            said.append(f"{cell.cell}, `{masked(cell.cell.first_line)}`")
    ids = {cell.cell.id for cell in found.cells}
    present = {cell_digest(cell.cell.text) for cell in found.cells}
    gone = [
        each
        for cell, each in lived.items()
        if cell not in ids and each[0] not in present and not related.isdisjoint(each[1:])
    ]
    if gone:
        said.append(f"{len(gone)} that ran {'is' if len(gone) == 1 else 'are'} not there any more")
    return said


def related_names(statements: Collection[Statement], names: Collection[str]) -> frozenset[str]:
    """``names``, what their values are made of, and other names of what they may hold."""
    aliases = [each.binds for each in statements if each.reads & set(names)]
    return made_of(statements, names).union(*aliases)


def made_of(statements: Collection[Statement], names: Collection[str]) -> frozenset[str]:
    """``names``, and all names that the statements binding them read, and so on."""
    found = set(names)
    before = 0
    while before != len(found):
        before = len(found)
        for each in statements:
            if each.binds & found:
                found |= each.reads | each.reads_later
    return frozenset(found)


def _touched(statement: Statement) -> frozenset[str]:
    return statement.binds | statement.reads | statement.reads_later


def _canonical(tree: ast.Module) -> bytes:
    return canonical(tree, keep_first_string=True)


def _parsed(text: str) -> ast.Module | None:
    """The cell as Python; None for a cell of a magic, or one that is none."""
    if text.lstrip().startswith("%%"):
        return None
    try:
        return parse_quietly(python_text(text).source)
    except (SyntaxError, ValueError):
        return None


def _effects(text: str) -> frozenset[str]:
    """The names that a cell binds or may change in place, also by handing them to a call."""
    tree = _parsed(text)
    if tree is None:
        return frozenset()
    names = cell_names(tree)
    given = {
        each.id
        for statement in tree.body
        if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call)
        if not (isinstance(statement.value.func, ast.Name) and statement.value.func.id in _LOOKING)
        for argument in (*statement.value.args, *(key.value for key in statement.value.keywords))
        for each in ast.walk(argument)
        if isinstance(each, ast.Name)
    }
    return names.binds | names.binds_later | names.mutates | names.deletes | given
