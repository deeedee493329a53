"""The cells of a notebook that a run ran: a line for each, and the one that ended it."""

from __future__ import annotations

from collections.abc import Iterator

from assetbook.kernels.cell_runs import CellRun
from assetbook.kernels.cell_traceback import short
from assetbook.kernels.kept_notebook import KeptNotebook
from assetbook.surfaces.display.formatting import counted, duration_text
from assetbook.surfaces.display.grid import Cell, Grid
from assetbook.surfaces.display.html import Html, tag, visible
from assetbook.surfaces.display.status import FAILED, NOT_RUN, RUNNING, STEPS, WAITING, symbol
from assetbook.surfaces.display.theme import Look
from assetbook.surfaces.display.view import muted, section, text_section

_CELLS = {
    "done": STEPS["done"],
    "failed": FAILED,
    "running": RUNNING,
    "waiting": WAITING,
    "interrupted": Look(STEPS["canceled"].colour, STEPS["canceled"].symbol, "interrupted"),
    "died": Look(FAILED.colour, FAILED.symbol, "kernel died"),
}


def cells_said(kept: KeptNotebook) -> str:
    """``report.ipynb: 4 of 7 cells done``, and which one runs."""
    said = f"{kept.name}: {kept.done} of {counted(len(kept.cells), 'cell')} done"
    return said if kept.now is None else f"{said}, {kept.now} runs: {kept.now.first_line}"


def cells_html(kept: KeptNotebook) -> Html:
    """It as HTML without style rules."""
    parts = [_grid(kept).html()]
    if kept.bad is not None:
        parts.append(section(f"{kept.bad}", _pre(kept.source_of(kept.bad))))
        parts.append(section("what it raised", _pre("\n".join(raised(kept.bad)))))
    if kept.parameters:
        parts.append(section("parameters", _pre(kept.parameters)))
    return section(cells_said(kept), *parts, *(muted(each) for each in _files(kept)))


def cells_text(kept: KeptNotebook) -> str:
    """The same as plain text."""
    parts = [_grid(kept).text()]
    if kept.bad is not None:
        parts.append(text_section(f"{kept.bad}", visible(kept.source_of(kept.bad))))
        parts.append(text_section("what it raised", visible("\n".join(raised(kept.bad)))))
    if kept.parameters:
        parts.append(text_section("parameters", visible(kept.parameters)))
    body = "\n".join([*(each for each in parts if each), *_files(kept)])
    return text_section(visible(cells_said(kept), one_line=True), body)


def _grid(kept: KeptNotebook) -> Grid:
    over = is_over(kept)
    return Grid(
        ("cell", "status", "took", "first line"),
        tuple(_line(each, over=over) for each in kept.cells),
    )


def cell_look(cell: CellRun, *, over: bool) -> Look:
    """The look of a cell; ``over`` says that the notebook's run has ended."""
    return NOT_RUN if over and cell.state == "waiting" else _CELLS[cell.state]


def is_over(kept: KeptNotebook) -> bool:
    """Whether no cell of it will run any more."""
    return kept.path is not None or kept.bad is not None


def _line(cell: CellRun, *, over: bool) -> tuple[Cell | str, ...]:
    look = cell_look(cell, over=over)
    status = tag("span", symbol(look), f" {look.word}", class_="assetbook-state")
    took = "" if cell.seconds is None else duration_text(cell.seconds)
    line = tag("span", cell.first_line, class_="assetbook-mono")
    return (
        str(cell.number),
        Cell(f"{look.symbol} {look.word}", status),
        took,
        Cell(cell.first_line, line),
    )


def raised(cell: CellRun) -> list[str]:
    """The short traceback of a cell that failed, line by line."""
    return short(cell.traceback) or [cell.error]


def _files(kept: KeptNotebook) -> Iterator[str]:
    if kept.path is not None:
        yield f"the notebook as it ended: {kept.path}"
    else:
        yield f"its outputs so far: {kept.folder}"


def _pre(text: str) -> Html:
    return tag("pre", text, class_="assetbook-text assetbook-mono")
