"""What is said of a run that somebody asked to end."""

from __future__ import annotations

from assetbook.events.run_events import RunCanceling, RunEnded


def canceled_by(event: RunCanceling) -> str:
    """``canceled by ada on lab``."""
    by = event.by
    return " ".join(["canceled", *(["by", by.user] if by.user else []), "on", by.host or "?"])


def ended_by(event: RunCanceling) -> RunEnded:
    """The end of a run that had not begun."""
    return RunEnded(at=event.at, run_id=event.run_id, status="canceled", message=canceled_by(event))
