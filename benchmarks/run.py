"""Measures every row, or those named, and prints one Markdown table.

``python benchmarks/run.py`` or ``python benchmarks/run.py durable in_memory --rounds 3``.
"""

from __future__ import annotations

import argparse
import os
import platform
from collections.abc import Callable

import bytes_kept
import conditions
import defining
import diffing
import durable
import executors
import importing
import in_memory
import lineage_drawing
import lineage_layout
import loading
import partition_runs
import partitions
import scanning
import sensors
import snapshots
import tables
import ticks
import web_pages
from peers import RELEASES
from table import Row, markdown

Measure = Callable[[int, int], list[Row]]

ROWS: dict[str, tuple[tuple[Measure, int, int], ...]] = {
    "importing": ((importing.measure, 0, 15),),
    "defining": ((defining.measure, 1_000, 5), (defining.measure, 10_000, 3)),
    "durable": ((durable.measure, 1_000, 3),),
    "in_memory": ((in_memory.measure, 1_000, 5),),
    "diffing": ((diffing.measure, 5_000_000, 3),),
    "bytes_kept": ((bytes_kept.measure, 1_000, 1),),
    "snapshots": ((snapshots.measure, 1_000, 1),),
    "executors": ((executors.measure, 200, 3),),
    "loading": ((loading.measure, 100, 5),),
    "conditions": ((conditions.measure, 1_000, 5),),
    "sensors": ((sensors.measure, 10_000, 3),),
    "ticks": ((ticks.measure, 1_000, 3),),
    "partitions": ((partitions.measure, 1_000, 5), (partition_runs.measure, 1_000, 3)),
    "tables": ((tables.measure, 5_000_000, 3),),
    "scanning": ((scanning.measure, 5_000_000, 3), (scanning.measure_stream, scanning.LARGE, 1)),
    "web_pages": ((web_pages.measure, 100, 3), (web_pages.measure, 1_000, 3)),
    "lineage_layout": (
        (lineage_layout.measure, 1_000, 5),
        (lineage_layout.measure, 10_000, 3),
        (lineage_layout.measure_deep, 1_000, 3),
    ),
    "lineage_drawing": (
        (lineage_drawing.measure, 100, 5),
        (lineage_drawing.measure, 1_000, 5),
        (lineage_drawing.measure, 10_000, 3),
    ),
}
"""What each script measures: assets (or rows of a table) and rounds."""


def main() -> None:
    """Measures what the command line names."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("rows", nargs="*", choices=[*ROWS, []], metavar="row", help=", ".join(ROWS))
    parser.add_argument("--rounds", type=int, help="instead of each row's own number")
    given = parser.parse_args()
    rows = [
        row
        for name in given.rows or ROWS
        for measure, assets, rounds in ROWS[name]
        for row in measure(assets, given.rounds or rounds)
    ]
    peers = ", ".join(
        release.replace("==", " ") for release in (RELEASES["dagster"], RELEASES["hamilton"])
    )
    print(f"Python {platform.python_version()}, {os.cpu_count()} cores; {peers}.")
    print(
        "Medians. CPU time, but for the durable rows, tables, comparing and drawing, which are"
        " wall time.\n"
    )
    print(markdown(rows))


if __name__ == "__main__":
    main()
