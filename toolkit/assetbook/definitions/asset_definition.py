"""The definition of one or several assets that one function makes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from importlib import import_module
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from assetbook.definitions.check_spec import AssetCheckSpec
from assetbook.definitions.direct_call import call_directly
from assetbook.definitions.graph_body import GraphBody
from assetbook.definitions.partition_options import partition_option
from assetbook.definitions.place import Place, note_made
from assetbook.definitions.ports import InputPort, OutputPort
from assetbook.definitions.retries import RetryPolicy
from assetbook.definitions.spec import AssetSpec, Frozen
from assetbook.errors import AssetbookError, DefinitionError
from assetbook.keys import AssetKey

if TYPE_CHECKING:
    from assetbook.definitions.partitions import BackfillPolicy

_NOTHING: Mapping[str, Any] = MappingProxyType({})
_NO_INTERNAL_DEPS: Mapping[AssetKey, frozenset[AssetKey]] = MappingProxyType({})
_value_reader = ""


def set_value_reader(path: str) -> None:
    """Names the function (``module:name``) that reads values from the project's store."""
    global _value_reader
    _value_reader = path


def read_stored(
    asset: str,
    *,
    version: int | str | None = None,
    partition: str | None = None,
    as_type: object = None,
) -> Any:
    """The stored value of an asset that is named as people do (``orders``, ``orders@3``).

    Raises SelectionError if there is none, CorruptStoreError if its file is gone or changed.
    """
    module, _, name = _value_reader.partition(":")
    read = getattr(import_module(module), name)
    return read(asset, partition, version=version, as_type=as_type)


class DefinitionAttributeError(AssetbookError, AttributeError):
    """A definition was used where its value was meant."""


class AssetsDefinition(Frozen):
    """What ``@asset`` and ``@multi_asset`` make: a function and the assets that it materializes.

    Calling it calls the function itself, with nothing stored. It holds no value; ``value()``
    reads the latest one from the store.
    """

    __slots__ = (
        "__weakref__",
        "backfill_policy",
        "can_subset",
        "check_specs",
        "compute",
        "config",
        "config_type",
        "context_name",
        "graph",
        "ignore",
        "inputs",
        "internal_deps",
        "max_age",
        "name",
        "op_tags",
        "outputs",
        "place",
        "pool",
        "reads",
        "resource_names",
        "resources",
        "retry_policy",
    )

    context_builder = "build_asset_context"
    """What makes a context for calling it in a test."""
    name: str
    compute: Callable[..., Any]
    outputs: tuple[OutputPort, ...]
    inputs: tuple[InputPort, ...]
    context_name: str | None
    """The parameter that takes the context; None if the function takes none."""
    config_type: type | None
    config: object | None
    """The author's default configuration: an instance of ``config_type``; None for its defaults."""
    resource_names: tuple[tuple[str, object], ...]
    """The parameters that are resources, with their annotations."""
    resources: Mapping[str, object]
    """Resources bound to this definition alone, by parameter."""
    check_specs: tuple[AssetCheckSpec, ...]
    """Checks that the function itself answers."""
    can_subset: bool
    internal_deps: Mapping[AssetKey, frozenset[AssetKey]]
    """Which other outputs of the same function an output follows."""
    reads: tuple[str, ...]
    """Patterns of files that it reads, whose content counts as an input."""
    max_age: timedelta | None
    """How long what it read of the world outside stays good; None for no limit."""
    ignore: frozenset[str]
    """Names that count for nothing in its code version."""
    graph: GraphBody | None
    """The graph whose ops make it, of which ``compute`` is the body; None for a function."""
    retry_policy: RetryPolicy | None
    """How a failed step is tried again; None for not at all."""
    op_tags: Mapping[str, str]
    """Tags of the step that runs it."""
    pool: str | None
    """The pool whose slots limit how many such steps run at a time; None for no limit."""
    backfill_policy: BackfillPolicy | None
    """How many partitions one call makes; None for one."""
    place: Place

    def __init__(
        self,
        name: str,
        compute: Callable[..., Any],
        outputs: tuple[OutputPort, ...],
        place: Place,
        *,
        inputs: tuple[InputPort, ...] = (),
        context_name: str | None = None,
        config_type: type | None = None,
        config: object | None = None,
        resource_names: tuple[tuple[str, object], ...] = (),
        resources: Mapping[str, object] = _NOTHING,
        check_specs: tuple[AssetCheckSpec, ...] = (),
        can_subset: bool = False,
        internal_deps: Mapping[AssetKey, frozenset[AssetKey]] = _NO_INTERNAL_DEPS,
        reads: tuple[str, ...] = (),
        max_age: timedelta | None = None,
        ignore: frozenset[str] = frozenset(),
        graph: GraphBody | None = None,
        retry_policy: RetryPolicy | None = None,
        op_tags: Mapping[str, str] = _NOTHING,
        pool: str | None = None,
        backfill_policy: BackfillPolicy | None = None,
    ) -> None:
        put = object.__setattr__
        put(self, "name", name)
        put(self, "compute", compute)
        put(self, "outputs", outputs)
        put(self, "place", place)
        put(self, "inputs", inputs)
        put(self, "context_name", context_name)
        put(self, "config_type", config_type)
        put(self, "config", config)
        put(self, "resource_names", resource_names)
        put(self, "resources", resources)
        put(self, "check_specs", check_specs)
        put(self, "can_subset", can_subset)
        put(self, "internal_deps", internal_deps)
        put(self, "reads", reads)
        put(self, "max_age", max_age)
        put(self, "ignore", ignore)
        put(self, "graph", graph)
        put(self, "retry_policy", retry_policy)
        put(self, "op_tags", op_tags)
        put(self, "pool", pool)
        policy = partition_option("backfill_policy", f"`{self.name}`", backfill_policy)
        put(self, "backfill_policy", policy)
        note_made(self)

    def replace(self, **changes: Any) -> AssetsDefinition:
        """A copy with the given fields replaced; it counts as the same definition's next form."""
        names = (each for each in AssetsDefinition.__slots__ if each != "__weakref__")
        fields = {name: getattr(self, name) for name in names}
        copy = AssetsDefinition.__new__(AssetsDefinition)
        for name, value in {**fields, **changes}.items():
            object.__setattr__(copy, name, value)
        return copy

    @property
    def specs(self) -> tuple[AssetSpec, ...]:
        """The specs of its assets, in order."""
        return tuple(output.spec for output in self.outputs)

    @property
    def keys(self) -> tuple[AssetKey, ...]:
        """The keys of its assets, in order."""
        return tuple(output.spec.key for output in self.outputs)

    @property
    def key(self) -> AssetKey:
        """The key of its only asset; raises DefinitionError if it has several."""
        return self.spec.key

    @property
    def spec(self) -> AssetSpec:
        """The spec of its only asset; raises DefinitionError if it has several."""
        if len(self.outputs) != 1:
            raise DefinitionError(
                f"the key of {self.name}",
                f"it makes {len(self.outputs)} assets",
                "Use .keys or .specs.",
            )
        return self.outputs[0].spec

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """What the author's function returns; nothing is recorded.

        A context built for a test gives the resources and configuration that are not among the
        arguments. Raises UsageError for arguments that do not fit.
        """
        __tracebackhide__ = True
        return call_directly(self, args, kwargs)

    def value(self, version: int | str | None = None, *, partition: str | None = None) -> Any:
        """The stored value of its asset: the latest, or that of ``version``; of one ``partition``
        where it has some.

        Raises SelectionError if there is none, CorruptStoreError if its file is gone or changed.
        """
        return read_stored(str(self.key), version=version, partition=partition)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        raise DefinitionAttributeError(
            f"{self.name}.{name}",
            f"`{self.name}` is the definition of an asset, not its value",
            f"Its latest value is `%value {self.name}` or `{self.name}.value()`.",
        )

    def __repr__(self) -> str:
        keys = ", ".join(key.to_user_string() for key in self.keys)
        return f"<asset {keys}>" if len(self.outputs) == 1 else f"<multi_asset {self.name}: {keys}>"

    def __reduce__(self) -> Any:
        raise TypeError(f"the definition {self.name} cannot be pickled: send its notebook instead")
