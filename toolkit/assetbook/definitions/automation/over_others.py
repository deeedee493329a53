"""The conditions that ask something about others: dependencies, checks, what is downstream."""

from __future__ import annotations

from typing import TYPE_CHECKING

from assetbook.definitions.automation.node import checked, made
from assetbook.definitions.automation.operands import Operands
from assetbook.definitions.spec import key_of

if TYPE_CHECKING:
    from assetbook.definitions.automation.condition import AutomationCondition


class OverOthers:
    """The constructors of conditions about others; ``allow`` and ``ignore`` narrow those."""

    @staticmethod
    def any_deps_match(condition: AutomationCondition) -> AutomationCondition:
        """For any of what it reads or follows, of the partitions that it is made of."""
        return made("any_deps", checked(condition, "any_deps_match(...)"))

    @staticmethod
    def all_deps_match(condition: AutomationCondition) -> AutomationCondition:
        """For all of what it reads or follows; true without any."""
        return made("all_deps", checked(condition, "all_deps_match(...)"))

    @staticmethod
    def any_deps_updated() -> AutomationCondition:
        """Any of what it reads was updated since the evaluation before, by another run than made
        it, or will be requested at this one."""
        updated = Operands.newly_updated() & ~Operands.executed_with_root_target()
        return made(
            "any_deps",
            made("or", updated, Operands.will_be_requested()),
            label="any_deps_updated",
        )

    @staticmethod
    def any_deps_missing() -> AutomationCondition:
        """Any of what it reads is missing, and will not be requested at this evaluation."""
        inner = Operands.missing() & ~Operands.will_be_requested()
        return made("any_deps", inner, label="any_deps_missing")

    @staticmethod
    def any_deps_in_progress() -> AutomationCondition:
        """A run or a backfill is making any of what it reads."""
        return made("any_deps", Operands.in_progress(), label="any_deps_in_progress")

    @staticmethod
    def all_deps_updated_since_cron(
        cron_schedule: str, cron_timezone: str = "UTC"
    ) -> AutomationCondition:
        """All that it reads was updated since the latest tick, or will be requested now."""
        ticked = Operands.cron_tick_passed(cron_schedule, cron_timezone)
        inner = Operands.newly_updated().since(ticked) | Operands.will_be_requested()
        label = f"all_deps_updated_since_cron({cron_schedule}, {cron_timezone})"
        return made("all_deps", inner, label=label)

    @staticmethod
    def all_deps_blocking_checks_passed() -> AutomationCondition:
        """All blocking checks of all that it reads passed, or will be requested now."""
        passed = Operands.check_passed() | Operands.will_be_requested()
        inner = OverOthers.all_checks_match(passed, blocking_only=True)
        return made("all_deps", inner, label="all_deps_blocking_checks_passed")

    @staticmethod
    def any_checks_match(
        condition: AutomationCondition, blocking_only: bool = False
    ) -> AutomationCondition:
        """For any of its checks, or any of the blocking ones."""
        inner = checked(condition, "any_checks_match(...)")
        return made("any_checks", inner, blocking_only=blocking_only or None)

    @staticmethod
    def all_checks_match(
        condition: AutomationCondition, blocking_only: bool = False
    ) -> AutomationCondition:
        """For all of its checks, or all blocking ones; true without any."""
        inner = checked(condition, "all_checks_match(...)")
        return made("all_checks", inner, blocking_only=blocking_only or None)

    @staticmethod
    def asset_matches(key: object, condition: AutomationCondition) -> AutomationCondition:
        """For another asset, that of ``key``; of the partitions that have to do with each other."""
        inner = checked(condition, "asset_matches(...)")
        return made("asset", inner, key=key_of(key).to_user_string())

    @staticmethod
    def any_downstream_conditions() -> AutomationCondition:
        """The condition of any asset downstream is true, asked of this one."""
        return made("any_downstream")

    @staticmethod
    def any_job_root_assets_match(condition: AutomationCondition) -> AutomationCondition:
        """Of a job: for any of its assets that read none of its others."""
        return made("any_job_root", checked(condition, "any_job_root_assets_match(...)"))

    @staticmethod
    def all_job_root_assets_match(condition: AutomationCondition) -> AutomationCondition:
        """Of a job: for all of its assets that read none of its others."""
        return made("all_job_root", checked(condition, "all_job_root_assets_match(...)"))
