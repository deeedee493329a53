"""The program that the faults of lake tables kill: it appends a row, and may die at its commit."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path
from typing import Any

import pyarrow as pa

from assetbook import DeltaIOManager, IcebergIOManager, Instance, asset, materialize
from assetbook.io.contexts import OutputContext
from assetbook.io.lake_manager import LakeIOManager
from assetbook.project import find_project


def manager_of(lake: str, project: Path) -> LakeIOManager:
    """The manager of a kind of lake below the project."""
    folder = project / "lake"
    if lake == "delta":
        return DeltaIOManager(folder, mode="append")
    folder.mkdir(exist_ok=True)
    catalog = {
        "type": "sql",
        "uri": f"sqlite:///{folder}/catalog.db",
        "warehouse": f"file://{folder}",
    }
    return IcebergIOManager(catalog, mode="append")


def append(project: Path, lake: str, number: int, how: str = "") -> None:
    """Materializes ``rows`` with one more row; ``die`` after the lake's commit, before ours."""

    @asset(io_manager_key="lake")
    def rows() -> pa.Table:
        return pa.table({"n": [number]})

    if how == "die":
        _die_after_storing()
    found = find_project(project)
    instance = Instance.open(found.store, project=found)
    resources = {"lake": manager_of(lake, project)}
    materialize([rows], instance=instance, force=True, resources=resources)
    instance.close()


def _die_after_storing() -> None:
    store = LakeIOManager.handle_output

    def deadly(self: LakeIOManager, context: OutputContext, obj: Any) -> None:
        store(self, context, obj)
        os.kill(os.getpid(), signal.SIGKILL)

    LakeIOManager.handle_output = deadly  # type: ignore[method-assign]


if __name__ == "__main__":
    append(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]), *sys.argv[4:])
