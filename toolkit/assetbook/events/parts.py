"""What events are made of: records of a value, of code, of who asked for a run and how.

Instants are UTC datetimes, durations seconds, sizes bytes. Asset keys are held as their ``text``
(see :mod:`assetbook.keys`), metadata values in their wire form (see :mod:`assetbook.metadata`):
plain data that never leads back to its record, so that the garbage collector need not look at any.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal, TypeAlias

import msgspec


class Record(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True, gc=False):
    """A part of an event: immutable, fields by name, defaults left out on the wire."""


class ValueRef(Record, frozen=True, omit_defaults=True, kw_only=True):
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


class CodeRef(Record, frozen=True, omit_defaults=True, kw_only=True):
    """The code that made a version."""

    digest: str | None = None
    """The computed code version; None for a reported event."""
    authored: str | None = None
    """The author's ``code_version``, if there is one."""
    manifest: str | None = None
    """The digest under which the reached pieces' names and digests are stored as source text."""
    unknowns: tuple[str, ...] = ()
    """What the code reached that could not be versioned, a sentence each."""


class InputVersion(Record, frozen=True, omit_defaults=True, kw_only=True):
    """The version of one input that a materialization read."""

    key: str
    partition: str | None = None
    """The partition that was read; None for an asset without partitions."""
    version: int | None = None
    """The input's version number; None if the value was not a recorded one."""
    data_version: str | None = None
    store: str | None = None
    """The name of the store that it was read from; None if that is this one."""


class ErrorInfo(Record, frozen=True, omit_defaults=True, kw_only=True):
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


class Origin(Record, frozen=True, omit_defaults=True, kw_only=True):
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


class RunRequest(Record, frozen=True, omit_defaults=True, kw_only=True):
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


class Reexecution(Record, frozen=True, omit_defaults=True, kw_only=True):
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


class EventBase(
    msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True, tag_field="type", gc=False
):
    """What all events have in common."""

    at: datetime
    run_id: str = ""
    """Empty for an event that was reported without a run."""
