"""The conditions that ask one thing about what they are evaluated for; Dagster's names."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import timedelta
from typing import TYPE_CHECKING

from assetbook.cron import Cron
from assetbook.definitions.automation.node import made
from assetbook.errors import DefinitionError

if TYPE_CHECKING:
    from assetbook.definitions.automation.condition import AutomationCondition


class Operands:
    """The constructors of conditions that have no parts."""

    @staticmethod
    def missing() -> AutomationCondition:
        """It was never materialized."""
        return made("missing")

    @staticmethod
    def newly_missing() -> AutomationCondition:
        """It became missing since the evaluation before: as a new partition does."""
        return made("newly_true", made("missing"), label="newly_missing")

    @staticmethod
    def run_in_progress() -> AutomationCondition:
        """A run is making it, or is queued to, and has not made it yet."""
        return made("run_in_progress")

    @staticmethod
    def backfill_in_progress() -> AutomationCondition:
        """A backfill that has not ended is to make it, and has not yet."""
        return made("backfill_in_progress")

    @staticmethod
    def in_progress() -> AutomationCondition:
        """A run or a backfill is making it."""
        return made(
            "or", made("run_in_progress"), made("backfill_in_progress"), label="in_progress"
        )

    @staticmethod
    def execution_failed() -> AutomationCondition:
        """The last step that was to make it failed, and it was not made since."""
        return made("execution_failed")

    @staticmethod
    def newly_updated() -> AutomationCondition:
        """It was materialized since the evaluation before; a source: seen with other data."""
        return made("newly_updated")

    @staticmethod
    def newly_requested() -> AutomationCondition:
        """It was requested at the evaluation before."""
        return made("newly_requested")

    @staticmethod
    def code_version_changed() -> AutomationCondition:
        """Its code version is another than at the evaluation before."""
        return made("code_version_changed")

    @staticmethod
    def data_version_changed() -> AutomationCondition:
        """It was updated since the evaluation before, with other data than it had."""
        return made("data_version_changed")

    @staticmethod
    def cron_tick_passed(cron_schedule: str, cron_timezone: str = "UTC") -> AutomationCondition:
        """A tick of the cron line came since the evaluation before.

        Raises DefinitionError for a line that cannot be read, or an unknown zone.
        """
        Cron(cron_schedule, cron_timezone)  # raises
        return made("cron_tick_passed", cron_schedule=cron_schedule, cron_timezone=cron_timezone)

    @staticmethod
    def in_latest_time_window(lookback_delta: timedelta | None = None) -> AutomationCondition:
        """It is the latest window of time, or one that ends within ``lookback_delta`` before it;
        true of all that is not divided by time.

        Raises DefinitionError for a negative ``lookback_delta``.
        """
        if lookback_delta is not None and lookback_delta < timedelta():
            raise DefinitionError(
                f"in_latest_time_window(lookback_delta={lookback_delta})",
                "it is negative",
                "Give how far to look back, as timedelta(days=2).",
            )
        seconds = None if lookback_delta is None else lookback_delta.total_seconds()
        return made("in_latest_time_window", lookback_seconds=seconds)

    @staticmethod
    def will_be_requested() -> AutomationCondition:
        """It is requested at this evaluation, so that one run may make it and what reads it."""
        return made("will_be_requested")

    @staticmethod
    def initial_evaluation() -> AutomationCondition:
        """This condition is evaluated for the first time, or for the first time with these
        partitions."""
        return made("initial_evaluation")

    @staticmethod
    def check_passed() -> AutomationCondition:
        """Of a check: it passed on the latest version of its asset."""
        return made("check_passed")

    @staticmethod
    def check_failed() -> AutomationCondition:
        """Of a check: it did not pass on the latest version of its asset."""
        return made("check_failed")

    @staticmethod
    def freshness_passed() -> AutomationCondition:
        """Its freshness policy passes; never true without a policy."""
        return made("freshness_passed")

    @staticmethod
    def freshness_warned() -> AutomationCondition:
        """Its freshness policy warns; never true without a policy."""
        return made("freshness_warned")

    @staticmethod
    def freshness_failed() -> AutomationCondition:
        """Its freshness policy fails; never true without a policy."""
        return made("freshness_failed")

    @staticmethod
    def executed_with_root_target() -> AutomationCondition:
        """In a condition over others: its latest version is of the run that made the latest one of
        the asset whose condition this is."""
        return made("executed_with_root_target")

    @staticmethod
    def executed_with_tags(
        tag_keys: Collection[str] | None = None, tag_values: Mapping[str, str] | None = None
    ) -> AutomationCondition:
        """The run of its latest version has all these tags, whatever their values, and all these
        values."""
        return _tagged("executed_with_tags", tag_keys, tag_values)

    @staticmethod
    def any_new_update_has_run_tags(
        tag_keys: Collection[str] | None = None, tag_values: Mapping[str, str] | None = None
    ) -> AutomationCondition:
        """Of the updates since the evaluation before, one is of a run with those tags."""
        return _tagged("any_new_update_has_run_tags", tag_keys, tag_values)

    @staticmethod
    def all_new_updates_have_run_tags(
        tag_keys: Collection[str] | None = None, tag_values: Mapping[str, str] | None = None
    ) -> AutomationCondition:
        """There are updates since the evaluation before, all of runs with those tags."""
        return _tagged("all_new_updates_have_run_tags", tag_keys, tag_values)


def _tagged(
    kind: str, keys: Collection[str] | None, values: Mapping[str, str] | None
) -> AutomationCondition:
    if not keys and not values:
        raise DefinitionError(
            f"AutomationCondition.{kind}()",
            "it names no tags",
            'Give tag_keys={"team"} or tag_values={"team": "sales"}.',
        )
    return made(
        kind, tag_keys=sorted(keys) if keys else None, tag_values=dict(values or {}) or None
    )
