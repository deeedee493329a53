"""One node of the lineage picture: outline, bar of the state, label, state in words, group."""

from __future__ import annotations

from assetbook.dependencies.layout import Place
from assetbook.surfaces.display.graph_node import GraphNode
from assetbook.surfaces.display.html import Html, join, tag, visible
from assetbook.surfaces.display.text_width import cut_to_pixels, pixels_of
from assetbook.surfaces.display.theme import group_colour, look_of

HEIGHT = 46.0
GROUP_ROOM = 14.0
"""Room above the outline for the group's name."""
LABEL_SIZE, NOTE_SIZE, GROUP_SIZE = 13.75, 11.0, 10.0
"""Sizes to reckon widths with; a label is drawn at 12.5 px, but semi-bold, which is wider."""
INSET = 14.0
"""From the node's left side to its text."""
ROUND = 7.0


def wanted_width(node: GraphNode) -> float:
    """The width in pixels at which nothing of the node's text would be cut."""
    second = f"{node.word} · {node.note}" if node.note else node.word
    return INSET + 12 + max(pixels_of(node.label, LABEL_SIZE), 14 + pixels_of(second, NOTE_SIZE))


def node_svg(node: GraphNode, place: Place, wide: float, head: float) -> Html:
    """The node's element at its place, ``wide`` pixels wide, the outline ``head`` pixels down."""
    label = visible(node.label, one_line=True)
    checks, room = _checks(node, wide)
    tooltip = "\n".join(part for part in (label, node.word, node.title, node.note) if part)
    # a host that does not trust a page keeps its words alone: the spaces are between these
    return tag(
        "g",
        tag("title", tooltip),
        " ",
        _group(node, wide) if node.group and head else None,
        " ",
        tag(
            "g",
            *_box(node, wide),
            _text(cut_to_pixels(label, room, LABEL_SIZE), INSET, 19, "ab-label"),
            " ",
            checks,
            " ",
            _second_line(node, wide),
            "; ",
            transform=f"translate(0 {head:g})" if head else None,
        ),
        class_=f"ab-node ab-{node.kind}",
        role="img",
        aria_label=visible(node.spoken, one_line=True),
        data_id=node.id,
        transform=f"translate({place.x:g} {place.y:g})",
    )


def _box(node: GraphNode, wide: float) -> tuple[Html, Html]:
    """The outline, and along its left side the bar in the state's colour."""
    outline = tag(
        "rect",
        width=wide,
        height=HEIGHT,
        rx=HEIGHT / 2 if node.kind == "check" else ROUND,
        class_="ab-box",
        fill="#ffffff",
        stroke="#d3d8df",
        stroke_dasharray="4 3" if node.kind == "external" else None,
    )
    if node.state is None or node.kind == "check":
        return outline, Html()
    side = f"M5 0H{ROUND:g}A{ROUND:g} {ROUND:g} 0 0 0 0 {ROUND:g}V{HEIGHT - ROUND:g}"
    bar = tag(
        "path",
        d=f"{side}A{ROUND:g} {ROUND:g} 0 0 0 {ROUND:g} {HEIGHT:g}H5Z",
        fill=look_of(node.state).colour,
    )
    return outline, bar


def _group(node: GraphNode, wide: float) -> Html:
    name = cut_to_pixels(visible(node.group or "", one_line=True), wide - 16, GROUP_SIZE)
    dot = tag("circle", cx=5, cy=6, r=3, fill=group_colour(node.group or ""))
    return join((dot, _text(name, 12, 9.5, "ab-group")))


def _checks(node: GraphNode, wide: float) -> tuple[Html, float]:
    """The counts of checks at the right of the first line, and the room left for the label."""
    passed, failed = node.checks or (0, 0)
    counts = [("✓", "fresh", passed), ("✕", "failed", failed)]
    shown = [(mark, look_of(state).colour, count) for mark, state, count in counts if count]
    if not shown:
        return Html(), wide - INSET - 10
    marked = (
        join((tag("tspan", mark, style=f"fill: {colour}"), str(count)))
        for mark, colour, count in shown
    )
    inside = join(marked, " ")
    drawn = tag("text", inside, x=wide - 10, y=19, class_="ab-note", text_anchor="end")
    text = " ".join(f"{mark}{count}" for mark, _, count in shown)
    return drawn, wide - INSET - 16 - pixels_of(text, NOTE_SIZE)


def _second_line(node: GraphNode, wide: float) -> Html:
    look = look_of(node.state)
    word = visible(node.word, one_line=True)
    note = visible(node.note, one_line=True)
    indent = INSET if node.state is None else INSET + 14
    room = wide - indent - 8 - pixels_of(word, NOTE_SIZE)
    rest = cut_to_pixels(f"{' · ' if word and note else ''}{note}", room, NOTE_SIZE)
    return tag(
        "text",
        tag("tspan", look.symbol, style=f"fill: {look.colour}") if node.state else None,
        tag("tspan", word, class_="ab-word", x=indent),
        rest,
        x=INSET,
        y=36,
        class_="ab-note",
    )


def _text(text: str, x: float, y: float, class_: str) -> Html:
    return tag("text", text, x=x, y=y, class_=class_)
