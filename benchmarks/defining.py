"""Defining assets and building their graph, in CPU time."""

from __future__ import annotations

from measuring import dagster, hamilton, in_turn, ours, raw
from table import Row, run_alone

SIZES = (1_000, 10_000)


def measure(assets: int, rounds: int) -> list[Row]:
    """One row: so many assets, by everybody."""
    contestants = [ours(assets), dagster(assets), hamilton(assets), raw(assets)]
    figures = in_turn("define", contestants, rounds)
    return [
        Row(
            f"define {assets:,} assets and build the graph, each",
            {name: each["cpu"] for name, each in figures.items()},
            "µs",
            "≤ 40 µs",
        )
    ]


if __name__ == "__main__":
    run_alone(measure, assets=SIZES[0], rounds=3)
