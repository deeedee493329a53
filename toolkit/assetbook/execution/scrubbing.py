"""The one place where events lose the secrets that this process knows, before they are written."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from assetbook.definitions.secret import known_secrets
from assetbook.events.records import Event


def scrubbed(events: Sequence[Event]) -> Sequence[Event]:
    """The events with every known secret masked; as they are while no secret is known.

    A small value that is held in an event is data, and is left as its author returned it.
    """
    return [_without_secrets(event) for event in events] if known_secrets else events


def _without_secrets(event: Event) -> Event:
    plain = msgspec.to_builtins(event)
    value = plain.get("value")
    inline = value.pop("inline", None) if isinstance(value, dict) else None
    clean = known_secrets.scrub_json(plain)
    if inline is not None:
        clean["value"]["inline"] = inline
    return msgspec.convert(clean, type(event))
