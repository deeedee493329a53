"""What a partition's run, a backfill, the states and the keys of many partitions cost, in wall
time."""

from __future__ import annotations

from measuring import Contestant, in_turn
from peers import peer_python
from table import Row, run_alone

RUNS = 50
DAGSTER_RUNS = 10
PARTITIONS = 1_000
KEYS = 100_000


def measure(assets: int, rounds: int) -> list[Row]:
    """Four rows; ``assets`` are those whose states are asked for."""
    return [
        _row("one_partition", "run one partition, durable, each", RUNS, rounds, "≤ 2 ms"),
        _row("backfill", f"backfill {PARTITIONS:,} partitions, a run each, each", PARTITIONS, 1),
        _row("status", f"states of {assets:,} assets × 100 partitions", assets, rounds, "≤ 300 ms"),
        _row("listing", f"list {KEYS:,} hourly keys in Berlin", KEYS, rounds, "≤ 200 ms"),
    ]


def _row(task: str, work: str, count: int, rounds: int, aim: str = "") -> Row:
    contestants = [Contestant("assetbook", "ours_partitions.py", count)]
    if task in ("one_partition", "listing"):
        number = DAGSTER_RUNS if task == "one_partition" else count
        python = str(peer_python("dagster"))
        contestants.append(Contestant("Dagster", "peer_dagster_partitions.py", number, python))
    figures = in_turn(task, contestants, rounds)
    whole = 1 if task in ("one_partition", "backfill") else count
    return Row(work, {name: each["wall"] * whole for name, each in figures.items()}, "ms", aim)


if __name__ == "__main__":
    run_alone(measure, assets=1_000, rounds=3)
