"""The graph of what code reaches, and the digest that stands for it.

Two graphs have one digest exactly if nobody could tell them apart by walking from their start
along named edges: which objects are shared, or were made anew with equal content, does not count.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator

from assetbook.definitions.code import PieceKind


class Node:
    """One reached thing: ``label`` is what is its own, ``edges`` lead to what it reaches."""

    __slots__ = (
        "digest", "docs", "edges", "installed", "kind", "label", "name", "nameless", "text",
        "value", "where",
    )  # fmt: skip

    def __init__(self, value: object, name: str) -> None:
        self.value = value  # keeps the object, and so its id, alive
        self.name = name
        self.label = b""
        self.docs = b""
        self.edges: list[tuple[str, Node]] = []
        self.kind: PieceKind | None = None
        self.text = ""
        self.where = ""
        self.digest: bytes | None = None
        self.installed = False
        """Whether it is a part of an installed library's object."""
        self.nameless = False
        """Whether it is never shown as a piece."""


def _hash(label: bytes, edges: Iterable[tuple[str, bytes]]) -> bytes:
    parts = sorted((name.encode("utf-8", "surrogatepass"), digest) for name, digest in edges)
    parts_flat = [b"\0%b\0%b" % part for part in parts]
    return hashlib.blake2b(b"%b%b" % (label, b"".join(parts_flat)), digest_size=16).digest()


def graph_digest(root: Node) -> bytes:
    """16 bytes that stand for all that can be reached from ``root``."""
    order = _children_first(root)
    return _merkle(order) if order is not None else _refined(root)


def all_nodes(root: Node) -> list[Node]:
    """Every node that can be reached from ``root``, itself first."""
    seen = {id(root): root}
    todo = [root]
    for node in todo:
        for _, child in node.edges:
            if id(child) not in seen:
                seen[id(child)] = child
                todo.append(child)
    return todo


def label_by_names(nodes: list[Node], sentinels: list[Node]) -> None:
    """Labels nodes that hold nothing by all the names that lead to them.

    Code that compares identities tells them apart, so that another one under a name must show.
    """
    names: dict[int, set[str]] = {id(node): set() for node in sentinels}
    for node in nodes:
        for label, child in node.edges:
            if id(child) in names:
                names[id(child)].add(label)
    for node in sentinels:
        node.label += "\0".join(sorted(names[id(node)])).encode("utf-8", "surrogatepass")


def _children_first(root: Node) -> list[Node] | None:
    """All nodes, each after those it leads to; None if there is a cycle."""
    order: list[Node] = []
    open_: set[int] = {id(root)}
    done: set[int] = set()
    stack: list[tuple[Node, Iterator[tuple[str, Node]]]] = [(root, iter(root.edges))]
    while stack:
        node, edges = stack[-1]
        for _, child in edges:
            if id(child) in open_:
                return None
            if id(child) not in done:
                open_.add(id(child))
                stack.append((child, iter(child.edges)))
                break
        else:
            stack.pop()
            open_.discard(id(node))
            done.add(id(node))
            order.append(node)
    return order


def _merkle(order: list[Node]) -> bytes:
    for node in order:
        node.digest = _hash(node.label, ((name, _known(child)) for name, child in node.edges))
    return _known(order[-1])


def _known(node: Node) -> bytes:
    if node.digest is None:
        raise LookupError(node.name)
    return node.digest


def _refined(root: Node) -> bytes:
    """The digest of a graph with cycles: rounds of hashing until no more nodes can be told apart.

    Each round's hash holds that of the round before, so that classes only ever split; the last
    round's set describes the whole graph, however many copies of equal parts there are.
    """
    nodes = all_nodes(root)
    now = {id(node): _hash(node.label, ()) for node in nodes}
    classes = len(set(now.values()))
    while True:
        now = {
            id(node): _hash(
                node.label + now[id(node)],
                ((name, now[id(child)]) for name, child in node.edges),
            )
            for node in nodes
        }
        count = len(set(now.values()))
        if count == classes:
            break
        classes = count
    whole = hashlib.blake2b(now[id(root)], digest_size=16)
    for each in sorted(set(now.values())):
        whole.update(each)
    return whole.digest()


def own_digest(node: Node) -> str:
    """32 digits for a piece: what is its own and of its unnamed parts, not of other pieces."""
    return _own(node, set()).hex()


def _own(node: Node, above: set[int]) -> bytes:
    if not node.edges and node.digest is not None:
        return node.digest  # what is its own is all that there is
    above = above | {id(node)}
    return _hash(
        node.label,
        (
            (name, b"" if child.kind or id(child) in above else _own(child, above))
            for name, child in node.edges
        ),
    )
