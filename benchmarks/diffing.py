"""Comparing two tables of eight columns, in wall time, with the most memory held at once."""

from __future__ import annotations

from statistics import median

from diff_tables import diff_tables
from measuring import Contestant, in_turn, ours
from peers import PEERS
from table import Row, run_alone

PEER_TASKS = ("pandas", "polars", "duckdb")


def measure(rows: int, rounds: int) -> list[Row]:
    """Three rows: wall time, CPU time and memory.

    assetbook finds the key itself and profiles what changed; the others are told the key, and
    count rows and cells only.
    """
    PEERS.mkdir(exist_ok=True)
    diff_tables(PEERS, rows)  # before anybody's time runs
    found: dict[str, list[dict[str, float]]] = {name: [] for name in ("diff", *PEER_TASKS)}
    for _ in range(rounds):
        for name, figures in found.items():
            figures.append(_once(name, rows))
    return [
        _row(f"compare two tables of {rows:,} rows × 8 columns", found, "wall", "s", "≤ 5 s"),
        _row("the same in CPU time", found, "cpu", "s", ""),
        _row("the same: the most memory held", found, "peak", "MB", "≤ 1,000 MB"),
    ]


def _once(name: str, rows: int) -> dict[str, float]:
    who = ours(1) if name == "diff" else Contestant(name, "diff_peers.py", 1)
    return in_turn(name, [who], 1, payload=rows)[who.name]


def _row(
    work: str, found: dict[str, list[dict[str, float]]], which: str, unit: str, aim: str
) -> Row:
    middle = {name: median(each[which] for each in figures) for name, figures in found.items()}
    own = middle["diff"]
    others = ", ".join(f"{name} {middle[name] / own:.2g} × ours" for name in ("pandas", "polars"))
    figures = {"assetbook": own, "raw limit": middle["duckdb"]}
    notes = {"assetbook": others, "raw limit": "DuckDB alone, one join by a known key"}
    return Row(work, figures, unit, aim, notes)


if __name__ == "__main__":
    run_alone(measure, assets=5_000_000, rounds=3)
