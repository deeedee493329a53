"""A run that is awaited in a kernel's cell ends with that cell when it is interrupted."""

from __future__ import annotations

import os
import signal
import threading
import time
from pathlib import Path

import pytest
from tests.notebooks.kernel import CellError, Kernel

DEFINED = """\
import asyncio, time
from pathlib import Path
from assetbook import *

@asset
async def waits():
    Path("began").touch()
    try:
        await asyncio.sleep(60)
    finally:
        await asyncio.sleep(0)
        Path("ended").touch()
    return 1

@asset
def works():
    Path("began").touch()
    for _ in range(6000):
        time.sleep(0.01)
    return 1

@asset
async def quick():
    print("in its cell")
    return [1]
"""


def interrupted(kernel: Kernel, name: str) -> str:
    """What the cell said when the kernel was interrupted while the asset was made."""
    (kernel.folder / "began").unlink(missing_ok=True)
    pid = int(kernel.run("import os\nprint(os.getpid())"))

    def interrupt() -> None:
        until = time.monotonic() + 30
        while not (kernel.folder / "began").exists() and time.monotonic() < until:
            time.sleep(0.05)
        os.kill(pid, signal.SIGINT)

    thread = threading.Thread(target=interrupt)
    thread.start()
    with pytest.raises(CellError) as caught:
        kernel.run(f"await materialize_async({name!r})", f"run-{name}")
    thread.join()
    return str(caught.value)


def test_await_shows_values_and_ends_when_it_is_interrupted(tmp_path: Path) -> None:
    with Kernel(tmp_path, "book") as kernel:
        kernel.run("%load_ext assetbook", "loaded")
        kernel.run(DEFINED, "defined")
        assert "in its cell" in kernel.run("await materialize_async('quick')", "quick")
        for name in ("waits", "works"):
            said = interrupted(kernel, name)
            assert "Interrupt" in said or "Cancelled" in said
            assert kernel.run("print(runs().to_json()[0]['status'])").strip() == "canceled"
        assert (tmp_path / "ended").exists()
        assert "in its cell" in kernel.run("await materialize_async('quick', force=True)", "again")
