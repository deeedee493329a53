"""Ends a group of processes when this process is gone, however it went."""

from __future__ import annotations

import subprocess
from contextlib import suppress

from assetbook.execution.file_reads import unobserved

_WATCH = """
read -r released && exit
kill -s TERM -- "-$1"
sleep 3
kill -s KILL -- "-$1"
"""


class Lifeline:
    """A small shell that waits for this process to release it, or to be gone.

    A kernel that is killed can end nothing itself, and its children are in groups of their own.
    """

    def __init__(self, group: int) -> None:
        with unobserved():  # it is no program of the author's
            self._shell = subprocess.Popen(
                ["/bin/sh", "-c", _WATCH, "lifeline", str(group)],
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
            )

    def release(self) -> None:
        """Ends the watch, and leaves the group as it is; may be called again."""
        stdin = self._shell.stdin
        if stdin is not None and not stdin.closed:
            with suppress(BrokenPipeError):  # somebody has ended the shell
                stdin.write(b"released\n")
                stdin.close()
        self._shell.wait()
