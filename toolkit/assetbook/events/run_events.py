"""What happens to a run and its steps."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from msgspec import field

from assetbook.events.parts import (
    ErrorInfo,
    EventBase,
    Origin,
    Record,
    Reexecution,
    RunRequest,
    ValueRef,
)


class RunStarted(EventBase, frozen=True, kw_only=True, tag="run_started"):
    """A run began: what it was asked for and the steps of its plan, in order."""

    asked: str
    steps: tuple[str, ...]
    origin: Origin
    keys: tuple[str, ...] = ()
    """The assets that it makes, checks or reads; empty in events that were written before these
    were recorded, which may be about any."""
    given: dict[str, int] = field(default_factory=dict)
    """The versions that it reads in the place of the latest ones, by asset."""
    snapshot: str | None = None
    """The digest of what its location defined; None for definitions given as objects."""
    bundle: str | None = None
    """The digest of the source that it was launched from; None if none was kept."""
    job: str | None = None
    """The job that it is of; None for a run of assets."""
    tags: dict[str, str] = field(default_factory=dict)
    """What it was marked with when it was asked for."""
    queued_at: datetime | None = None
    """Since when it waited for its turn; None if it did not."""
    request: RunRequest | None = None
    """What it was given beside its selection; None for nothing."""
    reexecution: Reexecution | None = None
    """The run that it does again; None for one of its own."""


class RunQueued(EventBase, frozen=True, kw_only=True, tag="run_queued"):
    """A run waits for its turn; what it has when that comes is in its RunStarted."""

    asked: str
    steps: tuple[str, ...]
    origin: Origin
    keys: tuple[str, ...] = ()
    """The assets that it would make, check or read, were it to start at once."""
    tags: dict[str, str] = field(default_factory=dict)
    request: RunRequest | None = None
    reexecution: Reexecution | None = None


class RunCanceling(EventBase, frozen=True, kw_only=True, tag="run_canceling"):
    """Somebody asked for a run to end: it is on its way to that."""

    by: Origin


class RunEnded(EventBase, frozen=True, kw_only=True, tag="run_ended"):
    """A run came to its end, or was taken out of the queue."""

    status: Literal["success", "failed", "canceled"]
    duration: float = 0.0
    message: str = ""
    """Why, for a run that did not succeed."""


class StepStarted(EventBase, frozen=True, kw_only=True, tag="step_started"):
    """A step's code is about to run."""

    step: str
    reason: str = ""
    retry: int = 0
    """How often it was tried before in this run."""


class StepOutput(Record, frozen=True, omit_defaults=True, kw_only=True):
    """One output of an op, or one element of a dynamic one."""

    name: str
    mapping_key: str | None = None
    """Of the element; None for an output that is not dynamic."""
    value: ValueRef | None = None
    """None if it carries no value, lives in memory alone, or is an asset's version."""
    metadata: dict[str, Any] = field(default_factory=dict)


class StepSucceeded(EventBase, frozen=True, kw_only=True, tag="step_succeeded"):
    """An op did what it was to do, and what it gave is durable; or a function that makes assets
    did, and left all of them out."""

    step: str
    duration: float = 0.0
    outputs: tuple[StepOutput, ...] = ()


class StepUpForRetry(EventBase, frozen=True, kw_only=True, tag="step_up_for_retry"):
    """A step failed and will be tried again in this run."""

    step: str
    retry: int
    """The number of the retry to come, from 1."""
    seconds: float = 0.0
    """How long it waits before that."""
    message: str = ""
    error: ErrorInfo | None = None


class KernelUse(Record, frozen=True, omit_defaults=True, kw_only=True):
    """What the kernel of a notebook's run had used when the run let go of it."""

    exit_code: int | None = None
    """Of a kernel whose process had ended before, negative for a signal; None for one that was
    there to the end."""
    peak_memory: int = 0
    """Bytes that its process held at most."""
    cpu_seconds: float = 0.0
    """Of processor time in this run, with what it had started and waited for."""


class KernelUsed(EventBase, frozen=True, kw_only=True, tag="kernel_used"):
    """A step that ran a notebook let go of its kernel."""

    step: str
    use: KernelUse


class HookEnded(EventBase, frozen=True, kw_only=True, tag="hook_ended"):
    """A hook was called after a step."""

    step: str
    hook: str
    error: ErrorInfo | None = None
    """Set if it raised; the run goes on all the same."""


class StepEnded(EventBase, frozen=True, kw_only=True, tag="step_ended"):
    """A step ended without materializing: failed, skipped, canceled, or upstream failed.

    A step that succeeds ends with its :class:`AssetMaterialized`, :class:`CheckEvaluated` or
    :class:`AssetObserved`, an op, or one that left out all that it makes, with
    :class:`StepSucceeded`.
    """

    step: str
    status: Literal["failed", "skipped", "canceled", "upstream_failed"]
    duration: float = 0.0
    message: str = ""
    error: ErrorInfo | None = None
    metadata: dict[str, Any] = field(default_factory=dict)
    """What the author's Failure says beside its description."""
    keys: tuple[str, ...] = ()
    """The assets, or partitions of them, that it was to make, as they were called then."""
    partitions: tuple[str, ...] = ()
    """The partition of each of ``keys``; empty for an asset as a whole."""
