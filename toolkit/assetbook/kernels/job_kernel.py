"""A kernel for one run of a notebook, wherever it comes from, and the client of its cells."""

from __future__ import annotations

import os
import signal
from abc import ABC, abstractmethod
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any

from jupyter_client.asynchronous.client import AsyncKernelClient

from assetbook.errors import NotLoadedError
from assetbook.kernels.kernel_end import KernelEnd
from assetbook.kernels.process_use import ProcessUse, use_of


class CellClient(AsyncKernelClient):  # type: ignore[misc]
    """A kernel's client that tells the kernel which cell it executes."""

    cell_id: str = ""
    ended = False
    """Whether the kernel's process is gone."""

    def execute(
        self,
        code: str,
        silent: bool = False,
        store_history: bool = True,
        user_expressions: dict[str, Any] | None = None,
        allow_stdin: bool | None = None,
        stop_on_error: bool = True,
    ) -> str:
        """Sends code, as jupyter_client does; gives back the message's id."""
        content = {
            "code": code,
            "silent": silent,
            "store_history": store_history and not silent,
            "user_expressions": user_expressions or {},
            "allow_stdin": False,
            "stop_on_error": stop_on_error,
        }
        metadata = {"cellId": self.cell_id} if self.cell_id else {}
        message = self.session.msg("execute_request", content, metadata=metadata)
        self.shell_channel.send(message)
        sent: str = message["header"]["msg_id"]
        return sent

    async def is_alive(self) -> bool:
        """Whether the kernel's process is there, as far as it was looked at."""
        return not self.ended


class JobKernel(ABC):
    """A kernel for one run; ``async with`` ends it."""

    def __init__(self) -> None:
        self._client: CellClient | None = None
        self._use = ProcessUse()
        self._cpu_before = 0.0

    @property
    @abstractmethod
    def pid(self) -> int:
        """The id of its process."""

    @property
    def client(self) -> CellClient:
        """Its client, with channels that are open."""
        assert self._client is not None, "it is not started"
        return self._client

    @property
    def use(self) -> ProcessUse:
        """What it uses of the computer, or used when it was looked at last."""
        self._use = use_of(self.pid) or self._use
        return self._use

    def begin_use(self) -> None:
        """Has its time counted from now on: one that is taken over has worked for another run."""
        self._cpu_before = self.use.cpu

    def used(self, peak: int = 0, cpu: float = 0.0) -> ProcessUse:
        """What it has used since then; ``peak`` and ``cpu`` are what is told of it beside what was
        seen, 0 for nothing."""
        seen = self.use
        own = max(cpu, seen.cpu) - self._cpu_before
        return ProcessUse(seen.memory, max(peak, seen.peak), max(own, 0.0))

    async def end_or_use(self) -> KernelEnd:
        """How it ended; what it has used so far, if it is still there."""
        return await self.ended() if self.client.ended else KernelEnd(None, self.used())

    def kill(self) -> None:
        """Ends its process and all that this started, whatever they do."""
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(os.getpgid(self.pid), signal.SIGKILL)

    @property
    @abstractmethod
    def is_python(self) -> bool:
        """Whether its cells are Python."""

    @abstractmethod
    async def start(self, seconds: float = 60) -> None:
        """Starts it, and waits for it that long; raises NotLoadedError if it does not come up."""

    @abstractmethod
    async def ended(self) -> KernelEnd:
        """How its process ended, once it has."""

    @abstractmethod
    async def interrupt(self) -> None:
        """Interrupts what it executes."""

    @abstractmethod
    def keep(self, run: str, seconds: float) -> None:
        """Has it kept when it is let go, for whoever goes on with the run; where nobody can keep
        it, it ends as always."""

    @abstractmethod
    async def close(self) -> None:
        """Lets go of it, which ends it."""

    async def __aenter__(self) -> JobKernel:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.close()


def not_up(notebook: Path, kernel: str, found: str) -> NotLoadedError:
    """The error for a kernel that does not start."""
    return NotLoadedError(
        f"the notebook {notebook}",
        f"its kernel `{kernel}` {found}",
        "Does it start in Jupyter, with ipykernel in its environment?",
    )
