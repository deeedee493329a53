"""What each kind of condition is called for people."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

OVER_DEPS = frozenset(["any_deps", "all_deps"])
"""The kinds that ask about dependencies, of which some may be left out."""
OVER_CHECKS = frozenset(["any_checks", "all_checks"])
OVER_JOB = frozenset(["any_job_root", "all_job_root"])
_OVER: Mapping[str, str] = {
    "any_deps": "any dependency",
    "all_deps": "all dependencies",
    "any_checks": "any check",
    "all_checks": "all checks",
    "any_job_root": "any root asset of the job",
    "all_job_root": "all root assets of the job",
}
OPERANDS: Mapping[str, str] = {
    "missing": "missing",
    "run_in_progress": "a run is making it",
    "backfill_in_progress": "a backfill is making it",
    "execution_failed": "its last step failed",
    "newly_updated": "newly updated",
    "newly_requested": "newly requested",
    "code_version_changed": "its code changed",
    "data_version_changed": "its data changed",
    "cron_tick_passed": "a tick of {cron_schedule} ({cron_timezone}) passed",
    "in_latest_time_window": "in the latest time window",
    "will_be_requested": "will be requested",
    "initial_evaluation": "first evaluation",
    "check_passed": "the check passed",
    "check_failed": "the check failed",
    "freshness_passed": "its freshness policy passes",
    "freshness_warned": "its freshness policy warns",
    "freshness_failed": "its freshness policy fails",
    "executed_with_tags": "made by a run with tags",
    "executed_with_root_target": "made by the run that made the root",
    "any_new_update_has_run_tags": "a new update is of a run with tags",
    "all_new_updates_have_run_tags": "all new updates are of runs with tags",
    "any_downstream": "the condition of anything downstream is true of it",
}
"""The kinds without operands."""


def said(kind: str, operands: Sequence[str], options: Mapping[str, Any]) -> str:
    """A node of that kind in words."""
    if kind in ("and", "or"):
        return f"({f' {kind} '.join(operands)})"
    if kind == "not":
        return f"not {operands[0]}"
    if kind == "since":
        return f"{operands[0]} since {operands[1]}"
    if kind == "newly_true":
        return f"newly {operands[0]}"
    if kind == "asset":
        return f"{options['key']}: {operands[0]}"
    if kind in _OVER:
        blocking = "blocking " if options.get("blocking_only") else ""
        narrowed = "".join(
            f" {word} {options[name]}"
            for name, word in (("allow", "within"), ("ignore", "without"))
            if name in options
        )
        return f"{_OVER[kind].replace('check', f'{blocking}check')}{narrowed}: {operands[0]}"
    return _operand(kind, options)


def _operand(kind: str, options: Mapping[str, Any]) -> str:
    text = OPERANDS[kind].format_map(options)
    if "lookback_seconds" in options:
        lookback = str(timedelta(seconds=options["lookback_seconds"])).removesuffix(", 0:00:00")
        return f"{text} and {lookback} before"
    tags = [*options.get("tag_keys", ())]
    tags += [f"{name}={value}" for name, value in sorted(options.get("tag_values", {}).items())]
    return f"{text} {', '.join(tags)}" if tags else text
