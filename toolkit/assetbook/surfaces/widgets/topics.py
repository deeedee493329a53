"""The table of what a page may watch, ask and do: one place that names each with its function."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from assetbook.errors import UsageError, did_you_mean
from assetbook.surfaces.desk import Desk
from assetbook.surfaces.widgets.asset_difference import asset_difference
from assetbook.surfaces.widgets.asset_topic import asset_document
from assetbook.surfaces.widgets.asset_value import column_profile, shown_value, value_rows
from assetbook.surfaces.widgets.assets_topic import assets_document
from assetbook.surfaces.widgets.automation_topic import (
    automation_document,
    automation_pulse,
    ticks_of,
)
from assetbook.surfaces.widgets.changes import Document
from assetbook.surfaces.widgets.column_lineage import column_lineage
from assetbook.surfaces.widgets.launch_plan import launch_line, launch_plan, selection_completions
from assetbook.surfaces.widgets.launch_target import launch_target
from assetbook.surfaces.widgets.launch_topic import launch_document
from assetbook.surfaces.widgets.lineage_topic import lineage_document
from assetbook.surfaces.widgets.partition_questions import (
    partition_metric,
    partition_metrics,
    partition_versions,
)
from assetbook.surfaces.widgets.partitions_topic import partitions_document
from assetbook.surfaces.widgets.run_log import (
    log_document,
    log_file,
    log_lines,
    log_picture,
    log_pulse,
)
from assetbook.surfaces.widgets.run_topic import run_document, run_pulse
from assetbook.surfaces.widgets.runs_topic import runs_document

Given = Mapping[str, Any]
"""What the page said with its question: plain JSON."""


class Topic(msgspec.Struct, frozen=True):
    """What can be watched: its document, and what tells that it may have changed."""

    document: Callable[[Desk, Given], Document]
    pulse: Callable[[Desk, Given], object] | None = None
    """Cheap to ask several times a second; where it gives something else than before, the document
    is made anew, besides whenever events were committed. None: events alone."""


TOPICS: dict[str, Topic] = {
    "assets": Topic(assets_document),
    "automation": Topic(automation_document, automation_pulse),
    "asset": Topic(asset_document),
    "runs": Topic(runs_document),
    "run": Topic(run_document, run_pulse),
    "run_log": Topic(log_document, log_pulse),
    "lineage": Topic(lineage_document),
    "launch": Topic(launch_document),
    "partitions": Topic(partitions_document),
}
"""What can be watched, by name."""

QUESTIONS: dict[str, Callable[[Desk, Given], Any]] = {
    "ticks": ticks_of,
    "value": shown_value,
    "rows": value_rows,
    "profile": column_profile,
    "difference": asset_difference,
    "log_lines": log_lines,
    "log_file": log_file,
    "log_picture": log_picture,
    "column lineage": column_lineage,
    "launch_line": launch_line,
    "launch_plan": launch_plan,
    "launch_target": launch_target,
    "partition_metric": partition_metric,
    "partition_metrics": partition_metrics,
    "partition_versions": partition_versions,
    "selection_completions": selection_completions,
}
"""What can be asked once, by name; each gives back plain JSON."""


def topic_of(name: object) -> Topic:
    """The topic of that name; raises UsageError if there is none."""
    found: Topic = _found(TOPICS, name, "watch")
    return found


def question_of(name: object) -> Callable[[Desk, Given], Any]:
    """The question of that name; raises UsageError if there is none."""
    found: Callable[[Desk, Given], Any] = _found(QUESTIONS, name, "ask")
    return found


def _found(table: Mapping[str, Any], name: object, what: str) -> Any:
    if isinstance(name, str) and name in table:
        return table[name]
    raise UsageError(
        f"to {what} {name!r}",
        "a dashboard has nothing of that name",
        did_you_mean(str(name), table) or f"There are: {', '.join(table)}.",
    )
