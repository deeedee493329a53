"""A child process in a group of its own: waited for, and ended with all that it has started."""

from __future__ import annotations

import os
import signal
import subprocess
import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress

from assetbook.execution.cancellation import cancel_asked
from assetbook.execution.pipes.child_output import ChildOutput
from assetbook.execution.pipes.lifeline import Lifeline

_LOOK = 0.1  # seconds between two looks at whether the step was canceled
_AFTER_TERM = 3.0  # seconds between SIGTERM and SIGKILL

Command = str | Sequence[str | os.PathLike[str]]


class ChildProcess:
    """A process that was started; raises OSError if it cannot be.

    It reads nothing from a terminal, and an interrupt typed there reaches it only through
    ``stop``. With ``bound`` it is ended when this process is gone.
    """

    def __init__(
        self,
        command: Command,
        env: Mapping[str, str],
        cwd: str | None,
        *,
        shown: bool,
        bound: bool,
    ) -> None:
        self._process = subprocess.Popen(
            command,
            env=env,
            cwd=cwd,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )
        assert self._process.stdout is not None and self._process.stderr is not None
        self._lifeline = self._bound() if bound else None
        self._stdout = ChildOutput(self._process.stdout, "stdout", shown)
        self._stderr = ChildOutput(self._process.stderr, "stderr", shown)

    @property
    def pid(self) -> int:
        """The process id, which is also its group's."""
        return self._process.pid

    def _bound(self) -> Lifeline:
        try:
            return Lifeline(self.pid)
        except OSError:
            self._process.kill()
            self._process.communicate()
            raise

    def wait(self) -> int:
        """The exit code once the process has ended; minus the signal's number if one ended it.

        Raises KeyboardInterrupt after an interrupt. On the main thread that is at once; on others
        it can be raised from outside between two looks, or a coroutine's event says so.
        """
        if threading.current_thread() is threading.main_thread():
            return self._process.wait()
        canceled = cancel_asked.get()
        while canceled is None or not canceled.is_set():
            with suppress(subprocess.TimeoutExpired):
                return self._process.wait(_LOOK)
        raise KeyboardInterrupt

    def finish(self) -> str:
        """The end of what it wrote to stderr, when all that it printed is shown."""
        if self._lifeline is not None:
            self._lifeline.release()
        self._stdout.finish()
        return self._stderr.finish()

    def stop(self, patience: float) -> None:
        """Asks the group to end by SIGINT, after ``patience`` seconds by SIGTERM, then kills it.

        Whoever interrupts this does not wait: the next signal is sent at once.
        """
        for number, seconds in ((signal.SIGINT, patience), (signal.SIGTERM, _AFTER_TERM)):
            self._signal(number)
            try:
                self._process.wait(seconds)
                break
            except (subprocess.TimeoutExpired, KeyboardInterrupt):
                continue
        self._signal(signal.SIGKILL)  # what it has started, too
        self._process.wait()

    def leave(self) -> None:
        """Lets it go on, and shows no more of what it prints."""
        self._stdout.hide()
        self._stderr.hide()
        threading.Thread(target=self._process.wait, daemon=True).start()  # to know when it ends

    def _signal(self, number: signal.Signals) -> None:
        with suppress(ProcessLookupError):  # none of the group is left
            os.killpg(self.pid, number)
