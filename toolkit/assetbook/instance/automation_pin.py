"""What source a schedule or sensor runs, as its state in the store holds it."""

from __future__ import annotations

import msgspec

from assetbook.storage.automations import AutomationState


class AutomationPin(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """The source that a schedule or sensor is pinned to, and what its ticks are counted by."""

    bundle: str | None = None
    """The digest of the source that it and its runs are from; None for what its location is pinned
    to, or says."""
    snapshot: str | None = None
    """The digest of what was defined where that bundle was made; None if nobody said so."""
    when: str | None = None
    """The cron lines and zone by which ticks are counted; None before anybody looked."""

    @property
    def text(self) -> str:
        """As the state holds it."""
        return msgspec.json.encode(self).decode()


def pin_of(state: AutomationState) -> AutomationPin:
    """What the state holds; nothing where nobody turned the automation on or looked at it."""
    return pin_from(state.pin)


def pin_from(text: str) -> AutomationPin:
    """The same of its text."""
    return _pin.decode(text) if text else AutomationPin()


_pin = msgspec.json.Decoder(AutomationPin)
