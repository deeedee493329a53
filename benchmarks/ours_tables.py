"""assetbook as a contestant that hands a table on."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

from task import Answer, Task, perform
from wide_table import KINDS, columns_of, table_of, timed

from assetbook import Instance, asset, materialize
from assetbook.io.mapped_file import SETTLED


def tables(task: Task) -> Answer:
    """Each library's table by the default manager, and Arrow's also as an Arrow file."""
    found: Answer = {}
    for kind in KINDS:
        found |= _measured(kind, table_of(kind, task.payload), task.folder / kind, "io_manager")
    arrow = _measured("arrow", table_of("arrow", task.payload), task.folder / "file", "arrow")
    found |= {f"arrow_file_{name.removeprefix('arrow_')}": each for name, each in arrow.items()}
    return found


def _measured(kind: str, table: Any, folder: Path, manager: str) -> Answer:
    at: dict[str, float] = {}

    @asset(io_manager_key=manager)
    def upstream() -> object:
        at["returned"] = time.perf_counter()
        return table

    @asset
    def downstream(upstream):  # type: ignore[no-untyped-def]
        at["started"] = time.perf_counter()
        return columns_of(upstream)

    @asset(io_manager_key=manager)
    def small() -> object:
        return table_of(kind, 10)

    instance = Instance.open(folder)
    materialize([small], instance=instance)  # loads what is loaded on first use
    materialize([upstream, downstream], instance=instance)
    start = at["started"] - at["returned"]
    materialize([upstream], instance=instance, force=True)
    durable = time.perf_counter() - at["returned"]
    instance.close()
    time.sleep(SETTLED)  # so that a file is what it will be for any later reader
    instance = Instance.open(folder)
    first, again = (timed(lambda: instance.value("upstream")) for _ in range(2))
    instance.close()
    name = {"first": first, "read": again}
    return {
        f"{kind}_{each}": value
        for each, value in {"start": start, "durable": durable, **name}.items()
    }


if __name__ == "__main__":
    perform({"tables": tables})
