"""Dagster as a contestant at automation; runs in its own environment."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from statistics import median

import dagster
from automation_graph import DAYS, NOON, above
from dagster_shared.serdes import serialize_value
from peer_dagster import instance_in
from task import Answer, Stopwatch, Task, perform

ROUNDS = 3


def conditions(task: Task) -> Answer:
    """One evaluation of eager assets, all made, and of its cursor's size; ``payload`` 1: by day."""
    days = dagster.DailyPartitionsDefinition(DAYS) if task.payload else None
    assets = [_eager(number, days) for number in range(task.assets)]
    with instance_in(task.folder / "home") as instance:
        keys = [None] if days is None else days.get_partition_keys(current_time=NOON)
        for day in keys:
            for each in assets:
                made = dagster.AssetMaterialization(each.key, partition=day)
                instance.report_runless_asset_event(made)
        definitions, cursor, spent = dagster.Definitions(assets), None, []
        for number in range(ROUNDS + 1):
            with Stopwatch() as watch:
                found = dagster.evaluate_automation_conditions(
                    definitions,
                    instance,
                    evaluation_time=NOON + timedelta(minutes=number),
                    cursor=cursor,
                )
                cursor = found.cursor
                text = serialize_value(cursor)
            spent.append(watch.wall)
    return {"wall": median(spent[1:]), "cursor": len(text)}


def _eager(number: int, days: dagster.PartitionsDefinition | None) -> dagster.AssetsDefinition:
    @dagster.asset(
        name=f"asset_{number}",
        deps=above(number),
        partitions_def=days,
        automation_condition=dagster.AutomationCondition.eager(),
    )
    def made() -> None: ...

    return made


@dagster.job
def nothing() -> None:
    """A target of sensors."""


@dagster.sensor(job=nothing)
def skips(context: dagster.SensorEvaluationContext) -> dagster.SkipReason:
    """Moves its cursor, and skips."""
    context.update_cursor("x")
    return dagster.SkipReason("nothing new")


@dagster.asset_sensor(asset_key=dagster.AssetKey("orders"), job=nothing)
def made(context: dagster.SensorEvaluationContext) -> dagster.RunRequest:
    """Asks for a run."""
    return dagster.RunRequest()


@dagster.run_failure_sensor
def failed(context: dagster.RunFailureSensorContext) -> None:
    """Does nothing."""


def sensors(task: Task) -> Answer:
    """Evaluations within this process, of a store with so many materializations."""
    with instance_in(task.folder / "home") as instance:
        for _ in range(task.assets):
            instance.report_runless_asset_event(dagster.AssetMaterialization("orders"))
        repository = dagster.Definitions(jobs=[nothing], sensors=[skips, made, failed])
        context = _context(instance, repository.get_repository_def(), None)
        begun = failed.evaluate_tick(context).cursor
        return {
            each.name: _median(
                lambda each=each, cursor=cursor: each.evaluate_tick(  # type: ignore[misc]
                    _context(instance, repository.get_repository_def(), cursor)
                )
            )
            for each, cursor in ((skips, None), (made, "1"), (failed, begun))
        }


def _context(
    instance: dagster.DagsterInstance, repository: dagster.RepositoryDefinition, cursor: str | None
) -> dagster.SensorEvaluationContext:
    return dagster.build_sensor_context(instance, cursor=cursor, repository_def=repository)


def _median(ask: Callable[[], object]) -> float:
    spent = []
    for _ in range(100):
        with Stopwatch() as watch:
            ask()
        spent.append(watch.wall)
    return median(spent)


if __name__ == "__main__":
    perform({"conditions": conditions, "sensors": sensors})
