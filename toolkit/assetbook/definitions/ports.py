"""What goes into and out of a computation: AssetIn, AssetOut, and what they become."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

from assetbook.definitions.partition_options import partition_option
from assetbook.definitions.spec import AssetSpec
from assetbook.keys import AssetKey
from assetbook.named_arguments import named_arguments

if TYPE_CHECKING:
    from assetbook.definitions.automation import AutomationCondition
    from assetbook.definitions.freshness_policy import FreshnessPolicy
    from assetbook.definitions.partitions import PartitionMapping, PartitionsDefinition

DEFAULT_IO_MANAGER = "io_manager"
ARROW_IO_MANAGER = "arrow"
PICKLE_IO_MANAGER = "pickle"
BUILT_IN_IO_MANAGERS = frozenset({DEFAULT_IO_MANAGER, ARROW_IO_MANAGER, PICKLE_IO_MANAGER})
"""Names that stand for assetbook's own managers where the author binds nothing to them."""


@named_arguments
@dataclass(frozen=True, slots=True)
class AssetIn:
    """Which asset a parameter stands for; without ``key`` the parameter's own name.

    ``metadata`` reaches the I/O manager's input context. The manager given under
    ``input_manager_key`` loads this input, in place of what stored the asset. The value that is
    loaded is checked by ``dagster_type``, in place of the parameter's annotation.
    ``partition_mapping`` says which partitions are read; None is the usual mapping.
    """

    key: AssetKey | str | Sequence[str] | None = None
    metadata: Mapping[str, Any] | None = None
    key_prefix: str | Sequence[str] | None = None
    input_manager_key: str | None = None
    dagster_type: object = None
    partition_mapping: PartitionMapping | None = None

    def __post_init__(self) -> None:
        of = f"AssetIn({'' if self.key is None else repr(self.key)})"
        partition_option("partition_mapping", of, self.partition_mapping)

    def key_for(self, parameter: str) -> AssetKey:
        """The asset's key when this stands at ``parameter``."""
        key = AssetKey.from_coercible(self.key) if self.key is not None else AssetKey(parameter)
        return key.with_prefix(self.key_prefix) if self.key_prefix is not None else key


@named_arguments
@dataclass(frozen=True, slots=True)
class AssetOut:
    """One output of a multi-asset; without ``key`` the output's own name.

    An output that is not ``is_required`` may be left out by the function. Its value is checked by
    ``dagster_type``, in place of its part of the function's annotation.
    """

    key_prefix: str | Sequence[str] | None = None
    key: AssetKey | str | Sequence[str] | None = None
    description: str | None = None
    is_required: bool = True
    io_manager_key: str = DEFAULT_IO_MANAGER
    metadata: Mapping[str, Any] | None = None
    group_name: str | None = None
    code_version: str | None = None
    tags: Mapping[str, str] | None = None
    owners: Sequence[str] | None = None
    kinds: Iterable[str] | None = None
    dagster_type: object = None
    automation_condition: AutomationCondition | None = None
    freshness_policy: FreshnessPolicy | None = None

    def spec_for(
        self,
        output: str,
        deps: Iterable[object],
        group_name: str | None,
        partitions_def: PartitionsDefinition | None = None,
    ) -> AssetSpec:
        """The spec of this output when it is called ``output``."""
        key = AssetKey.from_coercible(self.key) if self.key is not None else AssetKey(output)
        return AssetSpec(
            key.with_prefix(self.key_prefix) if self.key_prefix is not None else key,
            deps=deps,
            description=self.description,
            metadata=self.metadata,
            skippable=not self.is_required,
            group_name=self.group_name or group_name,
            code_version=self.code_version,
            tags=self.tags,
            owners=self.owners,
            kinds=self.kinds,
            partitions_def=partitions_def,
            automation_condition=self.automation_condition,
            freshness_policy=self.freshness_policy,
        )


class InputPort(NamedTuple):
    """An input of a computation: the name it arrives under, the asset, the wanted type."""

    name: str
    key: AssetKey
    annotation: object = None
    """The type that the author asked for; None for the form in which it was stored."""
    metadata: Mapping[str, Any] = MappingProxyType({})
    by_name: bool = False
    """True if the key was taken from the name alone, so that a longer key may be meant."""
    optional: bool = False
    """True if the parameter has a default: it is no input where its name fits no asset."""
    manager_key: str | None = None
    """The input manager that loads it; None for what stored the asset."""
    dagster_type: object = None
    """What checks the value that was loaded: a type, or an annotation that may stand for one."""
    partitions: tuple[str, ...] | None = None
    """The partitions of the asset that it takes together; None for one value, that of ``key``."""
    partition_mapping: PartitionMapping | None = None
    """The author's own; None for the usual one."""
    absent: bool = False
    """True if it takes one partition that there is not: its value is None."""

    @property
    def keys(self) -> tuple[AssetKey, ...]:
        """What it reads: ``key``, or those of the partitions that it takes together."""
        if self.partitions is None:
            return (self.key,)
        return tuple([self.key.at(partition) for partition in self.partitions])

    @property
    def named_keys(self) -> tuple[tuple[str, AssetKey], ...]:
        """The same, each under the name by which it is recorded as an input."""
        if self.partitions is None:
            return ((self.name, self.key),)
        return tuple([(f"{self.name}[{each}]", self.key.at(each)) for each in self.partitions])


class OutputPort(NamedTuple):
    """An output of a computation: its name, the asset, and what stores it."""

    name: str
    spec: AssetSpec
    io_manager_key: str = DEFAULT_IO_MANAGER
    is_required: bool = True
    has_value: bool = True
    """False for a function annotated ``-> None``: materialized without a value."""
    dagster_type: object = None
    """What checks the value: a type, or an annotation that may stand for one."""
