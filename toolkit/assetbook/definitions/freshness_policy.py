"""Freshness policies: how recently an asset has to be materialized, and whether it was."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal, TypeAlias

from assetbook.cron import Cron
from assetbook.errors import DefinitionError, with_article
from assetbook.named_arguments import named_arguments

FreshnessState: TypeAlias = Literal["pass", "warn", "fail", "unknown"]
_SHORTEST = timedelta(minutes=1)


@named_arguments
@dataclass(frozen=True, slots=True)
class FreshnessPolicy:
    """How recently an asset has to be materialized; made by ``time_window`` or ``cron``.

    It changes no state of the asset: it says when people, or conditions, want to know.
    """

    fail_window: timedelta | None = None
    """How long after a materialization it fails; None for one that goes by a deadline."""
    warn_window: timedelta | None = None
    """How long after a materialization it warns; None if it never does."""
    deadline_cron: str | None = None
    """When a materialization is due; None for one that goes by windows."""
    lower_bound_delta: timedelta | None = None
    """How long before a deadline a materialization counts for it."""
    timezone: str = "UTC"

    @classmethod
    def time_window(
        cls, fail_window: timedelta, warn_window: timedelta | None = None
    ) -> FreshnessPolicy:
        """Fails once the last materialization is longer ago than ``fail_window``.

        It warns before, after ``warn_window``. Raises DefinitionError for a window under a minute,
        or one to warn that is not the shorter one.
        """
        _check_window("time_window", "fail_window", fail_window)
        if warn_window is not None:
            _check_window("time_window", "warn_window", warn_window)
            if warn_window >= fail_window:
                raise DefinitionError(
                    "FreshnessPolicy.time_window(...)",
                    f"warn_window={warn_window} is not shorter than fail_window={fail_window}",
                    "It warns before it fails.",
                )
        return cls(fail_window, warn_window)

    @classmethod
    def cron(
        cls, deadline_cron: str, lower_bound_delta: timedelta, timezone: str = "UTC"
    ) -> FreshnessPolicy:
        """Fails from a deadline on for which nothing was made in the time before, nor since.

        Raises DefinitionError for a cron line that cannot be read, an unknown zone, or a delta
        under a minute.
        """
        Cron(deadline_cron, timezone)  # raises
        _check_window("cron", "lower_bound_delta", lower_bound_delta)
        return cls(
            deadline_cron=deadline_cron, lower_bound_delta=lower_bound_delta, timezone=timezone
        )

    def to_data(self) -> dict[str, Any]:
        """The same as plain data for JSON, durations in seconds."""
        if self.fail_window is None:
            assert self.lower_bound_delta is not None
            return {
                "deadline_cron": self.deadline_cron,
                "lower_bound_seconds": self.lower_bound_delta.total_seconds(),
                "timezone": self.timezone,
            }
        warn = self.warn_window
        return {
            "fail_seconds": self.fail_window.total_seconds(),
            "warn_seconds": None if warn is None else warn.total_seconds(),
        }

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> FreshnessPolicy:
        """The policy of ``to_data()``."""
        if "fail_seconds" in data:
            warn = data["warn_seconds"]
            return cls.time_window(
                timedelta(seconds=data["fail_seconds"]),
                None if warn is None else timedelta(seconds=warn),
            )
        delta = timedelta(seconds=data["lower_bound_seconds"])
        return cls.cron(data["deadline_cron"], delta, data["timezone"])

    def describe(self) -> str:
        """``made within 1 day, 0:00:00``, for people."""
        if self.fail_window is not None:
            return f"made within {self.fail_window}"
        when = Cron(self.deadline_cron or "", self.timezone).describe()
        return f"made up to {self.lower_bound_delta} before the deadline, {when}"


def freshness_state(
    policy: FreshnessPolicy, last_materialized: datetime | None, now: datetime
) -> FreshnessState:
    """Whether a materialization at that instant satisfies the policy now; unknown without one."""
    if last_materialized is None:
        return "unknown"
    if policy.fail_window is not None:
        age = now - last_materialized
        if age > policy.fail_window:
            return "fail"
        return "warn" if policy.warn_window is not None and age > policy.warn_window else "pass"
    assert policy.deadline_cron is not None and policy.lower_bound_delta is not None
    deadline = Cron(policy.deadline_cron, policy.timezone).at_or_before(now)
    in_time = deadline is None or last_materialized >= deadline - policy.lower_bound_delta
    return "pass" if in_time else "fail"


def checked_policy(asked: str, given: object) -> FreshnessPolicy | None:
    """``given`` itself; raises DefinitionError if it is neither a policy nor None."""
    if given is None or isinstance(given, FreshnessPolicy):
        return given
    raise DefinitionError(
        f"freshness_policy= of {asked}",
        f"it is {given!r}, {with_article(type(given).__name__)}",
        "Write FreshnessPolicy.time_window(...) or FreshnessPolicy.cron(...).",
    )


def _check_window(maker: str, name: str, given: object) -> None:
    if isinstance(given, timedelta) and given >= _SHORTEST:
        return
    found = "it is under a minute" if isinstance(given, timedelta) else "it is no timedelta"
    raise DefinitionError(
        f"FreshnessPolicy.{maker}({name}={given!r})", found, "Give a timedelta of a minute or more."
    )
