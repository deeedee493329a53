"""Materializing trivial assets in memory, in CPU time."""

from __future__ import annotations

from measuring import dagster, hamilton, in_turn, ours, raw
from table import Row, run_alone

DAGSTER_ASSETS = 100  # at tens of milliseconds each, as many as the others have would take a minute


def measure(assets: int, rounds: int) -> list[Row]:
    """One row; graph and plan are part of it."""
    fewer = min(assets, DAGSTER_ASSETS)
    contestants = [ours(assets), dagster(fewer), hamilton(assets), raw(assets)]
    figures = in_turn("in_memory", contestants, rounds)
    return [
        Row(
            f"materialize {assets:,} trivial assets in memory, each",
            {name: each["cpu"] for name, each in figures.items()},
            "µs",
            "≤ 20 µs",
            {"Dagster": f"of {fewer}", "raw limit": "the calls alone"},
        )
    ]


if __name__ == "__main__":
    run_alone(measure, assets=1_000, rounds=5)
