"""Materializing trivial assets durably, in wall time: it is the disk that is waited for."""

from __future__ import annotations

from measuring import Figures, dagster, hamilton, in_turn, ours, raw
from table import Row, run_alone

DAGSTER_ASSETS = 50  # at some 200 ms each
PAYLOAD = 500  # bytes of a raw commit; about what the event of a trivial asset has


def measure(assets: int, rounds: int) -> list[Row]:
    """Two rows: into a fresh store, and the same asked for again, which is all fresh."""
    fewer = min(assets, DAGSTER_ASSETS)
    contestants = [ours(assets), dagster(fewer), hamilton(assets), raw(assets)]
    figures = in_turn("durable", contestants, rounds, payload=PAYLOAD)
    not_synced = {"Hamilton": "its cache, not synced"}
    return [
        Row(
            f"materialize {assets:,} trivial assets, durable, each",
            {name: each["wall"] for name, each in figures.items()},
            "ms",
            "≤ 1.5 × one FULL commit",
            {"Dagster": f"of {fewer}", "raw limit": "one FULL commit", **not_synced},
        ),
        Row(
            f"the same again, all {assets:,} fresh, each",
            _again(figures),
            "ms",
            "",
            not_synced,
        ),
    ]


def _again(figures: Figures) -> dict[str, float]:
    return {name: each["again_wall"] for name, each in figures.items() if "again_wall" in each}


if __name__ == "__main__":
    run_alone(measure, assets=1_000, rounds=5)
