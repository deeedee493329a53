"""A kernel that the runner starts itself, as a provisioner of its own says: elsewhere, mostly."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory

from jupyter_client.manager import AsyncKernelManager

from assetbook.errors import NotLoadedError
from assetbook.execution.pipes.lifeline import Lifeline
from assetbook.kernels.job_kernel import CellClient, JobKernel, not_up
from assetbook.kernels.kernel_end import KernelEnd

_LOOK = 0.05  # seconds between two looks whether it lives


class OwnKernel(JobKernel):
    """A kernel by its kernelspec's provisioner, in the notebook's folder."""

    def __init__(self, name: str, notebook: Path, environment: Mapping[str, str]) -> None:
        super().__init__()
        self._notebook = notebook
        # short, as a socket's path has an end; in no project
        self._sockets = TemporaryDirectory(prefix="abk", ignore_cleanup_errors=True)
        self._manager = AsyncKernelManager(
            kernel_name=name,
            transport="ipc",
            connection_file=str(Path(self._sockets.name) / "kernel.json"),
            client_class="assetbook.kernels.job_kernel.CellClient",
        )
        self._environment = dict(environment)
        self._lifeline: Lifeline | None = None
        self._end: KernelEnd | None = None

    @property
    def is_python(self) -> bool:
        """Whether its cells are Python."""
        return str(self._manager.kernel_spec.language).lower() == "python"

    @property
    def pid(self) -> int:
        """The id of its process."""
        pid: int = self._manager.provisioner.pid
        return pid

    async def start(self, seconds: float = 60) -> None:
        """Starts it in the notebook's folder, and waits for it that long."""
        try:
            await self._manager.start_kernel(cwd=str(self._notebook.parent), env=self._environment)
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
        return not_up(self._notebook, self._manager.kernel_name, found)

    async def ended(self) -> KernelEnd:
        """How its process ended, once it has."""
        while self._end is None:
            use = self.used()
            code = await self._manager.provisioner.poll()
            if code is not None:
                self.client.ended = True
                self._end = KernelEnd(code, use)
                break
            await asyncio.sleep(_LOOK)
        return self._end

    async def interrupt(self) -> None:
        """Interrupts what it executes."""
        with suppress(ProcessLookupError, RuntimeError):
            await self._manager.interrupt_kernel()

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
