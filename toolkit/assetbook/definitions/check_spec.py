"""What a check is, apart from how it is answered: its name, its asset, whether it blocks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from assetbook.definitions.partition_options import partition_option
from assetbook.definitions.spec import AssetDep, Frozen, as_deps, condition_of, key_of
from assetbook.keys import AssetKey, CheckKey
from assetbook.named_arguments import named_arguments

if TYPE_CHECKING:
    from assetbook.definitions.automation import AutomationCondition
    from assetbook.definitions.partitions import PartitionsDefinition

_NOTHING: Mapping[str, Any] = MappingProxyType({})


@named_arguments
class AssetCheckSpec(Frozen):
    """The declaration of a check: its name, its asset, and whether it blocks what follows."""

    __slots__ = (
        "additional_deps",
        "asset_key",
        "automation_condition",
        "blocking",
        "description",
        "metadata",
        "name",
        "partitions_def",
    )

    name: str
    asset_key: AssetKey
    description: str | None
    blocking: bool
    additional_deps: tuple[AssetDep, ...]
    metadata: Mapping[str, Any]
    automation_condition: AutomationCondition | None
    """When it runs by itself; None for never."""
    partitions_def: PartitionsDefinition | None
    """What its asset is divided by, said once more; None for what the asset says."""

    def __init__(
        self,
        name: str,
        *,
        asset: object,
        description: str | None = None,
        blocking: bool = False,
        additional_deps: Iterable[object] | None = None,
        metadata: Mapping[str, Any] | None = None,
        automation_condition: AutomationCondition | None = None,
        partitions_def: PartitionsDefinition | None = None,
    ) -> None:
        put = object.__setattr__
        put(self, "name", name)
        put(self, "asset_key", key_of(asset))
        put(self, "description", description)
        put(self, "blocking", blocking)
        put(self, "additional_deps", as_deps(additional_deps))
        put(self, "metadata", metadata or _NOTHING)
        put(self, "automation_condition", condition_of(f"the check `{name}`", automation_condition))
        divided = partition_option("partitions_def", f"the check `{name}`", partitions_def)
        put(self, "partitions_def", divided)

    @property
    def key(self) -> CheckKey:
        """The check's key."""
        return CheckKey(self.asset_key, self.name)

    def described(self, description: str | None) -> AssetCheckSpec:
        """The same with that description."""
        return AssetCheckSpec(
            self.name,
            asset=self.asset_key,
            description=description,
            blocking=self.blocking,
            additional_deps=self.additional_deps,
            metadata=self.metadata,
            automation_condition=self.automation_condition,
            partitions_def=self.partitions_def,
        )

    def __repr__(self) -> str:
        return f"AssetCheckSpec({self.name!r}, asset={self.asset_key.to_user_string()!r})"
