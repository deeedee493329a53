"""The one place where events lose the secrets that this process knows, before they are written.

Those that a run of a notebook was given are known to whoever writes events in its kernel, by import
of ``secret_literals``.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from assetbook.definitions import secret_literals as secret_literals
from assetbook.definitions.secret import known_secrets
from assetbook.events.encoding import as_text
from assetbook.events.records import Event


def scrubbed(events: Sequence[Event]) -> Sequence[Event]:
    """The events with every known secret masked; as they are while no secret is known.

    A small value that is held in an event is data, and is left as its author returned it.
    """
    return [_without_secrets(event) for event in events] if known_secrets else events


def _without_secrets(event: Event) -> Event:
    plain = msgspec.to_builtins(event, enc_hook=as_text)
    inlines = [each.pop("inline", None) for each in _values(plain)]
    clean = known_secrets.scrub_json(plain)
    for value, inline in zip(_values(clean), inlines, strict=True):
        if inline is not None:
            value["inline"] = inline
    return msgspec.convert(clean, type(event))


def _values(plain: dict[str, Any]) -> list[dict[str, Any]]:
    """The values that an event holds or points to: its own, and those of the outputs of an op."""
    holders = [plain, *plain.get("outputs", ())]
    return [each["value"] for each in holders if isinstance(each.get("value"), dict)]
