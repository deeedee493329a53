"""The named instants between an asset's start and its commit at which a process can be killed.

Each names a function of the package, and before or after which of its calls the process sends
itself a signal. All of them are about the asset ``orders``, whose value is a file.
"""

from __future__ import annotations

import functools
import importlib
import os
import signal
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from assetbook.events.asset_events import AssetMaterialized
from assetbook.events.run_events import RunEnded, RunStarted
from assetbook.execution.processes.messages import StepReply
from assetbook.keys import AssetKey
from assetbook.storage.sqlite_store import SqliteStore

_ORDERS = AssetKey("orders").text
_HALF = 700_000  # bytes


@dataclass(frozen=True)
class CrashPoint:
    """One instant."""

    name: str
    where: str
    """``module:attribute`` of the function."""
    when: Literal["before", "after"]
    calls: Callable[..., bool]
    """Whether a call with these arguments is the one."""
    committed: bool = False
    """Whether the new version of ``orders`` is there after the kill."""
    status: Literal["", "failed", "success"] = "failed"
    """What is recorded of the run afterwards; empty for nothing at all."""


def arm(name: str, signal_number: int, points: Sequence[CrashPoint]) -> None:
    """Has this process send itself a signal at the point of that name; at none if it is empty."""
    if name:
        _arm(next(point for point in points if point.name == name), signal_number)


def _arm(point: CrashPoint, signal_number: int) -> None:
    module_name, _, path = point.where.partition(":")
    owner: Any = importlib.import_module(module_name)
    *parents, attribute = path.split(".")
    for each in parents:
        owner = getattr(owner, each)
    function = getattr(owner, attribute)

    @functools.wraps(function)
    def deadly(*given: Any, **named: Any) -> Any:
        deadly_call = point.calls(*given, **named)
        if deadly_call and point.when == "before":
            _send(signal_number, next(iter(given), None))
        returned = function(*given, **named)
        if deadly_call and point.when == "after":
            _send(signal_number, next(iter(given), None))
        return returned

    setattr(owner, attribute, deadly)


def _send(signal_number: int, owner: object) -> None:
    """Sends this process the signal; a store that is to stand still has nothing queued then.

    Else its flusher might be stopped amid a transaction, and with it everybody who writes.
    """
    if signal_number == signal.SIGSTOP and isinstance(owner, SqliteStore):
        owner.flush()
    os.kill(os.getpid(), signal_number)


def _any(*given: Any, **named: Any) -> bool:
    return True


def _are(kind: type[Any]) -> Callable[..., bool]:
    """Whether an event of that kind is committed, of ``orders`` if of an asset."""

    def calls(store: object, events: Any, **named: Any) -> bool:
        return any(_is(event, kind) for event in events)

    return calls


def _is(event: object, kind: type[Any]) -> bool:
    return isinstance(event, kind) and getattr(event, "key", _ORDERS) == _ORDERS


def _commits_orders(work: Any) -> bool:
    """Whether a request in the queue is the one that commits ``orders``."""
    given = getattr(work, "args", ())
    return (
        bool(given)
        and isinstance(given[0], tuple)
        and any(_is(event, AssetMaterialized) for event in given[0])
    )


def _batch_has_orders(queue: object, batch: Any) -> bool:
    return any(_commits_orders(request.work) for request in batch)


def _works_on_orders(connection: object, working: Any) -> bool:
    return any(_commits_orders(work) for _, work in working)


def _step_is_orders(*given: Any) -> bool:
    step = given[2] if hasattr(given[2], "keys") else None
    return step is not None and step.name == "orders"


def _outcome_is_orders(reporter: object, outcome: Any) -> bool:
    return bool(outcome.step.name == "orders")


def _is_half_way(file: Any, data: object) -> bool:
    return bool(file.size > _HALF)


_RUNNER = "assetbook.execution.step_runner"
_FILES = "assetbook.io.new_file"
_STORE = "assetbook.storage.sqlite_store:SqliteStore"
_QUEUE = "assetbook.storage.write_queue"
_LINES = "assetbook.surfaces.progress:TerminalProgress"

POINTS = (
    CrashPoint(
        "before the run is recorded", f"{_STORE}.commit", "before", _are(RunStarted), status=""
    ),
    CrashPoint("after the run is recorded", f"{_STORE}.commit", "after", _are(RunStarted)),
    CrashPoint("after the step started", f"{_RUNNER}:call_asset", "before", _step_is_orders),
    CrashPoint(
        "after the function returned",
        "assetbook.io.built_in:stored_form",
        "before",
        lambda value, **named: hasattr(value, "columns"),
    ),
    CrashPoint(
        "before the value is written", "assetbook.io.value_files:write_new_file", "before", _any
    ),
    CrashPoint(
        "half way in the temporary file",
        "assetbook.io.hashing_file:HashingFile.write",
        "after",
        _is_half_way,
    ),
    CrashPoint("before its fsync", f"{_FILES}:_sync", "before", _any),
    CrashPoint("after its fsync", f"{_FILES}:_sync", "after", _any),
    CrashPoint("before it gets its name", f"{_FILES}:_publish", "before", _any),
    CrashPoint("after it has its name", f"{_FILES}:_publish", "after", _any),
    CrashPoint("before its folder is synced", f"{_FILES}:_sync_folder", "before", _any),
    CrashPoint("after its folder is synced", f"{_FILES}:_sync_folder", "after", _any),
    CrashPoint(
        "before the commit is asked for", f"{_STORE}.commit", "before", _are(AssetMaterialized)
    ),
    CrashPoint(
        "before the transaction begins",
        f"{_QUEUE}:WriteQueue._transact",
        "before",
        _batch_has_orders,
    ),
    CrashPoint("after BEGIN", f"{_QUEUE}:_all_done", "before", _works_on_orders),
    CrashPoint(
        "after the event row",
        "assetbook.storage.fold:Folding._append",
        "after",
        lambda folding, event, *asset: _is(event, AssetMaterialized),
    ),
    CrashPoint("before COMMIT", f"{_QUEUE}:_all_done", "after", _works_on_orders),
    CrashPoint(
        "after COMMIT, with the write lock",
        f"{_QUEUE}:WriteQueue._transact",
        "after",
        _batch_has_orders,
        True,
    ),
    CrashPoint(
        "after COMMIT, before anybody is told",
        f"{_QUEUE}:WriteQueue._hand_on",
        "before",
        _batch_has_orders,
        True,
    ),
    CrashPoint(
        "before the acknowledgement", f"{_LINES}.step_ended", "before", _outcome_is_orders, True
    ),
    CrashPoint(
        "after the acknowledgement", f"{_LINES}.step_ended", "after", _outcome_is_orders, True
    ),
    CrashPoint("before the run's end", f"{_STORE}.commit", "before", _are(RunEnded), True),
    CrashPoint("after the run's end", f"{_STORE}.commit", "after", _are(RunEnded), True, "success"),
    CrashPoint("after the run's summary", f"{_LINES}.run_ended", "after", _any, True, "success"),
)

_LINE = "assetbook.execution.processes.worker_line:WorkerLine"


def _is_reply(line: object, message: object, *descriptors: object) -> bool:
    return isinstance(message, StepReply)


WORKER_POINTS = (
    CrashPoint(
        "a worker, after the function returned",
        "assetbook.io.built_in:stored_form",
        "before",
        lambda value, **named: hasattr(value, "columns"),
    ),
    CrashPoint(
        "a worker, half way in the temporary file",
        "assetbook.io.hashing_file:HashingFile.write",
        "after",
        _is_half_way,
    ),
    CrashPoint("a worker, after the file has its name", f"{_FILES}:_publish", "after", _any),
    CrashPoint("a worker, before it tells", f"{_LINE}.tell", "before", _is_reply),
    CrashPoint("a worker, after it told", f"{_LINE}.tell", "after", _is_reply, True, "success"),
)
"""Those in the worker process that makes ``orders``."""

_SHARED = "assetbook.io.shared_table"

SHARING_POINTS = (
    CrashPoint("a worker, before its table is shared", f"{_SHARED}:_written", "before", _any),
    CrashPoint("a worker, after its table is shared", f"{_SHARED}:_written", "after", _any),
    CrashPoint(
        "a worker, after it told of a table that is not sent yet",
        "multiprocessing.reduction:send_handle",
        "before",
        _any,
    ),
)
"""Those in a worker process whose table is large."""

_CLOUD = "assetbook.io.cloud_objects:CloudObjects"

REMOTE_POINTS = (
    CrashPoint("before it is sent", f"{_CLOUD}.put_new", "before", _any),
    CrashPoint("after it is sent", f"{_CLOUD}.put_new", "after", _any),
    CrashPoint(
        "after it was looked at there",
        "assetbook.io.remote_values:RemoteValues.send",
        "after",
        _any,
    ),
)
"""Those that are passed where values are sent to another place."""
