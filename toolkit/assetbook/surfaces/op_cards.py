"""What a cell leaves behind of the ops, graphs and jobs that it defined."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from assetbook.definitions.asset_job import UnresolvedAssetJobDefinition
from assetbook.definitions.graph_definition import GraphDefinition
from assetbook.definitions.job_definition import JobDefinition
from assetbook.definitions.op_definition import OpDefinition
from assetbook.instance.job_record import selection_text
from assetbook.notebook.session import Cell
from assetbook.surfaces.cards import MOST_LINES, Line, publish
from assetbook.surfaces.display.formatting import counted
from assetbook.surfaces.display.html import join
from assetbook.surfaces.display.op_view import Shown, kind_of, op_card, op_text
from assetbook.surfaces.display.op_words import op_sentence
from assetbook.surfaces.display.status import DECLARED
from assetbook.surfaces.display.view import framed
from assetbook.surfaces.live import LiveNotebook

MOST_CARDS = 3
"""Graphs and jobs of one cell that are drawn; of the others each has a line."""
_KINDS = (OpDefinition, GraphDefinition, JobDefinition, UnresolvedAssetJobDefinition)


def show_new_ops(live: LiveNotebook, cell: Cell, result: object) -> None:
    """Displays a line for each op that ``cell`` made, and a card with the graph for each graph
    and job; not for ``result``, the cell's value, which shows itself.
    """
    made = [each for each in _made_in(live, cell) if each is not result]
    drawn = _drawn(made, result)
    lines = [_line(each) for each in made if each not in drawn]
    if len(lines) > MOST_LINES:
        lines = [_counted([each for each in made if each not in drawn])]
    if lines or drawn:
        cards = framed(*(op_card(each) for each in drawn)) if drawn else None
        html = join([*(line.html() for line in lines), *([cards] if cards else [])])
        publish(html, [*(line.text for line in lines), *map(op_text, drawn)])


def _made_in(live: LiveNotebook, cell: Cell) -> list[Shown]:
    """What names lead to and the cell's own code made, in the order of the names."""
    names: Mapping[str, object] = live.session.namespace
    bound = [
        each
        for name, each in list(names.items())
        if isinstance(each, _KINDS) and not name.startswith("_")
    ]
    found = {id(each): each for each in (*bound, *live.session.jobs)}
    return [each for each in found.values() if live.places.cell(each.place.filename) == str(cell)]


def _drawn(made: Iterable[Shown], result: object) -> Sequence[Shown]:
    """Those that have a card: not the graph of a job that has one too."""
    graphs = [each for each in made if isinstance(each, GraphDefinition | JobDefinition)]
    jobs = [each for each in (*graphs, result) if isinstance(each, JobDefinition)]
    inside = {id(each.graph) for each in jobs}
    return [each for each in graphs if id(each) not in inside][:MOST_CARDS]


def _line(shown: Shown) -> Line:
    if isinstance(shown, OpDefinition):
        return Line(DECLARED, shown.name, ("op", *op_sentence(shown)))
    selects = selection_text(shown) if isinstance(shown, UnresolvedAssetJobDefinition) else ""
    return Line(DECLARED, shown.name, (kind_of(shown), selects))


def _counted(made: Sequence[Shown]) -> Line:
    """All of them in one line, the first few by name."""
    ops = sum(isinstance(each, OpDefinition) for each in made)
    others = len(made) - ops
    kinds = [counted(ops, "op") if ops else "", counted(others, "other") if others else ""]
    named = ", ".join(each.name for each in made[:MOST_LINES])
    more = f" and {len(made) - MOST_LINES} more"
    return Line(DECLARED, " and ".join(each for each in kinds if each), (named + more,))
