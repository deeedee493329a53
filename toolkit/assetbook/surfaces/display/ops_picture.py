"""The ops of a graph or a job, as a picture and as a tree of lines."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import structs

from assetbook.definitions.flat_graph import FlatOp
from assetbook.definitions.invocations import dynamic_name
from assetbook.surfaces.display.graph_node import GraphNode
from assetbook.surfaces.display.graph_svg import graph_svg
from assetbook.surfaces.display.graph_text import graph_text
from assetbook.surfaces.display.html import Html
from assetbook.surfaces.display.op_words import gives, op_sentence
from assetbook.surfaces.display.view import muted

MOST_DRAWN = 200
"""Ops of one picture, since it stays in the notebook's file; plain text has them all."""


def ops_svg(ops: Mapping[str, FlatOp]) -> Html:
    """The picture: an op stands right of all that it needs, below the name of its graph."""
    if len(ops) > MOST_DRAWN:
        return muted(f"{len(ops):,} ops are too many for one picture.")
    return graph_svg(_nodes(ops), _edges(ops))


def ops_text(ops: Mapping[str, FlatOp]) -> str:
    """The same as a tree by lines, each op by its path."""
    named = [structs.replace(each, label=each.id) for each in _nodes(ops)]
    return graph_text(named, _edges(ops)).partition("\n")[2]


def _nodes(ops: Mapping[str, FlatOp]) -> list[GraphNode]:
    return [_node(each) for each in ops.values()]


def _node(flat: FlatOp) -> GraphNode:
    graph, _, name = flat.path.rpartition(".")
    called = "" if name == flat.op.name else f"calls {flat.op.name}"
    return GraphNode(
        flat.path,
        name,
        note=" · ".join(each for each in (_gives(flat), _over(flat)) if each),
        title=" · ".join(each for each in (called, *op_sentence(flat.op)) if each),
        group=graph or None,
        kind="op",
    )


def _gives(flat: FlatOp) -> str:
    """What it gives, as far as its author says."""
    said = gives(flat.op.outputs).strip()
    return f"→ {said}" if said else ""


def _over(flat: FlatOp) -> str:
    if flat.over is None:
        return ""
    node, output = flat.over
    return f"for each of {dynamic_name((node.rpartition('.')[2], output)).strip('`')}"


def _edges(ops: Mapping[str, FlatOp]) -> list[tuple[str, str]]:
    return [(node, op.path) for op in ops.values() for node in op.needs]
