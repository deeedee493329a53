"""The graph of assets as such: who comes before whom, what lies up and down, where it ends."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from heapq import heapify, heappop, heappush

from assetbook.errors import DefinitionError, SelectionError, did_you_mean
from assetbook.keys import AssetKey

_Links = dict[AssetKey, tuple[AssetKey, ...]]
_NOTHING: tuple[AssetKey, ...] = ()


class Dag:
    """A directed graph without cycles, kept in both directions; immutable.

    ``parents`` gives what each node needs, in order. A parent that is no node itself becomes one
    without parents. Raises DefinitionError that draws the cycle if there is one.
    """

    __slots__ = ("_children", "_order", "_parents")

    def __init__(self, parents: Mapping[AssetKey, Collection[AssetKey]]) -> None:
        self._parents = _complete(parents)
        self._children = _reversed(self._parents)
        order = _topological(self._parents, self._children)
        if len(order) < len(self._parents):
            raise _cyclic(_cycle_among(self._parents, order))
        self._order = tuple(order)

    @property
    def order(self) -> tuple[AssetKey, ...]:
        """Every node, each after its parents; where there is a choice, what was mentioned first."""
        return self._order

    def parents_of(self, key: AssetKey) -> tuple[AssetKey, ...]:
        """What ``key`` needs directly, in the order given; raises SelectionError if unknown."""
        return self._linked(self._parents, key)

    def children_of(self, key: AssetKey) -> tuple[AssetKey, ...]:
        """What needs ``key`` directly, in order of mention; raises SelectionError if unknown."""
        return self._linked(self._children, key)

    def ancestors(
        self, keys: AssetKey | Iterable[AssetKey], depth: int | None = None
    ) -> frozenset[AssetKey]:
        """What lies up to ``depth`` layers above any of ``keys``; None means every layer.

        One of ``keys`` is among them only if it lies above another one.
        """
        return self._reached(self._parents, keys, depth)

    def descendants(
        self, keys: AssetKey | Iterable[AssetKey], depth: int | None = None
    ) -> frozenset[AssetKey]:
        """What lies up to ``depth`` layers below any of ``keys``; None means every layer.

        One of ``keys`` is among them only if it lies below another one.
        """
        return self._reached(self._children, keys, depth)

    def roots(self, within: Collection[AssetKey] | None = None) -> frozenset[AssetKey]:
        """The nodes ``within`` (None: all) that have no other of them anywhere above."""
        return _first_met(self._order, self._parents, within)

    def sinks(self, within: Collection[AssetKey] | None = None) -> frozenset[AssetKey]:
        """The nodes ``within`` (None: all) that have no other of them anywhere below."""
        return _first_met(reversed(self._order), self._children, within)

    def __contains__(self, key: object) -> bool:
        return key in self._parents

    def __len__(self) -> int:
        return len(self._order)

    def __iter__(self) -> Iterator[AssetKey]:
        return iter(self._order)

    def __repr__(self) -> str:
        return f"<Dag of {len(self)} nodes>"

    def _linked(self, links: _Links, key: AssetKey) -> tuple[AssetKey, ...]:
        try:
            return links[key]
        except KeyError:
            raise SelectionError(
                f"the asset `{key}`",
                "it is not in this graph",
                did_you_mean(str(key), map(str, self._order)),
            ) from None

    def _reached(
        self, links: _Links, keys: AssetKey | Iterable[AssetKey], depth: int | None
    ) -> frozenset[AssetKey]:
        layer = {keys} if isinstance(keys, AssetKey) else set(keys)
        expanded: set[AssetKey] = set()
        reached: set[AssetKey] = set()
        while layer and (depth is None or depth > 0):
            expanded |= layer
            met = {other for key in layer for other in self._linked(links, key)}
            reached |= met
            layer = met - expanded
            depth = None if depth is None else depth - 1
        return frozenset(reached)


def find_cycle(
    parents: Mapping[AssetKey, Collection[AssetKey]],
) -> tuple[AssetKey, ...] | None:
    """One cycle, each node needed by the next and the last by the first; None without any.

    It starts at the node that was mentioned first.
    """
    complete = _complete(parents)
    order = _topological(complete, _reversed(complete))
    return _cycle_among(complete, order) if len(order) < len(complete) else None


def _complete(parents: Mapping[AssetKey, Collection[AssetKey]]) -> _Links:
    """Every node with its parents once each, in order of first mention."""
    links: _Links = {}
    for key, above in parents.items():
        given = links[key] = links.get(key) or _once(above)
        for parent in given:
            if parent not in links:
                # Mentioned before its turn: it takes its place here.
                links[parent] = _once(parents.get(parent, _NOTHING))
    return links


def _once(keys: Collection[AssetKey]) -> tuple[AssetKey, ...]:
    return tuple(keys) if len(keys) < 2 else tuple(dict.fromkeys(keys))


def _reversed(parents: _Links) -> _Links:
    children: dict[AssetKey, list[AssetKey]] = {key: [] for key in parents}
    for key, above in parents.items():
        for parent in above:
            children[parent].append(key)
    return {key: tuple(below) for key, below in children.items()}


def _topological(parents: _Links, children: _Links) -> list[AssetKey]:
    """The nodes in order; those on and below a cycle are left out."""
    if _in_order(parents):
        return list(parents)
    nodes = list(parents)
    place = {key: index for index, key in enumerate(nodes)}
    waiting = [len(above) for above in parents.values()]
    ready = [index for index, count in enumerate(waiting) if not count]
    heapify(ready)
    order: list[AssetKey] = []
    while ready:
        key = nodes[heappop(ready)]
        order.append(key)
        for child in children[key]:
            index = place[child]
            waiting[index] -= 1
            if not waiting[index]:
                heappush(ready, index)
    return order


def _in_order(parents: _Links) -> bool:
    """Whether everything is mentioned after what it needs, as in a notebook read downwards."""
    seen: set[AssetKey] = set()
    for key, above in parents.items():
        if not seen.issuperset(above):
            return False
        seen.add(key)
    return True


def _cycle_among(parents: _Links, order: Collection[AssetKey]) -> tuple[AssetKey, ...]:
    """A cycle among the nodes that have no place in ``order``: each has a parent of that kind."""
    placed = set(order)
    left = [key for key in parents if key not in placed]
    step: dict[AssetKey, int] = {}
    path: list[AssetKey] = []
    key = left[0]
    while key not in step:
        step[key] = len(path)
        path.append(key)
        key = next(parent for parent in parents[key] if parent not in placed)
    cycle = path[step[key] :][::-1]
    place = {each: index for index, each in enumerate(left)}
    start = min(range(len(cycle)), key=lambda index: place[cycle[index]])
    return tuple(cycle[start:] + cycle[:start])


def _cyclic(cycle: Sequence[AssetKey]) -> DefinitionError:
    drawn = " → ".join(map(str, (*cycle, cycle[0])))
    return DefinitionError(
        "an order of these assets",
        f"each is needed by the next, in a cycle: {drawn}",
        "Take one of these inputs or dependencies away.",
    )


def _first_met(
    order: Iterable[AssetKey], before: _Links, within: Collection[AssetKey] | None
) -> frozenset[AssetKey]:
    """The nodes ``within`` with no other of them before, however far."""
    if within is None:
        return frozenset(key for key, links in before.items() if not links)
    chosen = within if isinstance(within, set | frozenset) else set(within)
    shadowed: set[AssetKey] = set()
    found: set[AssetKey] = set()
    for key in order:
        if any(other in chosen or other in shadowed for other in before[key]):
            shadowed.add(key)
        elif key in chosen:
            found.add(key)
    return frozenset(found)
