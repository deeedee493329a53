"""Names in the bodies of graphs: what they stood for when the graph was composed, and since."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from types import CodeType
from typing import Any, NamedTuple

from assetbook.definitions.graph_body import GraphBody
from assetbook.definitions.named_nodes import composed_of, node_of
from assetbook.definitions.node import Node
from assetbook.notebook.canonical import canonical
from assetbook.notebook.cell_source import NotFound, source_of


class Earlier(NamedTuple):
    """An op or graph that a graph has, and that its cell makes otherwise by now."""

    name: str
    graphs: tuple[str, ...]
    """The graphs that lead to it, from the outermost to the one whose body names it."""


def earlier_in(graph: GraphBody, is_replaced: Callable[[str], bool]) -> Iterator[Earlier]:
    """What a graph and those inside it have that is another one by now.

    ``is_replaced`` tells of a code file name whether its cell has run again with another text.
    """
    names = getattr(graph.compute, "__globals__", {})
    for name, held in composed_of(graph.compute).items():
        if is_earlier(held, names.get(name), is_replaced):
            yield Earlier(name, (graph.name,))
    for each in graph.composed.invocations:
        if isinstance(each.node, GraphBody):
            for inner in earlier_in(each.node, is_replaced):
                yield inner._replace(graphs=(graph.name, *inner.graphs))


def is_earlier(held: Node, value: object, is_replaced: Callable[[str], bool]) -> bool:
    """Whether the cell of ``held`` has run again, and its name stands for other code now."""
    if node_of(value) is held:
        return False
    code = _code(held)
    if code is None or not is_replaced(code.co_filename):
        return False
    now = node_of(value)
    return now is None or _text(held) != _text(now)


def _code(node: Node) -> CodeType | None:
    code = getattr(node.compute, "__code__", None)
    return code if isinstance(code, CodeType) else None


def _text(node: Node) -> Any:
    """What is written of it, with its options; equal to nothing where that is not known."""
    code = _code(node)
    found = None if code is None else source_of(code)
    return object() if found is None or isinstance(found, NotFound) else canonical(found.tree)
