"""Whether a run that ended is run again by itself: pure, from what was asked and how it ended.

Whoever sees a run end asks here: the process that ran it, or one that started that and sees it die.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal, TypeVar

from assetbook.errors import ConfigError

T = TypeVar("T")
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


_STRATEGIES: Final[Mapping[str, RetryStrategy]] = {
    "from_failure": "from_failure",
    "all": "all",
    "all_steps": "all",
}
_ANSWERS: Final = {"true": True, "false": False}


def tagged_retries(tags: Mapping[str, str], otherwise: RunRetries = NO_RETRIES) -> RunRetries:
    """What the tags of a run ask for: ``dagster/max_retries``, ``dagster/retry_strategy``
    (``FROM_FAILURE`` or ``ALL_STEPS``) and ``dagster/retry_on_asset_or_op_failure``, each also with
    ``assetbook/`` before it; ``otherwise`` where they say nothing.

    Raises ConfigError for a tag that cannot be read.
    """
    many = _tag(tags, "max_retries")
    strategy = _tag(tags, "retry_strategy")
    on_step_failure = _tag(tags, "retry_on_asset_or_op_failure")
    if many is not None and not many[1].isdecimal():
        raise _unreadable(*many, "a whole number from 0 on")
    return RunRetries(
        otherwise.max_retries if many is None else int(many[1]),
        _among(strategy, _STRATEGIES, otherwise.strategy),
        _among(on_step_failure, _ANSWERS, otherwise.on_step_failure),
    )


def _tag(tags: Mapping[str, str], name: str) -> tuple[str, str] | None:
    """The tag of that name and what it says."""
    for key in (f"assetbook/{name}", f"dagster/{name}"):
        if key in tags:
            return key, tags[key]
    return None


def _among(tag: tuple[str, str] | None, known: Mapping[str, T], otherwise: T) -> T:
    if tag is None:
        return otherwise
    if tag[1].lower() not in known:
        raise _unreadable(*tag, " or ".join(known))
    return known[tag[1].lower()]


def _unreadable(key: str, text: str, wanted: str) -> ConfigError:
    return ConfigError(f"the tag {key} of the run", f"it is {text!r}", f"Give it {wanted}.")
