"""The one place where events lose the secrets that this process knows, before they are written."""

from __future__ import annotations

from typing import TypeVar

import msgspec

from assetbook.definitions.secret import known_secrets
from assetbook.events.records import Event

AnyEvent = TypeVar("AnyEvent", bound=Event)


def scrubbed(event: AnyEvent) -> AnyEvent:
    """The event with every known secret masked; the event itself while no secret is known.

    A small value that is held in the event is data, and is left as its author returned it.
    """
    if not known_secrets:
        return event
    plain = msgspec.to_builtins(event)
    value = plain.get("value")
    inline = value.pop("inline", None) if isinstance(value, dict) else None
    clean = known_secrets.scrub_json(plain)
    if inline is not None:
        clean["value"]["inline"] = inline
    return msgspec.convert(clean, type(event))
