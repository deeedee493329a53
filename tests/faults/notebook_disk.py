"""Notebooks that print until the disk is full: scenarios of ``small_disk``."""

from __future__ import annotations

import os
import signal
import tempfile
from pathlib import Path
from typing import Any

import nbformat
from tests.faults.notebook_case import Case
from tests.faults.notebook_runner import by_assetbook, by_papermill
from tests.process_tree import host_processes

from assetbook.kernels.host.address import FOLDER_VARIABLE

_BALLAST = 3 << 20
"""Bytes that are freed when the disk is full."""
CELLS = (
    "print('before')",
    "for number in range(2_000): print(f'{number:04999}', flush=True)",
    "print('never')",
)
TEXT = "before\n" + "".join(f"{number:04999}\n" for number in range(2_000))


def notebook_until_full(folder: Path) -> dict[str, Any]:
    """Runs one by a job, and looks at what is left once there is room again."""
    case = _case(folder)
    with tempfile.TemporaryDirectory(prefix="abk") as sockets:
        os.environ[FOLDER_VARIABLE] = sockets
        try:
            success = by_assetbook(case.path)
            (folder / "ballast").unlink()
            left = case.left()
        finally:
            for pid in host_processes(Path(sockets)):
                os.kill(pid, signal.SIGKILL)
    return {
        "success": success,
        "status": left.status,
        "message": left.message,
        "states": left.states,
        "torn": not left.whole,
        "shown": len(left.shown),
        "wrong": left.wrong(TEXT),
        "temporary": [each.name for each in folder.rglob("*.tmp*")],
    }


def notebook_until_full_by_papermill(folder: Path) -> dict[str, Any]:
    """Runs one by papermill alone."""
    case = _case(folder)
    try:
        by_papermill(case.path)
        said = ""
    except OSError as error:
        said = str(error)
    try:
        cells = nbformat.read(folder / "out.ipynb", as_version=4).cells
    except ValueError:
        cells = []
    return {"said": said, "cells": len(cells)}


def _case(folder: Path) -> Case:
    (folder / "ballast").write_bytes(bytes(_BALLAST))
    return Case(folder, *CELLS)
