"""A slice gives the assets that the whole notebook gives; what is not needed is left out."""

from __future__ import annotations

import ast
import contextlib
import io
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from assetbook.definitions.asset_definition import AssetsDefinition
from assetbook.notebook.document import Document, SourceCell
from assetbook.notebook.reachable import reachable_in
from assetbook.notebook.session import Cell
from assetbook.notebook.slicing import Slice, slice_of
from assetbook.notebook.statements import Statement, code_cells


def document(cells: Iterable[str], folder: Path = Path("/nowhere")) -> Document:
    made = [SourceCell(at, f"c{at}", "code", text) for at, text in enumerate(cells, 1)]
    return Document(folder / "a.ipynb", tuple(made))


def values_of(statements: Iterable[Statement]) -> dict[str, Any]:
    """What each asset's function gives after the statements have run in a fresh namespace."""
    names: dict[str, Any] = {"__name__": "__main__"}
    for each in statements:
        code = (
            compile(
                ast.Module([each.node], []),
                "<cell>",
                "exec",
                flags=names.get("lazy", 0),
                dont_inherit=True,
            )
            if not isinstance(each.node, ast.ImportFrom) or each.node.module != "__future__"
            else None
        )
        if code is None:
            names["lazy"] = 0x1000000
            continue
        with contextlib.redirect_stdout(io.StringIO()):
            exec(code, names)
    found = reachable_in(names, Cell("x", 1))
    return {
        str(each.definition.key): each.definition()
        for each in found.values()
        if isinstance(each.definition, AssetsDefinition)
    }


def taken(found: Slice) -> list[Statement]:
    return [each for cell in found.cells for each in found.taken(cell)]


class Case(NamedTuple):
    name: str
    cells: list[str]
    left: set[int]
    """The numbers of cells of which nothing is taken."""


def cases() -> Iterator[Case]:
    text = Path(__file__).with_name("slice_cases.txt").read_text(encoding="utf-8")
    for part in re.split(r"^=== ", text, flags=re.MULTILINE)[1:]:
        name, _, body = part.partition("\n")
        cells, left = ["from assetbook import asset"], set()
        for found in re.split(r"^---(?= left$|$)", body, flags=re.MULTILINE):
            is_left = found.startswith(" left\n")
            cells.append(found.removeprefix(" left").strip("\n"))
            left |= {len(cells)} if is_left else set()
        yield Case(name, [each for each in cells if each], left)


CASES = list(cases())


@pytest.mark.parametrize("case", CASES, ids=[each.name for each in CASES])
def test_a_slice_gives_what_the_whole_gives(case: Case) -> None:
    whole = values_of(each for cell in code_cells(document(case.cells)) for each in cell.statements)
    found = slice_of(document(case.cells))
    assert whole
    assert values_of(taken(found)) == whole
    left = {cell.cell.number for cell in found.cells if not found.taken(cell)}
    assert case.left <= left
