"""Values on their way through a run: handed over from memory, else read from the store."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping
from typing import TypeGuard

import msgspec

from assetbook.definitions.ports import InputPort
from assetbook.dependencies.asset_graph import AssetGraph
from assetbook.errors import CheckFailedError, SelectionError
from assetbook.events.observing import as_version
from assetbook.events.records import AssetMaterialized, AssetObserved, InputVersion
from assetbook.execution.environment import RunEnvironment
from assetbook.execution.held_form import AnyForm, MemoryForm
from assetbook.execution.op_values import OpValues
from assetbook.io.built_in import input_manager_for, own_manager
from assetbook.io.contexts import InputContext, OutputContext
from assetbook.io.database import TableInDatabase
from assetbook.io.forms import TABLE_KINDS, StoredForm
from assetbook.io.table_source import TableSource, source_of
from assetbook.keys import AssetKey, RunId

LARGEST_KEPT = 1 << 30
"""Bytes of values that a run keeps in memory for later steps; older ones are read from their files
again. The last one is kept whatever its size."""


class Held(msgspec.Struct):
    """The version of an asset that this run's later steps read."""

    event: AssetMaterialized
    """As it is committed, or until then without data version and place."""
    number: int = 0
    """The version's number; 0 until it is committed."""
    store: str | None = None
    """The name of the other store that has it; None stands for the run's own one."""
    form: AnyForm | None = None
    """None if it has to be read from its file or by its I/O manager."""

    @property
    def as_input(self) -> InputVersion:
        """What is recorded of it by those that read it."""
        event = self.event
        return InputVersion(
            key=event.key,
            version=self.number,
            data_version=event.data_version or None,
            store=self.store,
        )


class RunValues:
    """The values that steps of one run read, the run's own ones first."""

    def __init__(self, environment: RunEnvironment, run_id: RunId) -> None:
        self._environment = environment
        self._run_id = run_id
        self._held: dict[AssetKey, Held] = {}
        self._made: dict[AssetKey, Held] = {}
        self._kept: dict[AssetKey, StoredForm] = {}
        self._kept_bytes = 0
        self._keeping = threading.Lock()
        self.ops = OpValues(environment, run_id, self.load)
        """What ops of this run gave that is no version of an asset."""
        self.blocked = {
            key: state.reasons[0].text
            for key, state in environment.states.items()
            if state.state == "blocked" and not environment.force
        }
        """Assets whose version must not be read since a blocking check did not pass, and why."""

    @property
    def made(self) -> Mapping[AssetKey, Held]:
        """The versions that this run committed so far, in the order in which they were."""
        return self._made

    def put(self, key: AssetKey, held: Held) -> None:
        """Takes a version that a step has just made; the next step may read it."""
        self._held[key] = held
        self.blocked.pop(key, None)

    def told(self, event: AssetObserved | AssetMaterialized) -> None:
        """Takes what was found of a source: what follows it is made of that."""
        if self._is_of_a_source(event):
            self.put(AssetKey.from_text(event.key), Held(as_version(event)))

    def told_durably(self, event: AssetObserved | AssetMaterialized) -> None:
        """Takes note that what was found of a source is in the store.

        Something newer may have been found since: what steps read stays.
        """
        if self._is_of_a_source(event):
            self._made[AssetKey.from_text(event.key)] = Held(as_version(event))

    def _is_of_a_source(self, event: AssetObserved | AssetMaterialized) -> TypeGuard[AssetObserved]:
        if isinstance(event, AssetMaterialized):
            return False
        return self._environment.graph.source(AssetKey.from_text(event.key)) is not None

    def committed(self, key: AssetKey, held: Held) -> None:
        """Takes note that the version is durable: its form can be read from its file again."""
        self._made[key] = held
        self._keep(key, held)

    def made_here(self, key: AssetKey) -> Held | None:
        """The version of ``key`` that this run made, committed or not yet."""
        held = self._held.get(key)
        return held if held is not None and held.event.run_id == self._run_id else None

    def _keep(self, key: AssetKey, held: Held) -> None:
        """Counts a form that a file holds too, and lets go of the oldest beyond what is kept."""
        if held.form is None or isinstance(held.form, MemoryForm):
            return
        with self._keeping:
            self._kept[key] = held.form
            self._kept_bytes += held.form.size
            while self._kept_bytes > LARGEST_KEPT and len(self._kept) > 1:
                oldest = next(iter(self._kept))
                self._kept_bytes -= self._kept.pop(oldest).size
                self._held[oldest].form = None

    def let_go(self, kind: type) -> None:
        """Lets go of the forms of that class; their values are read from their files from now on.

        Everything must be committed.
        """
        for held in [*self._held.values(), *self._made.values()]:
            if isinstance(held.form, kind):
                held.form = None
        with self._keeping:
            for key in [key for key, form in self._kept.items() if isinstance(form, kind)]:
                self._kept_bytes -= self._kept.pop(key).size

    def block(self, key: AssetKey, why: str) -> None:
        """Keeps the version of ``key`` that was just made from being read by any but checks."""
        if not self._environment.force:
            self.blocked[key] = why

    def data_changed(self, key: AssetKey) -> bool:
        """Whether this run gave ``key`` other data than it had before."""
        made = self._made.get(key)
        if made is None:
            return False
        before = self._environment.recorded.get(key)
        return before is None or before.event.data_version != made.event.data_version

    def load(
        self, port: InputPort, resources: Mapping[str, object], *, checking: bool = False
    ) -> object:
        """The value for an input, isolated from every other consumer's.

        ``checking`` reads a blocked version too: its checks have to see it.

        Raises SelectionError if there is none, CheckFailedError if a blocking check did not pass,
        CorruptStoreError if its file is gone or changed.
        """
        key = port.key
        held = self.read_by(port, checking=checking)
        if port.annotation is TableInDatabase:  # it is read where it is
            return None
        if port.manager_key is not None:
            manager = input_manager_for(port.manager_key, resources)
            return manager.load_input(self._context(port, held, resources))
        form = held.form
        if form is not None:
            return _handed_over(form, port)
        reference = held.event.value
        if reference is None:
            raise SelectionError(
                f"the value of `{key}`",
                "it was materialized without a value",
                f"Name it in deps= instead of reading it, or let `{key}` return one.",
            )
        if reference.kind == "custom":
            manager = own_manager(reference.io_manager, resources, key)
            return manager.load_input(self._context(port, held, resources))
        values = self._environment.values_of(held.store)
        if values is None:
            raise SelectionError(f"the value of `{key}`", "it is not in memory")
        if port.annotation is TableSource:
            source = values.source(reference)
            if source is not None:
                return source
        form = held.form = values.open(reference)
        self._keep(key, held)
        return _handed_over(form, port)

    def inputs_of(self, ports: Iterable[InputPort]) -> dict[str, Held]:
        """The versions that a step reads, by parameter."""
        return {port.name: self._read_by(port) for port in ports}

    def of_source(self, key: AssetKey) -> Held:
        """What is known of a source that a step follows; without a version if nothing is."""
        if key in self._held or key in self._environment.recorded:
            return self._held.get(key) or self._recorded(key)
        return Held(AssetMaterialized(at=self._environment.clock.now(), key=key.text))

    def read_by(self, port: InputPort, *, checking: bool = False) -> Held:
        """The version that an input is; raises SelectionError and CheckFailedError as ``load``."""
        held = self._read_by(port)
        if port.key in self.blocked and not checking:
            raise CheckFailedError(
                f"the value of `{port.key}`",
                self.blocked[port.key],
                "Mend its data, or go on with --force.",
            )
        return held

    def _read_by(self, port: InputPort) -> Held:
        held = self._held.get(port.key)
        if held is not None:
            return held
        if port.manager_key is not None and port.key not in self._environment.recorded:
            # its manager loads what nothing here has made, of which no version is known
            return Held(AssetMaterialized(at=self._environment.clock.now(), key=port.key.text))
        return self._recorded(port.key)

    def _recorded(self, key: AssetKey) -> Held:
        """The version of ``key`` that was there before this run."""
        recorded = self._environment.recorded.get(key)
        if recorded is None:
            raise _never_made(key, self._environment.graph)
        held = self._held[key] = Held(recorded.event, recorded.number, recorded.store)
        return held

    def _context(
        self, port: InputPort, held: Held, resources: Mapping[str, object]
    ) -> InputContext:
        """What a manager is told that loads an input."""
        spec = self._environment.graph.specs.get(port.key)
        written = OutputContext(
            asset_key=port.key,
            run_id=held.event.run_id,
            step_key=held.event.step,
            definition_metadata=spec.metadata if spec is not None else None,
            output_metadata=held.event.metadata,
            resources=resources,
        )
        return InputContext(
            name=port.name,
            asset_key=port.key,
            metadata=port.metadata,
            upstream_metadata=held.event.metadata,
            upstream_output=written,
            python_type=port.annotation,
            run_id=held.event.written_by or held.event.run_id,
            resources=resources,
        )


def _handed_over(form: AnyForm, port: InputPort) -> object:
    """What a consumer gets; one that scans tables gets any value that is one."""
    if port.annotation is not TableSource:
        return form.hand_over(port.annotation)
    wanted = TableSource if form.kind in TABLE_KINDS else None
    return source_of(form.hand_over(wanted), asked=f"the table `{port.name}`")


def _never_made(key: AssetKey, graph: AssetGraph) -> SelectionError:
    asked = f"the value of `{key}`"
    if key in graph.makers or key in graph.remembered:
        remedy = f"Run `%materialize {key}` first."
        return SelectionError(asked, "it has never been materialized", remedy)
    return SelectionError(
        asked,
        "it is external: it is made elsewhere, and no value of it is stored here",
        "Name it in deps= instead of reading it.",
    )
