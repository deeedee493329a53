"""The closed set of events, and the records they hold.

An event says what happened once and for ever; everything that a store knows is folded from them.
Instants are UTC datetimes, durations seconds, sizes bytes. Asset keys are held as their ``text``
(see :mod:`assetbook.keys`), metadata values in their wire form (see :mod:`assetbook.metadata`):
plain data that never leads back to its record, so that the garbage collector need not look at any.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal, TypeAlias

import msgspec


class _Record(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True, gc=False):
    """A part of an event: immutable, fields by name, defaults left out on the wire."""


class ValueRef(_Record, frozen=True, omit_defaults=True, kw_only=True):
    """Where the value of one version is, and how to know that it is whole."""

    io_manager: str
    """The key of the I/O manager that wrote it."""
    kind: str
    """The form in which consumers get it when they do not ask for another: ``json``,
    ``pandas``, ``polars``, ``arrow`` (each may end in ``+arrow_file``), ``pandas-series``,
    ``polars-series``, ``numpy``, ``bytes``, ``bytearray``, ``tree``, ``figure``, ``plotly``,
    ``pickle``, ``file``, ``folder``; ``custom`` is what another manager than ours keeps."""
    path: str | None = None
    """The value file, relative to the store's ``values`` folder, or as a URL where it lies outside
    that; None if inline or custom."""
    inline: str | None = None
    """The value itself as JSON text, when it is small."""
    integrity: str | None = None
    """``xxh3_128:<hex>`` of the bytes of the file or of ``inline``; None without either."""
    size: int = 0
    """Bytes on disk or inline."""
    versioned: bool = True
    """False if a later materialization overwrites this value in place."""


class CodeRef(_Record, frozen=True, omit_defaults=True, kw_only=True):
    """The code that made a version."""

    digest: str | None = None
    """The computed code version; None for a reported event."""
    authored: str | None = None
    """The author's ``code_version``, if there is one."""
    manifest: str | None = None
    """The digest under which the reached pieces' names and digests are stored as source text."""
    unknowns: tuple[str, ...] = ()
    """What the code reached that could not be versioned, a sentence each."""


class InputVersion(_Record, frozen=True, omit_defaults=True, kw_only=True):
    """The version of one input that a materialization read."""

    key: str
    partition: str | None = None
    """The partition that was read; None for an asset without partitions."""
    version: int | None = None
    """The input's version number; None if the value was not a recorded one."""
    data_version: str | None = None
    store: str | None = None
    """The name of the store that it was read from; None if that is this one."""


class ErrorInfo(_Record, frozen=True, omit_defaults=True, kw_only=True):
    """A failure as it is kept: what a person reads, and the whole traceback."""

    kind: str
    """The exception's class, ``module.QualName``."""
    message: str
    """The exception's text, scrubbed of secrets."""
    where: str | None = None
    """The user's line that raised: ``In[4], line 3`` or ``helpers.py, line 10``."""
    traceback: str = ""
    """The full traceback as text."""


OriginKind: TypeAlias = Literal[
    "session",
    "cli",
    "python",
    "schedule",
    "sensor",
    "condition",
    "backfill",
    "ci",
    "test",
    "reported",
]
UNATTENDED: frozenset[OriginKind] = frozenset({"schedule", "sensor", "condition", "backfill"})
"""The kinds of runs that the daemon launched."""


class Origin(_Record, frozen=True, omit_defaults=True, kw_only=True):
    """Who or what asked for a run."""

    kind: OriginKind
    user: str = ""
    host: str = ""
    notebook: str | None = None
    """The location's id: the notebook's path from the project's root; None for a scratch one."""
    cell: str | None = None
    """``In[7]`` for a run asked for in a cell."""
    parity: dict[str, str] = {}
    """By asset, for a notebook that was loaded without being run: whether that gives what running
    gave (``proven``, ``volatile``, ``differs``, ``edited since``, ``unproven``)."""
    detached: bool = False
    """Whether it goes on by itself, in a process that outlives the one that asked."""


class RunRequest(_Record, frozen=True, omit_defaults=True, kw_only=True):
    """What a run was given beside its selection: what it takes to run its steps once more alike."""

    force: bool = False
    """Whether it reads blocked inputs."""
    given_elsewhere: dict[str, str] = {}
    """The versions of other stores that it reads in the place of the latest ones, by asset."""
    config: dict[str, Any] = {}
    """Its configuration by definition's name, as JSON; variables are named, not read."""
    config_not_kept: tuple[str, ...] = ()
    """Definitions whose configuration holds a secret, or what JSON cannot hold."""
    resources: tuple[str, ...] = ()
    """The names of the resources that it was given in the place of the definitions' own."""
    record: bool = False
    """Whether what it makes with them becomes the latest all the same."""
    executor: str = ""
    """The name of the executor that was asked for; empty for that of the definitions."""
    workers: int | None = None
    """How many steps at a time; None for as many as the executor likes."""
    pinned: bool = False
    """Whether it was to run from the bundle that it names, whatever the files said."""
    subsets: dict[str, tuple[str, ...]] = {}
    """The assets of each step that makes some of its function's alone."""
    partitions: dict[str, tuple[str, ...]] = {}
    """The partitions of each step that makes or checks some."""
    max_retries: int = 0
    """How often it is run again by itself should it fail."""
    retry_strategy: Literal["from_failure", "all"] = "from_failure"
    retry_on_asset_or_op_failure: bool = True
    """False if it is run again only when its process died."""
    op_selection: tuple[str, ...] = ()
    """The ops of the job that were chosen, as typed; empty for those that the job says."""
    asset_job: str = ""
    """The job of assets that it is of; empty for none."""


class Reexecution(_Record, frozen=True, omit_defaults=True, kw_only=True):
    """That a run does again, or goes on with, what an earlier one was to do."""

    kind: Literal["resume", "all", "from_failure", "selection"]
    """``resume`` goes on where the parent was broken off, which happens once to each run."""
    parent_run_id: str
    root_run_id: str
    """The first run of all of which this is a re-execution."""
    selection: str = ""
    """The steps that were chosen, as typed."""
    retry_number: int = 0
    """Which of the retries it is that nobody asked for one by one; 0 if somebody did."""


class _Event(
    msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True, tag_field="type", gc=False
):
    """What all events have in common."""

    at: datetime
    run_id: str = ""
    """Empty for an event that was reported without a run."""


class RunStarted(_Event, frozen=True, kw_only=True, tag="run_started"):
    """A run began: what it was asked for and the steps of its plan, in order."""

    asked: str
    steps: tuple[str, ...]
    origin: Origin
    keys: tuple[str, ...] = ()
    """The assets that it makes, checks or reads; empty in events that were written before these
    were recorded, which may be about any."""
    given: dict[str, int] = {}
    """The versions that it reads in the place of the latest ones, by asset."""
    snapshot: str | None = None
    """The digest of what its location defined; None for definitions given as objects."""
    bundle: str | None = None
    """The digest of the source that it was launched from; None if none was kept."""
    job: str | None = None
    """The job that it is of; None for a run of assets."""
    tags: dict[str, str] = {}
    """What it was marked with when it was asked for."""
    queued_at: datetime | None = None
    """Since when it waited for its turn; None if it did not."""
    request: RunRequest | None = None
    """What it was given beside its selection; None for nothing."""
    reexecution: Reexecution | None = None
    """The run that it does again; None for one of its own."""


class RunQueued(_Event, frozen=True, kw_only=True, tag="run_queued"):
    """A run waits for its turn; what it has when that comes is in its RunStarted."""

    asked: str
    steps: tuple[str, ...]
    origin: Origin
    keys: tuple[str, ...] = ()
    """The assets that it would make, check or read, were it to start at once."""
    tags: dict[str, str] = {}
    request: RunRequest | None = None
    reexecution: Reexecution | None = None


class RunCanceling(_Event, frozen=True, kw_only=True, tag="run_canceling"):
    """Somebody asked for a run to end: it is on its way to that."""

    by: Origin


class RunEnded(_Event, frozen=True, kw_only=True, tag="run_ended"):
    """A run came to its end, or was taken out of the queue."""

    status: Literal["success", "failed", "canceled"]
    duration: float = 0.0
    message: str = ""
    """Why, for a run that did not succeed."""


class StepStarted(_Event, frozen=True, kw_only=True, tag="step_started"):
    """A step's code is about to run."""

    step: str
    reason: str = ""
    retry: int = 0
    """How often it was tried before in this run."""


class StepOutput(_Record, frozen=True, omit_defaults=True, kw_only=True):
    """One output of an op, or one element of a dynamic one."""

    name: str
    mapping_key: str | None = None
    """Of the element; None for an output that is not dynamic."""
    value: ValueRef | None = None
    """None if it carries no value, lives in memory alone, or is an asset's version."""
    metadata: dict[str, Any] = {}


class StepSucceeded(_Event, frozen=True, kw_only=True, tag="step_succeeded"):
    """An op did what it was to do, and what it gave is durable; or a function that makes assets
    did, and left all of them out."""

    step: str
    duration: float = 0.0
    outputs: tuple[StepOutput, ...] = ()


class StepUpForRetry(_Event, frozen=True, kw_only=True, tag="step_up_for_retry"):
    """A step failed and will be tried again in this run."""

    step: str
    retry: int
    """The number of the retry to come, from 1."""
    seconds: float = 0.0
    """How long it waits before that."""
    message: str = ""
    error: ErrorInfo | None = None


class KernelUse(_Record, frozen=True, omit_defaults=True, kw_only=True):
    """What the kernel of a notebook's run had used when the run let go of it."""

    exit_code: int | None = None
    """Of a kernel whose process had ended before, negative for a signal; None for one that was
    there to the end."""
    peak_memory: int = 0
    """Bytes that its process held at most."""
    cpu_seconds: float = 0.0
    """Of processor time in this run, with what it had started and waited for."""


class KernelUsed(_Event, frozen=True, kw_only=True, tag="kernel_used"):
    """A step that ran a notebook let go of its kernel."""

    step: str
    use: KernelUse


class HookEnded(_Event, frozen=True, kw_only=True, tag="hook_ended"):
    """A hook was called after a step."""

    step: str
    hook: str
    error: ErrorInfo | None = None
    """Set if it raised; the run goes on all the same."""


class StepEnded(_Event, frozen=True, kw_only=True, tag="step_ended"):
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
    metadata: dict[str, Any] = {}
    """What the author's Failure says beside its description."""
    keys: tuple[str, ...] = ()
    """The assets, or partitions of them, that it was to make, as they were called then."""
    partitions: tuple[str, ...] = ()
    """The partition of each of ``keys``; empty for an asset as a whole."""


class AssetMaterialized(_Event, frozen=True, kw_only=True, tag="asset_materialized"):
    """A new version of an asset exists and its value is durable."""

    key: str
    partition: str | None = None
    step: str = ""
    duration: float = 0.0
    data_version: str = ""
    authored_data_version: bool = False
    value: ValueRef | None = None
    """None if the asset has no stored value (``-> None``, an external asset)."""
    code: CodeRef = CodeRef()
    config: str | None = None
    """The digest of the configuration and resources that it ran with; None without any."""
    config_text: str | None = None
    """The same as JSON text with secrets masked, for people."""
    inputs: dict[str, InputVersion] = {}
    """By parameter (or name read)."""
    reads: str | None = None
    """The digest of what ``reads=`` named, as it was; None without ``reads=``."""
    as_of: datetime | None = None
    """When it read the unversioned world outside; None if it did not."""
    readers: tuple[str, ...] = ()
    """What read it: names of functions, or files seen opened."""
    metadata: dict[str, Any] = {}
    tags: dict[str, str] = {}
    overridden: bool = False
    """True if it ran with other resources, config or input versions than its definition's."""
    wiped_at: datetime | None = None
    """When its value and all that may hold data of it was wiped; None if it was not."""
    wiped_by: str = ""
    """The user who wiped it."""
    restored_from: int | None = None
    """The version whose value this one has again; None if it was made anew."""
    written_by: str = ""
    """The run that stored the value; empty if that is this event's own run."""
    meaning: str = ""
    """What its partition's key stood for, as the partitions definition says it; else empty."""


class AssetObserved(_Event, frozen=True, kw_only=True, tag="asset_observed"):
    """Something was learned about an asset that was not materialized here."""

    key: str
    partition: str | None = None
    step: str = ""
    """The step that looked at it; empty if it was reported, or told beside a materialization."""
    duration: float = 0.0
    data_version: str | None = None
    metadata: dict[str, Any] = {}
    tags: dict[str, str] = {}


class CheckEvaluated(_Event, frozen=True, kw_only=True, tag="check_evaluated"):
    """A check looked at a version of its asset."""

    key: str
    check: str
    partition: str | None = None
    step: str = ""
    passed: bool
    severity: Literal["warn", "error"] = "error"
    blocking: bool = False
    version: int | None = None
    """The version it looked at; None while that version is in the same commit."""
    store: str | None = None
    """The name of the store that has that version; None if that is this one."""
    description: str = ""
    metadata: dict[str, Any] = {}
    error: ErrorInfo | None = None
    """Set if the check itself raised."""
    code: str | None = None
    """The code version of the check; an edited check has not run in its present form."""
    duration: float = 0.0


class VersionKept(_Event, frozen=True, kw_only=True, tag="version_kept"):
    """A version is kept whatever retention says, or no longer."""

    key: str
    version: int
    released: bool = False
    """True if it is left to retention again."""
    origin: Origin | None = None
    """Who asked for it."""


class AssetForgotten(_Event, frozen=True, kw_only=True, tag="asset_forgotten"):
    """A definition was dropped on purpose; its versions remain."""

    key: str


class AssetReadThrough(_Event, frozen=True, kw_only=True, tag="asset_read_through"):
    """An asset is read from another store again; its versions in this one remain, none is the
    latest."""

    key: str
    store: str
    """That store's name."""
    origin: Origin | None = None
    """Who asked for it."""


class AssetRenamed(_Event, frozen=True, kw_only=True, tag="asset_renamed"):
    """An asset got another key, and with it all that was recorded of it."""

    key: str
    """The new key."""
    old: str
    code: CodeRef | None = None
    """The code version under the new name, where the code is the same but for the name."""
    code_before: str | None = None
    """The digest that it had under the old name."""
    origin: Origin | None = None
    """Who asked for it."""


class AssetWiped(_Event, frozen=True, kw_only=True, tag="asset_wiped"):
    """Versions of an asset lost their values, and what else may hold data, for good."""

    key: str
    versions: tuple[int, ...]
    whole: bool = False
    """True if what failed runs and observations said of the asset went too."""
    size: int = 0
    """Bytes of the values that went."""
    logs: int = 0
    """Log records that went."""
    origin: Origin | None = None
    """Who asked for it."""


class DynamicPartitionsChanged(_Event, frozen=True, kw_only=True, tag="dynamic_partitions_changed"):
    """Keys of a dynamic partitions definition came or went; those that were there already stay."""

    name: str
    """The definition's."""
    added: tuple[str, ...] = ()
    deleted: tuple[str, ...] = ()


Event: TypeAlias = (
    RunQueued
    | RunStarted
    | RunCanceling
    | RunEnded
    | StepStarted
    | StepSucceeded
    | StepUpForRetry
    | KernelUsed
    | HookEnded
    | StepEnded
    | AssetMaterialized
    | AssetObserved
    | CheckEvaluated
    | AssetForgotten
    | VersionKept
    | AssetRenamed
    | AssetWiped
    | AssetReadThrough
    | DynamicPartitionsChanged
)

EVENT_TYPES: tuple[type[Event], ...] = (
    RunQueued,
    RunStarted,
    RunCanceling,
    RunEnded,
    StepStarted,
    StepSucceeded,
    StepUpForRetry,
    KernelUsed,
    HookEnded,
    StepEnded,
    AssetMaterialized,
    AssetObserved,
    CheckEvaluated,
    AssetForgotten,
    VersionKept,
    AssetRenamed,
    AssetWiped,
    AssetReadThrough,
    DynamicPartitionsChanged,
)


class LogRecord(_Record, frozen=True, omit_defaults=True, kw_only=True):
    """One piece of what a step printed, logged or displayed."""

    run_id: str
    step: str
    at: datetime
    stream: Literal["stdout", "stderr", "log", "display"]
    text: str = ""
    """The text; for a display its plain form."""
    level: str = ""
    """The level's name, for ``log``."""
    bundle: dict[str, Any] | None = None
    """The mime bundle of a display, bytes as base64 text."""
    metadata: dict[str, Any] | None = None
    """What a display says of its bundle beside that, such as the size of a picture."""
    display_id: str = ""
    """The name by which a display can be updated; empty if it cannot."""
    update: bool = False
    """Whether it takes the place of the display of that name: it is shown, and not kept."""
    clears: Literal["", "now", "later"] = ""
    """Whether it clears what the cell shows, now or with what is shown next: done, and not kept."""
    logger: str = ""
    """The name of the logger, for ``log``; empty for ``context.log``."""
    extra: dict[str, Any] | None = None
    """What was logged beside the text, by ``extra=``."""
    omitted: dict[str, int] | None = None
    """Lines of each stream that stood here and are in the run's files alone; empty in what is said
    of the output otherwise, None in the output itself."""
    omitted_bytes: dict[str, int] | None = None
    """How many bytes of the run's files they are."""
