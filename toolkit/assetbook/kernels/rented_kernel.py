"""A kernel of the store's host, which had it ready, and which ends it with this process."""

from __future__ import annotations

import asyncio
import json
import signal
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from queue import Empty
from typing import Any

from assetbook.definitions.secret import scrub
from assetbook.kernels.host.address import host_folder
from assetbook.kernels.host.renting import connected
from assetbook.kernels.job_kernel import CellClient, JobKernel, not_up
from assetbook.kernels.kernel_end import KernelEnd, KernelGoneError
from assetbook.kernels.kernel_start import KernelStart
from assetbook.notebook.notebook_path import is_ours

_TRIES = 3
_GOODBYE = 5.0  # seconds in which a kernel that is killed has gone
_ASK_AGAIN = 0.1  # seconds; what it said before somebody listened is lost


class RentedKernel(JobKernel):
    """A kernel that the host of ``store`` starts as ``start`` says."""

    def __init__(
        self, start: KernelStart, notebook: Path, store: Path, taken: str | None = None
    ) -> None:
        """``taken`` is the run whose kernel is taken over, which was kept; None takes a new one."""
        super().__init__()
        self._start = start
        self._taken = taken
        self._kept = False
        self._notebook = notebook
        self._store = store
        self._writer: asyncio.StreamWriter | None = None
        self._told: dict[str, Any] = {}
        self._end: asyncio.Future[KernelEnd] | None = None

    @property
    def pid(self) -> int:
        """The id of its process."""
        pid: int = self._told["pid"]
        return pid

    @property
    def is_python(self) -> bool:
        """Whether its cells are Python."""
        return self._start.is_python

    @property
    def was_ready(self) -> bool:
        """Whether it had been started before anybody asked for it."""
        return bool(self._told["ready"])

    async def start(self, seconds: float = 60) -> None:
        """Rents it; raises NotLoadedError if it does not come up within so many seconds."""
        reader = await self._rented()
        self._end = asyncio.ensure_future(self._ending(reader))
        self._client = client = CellClient()
        client.load_connection_info(self._told["connection"])
        client.start_channels()
        answers = asyncio.ensure_future(self._answers(client))
        await asyncio.wait(
            {answers, self._end}, timeout=seconds, return_when=asyncio.FIRST_COMPLETED
        )
        if answers.done():
            return
        answers.cancel()
        if self._end.done():
            raise self._not_up(f"did not come up: {self._end.result()}")
        raise self._not_up(f"did not come up within {seconds:g} s")

    async def _rented(self) -> asyncio.StreamReader:
        """What the host says of the kernel, once it has said which one it is."""
        environment = dict(self._start.environment)
        if self.is_python:  # it is told of its run once it is there: it may be ready before
            environment = {name: each for name, each in environment.items() if not is_ours(name)}
        new: dict[str, Any] = {"argv": self._start.argv, "environment": environment}
        if not self.is_python:
            new["folder"] = str(self._notebook.parent)
        wanted = {"take": self._taken} if self._taken else {"rent": {**new, "of": self._of}}
        for _ in range(_TRIES):
            line = await asyncio.to_thread(connected, host_folder(self._store))
            reader, self._writer = await asyncio.open_unix_connection(sock=line)
            self._tell(**wanted)
            self._told = json.loads(await reader.readline() or "{}")
            if "pid" in self._told:
                return reader
            if "gone" in self._told:
                raise KernelGoneError(self._taken or "")
            if "error" in self._told:
                raise self._not_up(f"was not started: {self._told['error']}")
            self._writer.close()  # the host was about to end
        raise self._not_up("was not started: its host has gone")

    def _not_up(self, found: str) -> Exception:
        return not_up(self._notebook, self._start.name, found)

    async def _answers(self, client: CellClient) -> None:
        """Returns when it has answered, and what it publishes is heard here."""
        while True:
            asked = client.kernel_info()
            with suppress(Empty):
                while True:
                    message = await client.get_iopub_msg(timeout=_ASK_AGAIN)
                    if message["parent_header"].get("msg_id") == asked:
                        return

    async def _ending(self, reader: asyncio.StreamReader) -> KernelEnd:
        """How it ended, as the host tells it, or ends itself."""
        line = await reader.readline()
        said = json.loads(line)["ended"] if line else {}
        if self._client is not None:
            self._client.ended = True
        use = self.used(said.get("peak", 0), said.get("cpu", 0.0))
        return KernelEnd(said.get("code"), use, scrub(said.get("said", "")))

    async def ended(self) -> KernelEnd:
        """How its process ended, once it has."""
        assert self._end is not None, "it is not started"
        return await asyncio.shield(self._end)

    async def interrupt(self) -> None:
        """Interrupts what it executes."""
        if self._start.interrupted_by_message:
            client = self.client
            client.control_channel.send(client.session.msg("interrupt_request", {}))
        else:
            self._tell(signal=signal.SIGINT)

    def _tell(self, **said: Any) -> None:
        if self._writer is not None:
            self._writer.write(json.dumps(said).encode() + b"\n")

    @property
    def _of(self) -> str:
        return str(self._notebook)

    def keep(self, run: str, seconds: float) -> None:
        """Has the host keep it for so long, at most, for whoever goes on with the run; it is ended
        before that where the notebook runs again, or where there is no room."""
        self._tell(keep=run, of=self._of, seconds=seconds)
        self._kept = True

    async def close(self) -> None:
        """Ends it, unless it is kept; when this returns it is gone."""
        if self._client is not None:
            self._client.stop_channels()
        if self._end is not None:
            if not self._kept:
                self.kill()
                await asyncio.wait({self._end}, timeout=_GOODBYE)
            self._end.cancel()
        if self._writer is not None:
            self._writer.close()
            with suppress(OSError):  # the host has gone
                await self._writer.wait_closed()


def kernel_for(
    name: str,
    notebook: Path,
    store: Path,
    environment: Mapping[str, str],
    taken: str | None = None,
) -> JobKernel:
    """The kernel called ``name`` for a run: of the host of ``store``, but for one that has a
    provisioner; with ``taken`` the one that was kept of that run.

    Raises NotLoadedError if there is none of that name.
    """
    from assetbook.kernels.own_kernel import OwnKernel

    start = KernelStart.named(name, notebook, environment)
    if start is None:
        if taken is not None:
            raise KernelGoneError(taken)  # nobody keeps such a one
        return OwnKernel(name, notebook, environment)
    return RentedKernel(start, notebook, store, taken)
