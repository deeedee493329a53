"""What a condition may be about: an asset, a check or a job; and which partitions of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from assetbook.keys import AssetKey, CheckKey
from assetbook.named_arguments import named_arguments


@named_arguments
@dataclass(frozen=True, slots=True)
class AssetJobKey:
    """The name of a job that has a condition."""

    job_name: str

    @property
    def text(self) -> str:
        """The name."""
        return self.job_name

    def to_user_string(self) -> str:
        """``job nightly``, as people read it."""
        return f"job {self.job_name}"

    def __str__(self) -> str:
        return self.to_user_string()


Entity: TypeAlias = AssetKey | CheckKey | AssetJobKey
"""What a condition may be about."""
Subset: TypeAlias = frozenset[str | None]
"""Some partitions of one; ``{None}`` is all of what has no partitions."""
NOTHING: Subset = frozenset()
WHOLE: Subset = frozenset([None])


def entity_text(entity: Entity) -> str:
    """An unambiguous piece of text, that ``entity_from_text`` reads back."""
    kinds = {AssetKey: "asset", CheckKey: "check", AssetJobKey: "job"}
    return f"{kinds[type(entity)]}:{entity.text}"


def entity_from_text(text: str) -> Entity:
    """The entity of such a text."""
    kind, _, rest = text.partition(":")
    if kind == "asset":
        return AssetKey.from_text(rest)
    if kind == "check":
        asset, _, name = rest.partition(":")
        return CheckKey(AssetKey.from_text(asset), name)
    return AssetJobKey(rest)
