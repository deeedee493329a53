"""Version numbers that are known only inside the commit that gives them."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import structs

from assetbook.events.asset_events import AssetMaterialized


def in_this_commit(
    event: AssetMaterialized, given: Mapping[tuple[str, str | None], int]
) -> AssetMaterialized:
    """The event with the numbers that its inputs were given in the same commit, by key as text and
    partition.

    Such an input has the number 0 until then. One that was not given a number has none.
    """
    if all(read.version != 0 for read in event.inputs.values()):
        return event
    inputs = {
        name: structs.replace(read, version=given.get((read.key, read.partition)))
        if read.version == 0
        else read
        for name, read in event.inputs.items()
    }
    return structs.replace(event, inputs=inputs)
