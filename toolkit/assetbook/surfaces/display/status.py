"""How checks, steps and runs ended: a colour, a symbol and a word for each."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from assetbook.surfaces.display.html import Html, tag
from assetbook.surfaces.display.theme import LOOKS, Look

_GOOD = LOOKS["fresh"].colour
_BAD = LOOKS["failed"].colour
_WARN = LOOKS["stale"].colour
_QUIET = LOOKS["missing"].colour

PASSED: Final = Look(_GOOD, "✓", "passed")
FAILED: Final = Look(_BAD, "✕", "failed")
WARNED: Final = Look(_WARN, "▲", "warned")
NOT_RUN: Final = Look(_QUIET, "○", "not run")
WAITING: Final = Look(_QUIET, "○", "waiting")
EXTERNAL: Final = Look(_QUIET, "·", "external")
DECLARED: Final = Look(_QUIET, "·", "")
QUEUED: Final = Look(_QUIET, "◷", "queued")
RUNNING: Final = LOOKS["running"]
ON: Final = Look(LOOKS["fresh"].colour, "●", "on")
OFF: Final = Look(_QUIET, "○", "off")

STEPS: Final[Mapping[str, Look]] = {
    "done": Look(_GOOD, "✓", "done"),
    "failed": FAILED,
    "skipped": Look(_QUIET, "–", "skipped"),
    "canceled": Look(_WARN, "■", "canceled"),
    "upstream_failed": Look(_WARN, "↑", "not run"),
}
RUNS: Final[Mapping[str, Look]] = {
    "queued": QUEUED,
    "started": RUNNING,
    "canceling": Look(_WARN, "■", "canceling"),
    "success": Look(_GOOD, "✓", "success"),
    "failed": FAILED,
    "canceled": STEPS["canceled"],
}

PARITY: Final[Mapping[str, Look]] = {
    "proven": Look(_GOOD, "✓", "proven"),
    "volatile": Look(_GOOD, "~", "volatile"),
    "differs": Look(_BAD, "✕", "differs"),
    "edited since": Look(_WARN, "✎", "edited since"),
    "unproven": Look(_QUIET, "○", "unproven"),
}
"""Whether loading a notebook gives what running it gave."""


def check_look(passed: bool | None, severity: str) -> Look:
    """The look of a check's result; ``passed`` is None if it has not run."""
    if passed is None:
        return NOT_RUN
    if passed:
        return PASSED
    return WARNED if severity == "warn" else FAILED


def run_look(status: str) -> Look:
    """The look of a run's status."""
    return RUNS.get(status) or Look(_QUIET, "·", status)


def badge(look: Look) -> Html:
    """Symbol, word and colour, to stand in a line of text."""
    return tag("span", symbol(look), f" {look.word}", class_="assetbook-state")


def symbol(look: Look) -> Html:
    """The symbol alone in its colour, for where the word stands nearby."""
    style = f"color: {look.colour}; display: inline-block; min-width: 13px"
    return tag("span", look.symbol, style=style, aria_hidden="true")
