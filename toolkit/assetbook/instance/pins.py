"""Pins: the bundle that a location runs, whatever its file says by now."""

from __future__ import annotations

from assetbook.errors import SelectionError, did_you_mean
from assetbook.events.parts import Origin
from assetbook.instance.instance import Instance
from assetbook.storage.sources import Pin


def pin(
    instance: Instance,
    location: str,
    bundle: str,
    snapshot: str | None = None,
    *,
    by: Origin,
) -> Pin:
    """The pin of a location as it is from now on; durable when it returns.

    ``bundle`` and ``snapshot`` are digests of what was kept before. A crash leaves the pin before
    or this one. Raises ConflictError if either is not in the store.
    """
    who = f"{by.user}@{by.host}" if by.user else by.host
    moved = Pin(location, bundle, snapshot, instance.clock.now(), who)
    instance.own.put_pin(moved)
    return moved


def pinned(instance: Instance, location: str) -> Pin | None:
    """The pin of a location; None if it was never pinned."""
    return instance.own.pins().get(location)


def pins(instance: Instance) -> dict[str, Pin]:
    """The pins of all locations, in the order in which they were moved."""
    return instance.own.pins()


def need_pin(instance: Instance, location: str) -> Pin:
    """The pin of a location; raises SelectionError if it was never pinned."""
    known = pins(instance)
    if location in known:
        return known[location]
    raise SelectionError(
        f"the pin of {location}",
        "it was never pinned",
        did_you_mean(location, known) or "Pin it first: `assetbook promote` does.",
    )
