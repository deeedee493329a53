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
from assetbook.errors import DefinitionError
from assetbook.notebook.document import Document, SourceCell
from assetbook.notebook.reachable import reachable_in
from assetbook.notebook.session import Cell
from assetbook.notebook.slice_text import slice_text
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


def why(*cells: str) -> dict[str, str]:
    """Of each taken statement, its first line with the reason."""
    found = slice_of(document(["from assetbook import asset", *cells]))
    return {
        cell.python.splitlines()[each.begin[0] - 1]: found.why[each.index]
        for cell in found.cells
        for each in found.taken(cell)
    }


ASSET = "@asset\ndef a():\n    return n"


def test_each_statement_says_why_it_is_taken() -> None:
    found = why("%load_ext assetbook\nn = 1", "n.real", "rows = []\nrows.append(n)", ASSET)
    assert found == {
        "from assetbook import asset": "binds `asset`, which cell 5 reads",
        "get_ipython().run_line_magic('load_ext', 'assetbook')": "`%load_ext` is a setting",
        "n = 1": "binds `n`, which cell 5 reads",
        "@asset": "defines",
    }


@pytest.mark.parametrize(
    "cell",
    [
        "!ls", "%pip install x", "%matplotlib inline", "%%bash\nls", "%%html\n<b>", "%timeit n",
        "import matplotlib.pyplot as plt\nplt.plot([1])\nplt.show()", "%materialize a", "%assets",
        "n", "print(n)", "display(n)", "?n", "for each in range(3):\n    print(each)", "help(n)",
    ],
)  # fmt: skip
def test_looking_around_is_left_out(cell: str) -> None:
    assert why("n = 1", cell, ASSET).keys() == why("n = 1", ASSET).keys()


@pytest.mark.parametrize(
    "cell",
    [
        "%env AB=1", "%load_ext dotenv\n%dotenv", "import sys\nsys.path.insert(0, 'x')",
        "import warnings\nwarnings.simplefilter('ignore')", "import seaborn", "%cd data",
        "import os\nos.environ['A'] = 'b'", "import logging\nlogging.basicConfig()",
        "from dotenv import load_dotenv\nload_dotenv()", "from __future__ import annotations",
    ],
)  # fmt: skip
def test_settings_are_taken(cell: str) -> None:
    count = len(code_cells(document([cell]))[0].statements)
    assert len(why("n = 1", cell, ASSET)) == len(why("n = 1", ASSET)) + count


@pytest.mark.parametrize(
    "cell",
    [
        "import os\nos.remove('orders.csv')",
        "import os\nos.system('make orders')",
        "from os import rename\nrename('a', 'b')",
        "import os, signal\nos.kill(1, signal.SIGTERM)",
        "import sys\nsys.exit(3)",
        "import os\ndef clean():\n    os.remove('orders.csv')\nclean()",
    ],
)
def test_what_acts_on_files_or_processes_is_no_setting(cell: str) -> None:
    taken = why("n = 1", cell, ASSET)
    assert not any(each.startswith(("os.", "rename(", "sys.", "clean(")) for each in taken)


def test_asset_cells_are_definitions_with_what_they_read() -> None:
    cells = ["K = 2\nL = 3", "def f(v):\n    return v * K", "%%asset total --as x=Frame\nf(x)"]
    found = why(*cells, "Frame = dict", "%%sql_asset sums\nSELECT :L, * FROM seen", "seen = [1]")
    assert {"K = 2", "def f(v):", "%%asset total --as x=Frame", "Frame = dict"} <= found.keys()
    assert {"%%sql_asset sums", "L = 3", "seen = [1]"} <= found.keys()


def test_resources_are_taken_by_the_names_of_parameters_and_keys() -> None:
    cell = "@asset(io_manager_key='lake')\ndef b(warehouse: Warehouse):\n    return 1"
    names = ["class Warehouse: ...", "warehouse = Warehouse()", "lake = object()", "other = 1"]
    found = why(*names, cell)
    assert found.keys() >= set(names[:3])
    assert "other = 1" not in found


def test_tags_settle_what_is_taken() -> None:
    cells = [
        SourceCell(1, "a", "code", "n = 1", frozenset({"assetbook:skip"})),
        SourceCell(2, "b", "code", "print('x')", frozenset({"assetbook:load"})),
    ]
    found = slice_of(Document(Path("/nowhere/a.ipynb"), tuple(cells)))
    assert list(found.why.values()) == ["its cell is tagged assetbook:load"]


@pytest.mark.parametrize("cell", ["%my_magic orders", "%%my_magic\norders"])
def test_a_magic_that_nobody_knows_is_asked_about(cell: str) -> None:
    with pytest.raises(DefinitionError, match=r"cell 2, `%+my_magic.*may define.*\n.*:load.*:skip"):
        why(cell)


def test_what_is_read_before_it_is_bound_is_told() -> None:
    with pytest.raises(DefinitionError, match="cell 2 reads `n`, which only cell 3 binds, further"):
        why("m = n + 1", "n = 1", "@asset\ndef a():\n    return m")


def test_what_a_cell_may_change_need_not_be_bound_before_it() -> None:
    add = "def add(to):\n    to.append(1)\n    if len(to) > 9:\n        rows.append(1)"
    found = why(add, "box = []", "add(box)", "rows = [1]", "@asset\ndef a():\n    return box, rows")
    assert {"box = []", "rows = [1]", "add(box)"} <= found.keys()


def test_a_cell_that_is_no_python_is_named() -> None:
    said = r"cell 2, `def f\(:`: it is no Python: line 1: .*\n.*tag it `assetbook:skip`"
    with pytest.raises(DefinitionError, match=said):
        why("def f(:")


def test_a_cell_that_is_no_python_may_be_skipped() -> None:
    skipped = SourceCell(1, "a", "code", "def f(:", frozenset({"assetbook:skip"}))
    kept = SourceCell(2, "b", "code", "from assetbook import AssetSpec\nx = AssetSpec('x')")
    found = slice_of(Document(Path("/nowhere/a.ipynb"), (skipped, kept)))
    assert [len(found.taken(cell)) for cell in found.cells] == [0, 2]


def test_the_text_of_a_part_keeps_its_lines() -> None:
    cell = "# text\nn = 1; m = 2; k = 3\nprint(\n    n)\n\ndef f():\n    return 'ü' + k\n"
    [found] = code_cells(document([cell]))
    first, _, third, _, last = found.statements
    assert slice_text(found, [first, third, last]).split("\n") == [
        "", "n = 1; k = 3", "", "", "", "def f():", "    return 'ü' + k", "",
    ]  # fmt: skip
