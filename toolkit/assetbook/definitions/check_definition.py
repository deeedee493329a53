"""Checks: questions about assets' values that are answered yes or no."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from assetbook.definitions.asset_decorator import documentation, input_ports
from assetbook.definitions.check_spec import AssetCheckSpec
from assetbook.definitions.direct_call import call_directly
from assetbook.definitions.labels import validate_pool, validate_tags
from assetbook.definitions.parameters import caller_names, place_of, read_parameters
from assetbook.definitions.place import Place, note_made
from assetbook.definitions.ports import AssetIn, InputPort
from assetbook.definitions.spec import Frozen
from assetbook.errors import DefinitionError
from assetbook.keys import AssetKey, CheckKey
from assetbook.named_arguments import named_options

if TYPE_CHECKING:
    from assetbook.definitions.automation import AutomationCondition
    from assetbook.definitions.partitions import PartitionsDefinition

_NOTHING: Mapping[str, Any] = MappingProxyType({})


class AssetChecksDefinition(Frozen):
    """What ``@asset_check`` and ``@multi_asset_check`` make; calling it calls the function."""

    __slots__ = (
        "__weakref__",
        "can_subset",
        "compute",
        "config_type",
        "context_name",
        "ignore",
        "inputs",
        "name",
        "op_tags",
        "place",
        "pool",
        "resource_names",
        "resources",
        "specs",
    )

    context_builder = "build_asset_check_context"
    """What makes a context for calling it in a test."""
    name: str
    """The check's, or that of the function that answers several."""
    specs: tuple[AssetCheckSpec, ...]
    """The checks that one call of the function answers."""
    can_subset: bool
    """Whether it can answer some of them without the others."""
    compute: Callable[..., Any]
    inputs: tuple[InputPort, ...]
    context_name: str | None
    config_type: type | None
    resource_names: tuple[tuple[str, object], ...]
    resources: Mapping[str, object]
    ignore: frozenset[str]
    op_tags: Mapping[str, str]
    """Tags of the step that runs it."""
    pool: str | None
    """The pool whose slots limit how many such steps run at a time; None for no limit."""
    place: Place

    def __init__(
        self,
        specs: AssetCheckSpec | tuple[AssetCheckSpec, ...],
        compute: Callable[..., Any],
        place: Place,
        *,
        name: str | None = None,
        can_subset: bool = False,
        inputs: tuple[InputPort, ...] = (),
        context_name: str | None = None,
        config_type: type | None = None,
        resource_names: tuple[tuple[str, object], ...] = (),
        resources: Mapping[str, object] = _NOTHING,
        ignore: frozenset[str] = frozenset(),
        op_tags: Mapping[str, str] = _NOTHING,
        pool: str | None = None,
    ) -> None:
        put = object.__setattr__
        several = (specs,) if isinstance(specs, AssetCheckSpec) else specs
        put(self, "specs", several)
        put(self, "name", name or several[0].name)
        put(self, "can_subset", can_subset)
        put(self, "compute", compute)
        put(self, "place", place)
        put(self, "inputs", inputs)
        put(self, "context_name", context_name)
        put(self, "config_type", config_type)
        put(self, "resource_names", resource_names)
        put(self, "resources", resources)
        put(self, "ignore", ignore)
        put(self, "op_tags", op_tags)
        put(self, "pool", pool)
        note_made(self)

    def replace(self, **changes: Any) -> AssetChecksDefinition:
        """A copy with the given fields replaced; it counts as the same definition's next form."""
        copy = AssetChecksDefinition.__new__(AssetChecksDefinition)
        for name in AssetChecksDefinition.__slots__:
            if name != "__weakref__":
                object.__setattr__(copy, name, changes.get(name, getattr(self, name)))
        return copy

    @property
    def spec(self) -> AssetCheckSpec:
        """Its only check; raises DefinitionError if it answers several."""
        if len(self.specs) != 1:
            raise DefinitionError(
                f"the check of {self.name}",
                f"it answers {len(self.specs)} checks",
                "Use .specs or .keys.",
            )
        return self.specs[0]

    @property
    def key(self) -> CheckKey:
        """The key of its only check; raises DefinitionError if it answers several."""
        return self.spec.key

    @property
    def check_keys(self) -> tuple[CheckKey, ...]:
        """The keys of its checks, in order."""
        return tuple(spec.key for spec in self.specs)

    @property
    def asset_keys(self) -> tuple[AssetKey, ...]:
        """The assets that it checks, each once."""
        return tuple(dict.fromkeys(spec.asset_key for spec in self.specs))

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """What the author's function returns; nothing is recorded.

        A context built for a test gives the resources and configuration that are not among the
        arguments. Raises UsageError for arguments that do not fit.
        """
        return call_directly(self, args, kwargs)

    def __repr__(self) -> str:
        if len(self.specs) == 1:
            return f"<asset_check {self.key}>"
        return f"<multi_asset_check {self.name}: {', '.join(map(str, self.check_keys))}>"


@named_options
def asset_check(
    *,
    asset: object,
    name: str | None = None,
    description: str | None = None,
    blocking: bool = False,
    additional_ins: Mapping[str, AssetIn] | None = None,
    additional_deps: Iterable[object] | None = None,
    resources: Mapping[str, object] | None = None,
    metadata: Mapping[str, Any] | None = None,
    ignore: Iterable[str] = (),
    op_tags: Mapping[str, str] | None = None,
    pool: str | None = None,
    automation_condition: AutomationCondition | None = None,
    partitions_def: PartitionsDefinition | None = None,
) -> Callable[[Callable[..., Any]], AssetChecksDefinition]:
    """The definition of a check of ``asset``; the function returns an AssetCheckResult or a bool.

    The parameter that is neither context, config, resource nor in ``additional_ins`` gets the
    asset's value; without one the function runs on its own, as it must for an external asset.
    If a ``blocking`` check does not pass, nothing downstream of the asset runs. ``op_tags`` and
    ``pool`` are of the step that runs it. ``automation_condition`` says when it runs by itself.
    A check runs for each partition of its asset; ``partitions_def`` may say once more what these
    are.
    Raises DefinitionError for anything that cannot be meant.
    """
    more = additional_ins or {}
    bound = resources or _NOTHING

    def decorate(fn: Callable[..., Any]) -> AssetChecksDefinition:
        parameters = read_parameters(fn, resource_names=bound.keys(), local_names=caller_names(fn))
        spec = AssetCheckSpec(
            name or fn.__name__,
            asset=asset,
            description=description if description is not None else documentation(fn),
            blocking=blocking,
            additional_deps=additional_deps,
            metadata=metadata,
            automation_condition=automation_condition,
            partitions_def=partitions_def,
        )
        own = [each for each, _ in parameters.inputs if each not in more]
        if len(own) > 1:
            raise DefinitionError(
                f"the check {fn.__name__}()",
                f"its parameters {', '.join(own)} could all be the value of {spec.asset_key}",
                "Name the others in additional_ins={...}.",
            )
        ins = {**more, **{each: AssetIn(spec.asset_key.parts) for each in own}}
        return AssetChecksDefinition(
            spec,
            fn,
            place_of(fn),
            inputs=input_ports(fn, parameters, ins),
            context_name=parameters.context,
            config_type=parameters.config,
            resource_names=parameters.resources,
            resources=bound,
            ignore=frozenset(ignore),
            op_tags=validate_tags(op_tags or {}),
            pool=validate_pool(pool),
        )

    return decorate
