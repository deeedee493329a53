"""``materialize_async``: a run that is awaited, with its coroutines on the caller's own loop."""

from __future__ import annotations

import asyncio
import contextvars
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import TypeVar

from assetbook.execution.on_loop import LoopExecutor
from assetbook.execution.reporter import Reporter
from assetbook.instance.given_versions import WithVersions
from assetbook.instance.instance import Instance
from assetbook.instance.launching import GivenConfig
from assetbook.instance.materializing import MaterializeOutcome
from assetbook.named_arguments import named_arguments
from assetbook.surfaces.desk import Desk
from assetbook.surfaces.making_verbs import materialize
from assetbook.surfaces.partition_options import PartitionsGiven

T = TypeVar("T")
_LONGEST_WAIT = 0.2  # seconds


@named_arguments
async def materialize_async(
    assets: str | Iterable[object] = "*",
    *,
    force: bool = False,
    only: bool = False,
    unknown: bool = False,
    sources: bool = False,
    take_over: bool = False,
    with_versions: WithVersions = (),
    partition: str | None = None,
    partitions: PartitionsGiven = None,
    missing: bool = False,
    stale: bool = False,
    failed: bool = False,
    selection: str | Sequence[str] | None = None,
    instance: Instance | None = None,
    resources: Mapping[str, object] | None = None,
    run_config: GivenConfig = None,
    raise_on_error: bool = True,
    record: bool = False,
    workers: int = 16,
    reporter: Reporter | None = None,
    desk: Desk | None = None,
) -> MaterializeOutcome:
    """Materializes as ``materialize`` does, and lets the caller's loop go on meanwhile.

    ``async def`` assets and checks are awaited on that loop, up to ``workers`` at a time; other
    functions run on its thread, one after the other. An interrupt stops them, and canceling what
    awaits this cancels the run. The other parameters, and what is raised, are those of
    ``materialize``.
    """
    executor = LoopExecutor(asyncio.get_running_loop(), workers)
    work = partial(
        materialize,
        assets,
        force=force,
        only=only,
        unknown=unknown,
        sources=sources,
        take_over=take_over,
        with_versions=with_versions,
        partition=partition,
        partitions=partitions,
        missing=missing,
        stale=stale,
        failed=failed,
        selection=selection,
        instance=instance,
        resources=resources,
        run_config=run_config,
        raise_on_error=raise_on_error,
        record=record,
        executor=executor,
        reporter=reporter,
        desk=desk,
    )
    return await _on_a_thread(work, executor)


async def _on_a_thread(work: Callable[[], T], executor: LoopExecutor) -> T:
    """What ``work`` gives on a thread of its own; canceled, it is interrupted, and waited for."""
    __tracebackhide__ = True
    loop = asyncio.get_running_loop()
    ended = asyncio.Event()
    outcome: list[T] = []
    failure: list[BaseException] = []

    def run() -> None:
        try:
            outcome.append(work())
        except BaseException as error:  # noqa: BLE001 - raised again where it is awaited
            failure.append(error)
        finally:
            loop.call_soon_threadsafe(ended.set)

    target = contextvars.copy_context().run
    thread = threading.Thread(target=target, args=(run,), name="assetbook run")
    thread.start()
    waiting = loop.create_task(ended.wait())
    canceled: asyncio.CancelledError | None = None
    while not ended.is_set():
        try:
            # a kernel's interrupt cancels this, but does not wake a loop that waits
            await asyncio.wait([waiting], timeout=_LONGEST_WAIT)
        except asyncio.CancelledError as error:
            canceled = error
            executor.interrupt()
    thread.join()
    if canceled is not None:
        raise canceled
    if failure:
        raise failure[0]
    return outcome[0]
