"""A kernel that the runner starts itself, as a provisioner of its own says: elsewhere, mostly."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory

from jupyter_client.manager import AsyncKernelManager

from assetbook.errors import NotLoadedError
from assetbook.execution.pipes.lifeline import Lifeline
from assetbook.kernels.job_kernel import CellClient, JobKernel, KernelEnd, not_up
from assetbook.kernels.process_use import ProcessUse, use_of

_LOOK = 0.05  # seconds between two looks whether it lives


class OwnKernel(JobKernel):
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
    def _pid(self) -> int:
        pid: int = self._manager.provisioner.pid
        return pid

    async def start(self, seconds: float = 60) -> None:
        """Starts it in the notebook's folder, and waits for it that long."""
        try:
            await self._manager.start_kernel(cwd=str(self._notebook.parent), env=self._environment)
        except OSError as error:
            raise self._not_up(f"cannot be started: {error}") from None
        with suppress(ProcessLookupError):
            self._lifeline = Lifeline(os.getpgid(self._pid))
        client = self._manager.client()
        assert isinstance(client, CellClient)
        self._client = client
        client.start_channels()
        try:
            await client.wait_for_ready(timeout=seconds)
        except RuntimeError as error:
            raise self._not_up(f"did not come up: {error}") from None

    def _not_up(self, found: str) -> NotLoadedError:
        return not_up(self._notebook, self._manager.kernel_name, found)

    async def ended(self) -> KernelEnd:
        """How its process ended, once it has."""
        while self._end is None:
            self._use = use_of(self._pid) or self._use
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
        self._use = use_of(self._pid) or self._use
        return self._use

    async def interrupt(self) -> None:
        """Interrupts what it executes."""
        with suppress(ProcessLookupError, RuntimeError):
            await self._manager.interrupt_kernel()

    def kill(self) -> None:
        """Ends its process and all that this started, whatever they do."""
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(os.getpgid(self._pid), signal.SIGKILL)

    def keep(self, run: str, seconds: float) -> None:
        """Nobody keeps it: it ends with the process that started it."""

    async def close(self) -> None:
        """Ends it, and what it had started."""
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
