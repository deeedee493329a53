"""Dagster as a contestant at partitions; runs in its own environment."""

from __future__ import annotations

from datetime import UTC, datetime

import dagster
from peer_dagster import instance_in
from task import Answer, Stopwatch, Task, perform


def one_partition(task: Task) -> Answer:
    """Runs of one partition each, in SQLite; the first one, which loads, is not counted."""
    keys = [str(number) for number in range(task.assets + 1)]

    @dagster.asset(partitions_def=dagster.StaticPartitionsDefinition(keys))
    def numbered() -> int:
        return 1

    with instance_in(task.folder / "home") as instance:
        dagster.materialize([numbered], partition_key="0", instance=instance)
        with Stopwatch() as watch:
            for key in keys[1:]:
                done = dagster.materialize([numbered], partition_key=key, instance=instance)
    if not done.success:
        raise RuntimeError("the run failed")
    return watch.answer()


def listing(task: Task) -> Answer:
    """The keys of so many hours, listed for the first time."""
    hours = dagster.HourlyPartitionsDefinition("2010-01-01-00:00", timezone="Europe/Berlin")
    with Stopwatch() as watch:
        keys = hours.get_partition_keys(current_time=datetime(2021, 6, 1, tzinfo=UTC))
    if len(keys) < task.assets:
        raise RuntimeError(f"{len(keys)} keys")
    return watch.answer()


if __name__ == "__main__":
    perform({"one_partition": one_partition, "listing": listing})
