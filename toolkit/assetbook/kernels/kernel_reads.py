"""What the cells of a notebook that makes assets read of the world outside: seen in their kernel,
and told the step that runs it."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from types import FrameType
from typing import Any

from assetbook.execution.file_reads import SeenReads, installed_folders, watch_process

SEEN = "seen.jsonl"
"""The name of their list, in the folder of the exchange."""
_OURS = f"{Path(__file__).resolve().parents[1]}{os.sep}"


class KernelReads(SeenReads):
    """Writes what is read to the list in ``folder``, each once, when it is seen; without what
    assetbook itself reads, and below ``ignored``."""

    def __init__(self, folder: Path, ignored: Path) -> None:
        super().__init__((ignored,))
        self._path = str(folder / SEEN)

    def note(self, kind: str, name: str) -> None:
        """Adds one read; raises OSError, in the code that reads, where it cannot be written: what
        nobody was told of would count as never read."""
        before = len(self._seen)
        if _is_by_us(sys._getframe(4)):  # what raised the event
            return
        super().note(kind, name)
        if len(self._seen) > before:
            line = json.dumps(list(self._seen)[-1]).encode("ascii") + b"\n"
            file = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
            try:
                os.write(file, line)
            finally:
                os.close(file)


def _is_by_us(frame: FrameType | None) -> bool:
    """Whether it is assetbook that asked a library, not a person's code."""
    while frame is not None:
        filename = frame.f_code.co_filename
        if filename.startswith(_OURS):
            return True
        if not filename.startswith((*installed_folders(), "<frozen ")):
            return False
        frame = frame.f_back
    return False


def watch_kernel(shell: Any, folder: str) -> None:
    """Has all that this kernel reads from its next cell on written to the list in the exchange
    ``folder``, but for what the ``shell``, IPython's, knows itself; nothing until then."""
    watch_process(None)

    def begin(*of_cell: object) -> None:
        shell.events.unregister("pre_run_cell", begin)
        watch_process(KernelReads(Path(folder), Path(shell.ipython_dir)))

    shell.events.register("pre_run_cell", begin)
