"""Executes the cells of a notebook, one after the other, in a kernel: nbclient's way of turning
messages into outputs, with states that are true, limits that are kept, and somebody who looks on.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Coroutine, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any

from nbclient.exceptions import CellExecutionError, DeadKernelError
from nbformat import NotebookNode

from assetbook.clock import Clock, SystemClock
from assetbook.definitions.secret import scrub
from assetbook.definitions.time_limit import limit_text
from assetbook.errors import AssetbookError, RunFailedError, StoreError
from assetbook.kernels.cell_runs import CellRun, Watch, code_cells
from assetbook.kernels.cell_traceback import plain
from assetbook.kernels.job_kernel import JobKernel
from assetbook.kernels.kernel_end import KernelEnd
from assetbook.kernels.limits import Limits
from assetbook.kernels.output_room import OutputRoom
from assetbook.kernels.output_text import CellOutputs
from assetbook.kernels.resuming import Resumed
from assetbook.kernels.shown_messages import ShowingClient, finish_outputs, messages_of

GRACE = 5.0
"""Seconds that a cell has to react to an interrupt; then its kernel is killed."""
_LOOK = 0.25  # seconds between two looks at the memory
NOTHING: Mapping[str, str] = MappingProxyType({})
_UNSEEN = ("status", "execute_input")


@dataclass
class CellExecution:
    """The execution of one notebook's cells; ``notebook`` gets their outputs."""

    notebook: NotebookNode
    kernel: JobKernel
    watch: Watch = field(default_factory=Watch)
    limits: Limits = field(default_factory=Limits)
    clock: Clock = field(default_factory=SystemClock)
    options: dict[str, Any] = field(default_factory=dict)
    """More settings of nbclient's client."""

    def __post_init__(self) -> None:
        self.cells: list[CellRun] = [cell for cell, _ in code_cells(self.notebook.cells)]
        self._client = _Client(self.notebook, self.kernel, self)
        self._now: CellRun | None = None
        self._outputs = CellOutputs()
        self._room = OutputRoom(self.limits.whole_output)
        self._why: AssetbookError | None = None
        self._unkept: StoreError | None = None

    async def go(self, first: int = 1) -> None:
        """Executes the code cells from the one whose number is ``first`` on, up to one that fails.

        Raises RunFailedError where a limit ended it or the kernel died, StoreError where what it
        shows cannot be kept; CancelledError once what it executed has been interrupted. What a cell
        raised is in its CellRun alone.
        """
        self._tell(self.watch.begun, self.cells)
        for cell in (each for each in self.cells if each.state == "done"):
            for message in messages_of(self.notebook.cells[cell.number - 1].outputs):
                self._tell(self.watch.shown_before, cell, message)
            self._tell(self.watch.ended, cell)
        for cell in (each for each in self.cells if each.number >= first):
            if not await self._execute(cell):
                return

    def take_over(self, resumed: Resumed) -> None:
        """Takes what has run in this kernel before for what those cells show and how they ended."""
        for cell in (each for each in self.cells if each.number in resumed.before):
            was, shown = resumed.before[cell.number]
            cell.state, cell.started, cell.seconds = was.state, was.started, was.seconds
            node = self.notebook.cells[cell.number - 1]
            node.outputs, node.execution_count = shown.outputs, shown.execution_count

    @property
    def can_go_on(self) -> bool:
        """Whether a cell did not end well, and the kernel is there to go on from it."""
        bad = [each for each in self.cells if each.state in ("failed", "interrupted")]
        return bool(bad) and not self.kernel.client.ended

    async def quietly(self, code: str, asked: Mapping[str, str] = NOTHING) -> dict[str, Any]:
        """Executes code that is no cell, and gives back what the kernel answers to the expressions
        ``asked`` by name; raises RunFailedError if it fails, or the kernel dies."""
        client = self.kernel.client
        executing = asyncio.ensure_future(
            client.execute_interactive(
                code,
                silent=True,
                store_history=False,
                user_expressions=dict(asked),
                output_hook=lambda message: None,
            )
        )
        ended = asyncio.ensure_future(self.kernel.ended())
        try:
            await asyncio.wait({executing, ended}, return_when=asyncio.FIRST_COMPLETED)
            if not executing.done():
                raise RunFailedError("the notebook's kernel", f"it died: {ended.result()}")
            content = executing.result()["content"]
        finally:
            executing.cancel()
            ended.cancel()
        if content["status"] == "error":
            said = f"{content['ename']}: {content['evalue']}"
            raise RunFailedError("the notebook's kernel", said, "Is the notebook's folder there?")
        answered: dict[str, Any] = content.get("user_expressions", {})
        return answered

    async def language_info(self) -> Any:
        """What the kernel says of its language; None if it has gone after its last cell."""
        try:
            reply = await self._client.async_wait_for_reply(self.kernel.client.kernel_info())
        except DeadKernelError:
            return None
        return NotebookNode(reply["content"]["language_info"]) if reply else None

    async def _execute(self, cell: CellRun) -> bool:
        """Whether the cells below it are to run."""
        node = self.notebook.cells[cell.number - 1]
        self._now, self._why = cell, None
        self._outputs = CellOutputs(self.limits.output)
        cell.state, cell.started = "running", self.clock.now()
        began = time.monotonic()
        self.kernel.client.cell_id = cell.id
        self._tell(self.watch.started, cell)
        try:
            await self._within_limits(self._client.async_execute_cell(node, cell.number - 1))
            cell.state = "done"
        except CellExecutionError as error:
            if error.ename == "SystemExit" and error.evalue in ("", "0"):
                cell.state = "done"  # as for papermill, the notebook ends here, and well
                return False
            cell.state = "interrupted" if self._why or self._canceled else "failed"
            cell.error = scrub(f"{error.ename}: {error.evalue}")
            cell.traceback = scrub(plain(_traceback_in(node)))
        except DeadKernelError:
            await self._died(cell)
        finally:
            self._finish_outputs(cell, node)
            cell.seconds = time.monotonic() - began
            if self._why is None and self._room.is_over:  # it came to its end before anybody looked
                self._why = self._over_output(f"{cell}, `{cell.first_line}`")
            if cell.state == "running" or (self._why is not None and cell.state == "done"):
                cell.state = "interrupted"
            if self._unkept is not None:  # also where it came to its end meanwhile
                cell.state, cell.error = "interrupted", str(self._unkept)
            self._tell(self.watch.ended, cell)
        if why := self._why or self._unkept:
            raise why
        if self._canceled:
            raise asyncio.CancelledError
        return cell.state == "done"

    def _finish_outputs(self, cell: CellRun, node: NotebookNode) -> None:
        for message in self._outputs.rest() if self._unkept is None else ():
            if (kept := self._room.kept(message)) is not None:
                self._tell(self.watch.output, cell, kept)
                self._client.show(kept, node, cell.number - 1)
        finish_outputs(node, self._outputs.left_out)

    _canceled = False

    async def _within_limits(self, executing: Coroutine[Any, Any, Any]) -> None:
        """Awaits the execution of a cell; interrupts it where it may not go on, then kills it."""
        task = asyncio.ensure_future(executing)
        limits = asyncio.ensure_future(self._limit_reached())
        ended = asyncio.ensure_future(self.kernel.ended())
        try:
            await asyncio.wait({task, limits, ended}, return_when=asyncio.FIRST_COMPLETED)
        except asyncio.CancelledError:
            self._canceled = True
        limits.cancel()
        if not task.done() and not ended.done():
            if limits.done() and not limits.cancelled():
                self._why = limits.result()
            await self._stop(task)
        if not task.done():  # the kernel is gone; what it said last may still come
            await asyncio.wait({task}, timeout=0.2)
            reply = self._client.task_poll_for_reply
            if not task.done() and reply is not None:
                reply.cancel()
        ended.cancel()
        await task

    async def _stop(self, task: asyncio.Future[Any]) -> None:
        """Interrupts, and kills what does not react."""
        await self.kernel.interrupt()
        done, _ = await asyncio.wait({task}, timeout=GRACE)
        if not done:
            self.kernel.kill()
            await self.kernel.ended()

    async def _limit_reached(self) -> AssetbookError:
        """Which limit was reached, once one is; or why what it shows cannot be kept any more."""
        cell, began = self._now, time.monotonic()
        asked = f"{cell}, `{cell.first_line}`" if cell else "the notebook"
        while True:
            await asyncio.sleep(_LOOK)
            if self._unkept is not None:
                return self._unkept
            most, limit = self.limits.cell_seconds, self.limits.memory
            use = self.kernel.use  # what it held is known, too, where it is killed
            if most is not None and time.monotonic() - began > most:
                found = f"it took longer than {limit_text(most)}, and was interrupted"
                return RunFailedError(asked, found, "Give its cells more time, or less to do.")
            if self._room.is_over:
                return self._over_output(asked)
            if limit is not None and use.memory > limit:
                found = f"its kernel held {use.memory / 1e6:,.0f} MB of memory, and may hold "
                found += f"{limit / 1e6:,.0f} MB"
                return RunFailedError(asked, found, "Give it more memory, or less data at a time.")

    def _over_output(self, asked: str) -> RunFailedError:
        found = f"the run's output came to its limit of {self.limits.whole_output:,} bytes, and it "
        found += "was interrupted; what came before that is kept"
        return RunFailedError(asked, found, "Have it print and display less, or allow it more.")

    async def _died(self, cell: CellRun) -> None:
        end: KernelEnd = await self.kernel.ended()
        cell.state = "interrupted" if self._why or self._canceled else "died"
        cell.error = f"the kernel died: {end}"
        if self._why is None and not self._canceled:
            asked = f"{cell}, `{cell.first_line}`"
            remedy = "Was there memory enough? The output so far is kept."
            self._why = RunFailedError(asked, f"its kernel died: {end}", remedy)

    def _tell(self, told: Callable[..., None], *given: Any) -> None:
        """Tells who looks on; where that cannot be kept, the cell is ended."""
        try:
            told(*given)
        except StoreError as error:
            self._unkept = self._unkept or error

    def seen(self, message: dict[str, Any]) -> Iterator[dict[str, Any]]:
        """What is shown of a message of the kernel, once it was told to who looks on."""
        if message["msg_type"] in _UNSEEN:
            yield message
            return
        for each in self._outputs.take(message) if self._unkept is None else ():
            kept = self._room.kept(each)
            if kept is None:
                continue
            if self._now is not None:
                self._tell(self.watch.output, self._now, kept)
            yield kept


class _Client(ShowingClient):
    """Turns messages into outputs of cells, once they were made fit."""

    def __init__(self, notebook: NotebookNode, kernel: JobKernel, execution: CellExecution) -> None:
        more = {"timeout": None, "raise_on_iopub_timeout": False, **execution.options}
        super().__init__(notebook, **more)
        self.kc = kernel.client
        self._execution = execution

    def process_message(
        self, msg: dict[str, Any], cell: NotebookNode, cell_index: int
    ) -> NotebookNode | None:
        shown = None
        for each in self._execution.seen(msg):
            shown = self.show({**msg, **each}, cell, cell_index)
        return shown


def _traceback_in(node: NotebookNode) -> str:
    """What the kernel said of the error that a cell shows last."""
    errors = [each for each in node.outputs if each.output_type == "error"]
    return "\n".join(errors[-1].traceback) if errors else ""


def utc(instant: datetime | None) -> str | None:
    """An instant as papermill writes it; None for none."""
    return None if instant is None else instant.astimezone(UTC).isoformat()
