"""Whether a run that ended is run again by itself: pure, from what was asked and how it ended.

Whoever sees a run end asks here: the process that ran it, or one that started that and sees it die.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

RetryStrategy = Literal["from_failure", "all"]
RunEnding = Literal["success", "step_failed", "died", "canceled"]
"""How a run came to its end. What a person broke off is never run again by itself."""


@dataclass(frozen=True, slots=True)
class RunRetries:
    """How often, and how, a run is run again by itself."""

    max_retries: int = 0
    strategy: RetryStrategy = "from_failure"
    on_step_failure: bool = True
    """False if it is run again only when its process died."""


NO_RETRIES = RunRetries()


def next_retry(retries: RunRetries, done: int, ending: RunEnding) -> RetryStrategy | None:
    """What is to be run again after ``done`` retries, the last of which ended so; None: nothing."""
    if ending in ("success", "canceled") or done >= retries.max_retries:
        return None
    if ending == "step_failed" and not retries.on_step_failure:
        return None
    return retries.strategy
