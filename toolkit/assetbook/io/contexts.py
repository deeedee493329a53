"""What I/O managers are told about the value that they store or load, as in Dagster.

Members that Dagster has and that do not apply raise UsageError and name the substitute.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any, NamedTuple, TypedDict, Unpack

from assetbook.definitions.partitions import (
    PartitionKeyRange,
    PartitionsDefinition,
    TimeWindow,
)
from assetbook.errors import DefinitionError, UsageError
from assetbook.io.asset_partitions import AssetPartitions
from assetbook.io.recorded_runs import NothingRecorded, RecordedRuns
from assetbook.keys import AssetKey

_log = logging.getLogger("assetbook.io")
_ELSEWHERE = {
    "add_input_metadata": "Add metadata to what the reading step makes.",
    "get_observations": "Nothing is observed while an input is loaded.",
    "log_event": "Use add_output_metadata, or context.log.",
    "resource_config": "Give the manager its settings as fields of a ConfigurableIOManager.",
    "asset_spec": "`definition_metadata` and `asset_key` say what the definition says.",
    "job_name": "`run_id` names the run.",
    "op_def": "`step_key` and `asset_key` name what is computed.",
    "step_context": "What is needed of a step is a member of this context.",
    "mapping_key": "Ask `upstream_output.mapping_key`.",
    "version": "`run_id` names what is written.",
}
"""Members of Dagster's contexts that these do not have, and what to do instead."""


class ValueType(NamedTuple):
    """A Python type as the contexts of Dagster give it."""

    typing_type: object
    display_name: str


class _Resources:
    """Resources as attributes, each set up when it is first taken."""

    def __init__(self, given: Mapping[str, object]) -> None:
        self._given = given

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") or name not in self._given:
            raise AttributeError(f"the resource `{name}` is not given to this I/O manager")
        return self._given[name]


class _Shared(TypedDict, total=False):
    """What both contexts may be given, beside what each says of itself."""

    asset_key: AssetKey | None
    run_id: str
    step_key: str
    python_type: object
    config: object
    resources: Mapping[str, object] | None
    log: logging.Logger | None
    partitions: AssetPartitions | None


class _Context:
    """What inputs and outputs have in common; its attributes cannot be set."""

    _asset_key: AssetKey | None
    _partitions: AssetPartitions | None

    name: str
    """The output's or input's name (a parameter's)."""
    run_id: str
    """The run that writes the value; for an input, the run that wrote it."""
    step_key: str
    """The step that writes; empty where none is running."""
    definition_metadata: Mapping[str, Any]
    """The metadata that the definition gives to this output or input."""
    python_type: object
    """The type that the author annotated; None without an annotation."""
    config: Any
    """The manager's configuration; None without any."""
    resources: Any
    """The resources given to the step, as attributes."""
    log: logging.Logger
    """A logger whose lines stay with the step."""

    def __init__(
        self, name: str, definition_metadata: Mapping[str, Any] | None, given: _Shared
    ) -> None:
        self._set("name", name)
        self._set("_asset_key", given.get("asset_key"))
        self._set("run_id", given.get("run_id", ""))
        self._set("step_key", given.get("step_key", ""))
        self._set("definition_metadata", MappingProxyType(dict(definition_metadata or {})))
        self._set("python_type", given.get("python_type"))
        self._set("config", given.get("config"))
        self._set("resources", _Resources(given.get("resources") or {}))
        self._set("log", given.get("log") or _log)
        self._set("_partitions", given.get("partitions"))

    @property
    def metadata(self) -> Mapping[str, Any]:
        """The same as ``definition_metadata`` (Dagster's older name)."""
        return self.definition_metadata

    @property
    def has_asset_key(self) -> bool:
        """Whether the value belongs to an asset."""
        return self._asset_key is not None

    @property
    def asset_key(self) -> AssetKey:
        """The asset's key; raises UsageError if the value belongs to none."""
        if self._asset_key is None:
            raise UsageError(
                f"the asset key of `{self.name}`",
                "it belongs to no asset",
                "Ask `has_asset_key` first, or name files by get_identifier().",
            )
        return self._asset_key

    @property
    def dagster_type(self) -> ValueType:
        """The annotated type as Dagster has it: ``dagster_type.typing_type``, Any without one."""
        kind = Any if self.python_type is None else self.python_type
        return ValueType(kind, getattr(kind, "__name__", str(kind)))

    @property
    def has_partition_key(self) -> bool:
        """Whether the value is that of one partition."""
        return self._partitions is not None and len(self._partitions.keys) == 1

    @property
    def has_asset_partitions(self) -> bool:
        """Whether the value belongs to partitions of an asset, one or several."""
        return self._partitions is not None and self.has_asset_key

    @property
    def partition_key(self) -> str:
        """The key of the partition; raises UsageError if there is none, or several."""
        return self._of_partitions("partition_key").key(f"the partition of `{self.name}`")

    @property
    def partition_keys(self) -> Sequence[str]:
        """The same as ``asset_partition_keys``."""
        return self.asset_partition_keys

    @property
    def asset_partition_key(self) -> str:
        """The same as ``partition_key``."""
        return self.partition_key

    @property
    def asset_partition_keys(self) -> Sequence[str]:
        """The keys of the partitions, in order; raises UsageError if there are none."""
        return self._of_partitions("asset_partition_keys").keys

    @property
    def asset_partition_key_range(self) -> PartitionKeyRange:
        """From the first to the last partition; raises UsageError if there are none."""
        return self._of_partitions("asset_partition_key_range").key_range()

    @property
    def asset_partitions_time_window(self) -> TimeWindow:
        """From the start of the first to the end of the last partition; raises UsageError if they
        are no windows of time."""
        partitions = self._of_partitions("asset_partitions_time_window")
        return partitions.time_window(f"the time window of `{self.name}`")

    @property
    def asset_partitions_def(self) -> PartitionsDefinition | None:
        """What defines the partitions; raises UsageError if there are none."""
        return self._of_partitions("asset_partitions_def").definition

    def _of_partitions(self, member: str) -> AssetPartitions:
        if self._partitions is None:
            raise UsageError(
                f"context.{member} of `{self.name}`",
                "it belongs to no partition",
                "Ask `has_asset_partitions` first.",
            )
        return self._partitions

    def __getattr__(self, name: str) -> Any:
        remedy = _ELSEWHERE.get(name)
        if remedy is None:
            raise AttributeError(f"{type(self).__name__} has no member {name}")
        raise UsageError(f"context.{name} of `{self.name}`", "assetbook does not have it", remedy)

    def get_asset_identifier(self) -> list[str]:
        """The asset's key as a list of parts, and its partition if that is one; raises UsageError
        if the value belongs to none."""
        parts = list(self.asset_key.parts)
        return [*parts, self.partition_key] if self.has_partition_key else parts

    def get_identifier(self) -> list[str]:
        """The parts of a name for the value: the asset's key, else run, step and output."""
        if self.has_asset_key:
            return self.get_asset_identifier()
        return [self.run_id, self.step_key, self.name]

    def _set(self, name: str, value: object) -> None:
        object.__setattr__(self, name, value)

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"an I/O context is frozen: {name} cannot be set")

    def __repr__(self) -> str:
        key = f" of {self._asset_key}" if self._asset_key is not None else ""
        return f"<{type(self).__name__} `{self.name}`{key}>"


class OutputContext(_Context):
    """What ``handle_output`` is told about the value that it stores."""

    _output_metadata: dict[str, Any]
    mapping_key: str | None
    """The element of a dynamic output that it is; None for any other output."""
    data_version: str
    """The version of the content that the manager has set; empty for one that is like no other."""
    recorded: RecordedRuns
    """Which earlier runs wrote this asset and what became of that, to be asked."""

    def __init__(
        self,
        *,
        name: str = "result",
        definition_metadata: Mapping[str, Any] | None = None,
        output_metadata: Mapping[str, Any] | None = None,
        recorded: RecordedRuns | None = None,
        mapping_key: str | None = None,
        **given: Unpack[_Shared],
    ) -> None:
        super().__init__(name, definition_metadata, given)
        self._set("mapping_key", mapping_key)
        self._set("_output_metadata", dict(output_metadata or {}))
        self._set("data_version", "")
        self._set("recorded", recorded or NothingRecorded())

    @property
    def output_metadata(self) -> Mapping[str, Any]:
        """What the asset's code and ``add_output_metadata`` have said of this value so far."""
        return MappingProxyType(self._output_metadata)

    def get_identifier(self) -> list[str]:
        """The parts of a name for the value: the asset's key, else run, step and output, with the
        mapping key of an element."""
        parts = super().get_identifier()
        return parts if self.mapping_key is None else [*parts, self.mapping_key]

    def add_output_metadata(self, metadata: Mapping[str, Any]) -> None:
        """Adds entries to the materialization's metadata.

        Raises DefinitionError for a name that is already there.
        """
        taken = sorted(set(metadata) & set(self._output_metadata))
        if taken:
            raise DefinitionError(
                f"add_output_metadata for `{self.name}`",
                f"{', '.join(f'`{name}`' for name in taken)} already has a value",
                "Give the entry another name.",
            )
        self._output_metadata.update(metadata)

    def set_data_version(self, version: str) -> None:
        """Says which version of its content was stored: equal content, equal version.

        Without it each materialization counts as new data; an author's DataVersion wins.
        """
        self._set("data_version", version)


class InputContext(_Context):
    """What ``load_input`` is told about the value that it loads."""

    upstream_output: OutputContext
    """The output as it was described to ``handle_output``."""
    upstream_metadata: Mapping[str, Any]
    """The metadata recorded with the version that is being loaded."""
    has_input_name: bool
    """False where a value is loaded outside a step."""

    def __init__(
        self,
        *,
        name: str = "",
        metadata: Mapping[str, Any] | None = None,
        upstream_metadata: Mapping[str, Any] | None = None,
        upstream_output: OutputContext | None = None,
        **given: Unpack[_Shared],
    ) -> None:
        super().__init__(name, metadata, given)
        self._set("has_input_name", bool(name))
        self._set("upstream_metadata", MappingProxyType(dict(upstream_metadata or {})))
        written = upstream_output or OutputContext(
            asset_key=given.get("asset_key"), run_id=self.run_id, output_metadata=upstream_metadata
        )
        self._set("upstream_output", written)
