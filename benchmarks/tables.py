"""A table of eight columns across one edge: handed on, written, and read again later."""

from __future__ import annotations

from measuring import Contestant, Figures, in_turn
from peers import peer_python
from table import Row, run_alone

LIBRARIES = ("pandas", "polars", "pyarrow")
_KINDS = {"arrow": "pyarrow", "polars": "polars", "pandas": "pandas"}
_PICKLE = "Dagster"


def measure(rows: int, rounds: int) -> list[Row]:
    """Three rows for each library, and two for tables kept as Arrow files."""
    python = str(peer_python("dagster", LIBRARIES))
    contestants = [
        Contestant("assetbook", "ours_tables.py", 1),
        Contestant(_PICKLE, "peer_dagster_tables.py", 1, python),
        Contestant("raw limit", "raw_tables.py", 1),
    ]
    figures = in_turn("tables", contestants, rounds, payload=rows)
    made = [row for kind in _KINDS for row in _rows_of(kind, rows, figures)]
    return [*made, *_arrow_file(rows, figures)]


def _rows_of(kind: str, rows: int, figures: Figures) -> list[Row]:
    size = f"{rows / 1e6:g} M × 8, {_KINDS[kind]}"
    aim = "≤ 1.5 × its two conversions" if kind == "pandas" else "≤ 10 ms"
    raw = {"raw limit": "to Arrow and back"} if kind == "pandas" else {}
    return [
        _row(
            f"{size}: downstream starts after upstream returned", f"{kind}_start", figures, aim, raw
        ),
        _row(
            f"{size}: durable after upstream returned",
            f"{kind}_durable",
            figures,
            "≤ 1.2 × raw",
            {"raw limit": "zstd Parquet, fsync"},
        ),
        _row(f"{size}: read later", f"{kind}_read", figures, "≤ 1.1 × raw"),
    ]


def _arrow_file(rows: int, figures: Figures) -> list[Row]:
    size = f'{rows / 1e6:g} M × 8, pyarrow, `io_manager_key="arrow"`'
    return [
        _row(
            f"{size}: durable after upstream returned",
            "arrow_file_durable",
            figures,
            "",
            {"raw limit": "Arrow file, fsync"},
        ),
        _row(f"{size}: first read of a process, hashed", "arrow_file_first", figures),
        _row(f"{size}: read again", "arrow_file_read", figures, "", {"raw limit": "mapped"}),
    ]


def _row(
    work: str, name: str, figures: Figures, aim: str = "", said: dict[str, str] | None = None
) -> Row:
    notes = dict(said or {})
    parquet = figures[_PICKLE].get(f"parquet_{name}")
    if parquet is not None:
        notes[_PICKLE] = f"pickle; {parquet:.2g} s by a Parquet manager"
    found = {who: each[name] for who, each in figures.items() if name in each}
    unit = "s" if found["assetbook"] >= 0.1 else "ms"
    return Row(work, found, unit, aim, notes)


if __name__ == "__main__":
    run_alone(measure, assets=5_000_000, rounds=3)
