"""Source assets: made elsewhere, and looked at by a function here that tells their data version."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, overload

from assetbook.definitions.asset_decorator import asset_key_of, checked_config, documentation
from assetbook.definitions.parameters import caller_names, place_of, read_parameters
from assetbook.definitions.place import Place, note_made
from assetbook.definitions.ports import InputPort
from assetbook.definitions.spec import AssetSpec
from assetbook.errors import DefinitionError
from assetbook.keys import AssetKey
from assetbook.named_arguments import named_options

_NOTHING: Mapping[str, Any] = MappingProxyType({})


class SourceAsset(AssetSpec):
    """What ``@observable_source_asset`` makes: an external asset, and how to look at it.

    Calling it calls the function itself, with nothing recorded.
    """

    __slots__ = (
        "__weakref__",
        "compute",
        "config",
        "config_type",
        "context_name",
        "ignore",
        "name",
        "place",
        "resource_names",
        "resources",
    )

    name: str
    compute: Callable[..., Any]
    config_type: type | None
    config: object | None
    """The author's default configuration; None for that of its class."""
    context_name: str | None
    resource_names: tuple[tuple[str, object], ...]
    resources: Mapping[str, object]
    ignore: frozenset[str]
    place: Place

    def __init__(
        self,
        key: AssetKey | str | Sequence[str],
        name: str,
        compute: Callable[..., Any],
        place: Place,
        *,
        config_type: type | None = None,
        config: object | None = None,
        context_name: str | None = None,
        resource_names: tuple[tuple[str, object], ...] = (),
        resources: Mapping[str, object] = _NOTHING,
        ignore: frozenset[str] = frozenset(),
        **labels: Any,
    ) -> None:
        super().__init__(key, **labels)
        put = object.__setattr__
        put(self, "name", name)
        put(self, "compute", compute)
        put(self, "place", place)
        put(self, "config_type", config_type)
        put(self, "config", config)
        put(self, "context_name", context_name)
        put(self, "resource_names", resource_names)
        put(self, "resources", resources)
        put(self, "ignore", ignore)
        note_made(self)

    @property
    def inputs(self) -> tuple[InputPort, ...]:
        """None: an observation reads no asset."""
        return ()

    def replace(self, **changes: Any) -> SourceAsset:
        """A copy with the given fields replaced; it counts as the same definition's next form."""
        copy = SourceAsset.__new__(SourceAsset)
        for name in (*AssetSpec.__slots__, *SourceAsset.__slots__):
            if name != "__weakref__":
                object.__setattr__(copy, name, changes.get(name, getattr(self, name)))
        return copy

    def replace_attributes(self, **changes: Any) -> SourceAsset:
        """A copy with the given attributes of its spec replaced."""
        plain = AssetSpec(**{name: getattr(self, name) for name in AssetSpec.__slots__})
        changed = plain.replace_attributes(**changes)
        return self.replace(**{name: getattr(changed, name) for name in AssetSpec.__slots__})

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """What the author's function returns; nothing is recorded."""
        return self.compute(*args, **kwargs)

    def __repr__(self) -> str:
        return f"<observable source asset {self.key}>"

    def __reduce__(self) -> Any:
        raise TypeError(f"the definition {self.name} cannot be pickled: send its notebook instead")


@overload
def observable_source_asset(fn: Callable[..., Any], /) -> SourceAsset: ...


@overload
def observable_source_asset(
    *,
    name: str | None = None,
    key: AssetKey | str | Sequence[str] | None = None,
    key_prefix: str | Sequence[str] | None = None,
    metadata: Mapping[str, Any] | None = None,
    tags: Mapping[str, str] | None = None,
    description: str | None = None,
    group_name: str | None = None,
    owners: Sequence[str] | None = None,
    kinds: Iterable[str] | None = None,
    config: object | None = None,
    resources: Mapping[str, object] | None = None,
    ignore: Iterable[str] = (),
) -> Callable[[Callable[..., Any]], SourceAsset]: ...


@named_options
def observable_source_asset(
    fn: Callable[..., Any] | None = None,
    /,
    *,
    name: str | None = None,
    key: AssetKey | str | Sequence[str] | None = None,
    key_prefix: str | Sequence[str] | None = None,
    metadata: Mapping[str, Any] | None = None,
    tags: Mapping[str, str] | None = None,
    description: str | None = None,
    group_name: str | None = None,
    owners: Sequence[str] | None = None,
    kinds: Iterable[str] | None = None,
    config: object | None = None,
    resources: Mapping[str, object] | None = None,
    ignore: Iterable[str] = (),
) -> SourceAsset | Callable[[Callable[..., Any]], SourceAsset]:
    """The definition of a source whose data version the decorated function tells; nothing runs.

    The function returns a DataVersion or an ObserveResult; its parameters are ``context``,
    ``config`` and resources. What names the source in ``deps=`` is fresh as long as the data
    version that was last observed is the one that it was made with.
    Raises DefinitionError for anything that cannot be meant.
    """

    def decorate(fn: Callable[..., Any], depth: int = 1) -> SourceAsset:
        bound = resources or _NOTHING
        parameters = read_parameters(
            fn, resource_names=bound.keys(), local_names=caller_names(fn, depth)
        )
        if parameters.inputs:
            names = ", ".join(f"`{each}`" for each, _ in parameters.inputs)
            raise DefinitionError(
                f"@observable_source_asset {fn.__name__}()",
                f"its parameters {names} are neither context, config nor resources",
                "An observation reads no asset; a resource is annotated, or bound by resources=.",
            )
        asset_key = asset_key_of(fn, name, key, key_prefix)
        return SourceAsset(
            asset_key,
            fn.__name__ if name is None and key is None else asset_key.parts[-1],
            fn,
            place_of(fn),
            config_type=parameters.config,
            config=checked_config(fn, parameters, config),
            context_name=parameters.context,
            resource_names=parameters.resources,
            resources=bound,
            ignore=frozenset(ignore),
            description=description if description is not None else documentation(fn),
            metadata=metadata,
            tags=tags,
            group_name=group_name,
            owners=owners,
            kinds=kinds,
        )

    return decorate if fn is None else decorate(fn, 2)
