"""Partitions whose keys are listed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, ClassVar

from assetbook.definitions.partitions.definition import (
    DynamicPartitionsStore,
    PartitionsDefinition,
    checked_key,
)
from assetbook.errors import DefinitionError
from assetbook.named_arguments import named_arguments


@named_arguments
class StaticPartitionsDefinition(PartitionsDefinition):
    """A fixed list of keys: regions, customers, kinds.

    Raises DefinitionError for a key that is there twice, is no text, or has ``..``, ``,`` or a
    control character.
    """

    kind: ClassVar[str] = "static"

    def __init__(self, partition_keys: Sequence[str]) -> None:
        if isinstance(partition_keys, str):
            raise DefinitionError(
                f"StaticPartitionsDefinition({partition_keys!r})",
                "it is one text, not a list of keys",
                f"Give a list: [{partition_keys!r}].",
            )
        keys = tuple(checked_key(each, "the partition key") for each in partition_keys)
        self._keys = keys
        self._known = frozenset(keys)
        if len(self._known) < len(keys):
            twice = next(each for each in keys if keys.count(each) > 1)
            raise DefinitionError(
                "StaticPartitionsDefinition(...)", f"{twice!r} is there twice", "Name it once."
            )

    @property
    def partition_keys(self) -> tuple[str, ...]:
        """The list as it was given."""
        return self._keys

    def keys_at(self, now: datetime, store: DynamicPartitionsStore | None = None) -> Sequence[str]:
        """The list as it was given."""
        return self._keys

    def has_key(self, key: str, now: datetime, store: DynamicPartitionsStore | None = None) -> bool:
        """Whether it is in the list."""
        return key in self._known

    def settings(self) -> Mapping[str, Any]:
        """The keys."""
        return {"keys": list(self._keys)}

    def describe(self) -> str:
        """``static: red, green, blue``, cut after the third."""
        more = f" and {len(self._keys) - 3} more" if len(self._keys) > 3 else ""
        return f"static: {', '.join(self._keys[:3])}{more}"
