"""Every page of the documentation, run from top to bottom in a kernel of its own."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.docs.cells import DOCS, Cell, page_cells
from tests.notebooks.kernel import CellError, Kernel

PAGES = {
    path.stem: cells
    for path in sorted(DOCS.glob("*.md"))
    if (cells := page_cells(path.read_text(encoding="utf-8")))
}

# Pages edit no modules, so compiled ones may be kept: half the time of a page is loading.
WARM = {"PYTHONDONTWRITEBYTECODE": ""}


@pytest.mark.parametrize("page", PAGES)
def test_cells_of_a_page_run(page: str, tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").touch()
    with Kernel(tmp_path, page, WARM) as kernel:
        for number, cell in enumerate(PAGES[page]):
            assert _failure(kernel, cell, number) == ""


def test_most_pages_have_examples() -> None:
    without = {path.stem for path in DOCS.glob("*.md")} - PAGES.keys()
    assert without == {"benchmarks", "command-line", "index"}


def test_a_cell_may_be_tagged_as_failing() -> None:
    page = "```{code-cell} ipython3\n:tags: [raises-exception]\n1 / 0\n```\n"
    assert page_cells(page) == [Cell("1 / 0", 1, frozenset({"raises-exception"}))]


def _failure(kernel: Kernel, cell: Cell, number: int) -> str:
    """What is wrong with how the cell ended; empty if it ended as the page says."""
    try:
        kernel.run(cell.source, f"cell-{number}")
    except CellError as error:
        return "" if cell.raises else f"line {cell.line}: {error}"
    return f"line {cell.line}: it should have failed" if cell.raises else ""
