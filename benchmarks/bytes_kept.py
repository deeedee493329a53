"""The bytes that an asset's run leaves on disk once everything is closed."""

from __future__ import annotations

from measuring import dagster, hamilton, in_turn, ours
from table import Row, run_alone

DAGSTER_ASSETS = 50


def measure(assets: int, rounds: int) -> list[Row]:
    """Two rows: the first run, with all that is stored once, and another run of the same."""
    fewer = min(assets, DAGSTER_ASSETS)
    contestants = [ours(assets), dagster(fewer), hamilton(assets)]
    figures = in_turn("bytes_kept", contestants, rounds)
    notes = {"Dagster": f"of {fewer}"}
    return [
        Row(
            f"bytes kept for an asset's run, {said}",
            {name: each[which] for name, each in figures.items() if which in each},
            "B",
            "≤ 2,000 B",
            notes,
        )
        for which, said in (("again", "once it is known"), ("first", "the first one, all included"))
    ]


if __name__ == "__main__":
    run_alone(measure, assets=1_000, rounds=1)
