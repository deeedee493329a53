"""The lineage picture as inline SVG: no script, nothing fetched, the same look in every host."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import blake2b
from itertools import pairwise

import msgspec

from assetbook.dependencies.layout import Layout, Point, layout
from assetbook.surfaces.display.graph_node import GraphNode, picture_name
from assetbook.surfaces.display.html import Html, join, style_tag, tag
from assetbook.surfaces.display.node_svg import GROUP_ROOM, HEIGHT, node_svg, wanted_width
from assetbook.surfaces.display.theme import variables

__all__ = ["GraphNode", "graph_picture", "graph_svg"]

WIDTHS = (148.0, 184.0, 210.0, 232.0)
"""Widths of nodes: the narrowest that most labels fit; few steps, so that pictures stay put."""
MARGIN = 8.0
READABLE = 0.8
"""How far a wide picture may shrink before it scrolls."""


class _Scene(msgspec.Struct, frozen=True):
    """What all parts of one picture share."""

    laid: Layout
    wide: float
    head: float
    """Room above each node for its group's name; 0 where no node has a group."""


def graph_svg(nodes: Sequence[GraphNode], edges: Sequence[tuple[str, str]]) -> Html:
    """The picture for a page or a notebook's output: it shrinks a little, then scrolls sideways.

    Raises DefinitionError as `layout` does.
    """
    return tag(
        "div",
        graph_picture(nodes, edges),
        class_="assetbook-graph-frame",
        style="max-width: 100%; overflow-x: auto; scrollbar-width: thin;"
        " scrollbar-color: rgba(128, 128, 128, 0.6) transparent",
    )


def graph_picture(nodes: Sequence[GraphNode], edges: Sequence[tuple[str, str]]) -> Html:
    """The picture as an SVG element, which is a whole SVG file as well."""
    scene = _scene(nodes, edges)
    width = scene.laid.width + 2 * MARGIN
    height = scene.laid.height + 2 * MARGIN
    name = picture_name(nodes)
    arrow = _arrow_id(nodes, edges)
    return tag(
        "svg",
        tag("title", name),
        style_tag(_STYLE),
        tag("defs", _arrow(arrow)),
        tag(
            "g",
            _edges(scene, arrow),
            join(
                node_svg(node, scene.laid.places[node.id], scene.wide, scene.head) for node in nodes
            ),
            transform=f"translate({MARGIN:g} {MARGIN:g})",
        ),
        xmlns="http://www.w3.org/2000/svg",
        class_="assetbook-graph",
        role="img",
        aria_label=name,
        width=width,
        height=height,
        viewBox=f"0 0 {width:g} {height:g}",
        style=f"max-width: 100%; min-width: {width * READABLE:.0f}px; height: auto",
    )


def _scene(nodes: Sequence[GraphNode], edges: Sequence[tuple[str, str]]) -> _Scene:
    wanted = sorted(wanted_width(node) for node in nodes)
    typical = wanted[len(wanted) * 9 // 10] if wanted else 0.0
    wide = next((width for width in WIDTHS if width >= typical), WIDTHS[-1])
    head = GROUP_ROOM if any(node.group for node in nodes) else 0.0
    ids = [node.id for node in nodes]
    laid = layout(ids, edges, width=wide, height=HEIGHT + head, gap_x=52, gap_y=18 - head / 4)
    return _Scene(laid, wide, head)


def _arrow_id(nodes: Sequence[GraphNode], edges: Sequence[tuple[str, str]]) -> str:
    # Two pictures in a page may share an id only if they are the same picture.
    text = repr((nodes, edges)).encode("utf-8", "backslashreplace")
    return "assetbook-arrow-" + blake2b(text, digest_size=6).hexdigest()


def _arrow(name: str) -> Html:
    head = tag("path", d="M1 1 L7 4 L1 7", class_="ab-arrow", fill="none", stroke="#a5adb9")
    return tag(
        "marker",
        head,
        id=name,
        viewBox="0 0 8 8",
        refX=7,
        refY=4,
        markerWidth=8,
        markerHeight=8,
        markerUnits="userSpaceOnUse",
        orient="auto",
    )


def _edges(scene: _Scene, arrow: str) -> Html:
    drop = scene.head / 2
    paths = (
        tag("path", d=_curve(route, drop), marker_end=f"url(#{arrow})")
        for route in scene.laid.routes.values()
    )
    return tag("g", *paths, class_="ab-edges", fill="none", stroke="#a5adb9", aria_hidden="true")


def _curve(route: Sequence[Point], drop: float) -> str:
    """A path through the route; it leaves and meets each column level. It ends short of a node."""
    points = [Point(x, y + drop) for x, y in route]
    points[-1] = Point(points[-1].x - 3, points[-1].y)
    drawn = [f"M{points[0].x:g} {points[0].y:g}"]
    for a, b in pairwise(points):
        if a.y == b.y:
            drawn.append(f"H{b.x:g}")
        else:
            bend = (b.x - a.x) * 0.5
            drawn.append(f"C{a.x + bend:g} {a.y:g} {b.x - bend:g} {b.y:g} {b.x:g} {b.y:g}")
    return "".join(drawn)


_STYLE = (
    variables(".assetbook-graph")
    + """
.assetbook-graph { background: transparent; font-family: var(--ab-font); display: block; }
.assetbook-graph .ab-box { fill: var(--ab-surface); stroke: var(--ab-border); }
.assetbook-graph .ab-edges, .assetbook-graph .ab-arrow { stroke: var(--ab-line); }
.assetbook-graph .ab-edges { stroke-width: 1.25px; }
.assetbook-graph .ab-arrow { stroke-width: 1.25px; stroke-linecap: round; stroke-linejoin: round; }
.assetbook-graph text { fill: var(--ab-text); white-space: pre; }
.assetbook-graph .ab-label { font-size: 12.5px; font-weight: 600; }
.assetbook-graph .ab-note { font-size: 11px; fill: var(--ab-muted); }
.assetbook-graph .ab-word { fill: var(--ab-text); }
.assetbook-graph .ab-group { font-size: 10px; fill: var(--ab-muted); letter-spacing: 0.02em; }
.assetbook-graph .ab-node:hover .ab-box { stroke: var(--ab-line); }
"""
)
