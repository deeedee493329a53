"""What is said of a run that somebody asked to end."""

from __future__ import annotations

from assetbook.events.records import RunCanceling


def canceled_by(event: RunCanceling) -> str:
    """``canceled by ada on lab``."""
    by = event.by
    return " ".join(["canceled", *(["by", by.user] if by.user else []), "on", by.host or "?"])
