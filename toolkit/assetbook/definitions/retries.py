"""Failing and trying again: what an author declares and raises, and how long a step waits."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from assetbook.errors import DefinitionError, with_article
from assetbook.named_arguments import named_arguments


class Backoff(enum.Enum):
    """How the delay grows from one attempt to the next."""

    LINEAR = "LINEAR"
    EXPONENTIAL = "EXPONENTIAL"


class Jitter(enum.Enum):
    """How chance changes the delay, so that many steps do not all come back at once."""

    FULL = "FULL"
    """Anything from nothing to the whole delay."""
    PLUS_MINUS = "PLUS_MINUS"
    """Up to one base delay less or more."""


@named_arguments
@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """How often a failed step is tried again, and after how many seconds.

    Without ``delay`` it is tried again at once. Raises DefinitionError for numbers below zero, and
    for a backoff or jitter without a delay.
    """

    max_retries: int = 1
    delay: float | None = None
    """Seconds."""
    backoff: Backoff | None = None
    jitter: Jitter | None = None

    def __post_init__(self) -> None:
        _whole_number("RetryPolicy", "max_retries", self.max_retries)
        _seconds("RetryPolicy", "delay", self.delay)
        for name, given, kind in (
            ("backoff", self.backoff, Backoff),
            ("jitter", self.jitter, Jitter),
        ):
            if given is None:
                continue
            if not isinstance(given, kind):
                members = " or ".join(f"{kind.__name__}.{each.name}" for each in kind)
                raise DefinitionError(
                    f"RetryPolicy({name}={given!r})", f"there is no such {name}", f"Give {members}."
                )
            if self.delay is None:
                raise DefinitionError(
                    f"RetryPolicy({name}={given})",
                    "there is no delay that it could change",
                    "Give delay= in seconds too.",
                )

    def delay_before(self, retry: int, chance: float = 0.5) -> float:
        """Seconds to wait before the retry with that number, from 1.

        ``chance`` is a random number from 0 up to 1, which only a policy with jitter uses.
        """
        base = self.delay or 0.0
        if self.backoff is Backoff.EXPONENTIAL:
            grown = (2.0**retry - 1) * base
        elif self.backoff is Backoff.LINEAR:
            grown = retry * base
        else:
            grown = base
        if self.jitter is Jitter.FULL:
            return chance * grown
        if self.jitter is Jitter.PLUS_MINUS:
            return grown + (2 * chance - 1) * base
        return grown


@named_arguments
class Failure(Exception):  # noqa: N818 - Dagster's name
    """Raised by an author's function that cannot go on: with a description and metadata.

    With ``allow_retries=False`` no retry policy tries the step again.
    """

    def __init__(
        self,
        description: str | None = None,
        metadata: Mapping[str, Any] | None = None,
        allow_retries: bool | None = None,
    ) -> None:
        super().__init__(description, metadata, allow_retries)
        self.description = description
        self.metadata = dict(metadata or {})
        self.allow_retries = True if allow_retries is None else allow_retries

    def __str__(self) -> str:
        return self.description or ""


Failure.__module__ = "assetbook"  # where people have it from: failures are told by this name


@named_arguments
class RetryRequested(Exception):  # noqa: N818 - Dagster's name
    """Raised by an author's function to be tried again, whatever the retry policy says.

    ``seconds_to_wait`` may be None for at once. Raises DefinitionError for numbers below zero.
    """

    def __init__(self, max_retries: int = 1, seconds_to_wait: float | None = None) -> None:
        _whole_number("RetryRequested", "max_retries", max_retries)
        _seconds("RetryRequested", "seconds_to_wait", seconds_to_wait)
        super().__init__(max_retries, seconds_to_wait)
        self.max_retries = max_retries
        self.seconds_to_wait = seconds_to_wait

    def __str__(self) -> str:
        return f"try again, at most {self.max_retries} times"


def checked_policy(where: str, policy: object) -> RetryPolicy | None:
    """The policy itself; raises DefinitionError, which begins with ``where``, for other things."""
    if policy is None or isinstance(policy, RetryPolicy):
        return policy
    raise DefinitionError(
        where,
        f"its retry policy is {policy!r}, {with_article(type(policy).__name__)}",
        "Give RetryPolicy(max_retries=..., delay=...).",
    )


def _whole_number(where: str, name: str, given: object) -> None:
    if type(given) is int and given >= 0:
        return
    found = "it is below zero" if type(given) is int else _kind(given)
    raise DefinitionError(f"{where}({name}={given!r})", found, "Give a whole number from 0 on.")


def _seconds(where: str, name: str, given: object) -> None:
    if given is None or (type(given) in (int, float) and 0 <= given < float("inf")):  # type: ignore[operator]
        return
    found = "it is no such time" if type(given) in (int, float) else _kind(given)
    raise DefinitionError(f"{where}({name}={given!r})", found, "Give seconds, from 0 on.")


def _kind(given: object) -> str:
    return f"it is {with_article(type(given).__name__)}"
