"""Values on their way through a run: handed over from memory, else read from the store."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping
from typing import Any, TypeGuard

import msgspec

from assetbook.definitions.ports import InputPort
from assetbook.dependencies.asset_graph import AssetGraph
from assetbook.errors import CheckFailedError, SelectionError
from assetbook.events.asset_events import AssetMaterialized, AssetObserved
from assetbook.events.observing import as_version
from assetbook.events.parts import InputVersion, ValueRef
from assetbook.execution.environment import RunEnvironment
from assetbook.execution.held_form import AnyForm, MemoryForm, is_stored
from assetbook.execution.op_values import OpValues
from assetbook.execution.partition_inputs import partitions_read
from assetbook.io.built_in import input_manager_for, own_manager
from assetbook.io.contexts import InputContext, OutputContext
from assetbook.io.database import TableInDatabase
from assetbook.io.forms import TABLE_KINDS, StoredForm
from assetbook.io.partitions_together import together
from assetbook.io.table_source import TableSource, source_of
from assetbook.io.value_files import ValueFiles
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
            partition=event.partition,
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
        if port.absent:
            return None
        held = {key: self.read_of(key, port, checking=checking) for key in port.keys}
        if port.annotation is TableInDatabase:  # it is read where it is
            return None
        manager = self._manager_of(port, held, resources)
        if manager is not None:
            return manager.load_input(self._context(port, held, resources))
        if port.partitions is not None:
            forms = {str(key.partition): self._form(key, each) for key, each in held.items()}
            wanted = None if port.annotation is StoredForm else port.annotation
            return together(forms, wanted, asked=f"the input `{port.name}`")
        one = held[port.key]
        if port.annotation is TableSource and one.form is None:
            source = self._source(port.key, one)
            if source is not None:
                return source
        return _handed_over(self._form(port.key, one), port)

    def _manager_of(
        self, port: InputPort, held: Mapping[AssetKey, Held], resources: Mapping[str, object]
    ) -> Any:
        """The author's own manager that loads an input; None if a built-in one does."""
        if port.manager_key is not None:
            return input_manager_for(port.manager_key, resources)
        for key, each in held.items():
            reference = each.event.value
            if each.form is None and reference is not None and reference.kind == "custom":
                return own_manager(reference.io_manager, resources, key)
        return None

    def _form(self, key: AssetKey, held: Held) -> AnyForm:
        """The form of a version, read from its file if it is not at hand."""
        if held.form is None:
            values, reference = self._stored(key, held)
            held.form = values.open(reference)
            self._keep(key, held)
        return held.form

    def _source(self, key: AssetKey, held: Held) -> TableSource | None:
        values, reference = self._stored(key, held)
        return values.source(reference)

    def _stored(self, key: AssetKey, held: Held) -> tuple[ValueFiles, ValueRef]:
        reference, values = held.event.value, self._environment.values_of(held.store)
        if reference is None:
            raise SelectionError(
                f"the value of `{key}`",
                "it was materialized without a value",
                f"Name it in deps= instead of reading it, or let `{key}` return one.",
            )
        if values is None:
            raise SelectionError(f"the value of `{key}`", "it is not in memory")
        return values, reference

    def inputs_of(self, ports: Iterable[InputPort]) -> dict[str, Held]:
        """The versions that a step reads, by parameter."""
        return {name: self._read_by(key, port) for port in ports for name, key in port.named_keys}

    def of_source(self, key: AssetKey) -> Held:
        """What is known of a source that a step follows; without a version if nothing is."""
        if key in self._held or key in self._environment.recorded:
            return self._held.get(key) or self._recorded(key)
        return Held(AssetMaterialized(at=self._environment.clock.now(), key=key.text))

    def read_by(self, port: InputPort, *, checking: bool = False) -> Held:
        """The version that an input is; raises SelectionError and CheckFailedError as ``load``."""
        return self.read_of(port.key, port, checking=checking)

    def read_of(self, key: AssetKey, port: InputPort, *, checking: bool = False) -> Held:
        """The version of one of the keys that an input takes; raises as ``read_by``."""
        held = self._read_by(key, port)
        if key in self.blocked and not checking:
            raise CheckFailedError(
                f"the value of `{key}`", self.blocked[key], "Mend its data, or go on with --force."
            )
        return held

    def _read_by(self, key: AssetKey, port: InputPort) -> Held:
        held = self._held.get(key)
        if held is not None:
            return held
        if port.manager_key is not None and key not in self._environment.recorded:
            # its manager loads what nothing here has made, of which no version is known
            now = self._environment.clock.now()
            return Held(AssetMaterialized(at=now, key=key.text, partition=key.partition))
        return self._recorded(key)

    def _recorded(self, key: AssetKey) -> Held:
        """The version of ``key`` that was there before this run."""
        recorded = self._environment.recorded.get(key)
        if recorded is None:
            raise _never_made(key, self._environment.graph)
        held = self._held[key] = Held(recorded.event, recorded.number, recorded.store)
        return held

    def _context(
        self, port: InputPort, held: Mapping[AssetKey, Held], resources: Mapping[str, object]
    ) -> InputContext:
        """What a manager is told that loads an input; of several partitions the last one's run."""
        graph = self._environment.graph
        spec = graph.specs.get(port.key)
        event = (
            [*held.values()][-1].event
            if held
            else AssetMaterialized(at=self._environment.clock.now(), key=port.key.text)
        )
        partitions = partitions_read(graph, port)
        written = OutputContext(
            asset_key=port.key.asset,
            partitions=partitions,
            run_id=event.run_id,
            step_key=event.step,
            definition_metadata=spec.metadata if spec is not None else None,
            output_metadata=event.metadata,
            resources=resources,
        )
        return InputContext(
            name=port.name,
            asset_key=port.key.asset,
            partitions=partitions,
            metadata=port.metadata,
            upstream_metadata=event.metadata,
            upstream_output=written,
            python_type=port.annotation,
            run_id=event.written_by or event.run_id,
            resources=resources,
        )


def _handed_over(form: AnyForm, port: InputPort) -> object:
    """What a consumer gets; one that scans tables gets any value that is one."""
    if port.annotation is StoredForm and is_stored(form):  # it goes on to another process
        return form
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
