"""``AutomationCondition``: when an asset, a check or a job is to run by itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from assetbook.definitions.automation.node import Node, all_of, from_data
from assetbook.definitions.automation.operands import Operands
from assetbook.definitions.automation.over_others import OverOthers
from assetbook.errors import DefinitionError, nearest, with_article


class AutomationCondition(Node, Operands, OverOthers):
    """When an asset, a check or a job is to run by itself; Dagster's names and meaning.

    Conditions are joined by ``&``, ``|`` and ``~``. One's own is a subclass with a method
    ``evaluate(context)`` that gives back an AutomationResult.
    """

    def __init__(
        self,
        kind: str | None = None,
        operands: tuple[AutomationCondition, ...] = (),
        options: tuple[tuple[str, Any], ...] = (),
        label: str | None = None,
    ) -> None:
        if kind is None and type(self) is AutomationCondition:
            raise DefinitionError(
                "AutomationCondition()",
                "it says nothing",
                "Write AutomationCondition.eager(), .on_cron(...), or another of its methods.",
            )
        if kind is not None:
            put = object.__setattr__
            put(self, "kind", kind)
            put(self, "operands", operands)
            put(self, "options", options)
            put(self, "label", label)

    @staticmethod
    def eager() -> AutomationCondition:
        """Runs when something that it reads was updated, or when it becomes missing.

        Waits until nothing that it reads is missing or on its way. Of windows of time, only the
        latest one.
        """
        cause = AutomationCondition.newly_missing() | AutomationCondition.any_deps_updated()
        return all_of(
            AutomationCondition.in_latest_time_window(),
            cause.since_last_handled(),
            ~AutomationCondition.any_deps_missing(),
            ~AutomationCondition.any_deps_in_progress(),
            ~AutomationCondition.in_progress(),
        ).with_label("eager")

    @staticmethod
    def on_cron(cron_schedule: str, cron_timezone: str = "UTC") -> AutomationCondition:
        """Runs once after each tick, as soon as all that it reads was updated since the tick.

        Raises DefinitionError for a cron line that cannot be read, or an unknown zone.
        """
        ticked = AutomationCondition.cron_tick_passed(cron_schedule, cron_timezone)
        return all_of(
            AutomationCondition.in_latest_time_window(),
            ticked.since_last_handled(),
            AutomationCondition.all_deps_updated_since_cron(cron_schedule, cron_timezone),
        ).with_label(f"on_cron({cron_schedule}, {cron_timezone})")

    @staticmethod
    def on_missing() -> AutomationCondition:
        """Runs what becomes missing once this condition holds, when nothing it reads is missing."""
        cause = AutomationCondition.newly_missing().since_last_handled()
        return all_of(
            AutomationCondition.in_latest_time_window(),
            cause.with_label("missing_since_last_handled"),
            ~AutomationCondition.any_deps_missing(),
        ).with_label("on_missing")

    @staticmethod
    def from_data(data: Mapping[str, Any]) -> AutomationCondition:
        """The condition of ``to_data()``; raises DefinitionError for one with code of its own."""
        return from_data(data)


_USUAL = {
    "eager": "eager()",
    "on_cron": 'on_cron("0 6 * * *")',
    "on_missing": "on_missing()",
}


def checked_condition(asked: str, given: object) -> AutomationCondition | None:
    """``given`` itself; raises DefinitionError if it is neither a condition nor None."""
    if given is None or isinstance(given, AutomationCondition):
        return given
    if callable(given) and (name := getattr(given, "__name__", "")) in dir(AutomationCondition):
        more = f"Call it: AutomationCondition.{name}()."
    else:
        near = nearest(given, _USUAL) if isinstance(given, str) else ()
        more = f"Write AutomationCondition.{_USUAL[near[0] if near else 'eager']}."
    raise DefinitionError(
        f"automation_condition= of {asked}",
        f"it is {given!r}, {with_article(type(given).__name__)}",
        more,
    )
