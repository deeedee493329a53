"""What a run and its worker processes say to each other; all of it is pickled.

Of values only their places in the store travel, never the values themselves.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

import msgspec

from assetbook.definitions.ports import InputPort, OutputPort
from assetbook.definitions.spec import AssetSpec
from assetbook.dependencies.asset_state import Recorded
from assetbook.events.asset_events import AssetMaterialized
from assetbook.events.log_record import LogRecord
from assetbook.events.parts import Reexecution
from assetbook.events.records import Event
from assetbook.execution.op_values import HeldOutput
from assetbook.execution.ops_of_run import OpsOfRun
from assetbook.io.value_files import ValueFiles
from assetbook.keys import AssetKey, CheckKey, RunId
from assetbook.planning.steps import Step

StreamName = Literal["stdout", "stderr"]


class RunSetup(msgspec.Struct, frozen=True):
    """What all steps of a run have in common; a worker gets it before its first step of the run."""

    run_id: RunId
    values: ValueFiles
    op_files: ValueFiles | None
    others: Mapping[str, ValueFiles]
    """The values of other stores, by name."""
    ignored: tuple[str, ...]
    """Folders below which nothing that is read counts."""
    resources: Mapping[str, bytes]
    """By name, pickled."""
    unsendable: Mapping[str, tuple[str, str]]
    """The names of those that cannot be pickled, each with why, and what to do."""
    config: bytes
    loggers: bytes
    force: bool
    environment: Mapping[str, str]
    """Of the process that runs."""
    folder: str
    """Its working folder."""
    path: tuple[str, ...]
    """Its ``sys.path``."""
    job_name: str | None
    """The job of assets that it is of; None for none."""
    cells: Mapping[str, str]
    """What people call the code of its cells, by the name under which it is compiled."""
    notebook_files: Path | None
    """The folder of what notebooks show that its steps run."""
    reexecution: Reexecution | None


class Version(msgspec.Struct, frozen=True):
    """A version that a step reads."""

    event: AssetMaterialized
    number: int
    store: str | None


class OpRequest(msgspec.Struct, frozen=True):
    """What the call of an op needs besides what every step does."""

    run: OpsOfRun
    """What concerns this op of it, without definitions."""
    outputs: tuple[HeldOutput, ...]
    """What it takes of other ops, without values."""
    ports: Mapping[str, OutputPort]
    """The assets that its outputs are."""


class SharedInput(msgspec.Struct, frozen=True):
    """A table that a step reads from memory that is shared."""

    key: AssetKey
    kind: str


class SharedOutput(msgspec.Struct, frozen=True):
    """A table that a step made, which is in memory that is shared, and not yet in its file."""

    place: int
    """Among the outputs."""
    kind: str


class StepRequest(msgspec.Struct, frozen=True):
    """One step to be called. ``definition`` are its bytes; None if the worker has them."""

    step: Step
    digest: str
    """Of the definition's bytes."""
    definition: bytes | None
    inputs: Mapping[AssetKey, tuple[InputPort, ...]]
    """By asset that it makes or checks."""
    versions: Mapping[AssetKey, Version]
    specs: Mapping[AssetKey, AssetSpec]
    """Of what it reads."""
    check: CheckKey | None = None
    code_version: str | None = None
    """The computed one of what it makes; None if nobody keeps track."""
    recorded: Mapping[AssetKey, Recorded] = msgspec.field(default_factory=dict)
    """The latest versions of what it makes."""
    op: OpRequest | None = None
    """What an op needs besides; None for assets and checks."""
    shared: tuple[SharedInput, ...] = ()
    """Tables that it reads from memory, whose descriptors follow this message in this order."""
    room: int | None = None
    """Bytes of memory that the tables which it makes may take; None writes them as all values."""


class StepBegun(msgspec.Struct, frozen=True):
    """The worker has the request, and begins: from now on its death is the step's."""


class StepReply(msgspec.Struct, frozen=True):
    """How the call of a step went."""

    called: bytes = b""
    """What it gave, pickled; empty if it raised."""
    error: bytes = b""
    """The exception with its traceback, pickled; empty if it did not raise, or cannot travel."""
    text: str = ""
    """What the exception says, where it cannot travel, with its traceback."""
    kind: str = ""
    """Its class's name."""
    shared: tuple[SharedOutput, ...] = ()
    """Tables among the outputs, whose descriptors follow this message in this order."""


class Told(msgspec.Struct, frozen=True):
    """What a step logged."""

    records: tuple[LogRecord, ...]


class Shown(msgspec.Struct, frozen=True):
    """What is shown and not kept, as a handler's line for what was logged."""

    stream: StreamName
    text: str


class SecretFound(msgspec.Struct, frozen=True):
    """A secret that came to be known; told before anything can show it."""

    value: str


class Happened(msgspec.Struct, frozen=True):
    """Something that belongs into the run's record, beside how the step ends."""

    events: tuple[Event, ...]


class Progressed(msgspec.Struct, frozen=True):
    """How far a step is that can tell it."""

    said: str


class Question(msgspec.Struct, frozen=True):
    """Something that is asked of the run's store while a step waits; or that displays are shown."""

    method: str
    arguments: tuple[Any, ...]
    named: Mapping[str, Any]


class RunOver(msgspec.Struct, frozen=True):
    """The run has ended: the worker lets go of its resources, and answers with the same.

    ``error`` is what went wrong with that.
    """

    error: str = ""


Asked = RunSetup | StepRequest | RunOver
"""What a worker is asked."""
Answered = (
    StepBegun | StepReply | Told | Shown | SecretFound | Happened | Progressed | Question | RunOver
)
"""What it says."""
