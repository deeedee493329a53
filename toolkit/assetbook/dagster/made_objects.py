"""Dagster's names for things that are there ready-made."""

from __future__ import annotations

from assetbook.execution.executor import InProcessExecutor
from assetbook.execution.processes.executor import ProcessExecutor
from assetbook.io.made_managers import io_manager
from assetbook.io.memory import InMemoryIOManager
from assetbook.keys import AssetKey, CheckKey

AssetOrCheckKey = AssetKey | CheckKey
"""The key of an asset or of a check."""
in_process_executor = InProcessExecutor()
"""Runs the steps one by one, where the run is."""
multiprocess_executor = ProcessExecutor()
"""Runs the steps in processes."""


@io_manager
def mem_io_manager(_: object) -> InMemoryIOManager:
    """An I/O manager that keeps the values of one run in memory."""
    return InMemoryIOManager()
