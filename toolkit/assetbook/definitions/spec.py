"""What an asset is, apart from how it is made: its key and labels, and what it follows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from assetbook.definitions.labels import (
    validate_group_name,
    validate_kinds,
    validate_owner,
    validate_tags,
)
from assetbook.definitions.partition_options import partition_option
from assetbook.errors import DefinitionError, with_article
from assetbook.keys import AssetKey
from assetbook.named_arguments import named_arguments

if TYPE_CHECKING:
    from assetbook.definitions.automation import AutomationCondition
    from assetbook.definitions.freshness_policy import FreshnessPolicy
    from assetbook.definitions.partitions import PartitionMapping, PartitionsDefinition

DEFAULT_GROUP = "default"
_NOTHING: Mapping[str, Any] = MappingProxyType({})


class Frozen:
    """A record whose fields are set once, by its own constructor."""

    __slots__ = ()

    def __setattr__(self, name: str, value: object) -> None:
        raise DefinitionError(
            f"setting {name} on {type(self).__name__}",
            "definitions are frozen",
            "Run its cell again with other arguments, or use replace_attributes(...).",
        )

    def __reduce__(self) -> tuple[Any, ...]:
        return restored, (type(self), fields_of(self))


def fields_of(record: Frozen) -> dict[str, Any]:
    """The fields of a record, by name."""
    names = (name for kind in type(record).__mro__ for name in getattr(kind, "__slots__", ()))
    return {name: getattr(record, name) for name in names if name != "__weakref__"}


def restored(kind: Any, fields: Mapping[str, Any]) -> Any:
    """The record of class ``kind`` with those fields."""
    record = kind.__new__(kind)
    for name, value in fields.items():
        object.__setattr__(record, name, value)
    return record


@named_arguments
class AssetDep(Frozen):
    """An asset that must come first, without its value being read.

    ``asset`` may be a key, its text, a spec or a definition with a single asset.
    ``partition_mapping`` says which of its partitions must be there; None is the usual mapping.
    """

    __slots__ = ("asset_key", "metadata", "partition_mapping")

    asset_key: AssetKey
    metadata: Mapping[str, Any]
    partition_mapping: PartitionMapping | None

    def __init__(
        self,
        asset: object,
        *,
        partition_mapping: PartitionMapping | None = None,
        metadata: Mapping[str, Any] | None = None,
    ) -> None:
        object.__setattr__(self, "asset_key", key_of(asset))
        object.__setattr__(self, "metadata", metadata or _NOTHING)
        of = f"the dependency on `{self.asset_key}`" if partition_mapping is not None else ""
        mapping = partition_option("partition_mapping", of, partition_mapping)
        object.__setattr__(self, "partition_mapping", mapping)

    def __repr__(self) -> str:
        return f"AssetDep({self.asset_key.to_user_string()!r})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, AssetDep) and self.asset_key == other.asset_key

    def __hash__(self) -> int:
        return hash(self.asset_key)


@named_arguments
class AssetSpec(Frozen):
    """The declaration of one asset.

    On its own in a cell or in ``Definitions`` it is an external asset: known, never materialized
    here. ``deps`` order and draw lineage, and load nothing. ``metadata`` holds plain values.
    Raises DefinitionError for labels that break their rules.
    """

    __slots__ = (
        "automation_condition",
        "code_version",
        "deps",
        "description",
        "freshness_policy",
        "group_name",
        "key",
        "kinds",
        "metadata",
        "owners",
        "partitions_def",
        "skippable",
        "tags",
    )

    key: AssetKey
    deps: tuple[AssetDep, ...]
    description: str | None
    metadata: Mapping[str, Any]
    skippable: bool
    group_name: str
    code_version: str | None
    owners: tuple[str, ...]
    tags: Mapping[str, str]
    kinds: frozenset[str]
    partitions_def: PartitionsDefinition | None
    """What divides it into partitions; None for an asset that is one whole."""
    automation_condition: AutomationCondition | None
    """When it is made by itself; None for never."""
    freshness_policy: FreshnessPolicy | None
    """How recently it has to be materialized; None if nobody says."""

    def __init__(
        self,
        key: AssetKey | str | Sequence[str],
        *,
        deps: Iterable[object] | None = None,
        description: str | None = None,
        metadata: Mapping[str, Any] | None = None,
        skippable: bool = False,
        group_name: str | None = None,
        code_version: str | None = None,
        owners: Sequence[str] | None = None,
        tags: Mapping[str, str] | None = None,
        kinds: Iterable[str] | None = None,
        partitions_def: PartitionsDefinition | None = None,
        automation_condition: AutomationCondition | None = None,
        freshness_policy: FreshnessPolicy | None = None,
    ) -> None:
        put = object.__setattr__
        put(self, "key", AssetKey.from_coercible(key))
        put(self, "deps", as_deps(deps))
        put(self, "description", description)
        put(self, "metadata", MappingProxyType(dict(metadata)) if metadata else _NOTHING)
        put(self, "skippable", skippable)
        if group_name is not None:
            validate_group_name(group_name)
        put(self, "group_name", group_name or DEFAULT_GROUP)
        put(self, "code_version", code_version)
        for owner in owners or ():
            validate_owner(owner)
        put(self, "owners", tuple(owners or ()))
        put(self, "tags", MappingProxyType(dict(validate_tags(tags))) if tags else _NOTHING)
        put(self, "kinds", frozenset(validate_kinds(kinds)) if kinds else frozenset())
        put(
            self,
            "partitions_def",
            partition_option("partitions_def", f"`{self.key}`", partitions_def),
        )
        put(self, "automation_condition", condition_of(f"`{self.key}`", automation_condition))
        put(self, "freshness_policy", _policy_of(f"`{self.key}`", freshness_policy))

    def replace_attributes(self, **changes: Any) -> AssetSpec:
        """A copy with the given attributes replaced."""
        given = {name: getattr(self, name) for name in AssetSpec.__slots__}
        unknown = changes.keys() - given.keys()
        if unknown:
            raise DefinitionError(
                f"replace_attributes of {self.key}",
                f"an AssetSpec has no {sorted(unknown)}",
                f"It has {sorted(given)}.",
            )
        return AssetSpec(**{**given, **changes})

    def merge_attributes(
        self,
        *,
        deps: Iterable[object] = (),
        metadata: Mapping[str, Any] = _NOTHING,
        owners: Sequence[str] = (),
        tags: Mapping[str, str] = _NOTHING,
        kinds: Iterable[str] = (),
    ) -> AssetSpec:
        """A copy to which the given ones are added."""
        return self.replace_attributes(
            deps=(*self.deps, *as_deps(deps)),
            metadata={**self.metadata, **metadata},
            owners=[*self.owners, *owners],
            tags={**self.tags, **tags},
            kinds={*self.kinds, *kinds},
        )

    def __repr__(self) -> str:
        return f"AssetSpec({self.key.to_user_string()!r}, group_name={self.group_name!r})"


def condition_of(asked: str, given: object | None) -> AutomationCondition | None:
    """``given`` itself; raises DefinitionError if it is no condition."""
    if given is None:
        return None
    from assetbook.definitions.automation.condition import checked_condition  # for few assets

    return checked_condition(asked, given)


def _policy_of(asked: str, given: object | None) -> FreshnessPolicy | None:
    if given is None:
        return None
    from assetbook.definitions.freshness_policy import checked_policy  # for few assets

    return checked_policy(asked, given)


def as_deps(deps: Iterable[object] | None) -> tuple[AssetDep, ...]:
    """The given things as dependencies, each key once, in order."""
    if not deps:
        return ()
    if isinstance(deps, str | AssetKey):
        deps = (deps,)
    made = (each for dep in deps for each in _as_dep(dep))
    return tuple({dep.asset_key: dep for dep in made}.values())


def _as_dep(dep: object) -> tuple[AssetDep, ...]:
    """``dep`` as dependencies: one, or all assets of a definition of several."""
    if isinstance(dep, AssetDep):
        return (dep,)
    keys = getattr(dep, "keys", None)
    return tuple(AssetDep(key) for key in keys) if isinstance(keys, tuple) else (AssetDep(dep),)


def refuse_unselectable(asked: str, given: object) -> None:
    """Raises DefinitionError unless ``given`` selects assets: it is text, a key, a definition, an
    AssetSelection, or several of these."""
    several = isinstance(given, Sequence) and not isinstance(given, str)
    for each in given if several and isinstance(given, Sequence) else (given,):
        if hasattr(each, "to_selection_str") or getattr(each, "keys", None):
            continue
        try:
            key_of(each)
        except DefinitionError as error:
            remedy = "Give text as `materialize` takes it, keys, definitions or an AssetSelection."
            raise DefinitionError(
                asked, f"its selection has {each!r}; {error.found}", remedy
            ) from None


def key_of(asset: object) -> AssetKey:
    """The key of a key, its text, a spec, a dependency or a definition of one asset.

    Raises DefinitionError for anything else and for a definition of several assets.
    """
    if isinstance(asset, AssetKey):
        return asset
    if isinstance(asset, str):
        return AssetKey.from_user_string(asset)
    if isinstance(asset, list | tuple):
        return AssetKey(asset)
    key = getattr(asset, "asset_key", None) or getattr(asset, "key", None)
    if isinstance(key, AssetKey):
        return key
    raise DefinitionError(
        f"{asset!r} as an asset",
        f"it is {with_article(type(asset).__name__)}",
        "Give a key, its text, an AssetSpec or the definition of a single asset.",
    )
