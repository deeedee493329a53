"""Partitions whose keys come to be as they are added to a store."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

from assetbook.definitions.partitions.definition import (
    DynamicPartitionsStore,
    PartitionsDefinition,
    checked_key,
)
from assetbook.errors import DefinitionError, UsageError
from assetbook.named_arguments import named_arguments


@named_arguments
@dataclass(frozen=True, slots=True)
class AddDynamicPartitionsRequest:
    """That keys are to be added, as a sensor asks."""

    partitions_def_name: str
    partition_keys: tuple[str, ...]


@named_arguments
@dataclass(frozen=True, slots=True)
class DeleteDynamicPartitionsRequest:
    """That keys are to be taken away, as a sensor asks."""

    partitions_def_name: str
    partition_keys: tuple[str, ...]


@named_arguments
class DynamicPartitionsDefinition(PartitionsDefinition):
    """Keys that are added and deleted while the project lives: files, customers, experiments.

    All definitions of the same ``name`` share their keys, which a store keeps.
    """

    kind: ClassVar[str] = "dynamic"

    def __init__(self, *, name: str) -> None:
        if not isinstance(name, str) or not name:
            raise DefinitionError(
                f"DynamicPartitionsDefinition(name={name!r})",
                "its keys are kept under a name",
                'Write DynamicPartitionsDefinition(name="customers").',
            )
        self.name = name

    def keys_at(self, now: datetime, store: DynamicPartitionsStore | None = None) -> Sequence[str]:
        """The keys in the order in which they were added; raises UsageError without a store."""
        if store is None:
            raise UsageError(
                f"the keys of the dynamic partitions `{self.name}`",
                "a store keeps them, and none was given",
                "Ask the instance: instance.get_dynamic_partitions(...), or give "
                "dynamic_partitions_store=instance.",
            )
        return store.get_dynamic_partitions(self.name)

    def build_add_request(self, partition_keys: Sequence[str]) -> AddDynamicPartitionsRequest:
        """What a sensor returns to add keys; raises DefinitionError for one that cannot be."""
        keys = tuple(checked_key(each, "the partition key") for each in partition_keys)
        return AddDynamicPartitionsRequest(self.name, keys)

    def build_delete_request(self, partition_keys: Sequence[str]) -> DeleteDynamicPartitionsRequest:
        """What a sensor returns to take keys away."""
        return DeleteDynamicPartitionsRequest(self.name, tuple(partition_keys))

    def instead_of(self, key: str, keys: Sequence[str]) -> str:
        """How to add it, and the nearest of those that there are."""
        adds = f"Instance.get().add_dynamic_partitions({self.name!r}, [{key!r}])"
        return f"{super().instead_of(key, keys)} To add it: {adds}."

    def settings(self) -> Mapping[str, Any]:
        """The name."""
        return {"name": self.name}

    def describe(self) -> str:
        """``dynamic: customers``."""
        return f"dynamic: {self.name}"
