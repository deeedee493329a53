"""``Instance``: a project's store as people ask it. Nothing here changes a definition."""

from __future__ import annotations

import os
import shutil
import tempfile
import weakref
from collections.abc import Callable, Collection, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

from msgspec import structs

from assetbook.clock import Clock, SystemClock
from assetbook.definitions.partitions import DynamicPartitionsDefinition
from assetbook.definitions.partitions.known_keys import KnownKeys
from assetbook.definitions.results import AssetMaterialization, AssetObservation
from assetbook.definitions.spec import key_of
from assetbook.dependencies.asset_state import Recorded
from assetbook.errors import SelectionError
from assetbook.events.parts import Origin
from assetbook.events.records import Event
from assetbook.execution.live_runs import LiveNow
from assetbook.execution.reporting import reported_event
from assetbook.execution.run_queue import Limits
from assetbook.execution.scrubbing import scrubbed
from assetbook.instance.key_like import KeyLike, key_and_version
from assetbook.instance.new_names import never_made, no_such_partition, of_partition
from assetbook.instance.other_stores import OtherStores
from assetbook.instance.provenance import definition_key
from assetbook.instance.recorded_latest import recorded_latest
from assetbook.instance.store_folder import (
    DATABASE,
    LOGS,
    NOTEBOOKS,
    OP_VALUES,
    VALUES,
    store_identity,
    store_key,
)
from assetbook.instance.value_reading import read_value
from assetbook.instance.version_reference import Reference, find_version, split_store
from assetbook.io.log_files import LogFiles
from assetbook.io.value_files import CACHE, ValueFiles
from assetbook.kernels.late_notebook import write_late_notebooks
from assetbook.kernels.run_reads import as_the_run_read, note_read
from assetbook.keys import AssetKey, PartitionKey, RunId, folder_name
from assetbook.notebook.versioner import Versioner
from assetbook.project import Project, find_project
from assetbook.settings import Concurrency, LogSettings
from assetbook.storage.dead_runs import DeadRuns
from assetbook.storage.other_store import OtherStore
from assetbook.storage.read_through import ReadThroughStore
from assetbook.storage.store import RunRecord, Store, StoredEvent, StoredLog, Version

_open: dict[Path, Instance] = {}


class Instance:
    """A store and what it holds: versions, values, runs, events.

    ``Instance.get()`` is the one of the current project; ``Instance.ephemeral()`` a fresh one that
    leaves nothing behind.
    """

    def __init__(
        self,
        store: Store,
        values: ValueFiles,
        *,
        project: Project | None = None,
        clock: Clock | None = None,
        key: bytes = b"ephemeral",
        one_host: bool = False,
        others: OtherStores | None = None,
    ) -> None:
        self.own = store
        """The store that is written; ``store`` may have what another one has besides."""
        self.others = others if others is not None else OtherStores({})
        through = project.read_through if project is not None else None
        self.store: Store = (
            ReadThroughStore(store, self.others[through], through) if through else store
        )
        self.values = values
        self.project = project
        self.clock = clock or SystemClock()
        self.key = key
        self.is_ephemeral = False
        """Whether it leaves nothing behind."""
        self._remove_folder: Callable[[], object] = lambda: None
        lease = project.settings.lease_seconds if project is not None else 30.0
        self._dead_runs = DeadRuns(store, lease=lease, clock=self.clock, one_host=one_host)

    @cached_property
    def op_files(self) -> ValueFiles:
        """The files of what ops gave to one another: below the store, in a folder of each run."""
        return ValueFiles(self.values.root.parent / OP_VALUES)

    @property
    def log_settings(self) -> LogSettings:
        """How the logs of runs are kept."""
        return self.project.settings.logs if self.project is not None else LogSettings()

    @cached_property
    def log_files(self) -> LogFiles | None:
        """The files of what steps print and log: below the store, in a folder of each run; None
        for an instance that leaves nothing behind."""
        if self.is_ephemeral:
            return None
        return LogFiles(self.values.root.parent / LOGS, self.log_settings.max_bytes)

    @property
    def notebook_files(self) -> Path | None:
        """The folder of the notebooks that runs ran, with a folder for each run; None for an
        instance that leaves nothing behind."""
        return None if self.is_ephemeral else self.values.root.parent / NOTEBOOKS

    @cached_property
    def limits(self) -> Limits | None:
        """What the runs of the project may have to wait for; None if it sets no limits."""
        settings = self.project.settings if self.project is not None else None
        if settings is None or settings.concurrency == Concurrency():
            return None
        end_dead_runs, lease = self.end_dead_runs, settings.lease_seconds
        return Limits(self.own, settings.concurrency, end_dead_runs, lease)

    @property
    def root(self) -> Path:
        """The project's folder; the current one where there is no project."""
        return self.project.root if self.project is not None else Path.cwd()

    @cached_property
    def versioner(self) -> Versioner:
        """What versions the code of definitions given as objects, and knows what it has seen."""
        root = self.project.root if self.project is not None else None
        return Versioner(definition_of=definition_key, project_root=root)

    @classmethod
    def get(cls, start: str | Path | None = None, *, store: str | None = None) -> Instance:
        """The instance of the project around ``start`` (a notebook or folder; None: here).

        ``store`` names another of its stores than the settings do. Opens the store, and makes it
        if there is none; the same object as long as the process lives. Raises StoreError if it
        cannot be opened.
        """
        project = find_project(Path(start or ""), store=store)
        folder = project.store
        opened = _open.get(folder)
        if opened is None or opened._closed():
            opened = cls.open(folder, project=project)
            _open[folder] = opened
        return opened

    @classmethod
    def open(cls, folder: str | Path, *, project: Project | None = None) -> Instance:
        """The instance whose store is ``folder``; runs that died with their process are ended."""
        from assetbook.storage.sqlite_store import SqliteStore

        folder, clock = Path(folder), SystemClock()
        store = SqliteStore(folder / DATABASE, clock=clock)
        key = store_key(folder)
        setting = project.settings.values if project is not None else None
        identity = store_identity(folder, key)
        values = ValueFiles(folder / VALUES, setting=setting, identity=identity)
        others = OtherStores(project.others if project is not None else {}, folder / CACHE)
        # a database is refused where several hosts could write it
        opened = cls(
            store, values, project=project, clock=clock, key=key, one_host=True, others=others
        )
        opened.end_dead_runs()
        return opened

    @classmethod
    def ephemeral(cls, clock: Clock | None = None) -> Instance:
        """A fresh instance: events in memory, values in a folder that goes with it."""
        from assetbook.storage.memory_store import MemoryStore

        # the folder comes to be with the first value that needs a file
        folder = Path(tempfile.gettempdir()) / f"assetbook-{os.urandom(8).hex()}"
        made = cls(MemoryStore(clock=clock), ValueFiles(folder / VALUES), clock=clock)
        made.is_ephemeral = True
        made._remove_folder = weakref.finalize(made, shutil.rmtree, folder, ignore_errors=True)
        return made

    # -- asking

    def latest_materialization(self, key: KeyLike, partition: str | None = None) -> Version | None:
        """The latest version of an asset, or of a partition of it; None if there is none."""
        asked = key_of(key)
        named = None if partition is None else PartitionKey(partition)
        return self.store.latest([asked], named).get(asked)

    def versions(self, key: KeyLike, newest: int | None = None) -> list[Version]:
        """The versions of an asset, newest first."""
        return self.store.versions(key_of(key), newest=newest)

    def version(
        self, key: KeyLike, version: Reference | None = None, *, partition: str | None = None
    ) -> Version:
        """The latest version of an asset, or the one that ``version`` or ``orders@3`` names.

        ``partition`` is the one that is meant of an asset that has some. Raises SelectionError if
        it is not there; the nearest names or what there is are offered.
        """
        asked, reference = self.referenced(key, version)
        named, reference = split_store(f"the version `{key}`", reference, self._names)
        store = self.store if named is None else self.store_of(named)
        if reference is None:
            part = None if partition is None else PartitionKey(partition)
            latest = store.latest([asked], part).get(asked)
            if latest is not None:
                return latest
        elif found := of_partition(store.versions(asked), partition):
            return find_version(asked, reference, found)
        if made := store.made_of_partitions([asked]).get(asked):
            raise no_such_partition(asked, partition, made)
        raise never_made(self.store, asked, named)

    def store_of(self, name: str | None) -> Store | OtherStore:
        """The store of that name, the others for reading alone; None is the own one's too."""
        return self.others[name] if name is not None and name in self.others else self.own

    def values_of(self, name: str | None) -> ValueFiles:
        """The value files of the store of that name; None is the own one's too."""
        if name is None or name not in self.others:
            return self.values
        return self.others.values_of[name]

    @property
    def _names(self) -> list[str]:
        own = self.project.store_name if self.project is not None else None
        return [*self.others, own] if own is not None else list(self.others)

    def referenced(
        self, key: KeyLike, version: Reference | None = None
    ) -> tuple[AssetKey, Reference | None]:
        """The asset and the version that ``orders@3`` names, apart; None means the latest one.

        Raises SelectionError if ``version`` is given too.
        """
        return key_and_version(key, version, self._is_asset, self._names)

    def _is_asset(self, name: str) -> bool:
        return bool(self.versions(name, newest=1))

    def value(
        self,
        key: KeyLike,
        version: Reference | None = None,
        *,
        partition: str | None = None,
        as_type: object = None,
        resources: Mapping[str, object] | None = None,
    ) -> Any:
        """The stored value of an asset: of its latest version, or of the one that is named.

        ``version`` is a number, or what may stand behind ``@`` in ``orders@2026-11-17``.
        ``partition`` is the one that is meant of an asset that has some.
        ``as_type`` asks for another form (a class); ``resources`` gives users' I/O managers.
        Raises SelectionError if there is none, CorruptStoreError if its file is gone or changed.
        """
        asked, reference = self.referenced(key, version)
        then = as_the_run_read(asked, partition, reference)
        found = self.version(asked, then, partition=partition)
        note_read(reference, partition, found)
        named = reference is not None
        return self.value_of(found, named=named, as_type=as_type, resources=resources)

    def value_of(
        self,
        version: Version,
        *,
        named: bool = True,
        as_type: object = None,
        resources: Mapping[str, object] | None = None,
    ) -> Any:
        """The stored value of a version, from its store; ``named`` says that it and no other was
        asked for. Raises as ``value`` does."""
        store, values = self.store_of(version.store), self.values_of(version.store)
        return read_value(version, store, values, named=named, as_type=as_type, resources=resources)

    def runs(
        self, limit: int | None = 20, *, statuses: Collection[Any] | None = None
    ) -> list[RunRecord]:
        """The newest runs first; runs whose process died are marked failed before.

        The ``message`` of one that is queued says its place and what holds it back.
        """
        self.end_dead_runs()
        found = self.store.runs(limit=limit, statuses=statuses)
        if self.limits is None or all(run.status != "queued" for run in found):
            return found
        waiting = self.limits.waiting()
        return [
            structs.replace(run, message=waiting[run.id].text) if run.id in waiting else run
            for run in found
        ]

    def end_dead_runs(self) -> None:
        """Marks runs failed whose process is gone, and writes the notebooks to which they did not
        come; a run that lives is left alone."""
        for dead in self._dead_runs.mark(LiveNow()):
            self.write_late_notebooks(dead.run.id)

    def write_late_notebooks(self, run_id: str) -> None:
        """Writes the notebooks of a run that has ended which whoever ran it did not come to write,
        from the logs of their outputs."""
        if self.notebook_files is not None:
            write_late_notebooks(self.notebook_files / folder_name(run_id))

    def run(self, beginning: str) -> RunRecord:
        """The run whose id begins so; raises SelectionError if none or several do."""
        found = self.store.runs(beginning=beginning, limit=10)
        if len(found) == 1:
            return found[0]
        known = ", ".join(each.id for each in found or self.store.runs(limit=5))
        raise SelectionError(
            f"the run `{beginning}`",
            "several begin so" if found else "there is none",
            f"There are: {known}." if known else "Nothing has run here yet.",
        )

    def origin_of(self, version: Version) -> Origin | None:
        """Who asked for the run that made a version; None if it was reported without a run."""
        run = self.run_of(version)
        return run.origin if run is not None else None

    def run_of(self, version: Version) -> RunRecord | None:
        """The run that made a version; None if it was reported without a run."""
        if not version.run_id:
            return None
        found = self.store_of(version.store).runs(beginning=version.run_id, limit=1)
        return found[0] if found else None

    def events(
        self,
        *,
        after: int = 0,
        run_id: str | None = None,
        key: KeyLike | None = None,
        kinds: Collection[type[Event]] | None = None,
        newest_first: bool = False,
        limit: int | None = None,
    ) -> list[StoredEvent]:
        """The events with ids above ``after`` that fit all filters, oldest first unless told."""
        return self.store.events(
            after=after,
            run_id=RunId(run_id) if run_id is not None else None,
            key=key_of(key) if key is not None else None,
            kinds=kinds,
            newest_first=newest_first,
            limit=limit,
        )

    def logs(self, run_id: str, step: str | None = None, after: int = 0) -> list[StoredLog]:
        """What a run (or one of its steps) printed, logged and displayed, in order."""
        return self.store.logs(RunId(run_id), step, after)

    def recorded(self, keys: Collection[AssetKey] | None = None) -> dict[AssetKey, Recorded]:
        """The latest version of each asset with the checks of that version."""
        return recorded_latest(self.store, keys, self.file_gone)

    def file_gone(self, version: Version) -> bool:
        """Whether the value has a file that is not there any more."""
        value = version.event.value
        path = value.path if value is not None else None
        return path is not None and self.values_of(version.store).is_gone(path)

    # -- partitions

    def known_partitions(self) -> KnownKeys:
        """Which partitions there are now."""
        return KnownKeys(self.clock.now(), self)

    def get_dynamic_partitions(self, partitions_def_name: str) -> Sequence[str]:
        """The keys of the dynamic partitions of that name, in the order of their additions."""
        return self.store.dynamic_partitions(partitions_def_name)

    def has_dynamic_partition(self, partitions_def_name: str, partition_key: str) -> bool:
        """Whether there is that key."""
        return self.store.has_dynamic_partition(partitions_def_name, partition_key)

    def add_dynamic_partitions(
        self, partitions_def_name: str, partition_keys: Sequence[str]
    ) -> list[PartitionKey]:
        """Adds keys, those that are there already apart; gives back the new ones. Durable when it
        returns. Raises DefinitionError for what cannot be a key."""
        definition = DynamicPartitionsDefinition(name=partitions_def_name)
        keys = definition.build_add_request(partition_keys).partition_keys
        return self.own.add_dynamic_partitions(partitions_def_name, keys)

    def delete_dynamic_partition(self, partitions_def_name: str, partition_key: str) -> bool:
        """Whether there was that key, which is there no more; its versions stay recorded."""
        return bool(self.own.delete_dynamic_partitions(partitions_def_name, [partition_key]))

    # -- reporting

    def report_runless_asset_event(
        self, event: AssetMaterialization | AssetObservation
    ) -> StoredEvent:
        """Records that something happened to an asset that is made elsewhere; durable when it
        returns. Raises DefinitionError for anything but such an event."""
        reported = reported_event(event, self.clock.now())
        receipt = self.store.commit(scrubbed([reported]))
        return StoredEvent(receipt.event_ids[0], reported)

    def close(self) -> None:
        """Makes what is queued durable and lets go of the store; ``get`` then opens it anew."""
        if self.project is not None and _open.get(self.project.store) is self:
            del _open[self.project.store]
        self.store.close()
        self._remove_folder()

    def _closed(self) -> bool:
        return not self.values.root.parent.exists()

    def __repr__(self) -> str:
        if self.is_ephemeral:
            return "<Instance ephemeral>"
        place = self.project.store if self.project is not None else self.values.root.parent
        return f"<Instance {place}>"
