"""What a run has around it: definitions, the store, resources, and who is told."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Protocol

import msgspec

from assetbook.clock import Clock
from assetbook.definitions.asset_definition import AssetsDefinition
from assetbook.definitions.check_definition import AssetChecksDefinition
from assetbook.definitions.code import CodeVersion
from assetbook.definitions.hooks import HookDefinition
from assetbook.definitions.parts import Parts
from assetbook.definitions.retries import RetryPolicy
from assetbook.definitions.source_asset import SourceAsset
from assetbook.dependencies.asset_graph import AssetGraph
from assetbook.dependencies.asset_state import AssetState, Recorded
from assetbook.events.parts import Origin, Reexecution, RunRequest
from assetbook.execution.failure import Where
from assetbook.execution.name_reads import SeenNames
from assetbook.execution.ops_of_run import NO_OPS, OpsOfRun
from assetbook.execution.reporter import Reporter
from assetbook.execution.run_loggers import NO_LOGGERS, RunLoggers
from assetbook.execution.run_queue import Limits
from assetbook.io.log_files import LogFiles
from assetbook.io.value_files import ValueFiles
from assetbook.keys import AssetKey, RunId
from assetbook.storage.store import Store

MadeHere = AssetsDefinition | AssetChecksDefinition | SourceAsset


class Provenance(Protocol):
    """Tells what a definition is at this moment, for the record of what it makes."""

    def code_of(self, definition: MadeHere) -> CodeVersion | None:
        """Its code version now; None if nobody keeps track, as in a run in memory."""
        ...

    def code_having_read(self, definition: MadeHere, seen: SeenNames) -> CodeVersion | None:
        """Its code version now, with what it was seen to read, which counts from now on."""
        ...

    def clear_caches(self, definition: MadeHere) -> None:
        """Clears the functools caches that its code reaches, so that none can hide a change."""
        ...

    def config_of(self, definition: MadeHere) -> tuple[Parts | None, str | None]:
        """Its configuration and resources, and the configuration's text with secrets masked."""
        ...

    def reads_of(self, definition: MadeHere) -> Parts | None:
        """The files that its ``reads=`` names, by content, as they are now."""
        ...

    def as_of_readers(
        self, definition: MadeHere, code: CodeVersion | None, seen: tuple[str, ...]
    ) -> tuple[str, ...]:
        """What read the world outside unversioned: in its code, or ``seen`` while it ran."""
        ...


class StepDefaults(msgspec.Struct, frozen=True):
    """What a job of assets says of the steps that make them."""

    retry_policy: RetryPolicy | None = None
    """Of those that have none of their own."""
    hooks: frozenset[HookDefinition] = frozenset()
    """Called after each, beside those of its own."""


NO_DEFAULTS = StepDefaults()


class RunEnvironment(msgspec.Struct, frozen=True):
    """All that a run needs, gathered by whoever starts it."""

    graph: AssetGraph
    store: Store
    values: ValueFiles | None
    """None keeps values in memory only."""
    clock: Clock
    origin: Origin
    reporter: Reporter
    provenance: Provenance
    where: Where
    resources: Mapping[str, object] = msgspec.field(default_factory=dict)
    """By name; I/O managers too."""
    states: Mapping[AssetKey, AssetState] = msgspec.field(default_factory=dict)
    """As they were when the plan was made."""
    recorded: Mapping[AssetKey, Recorded] = msgspec.field(default_factory=dict)
    config: Mapping[str, object] = msgspec.field(default_factory=dict)
    """Configuration for this run alone, by definition's name."""
    force: bool = False
    """Read blocked inputs."""
    overridden: bool = False
    """Resources, configuration or inputs are not the definitions' own."""
    manifests: Mapping[str, str] = msgspec.field(default_factory=dict)
    """The digests of manifests whose texts are stored already, by the code version's digest."""
    unwatched: tuple[Path, ...] | None = None
    """What is read below these folders is none of the world outside; None watches nothing, and
    captures nothing."""
    snapshot: str | None = None
    bundle: str | None = None
    """The digests of what the run's location defined, and of the source it was loaded from."""
    run_id: RunId | None = None
    """The id that whoever asked has given to the run; None has it make one."""
    limits: Limits | None = None
    """What it may have to wait for; None starts it and its steps at once."""
    tags: Mapping[str, str] = msgspec.field(default_factory=dict)
    """What the run is marked with."""
    others: Mapping[str, ValueFiles] = msgspec.field(default_factory=dict)
    """The values of other stores, by name."""
    steps: StepDefaults = NO_DEFAULTS
    ops: OpsOfRun = NO_OPS
    op_files: ValueFiles | None = None
    """What ops give; None keeps it in memory only."""
    log_files: LogFiles | None = None
    """Where all that steps print and log goes; None keeps only what the store has of it."""
    notebook_files: Path | None = None
    """The folder of what notebooks showed that steps ran; None keeps it for the step alone."""
    log_level: str = "DEBUG"
    """The level below which lines of the log are not kept."""
    loggers: RunLoggers = NO_LOGGERS
    """Those that the run configures."""
    request: RunRequest | None = None
    reexecution: Reexecution | None = None
    """What the run was given beside its selection, and the run that it does again."""

    @property
    def job_name(self) -> str | None:
        """The job of assets that the run is of; None for none."""
        return (self.request.asset_job or None) if self.request is not None else None

    def values_of(self, store: str | None) -> ValueFiles | None:
        """The values of the store of that name; None is the own one's name."""
        return self.values if store is None else self.others[store]


class Timing(msgspec.Struct, frozen=True):
    """When a step began: the instant, and the monotonic second."""

    at: datetime
    second: float

    @classmethod
    def start(cls, clock: Clock) -> Timing:
        """Now."""
        return cls(clock.now(), clock.monotonic())

    def elapsed(self, clock: Clock) -> float:
        """Seconds since then."""
        return clock.monotonic() - self.second
