"""Subsets of partitions as plain data for a cursor: short, also where there are very many."""

from __future__ import annotations

from typing import Any

from assetbook.definitions.automation.entity import WHOLE, Subset
from assetbook.definitions.partitions import TimeWindowPartitionsDefinition
from assetbook.definitions.partitions.definition import PartitionsDefinition
from assetbook.definitions.partitions.known_keys import KnownKeys


def subset_data(subset: Subset, definition: PartitionsDefinition | None, known: KnownKeys) -> Any:
    """True or False for what has no partitions, else the keys; of windows of time, the first and
    last of each stretch without a gap."""
    if definition is None:
        return bool(subset)
    keys = known.in_order(definition, [each for each in subset if each is not None])
    if not isinstance(definition, TimeWindowPartitionsDefinition):
        return keys
    places = known.places(definition)
    stretches: list[list[str]] = []
    last = -2
    for key in keys:
        place = places.get(key, -1)
        if stretches and place == last + 1:
            stretches[-1][1] = key
        else:
            stretches.append([key, key])
        last = place
    return stretches


def subset_of(data: Any, definition: PartitionsDefinition | None, known: KnownKeys) -> Subset:
    """The subset of such data, without what there is no more."""
    if definition is None:
        return WHOLE if data else frozenset()
    places = known.places(definition)
    if not isinstance(definition, TimeWindowPartitionsDefinition):
        return frozenset(each for each in data if each in places)
    keys = known.keys(definition)
    return frozenset(
        key
        for first, last in data
        if first in places and last in places
        for key in keys[places[first] : places[last] + 1]
    )
