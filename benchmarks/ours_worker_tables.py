"""assetbook as a contestant that hands a table from one worker process to another.

The raw limit is measured in turn with it: the Arrow file written to memory and mapped, from the
library's own table and to it. What the two conversions take alone is measured, too.
"""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pyarrow as pa
from task import Answer, Task, perform
from wide_table import KINDS, columns_of, table_of, timed

from assetbook import Instance, asset, materialize
from assetbook.definitions.asset_definition import AssetsDefinition

IN_MEMORY = Path("/dev/shm/assetbook-benchmark.arrow")
TIMES = 5


def worker_tables(task: Task) -> Answer:
    """Seconds from the return of one step to the start of the next, the best of some."""
    return {name: figure for kind in KINDS for name, figure in _measured(kind, task).items()}


def _measured(kind: str, task: Task) -> Answer:
    instance, marks = Instance.open(task.folder / kind), task.folder / "marks"
    table = table_of(kind, task.payload)
    _handed_on(_assets(kind, 200_000, marks), instance, marks)  # loads what is loaded on first use
    ours, raw, converted = [], [], []
    for _ in range(TIMES):
        raw.append(timed(lambda: _through_a_file(table)))
        converted.append(timed(lambda: _from_arrow(table, _to_arrow(table))))
        ours.append(_handed_on(_assets(kind, task.payload, marks), instance, marks))
    instance.close()
    found = {"start": ours, "raw": raw, "converted": converted}
    return {f"{kind}_{name}": min(seconds) for name, seconds in found.items()}


def _assets(kind: str, rows: int, marks: Path) -> list[AssetsDefinition]:
    returned, started = str(marks) + ".returned", str(marks) + ".started"

    @asset
    def upstream() -> Any:
        table = table_of(kind, rows)
        Path(returned).write_text(repr(time.perf_counter()), encoding="ascii")
        return table

    @asset
    def downstream(upstream: Any) -> int:
        Path(started).write_text(repr(time.perf_counter()), encoding="ascii")
        return columns_of(upstream)

    return [upstream, downstream]


def _handed_on(assets: list[AssetsDefinition], instance: Instance, marks: Path) -> float:
    materialize(assets, instance=instance, force=True, executor="processes", workers=2)
    returned, started = (
        float(Path(f"{marks}.{name}").read_text(encoding="ascii"))
        for name in ("returned", "started")
    )
    return started - returned


def _through_a_file(table: Any) -> object:
    made = _to_arrow(table)
    with pa.OSFile(str(IN_MEMORY), "wb") as file, pa.ipc.new_file(file, made.schema) as writer:
        writer.write_table(made)
    try:
        with pa.memory_map(str(IN_MEMORY)) as file:
            return _from_arrow(table, pa.ipc.open_file(file).read_all())
    finally:
        IN_MEMORY.unlink()


def _to_arrow(table: Any) -> pa.Table:
    if isinstance(table, pa.Table):
        return table
    return table.to_arrow() if hasattr(table, "to_arrow") else pa.Table.from_pandas(table)


def _from_arrow(table: Any, made: pa.Table) -> object:
    if isinstance(table, pa.Table):
        return made
    if hasattr(table, "to_arrow"):
        import polars as pl

        return pl.from_arrow(made)
    return made.to_pandas()


if __name__ == "__main__":
    perform({"worker_tables": worker_tables})
