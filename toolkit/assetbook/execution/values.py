"""Values on their way through a run: handed over from memory, else read from the store."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from assetbook.definitions.ports import DEFAULT_IO_MANAGER, InputPort
from assetbook.errors import CheckFailedError, ConfigError, SelectionError, did_you_mean
from assetbook.events.records import AssetMaterialized, InputVersion, ValueRef
from assetbook.execution.environment import RunEnvironment
from assetbook.io.forms import StoredForm
from assetbook.io.manager import InputContext
from assetbook.keys import AssetKey


class MemoryForm:
    """A value that only lives in this process: consumers get the object itself."""

    kind = "memory"

    def __init__(self, value: object) -> None:
        self._value = value

    def hand_over(self, wanted: object | None) -> object:
        """The object itself."""
        return self._value


@dataclass(slots=True)
class Held:
    """The version of an asset that this run's later steps read."""

    event: AssetMaterialized
    number: int | None
    form: StoredForm | MemoryForm | None = None
    """None if it has to be read by its I/O manager."""


class RunValues:
    """The values that steps of one run read, the run's own ones first."""

    def __init__(self, environment: RunEnvironment) -> None:
        self._environment = environment
        self._made: dict[AssetKey, Held] = {}
        self._read: dict[AssetKey, Held] = {}
        self.blocked: dict[AssetKey, str] = {}
        """Assets of which a blocking check did not pass in this run, and which check."""

    def put(self, key: AssetKey, held: Held) -> None:
        """Takes a version that was just committed."""
        self._made[key] = held

    def data_changed(self, key: AssetKey) -> bool:
        """Whether this run gave ``key`` other data than it had before."""
        made = self._made.get(key)
        if made is None:
            return False
        before = self._environment.recorded.get(key)
        return before is None or before.event.data_version != made.event.data_version

    def made(self, key: AssetKey) -> Held | None:
        """The version of ``key`` that this run made; None if it made none."""
        return self._made.get(key)

    def load(
        self, port: InputPort, resources: Mapping[str, object], *, checking: bool = False
    ) -> object:
        """The value for an input, isolated from every other consumer's.

        ``checking`` reads a blocked version too: its checks have to see it.

        Raises SelectionError if there is none, CheckFailedError if a blocking check did not pass,
        CorruptStoreError if its file is gone or changed.
        """
        key = port.key
        held = self._held(key)
        if not checking:
            self._refuse_blocked(key)
        if held.form is not None:
            return held.form.hand_over(port.annotation)
        reference = held.event.value
        if reference is None:
            raise SelectionError(
                f"the value of `{key}`",
                "it was materialized without a value",
                f"Name it in deps= instead of reading it, or let `{key}` return one.",
            )
        if reference.kind == "custom":
            return self._by_manager(port, held, reference, resources)
        if self._environment.values is None:
            raise SelectionError(f"the value of `{key}`", "it is not in memory")
        held.form = self._environment.values.open(reference)
        return held.form.hand_over(port.annotation)

    def version_of(self, port: InputPort) -> InputVersion:
        """What is recorded of an input."""
        held = self._held(port.key)
        return InputVersion(
            key=port.key.text, version=held.number, data_version=held.event.data_version
        )

    def _held(self, key: AssetKey) -> Held:
        held = self._made.get(key) or self._read.get(key)
        if held is not None:
            return held
        recorded = self._environment.recorded.get(key)
        if recorded is None:
            raise SelectionError(
                f"the value of `{key}`",
                "it has never been materialized",
                f"Run `%materialize {key}` first.",
            )
        held = Held(recorded.event, recorded.number)
        self._read[key] = held
        return held

    def _refuse_blocked(self, key: AssetKey) -> None:
        if self._environment.force:
            return
        why = self.blocked.get(key)
        if why is None and key not in self._made:
            state = self._environment.states.get(key)
            if state is not None and state.state == "blocked":
                why = state.reasons[0].text
        if why is not None:
            raise CheckFailedError(
                f"the value of `{key}`", why, "Mend its data, or go on with --force."
            )

    def _by_manager(
        self, port: InputPort, held: Held, reference: ValueRef, resources: Mapping[str, object]
    ) -> object:
        manager = manager_for(reference.io_manager, resources)
        context = InputContext(
            name=port.name,
            asset_key=port.key,
            metadata=port.metadata,
            upstream_metadata=held.event.metadata,
            python_type=port.annotation,
            run_id=held.event.run_id,
        )
        return manager.load_input(context)


def manager_for(name: str, resources: Mapping[str, object]) -> Any:
    """The I/O manager given under ``name``; None for the built-in default.

    Raises ConfigError if another name is asked for and nothing is given under it.
    """
    manager = resources.get(name)
    if manager is None and name != DEFAULT_IO_MANAGER:
        raise ConfigError(
            f"the I/O manager `{name}`",
            "nothing is given under that name",
            did_you_mean(name, resources) or f"Bind it in a cell: {name} = YourIOManager().",
        )
    return manager
