"""What loading a notebook runs, cell by cell: each statement with its reason."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from assetbook.definitions.secret_literals import masked
from assetbook.keys import AssetKey
from assetbook.notebook.document import SKIP_TAG
from assetbook.notebook.slice_seeds import DEFINES
from assetbook.notebook.slicing import Slice
from assetbook.notebook.statements import CodeCell, Statement

LONGEST = 40
"""Characters that are shown of a line."""


class SliceLine(msgspec.Struct, frozen=True):
    """One statement."""

    text: str
    """Its first line, with what looks like a secret masked; cut if it is long."""
    why: str
    """In words why loading runs it; empty if it does not."""


class SliceCell(msgspec.Struct, frozen=True):
    """One code cell."""

    place: str
    """``cell 4``"""
    text: str
    """Its first line, as that of a statement."""
    defines: tuple[str, ...]
    """The assets that it defines."""
    lines: tuple[SliceLine, ...]
    skipped: bool = False
    """Whether its tag says that it is never loaded."""

    @property
    def taken(self) -> int:
        """How many of its statements loading runs."""
        return sum(bool(each.why) for each in self.lines)

    @property
    def is_part(self) -> bool:
        """Whether loading runs some of it and leaves out some."""
        return 0 < self.taken < len(self.lines)

    def to_json(self) -> dict[str, Any]:
        """Plain values."""
        found: dict[str, Any] = msgspec.to_builtins(self)
        return found

    @classmethod
    def from_json(cls, given: Mapping[str, Any]) -> SliceCell:
        """What ``to_json`` gave."""
        lines = tuple(SliceLine(**each) for each in given["lines"])
        return cls(**{**given, "defines": tuple(given["defines"]), "lines": lines})


def slice_cells(found: Slice, cell_of: Mapping[AssetKey, str]) -> list[SliceCell]:
    """The notebook's code cells, in order; ``cell_of`` says in which cell each asset is defined."""
    keys: dict[str, list[AssetKey]] = defaultdict(list)
    for key, place in cell_of.items():
        keys[place].append(key)
    return [_cell(cell, keys[str(cell.cell)], found.why) for cell in found.cells]


def _cell(cell: CodeCell, keys: Sequence[AssetKey], why: Mapping[int, str]) -> SliceCell:
    defining = [each for each in cell.statements if why.get(each.index) == DEFINES]
    named: dict[int, Sequence[object]] = {
        each.index: [key for key in keys if key.parts[-1] in each.binds] or sorted(each.binds)
        for each in defining
    }
    if len(defining) == 1 and keys:
        named = {defining[0].index: list(keys)}
    said = {
        index: f"{DEFINES} {', '.join(f'`{key}`' for key in some)}"
        for index, some in named.items()
        if some
    }
    return SliceCell(
        str(cell.cell),
        _shown(cell.cell.first_line),
        tuple(map(str, keys)),
        tuple(_line(cell, each, {**why, **said}) for each in cell.statements),
        SKIP_TAG in cell.cell.tags,
    )


def _line(cell: CodeCell, statement: Statement, why: Mapping[int, str]) -> SliceLine:
    return SliceLine(_shown(_first_line(cell, statement)), why.get(statement.index, ""))


def _first_line(cell: CodeCell, statement: Statement) -> str:
    """The line that people know it by: of what is decorated, that below the decorators."""
    node = statement.node
    if node is None or statement.magics:  # the person did not write the call that a magic becomes
        return _as_written(cell, statement)
    lines = cell.python.encode("utf-8", "surrogatepass").split(b"\n")
    one_line = node.end_lineno == node.lineno
    part = lines[node.lineno - 1][node.col_offset : node.end_col_offset if one_line else None]
    text = part.decode("utf-8", "surrogatepass").strip()
    return text if one_line or isinstance(node, ast.FunctionDef | ast.ClassDef) else f"{text} …"


def _as_written(cell: CodeCell, statement: Statement) -> str:
    lines = cell.cell.text.splitlines()[statement.begin[0] - 1 :]
    return next((line.strip() for line in lines if line.strip()), "")


def _shown(line: str) -> str:
    text = masked(line)
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1].rstrip()}…"
