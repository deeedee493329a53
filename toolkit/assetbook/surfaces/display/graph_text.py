"""The lineage as plain text: a tree of what is made from what, for terminals and saved files."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Mapping, Sequence

import msgspec

from assetbook.surfaces.display.graph_node import GraphNode, summary
from assetbook.surfaces.display.html import visible
from assetbook.surfaces.display.text_width import columns_of
from assetbook.surfaces.display.theme import look_of

DEEPEST = 10
"""Levels of indentation; what lies deeper starts again at the left."""
WIDEST = 60
"""Columns to which names are padded, so that states stand below each other."""
EXPLAINED = frozenset({"stale", "unknown", "blocked", "failed"})
"""States whose reason is shown; the others need none."""


class _Line(msgspec.Struct, frozen=True):
    """A line: the tree's rules, the node, and where it is shown if that is elsewhere."""

    rules: str
    node: GraphNode
    elsewhere: str = ""

    @property
    def left(self) -> str:
        symbol = {"above": "↑", "below": "↓"}.get(self.elsewhere) or look_of(self.node.state).symbol
        return f"{self.rules}{symbol} {visible(self.node.label, one_line=True)}"


def graph_text(nodes: Sequence[GraphNode], edges: Sequence[tuple[str, str]]) -> str:
    """A tree by lines, inputs before what is made from them, each node explained once.

    A node with several inputs stands below the first; below the others a line refers to it.
    """
    lines = _lines(nodes, edges)
    padded = min(max((columns_of(line.left) for line in lines), default=0), WIDEST)
    return "\n".join([summary(nodes), *(_written(line, padded) for line in lines)])


def _lines(nodes: Sequence[GraphNode], edges: Sequence[tuple[str, str]]) -> list[_Line]:
    by_id = {node.id: node for node in nodes}
    children: dict[str, list[str]] = defaultdict(list)
    for start, end in dict.fromkeys(edges):
        children[start].append(end)
    made = {end for _, end in edges}
    # A cycle has no first node: its nodes come last, each as if it began.
    starts = deque([*(key for key in by_id if key not in made), *by_id])
    seen: set[str] = set()
    lines: list[_Line] = []
    while starts:
        start = starts.popleft()
        if start not in seen:
            lines += _tree(start, by_id, children, seen, starts)
    return lines


def _tree(
    start: str,
    by_id: Mapping[str, GraphNode],
    children: Mapping[str, Sequence[str]],
    seen: set[str],
    starts: deque[str],
) -> list[_Line]:
    lines: list[_Line] = []
    # Each entry: the node, its own rules, the rules of what hangs below it, its level.
    stack = [(start, "", "", 0)]
    while stack:
        key, rules, below, level = stack.pop()
        if key in seen:
            lines.append(_Line(rules, by_id[key], "above"))
            continue
        if level == DEEPEST and children.get(key):
            lines.append(_Line(rules, by_id[key], "below"))
            starts.appendleft(key)
            continue
        seen.add(key)
        lines.append(_Line(rules, by_id[key]))
        own = children.get(key, ())
        for place, child in reversed(list(enumerate(own, 1))):
            last = place == len(own)
            stack.append(
                (
                    child,
                    below + ("└─ " if last else "├─ "),
                    below + ("   " if last else "│  "),
                    level + 1,
                )
            )
    return lines


def _written(line: _Line, padded: int) -> str:
    if line.elsewhere:
        return f"{line.left} ({line.elsewhere})"
    node = line.node
    reason = node.title if node.state in EXPLAINED else ""
    note = "" if node.note in reason else node.note
    said = (node.word, reason, note, node.checks_in_words)
    words = " · ".join(visible(part, one_line=True) for part in said if part)
    room = " " * max(padded - columns_of(line.left), 0)
    return f"{line.left}{room}  {words}".rstrip()
