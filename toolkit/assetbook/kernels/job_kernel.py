"""One kernel of a notebook's run: started, interrupted, ended, and never left behind."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from jupyter_client.asynchronous.client import AsyncKernelClient
from jupyter_client.kernelspec import NoSuchKernel
from jupyter_client.manager import AsyncKernelManager

from assetbook.errors import NotLoadedError
from assetbook.execution.pipes.lifeline import Lifeline
from assetbook.kernels.kernel_spec import not_installed
from assetbook.kernels.process_use import ProcessUse, use_of

_LOOK = 0.05  # seconds between two looks whether it lives


@dataclass(frozen=True, slots=True)
class KernelEnd:
    """How a kernel's process ended."""

    code: int | None
    """Its exit code, negative for a signal; None if nobody can tell."""
    use: ProcessUse
    """What it had used when it was looked at last."""

    def __str__(self) -> str:
        how = "it ended"
        if self.code is not None and self.code < 0:
            how = f"it was ended by {signal.Signals(-self.code).name}"
        elif self.code is not None:
            how = f"it ended with exit code {self.code}"
        return f"{how}; it had used {self.use.peak / 1e6:,.0f} MB of memory at most"


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


class JobKernel:
    """A kernel for one run; use it with ``async with``, which starts and ends it."""

    def __init__(self, name: str, notebook: Path, environment: Mapping[str, str]) -> None:
        self._notebook = notebook
        # short, as a socket's path has an end; in no project
        self._sockets = TemporaryDirectory(prefix="abk", ignore_cleanup_errors=True)
        self._manager = AsyncKernelManager(
            kernel_name=name,
            transport="ipc",
            connection_file=str(Path(self._sockets.name) / "kernel.json"),
            client_class="assetbook.kernels.job_kernel.CellClient",
        )
        self._environment = {**os.environ, **environment}
        self._lifeline: Lifeline | None = None
        self._client: CellClient | None = None
        self._end: KernelEnd | None = None
        self._use = ProcessUse()

    @property
    def client(self) -> CellClient:
        """Its client, with channels that are open."""
        assert self._client is not None, "it is not started"
        return self._client

    @property
    def manager(self) -> AsyncKernelManager:
        """What started it."""
        return self._manager

    @property
    def pid(self) -> int:
        """The id of its process."""
        pid: int = self._manager.provisioner.pid
        return pid

    async def start(self, seconds: float = 60) -> None:
        """Starts it in the notebook's folder, and waits for it that long.

        Raises NotLoadedError if it is not installed, or does not come up.
        """
        try:
            await self._manager.start_kernel(cwd=str(self._notebook.parent), env=self._environment)
        except NoSuchKernel:
            raise not_installed(self._notebook, self._manager.kernel_name) from None
        except OSError as error:
            raise self._not_up(f"cannot be started: {error}") from None
        with suppress(ProcessLookupError):
            self._lifeline = Lifeline(os.getpgid(self.pid))
        client = self._manager.client()
        assert isinstance(client, CellClient)
        self._client = client
        client.start_channels()
        try:
            await client.wait_for_ready(timeout=seconds)
        except RuntimeError as error:
            raise self._not_up(f"did not come up: {error}") from None

    def _not_up(self, found: str) -> NotLoadedError:
        return NotLoadedError(
            f"the notebook {self._notebook}",
            f"its kernel `{self._manager.kernel_name}` {found}",
            "Does it start in Jupyter, with ipykernel in its environment?",
        )

    async def ended(self) -> KernelEnd:
        """How its process ended, once it has."""
        while self._end is None:
            self._use = use_of(self.pid) or self._use
            code = await self._manager.provisioner.poll()
            if code is not None:
                self.client.ended = True
                self._end = KernelEnd(code, self._use)
                break
            await asyncio.sleep(_LOOK)
        return self._end

    @property
    def use(self) -> ProcessUse:
        """What it uses."""
        self._use = use_of(self.pid) or self._use
        return self._use

    async def interrupt(self) -> None:
        """Interrupts what it executes."""
        with suppress(ProcessLookupError, RuntimeError):
            await self._manager.interrupt_kernel()

    def kill(self) -> None:
        """Ends its process and all that this started, whatever they do."""
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(os.getpgid(self.pid), signal.SIGKILL)

    async def __aenter__(self) -> JobKernel:
        return self

    async def __aexit__(self, *error: object) -> None:
        try:
            if self._client is not None:
                self._client.stop_channels()
            if self._manager.has_kernel:
                self.kill()
                await self._manager.shutdown_kernel(now=True)
            await self._manager.cleanup_resources()
        finally:
            if self._lifeline is not None:
                self._lifeline.release()
            self._sockets.cleanup()
