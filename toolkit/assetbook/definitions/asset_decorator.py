"""``@asset``: a function that makes one asset."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import timedelta
from inspect import CO_ASYNC_GENERATOR, CO_GENERATOR
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, overload

from assetbook.definitions.asset_definition import AssetsDefinition
from assetbook.definitions.check_spec import AssetCheckSpec
from assetbook.definitions.labels import validate_pool, validate_tags
from assetbook.definitions.parameters import (
    Parameters,
    caller_names,
    place_of,
    read_parameters,
)
from assetbook.definitions.ports import DEFAULT_IO_MANAGER, AssetIn, InputPort, OutputPort
from assetbook.definitions.resource_parameter import with_required
from assetbook.definitions.retries import RetryPolicy, checked_policy
from assetbook.definitions.spec import AssetSpec
from assetbook.errors import DefinitionError, did_you_mean, with_article
from assetbook.keys import AssetKey, key_named
from assetbook.named_arguments import named_options
from assetbook.types.resolution import loaded_as, value_type_of
from assetbook.types.value_type import ValueType

if TYPE_CHECKING:
    from assetbook.definitions.automation import AutomationCondition
    from assetbook.definitions.freshness_policy import FreshnessPolicy
    from assetbook.definitions.partitions import BackfillPolicy, PartitionsDefinition

_NOTHING: Mapping[str, Any] = MappingProxyType({})
NO_INS: Mapping[str, AssetIn] = MappingProxyType({})


@overload
def asset(fn: Callable[..., Any], /) -> AssetsDefinition: ...


@overload
def asset(
    *,
    name: str | None = None,
    key: AssetKey | str | Sequence[str] | None = None,
    key_prefix: str | Sequence[str] | None = None,
    ins: Mapping[str, AssetIn] | None = None,
    deps: Iterable[object] | None = None,
    metadata: Mapping[str, Any] | None = None,
    tags: Mapping[str, str] | None = None,
    description: str | None = None,
    group_name: str | None = None,
    owners: Sequence[str] | None = None,
    kinds: Iterable[str] | None = None,
    code_version: str | None = None,
    config: object | None = None,
    resources: Mapping[str, object] | None = None,
    required_resource_keys: Iterable[str] | None = None,
    io_manager_key: str = DEFAULT_IO_MANAGER,
    dagster_type: object = None,
    output_required: bool = True,
    check_specs: Sequence[AssetCheckSpec] | None = None,
    op_tags: Mapping[str, str] | None = None,
    pool: str | None = None,
    reads: str | Sequence[str] = (),
    max_age: timedelta | None = None,
    ignore: Iterable[str] = (),
    retry_policy: RetryPolicy | None = None,
    partitions_def: PartitionsDefinition | None = None,
    backfill_policy: BackfillPolicy | None = None,
    automation_condition: AutomationCondition | None = None,
    freshness_policy: FreshnessPolicy | None = None,
) -> Callable[[Callable[..., Any]], AssetsDefinition]: ...


@named_options
def asset(
    fn: Callable[..., Any] | None = None,
    /,
    *,
    name: str | None = None,
    key: AssetKey | str | Sequence[str] | None = None,
    key_prefix: str | Sequence[str] | None = None,
    ins: Mapping[str, AssetIn] | None = None,
    deps: Iterable[object] | None = None,
    metadata: Mapping[str, Any] | None = None,
    tags: Mapping[str, str] | None = None,
    description: str | None = None,
    group_name: str | None = None,
    owners: Sequence[str] | None = None,
    kinds: Iterable[str] | None = None,
    code_version: str | None = None,
    config: object | None = None,
    resources: Mapping[str, object] | None = None,
    required_resource_keys: Iterable[str] | None = None,
    io_manager_key: str = DEFAULT_IO_MANAGER,
    dagster_type: object = None,
    output_required: bool = True,
    check_specs: Sequence[AssetCheckSpec] | None = None,
    op_tags: Mapping[str, str] | None = None,
    pool: str | None = None,
    reads: str | Sequence[str] = (),
    max_age: timedelta | None = None,
    ignore: Iterable[str] = (),
    retry_policy: RetryPolicy | None = None,
    partitions_def: PartitionsDefinition | None = None,
    backfill_policy: BackfillPolicy | None = None,
    automation_condition: AutomationCondition | None = None,
    freshness_policy: FreshnessPolicy | None = None,
) -> AssetsDefinition | Callable[[Callable[..., Any]], AssetsDefinition]:
    """The definition of the asset that the decorated function makes; nothing runs.

    The function's name is the key, its docstring the description, its parameters the inputs
    (but for ``context``, ``config`` and resources). ``config`` is an instance of the parameter's
    Config class with this asset's defaults. ``reads`` names files whose content counts as an
    input; ``max_age`` says how long what was read of the world outside stays good; ``ignore``
    names globals that count for nothing in the code version. ``pool`` names the slots that limit
    how many such steps run at a time, ``op_tags`` are tags of the step. ``retry_policy`` tries a
    failed step again. ``dagster_type`` checks the value, in place of the return annotation.
    Without ``output_required`` a function that yields may yield nothing: no version is made then,
    and what reads the asset is skipped.
    ``required_resource_keys`` are resources that the function takes from ``context.resources``.
    ``partitions_def`` divides the asset, and ``backfill_policy`` says how many partitions one call
    of the function makes. ``automation_condition`` says when it is made by itself, and
    ``freshness_policy`` how recently it has to be. The rest is as in Dagster.
    Raises DefinitionError for anything that cannot be meant.
    """

    def decorate(fn: Callable[..., Any], depth: int = 1) -> AssetsDefinition:
        bound = resources or _NOTHING
        parameters = read_parameters(
            fn, resource_names=bound.keys(), local_names=caller_names(fn, depth)
        )
        asset_key = asset_key_of(fn, name, key, key_prefix)
        spec = AssetSpec(
            asset_key,
            deps=deps,
            description=description if description is not None else documentation(fn),
            metadata=metadata,
            tags=tags,
            group_name=group_name,
            owners=owners,
            skippable=not output_required,
            kinds=kinds,
            code_version=code_version,
            partitions_def=partitions_def,
            automation_condition=automation_condition,
            freshness_policy=freshness_policy,
        )
        return AssetsDefinition(
            fn.__name__ if name is None and key is None else asset_key.parts[-1],
            fn,
            (_result(fn, spec, io_manager_key, dagster_type, parameters.returns),),
            place_of(fn),
            inputs=input_ports(fn, parameters, ins or NO_INS),
            context_name=parameters.context,
            config_type=parameters.config,
            config=checked_config(fn, parameters, config),
            resource_names=with_required(parameters.resources, required_resource_keys),
            resources=bound,
            check_specs=tuple(check_specs or ()),
            reads=(reads,) if isinstance(reads, str) else tuple(reads),
            max_age=max_age,
            ignore=frozenset(ignore),
            retry_policy=checked_policy(f"@asset {asset_key}", retry_policy),
            op_tags=validate_tags(op_tags) if op_tags else _NOTHING,
            pool=validate_pool(pool),
            backfill_policy=backfill_policy,
        )

    return decorate if fn is None else decorate(fn, 2)


NONE = type(None)
_GENERATORS = CO_GENERATOR | CO_ASYNC_GENERATOR


def _result(
    fn: Callable[..., Any], spec: AssetSpec, io_manager_key: str, given: object, returns: object
) -> OutputPort:
    """The one output of ``fn``; one that returns None by its annotation leaves no value."""
    checked_by = output_type(fn, given, returns)
    required = not spec.skippable
    return OutputPort("result", spec, io_manager_key, required, returns is not NONE, checked_by)


def documentation(fn: Callable[..., Any]) -> str | None:
    """The function's docstring without its indentation; None without one."""
    text = fn.__doc__
    if text is None:
        return None
    if "\n" not in text:
        return text.strip() or None
    import inspect

    return inspect.cleandoc(text) or None


def input_ports(
    fn: Callable[..., Any], parameters: Parameters, ins: Mapping[str, AssetIn]
) -> tuple[InputPort, ...]:
    """The inputs of ``fn``; raises DefinitionError for an ``ins`` that fits no parameter."""
    if fn.__defaults__ or fn.__kwdefaults__:
        return _with_defaults(fn, parameters, ins)
    if not ins:
        return tuple(
            [
                InputPort(name, key_named(name), None, _NOTHING, True)
                if annotation is None
                else _input_port(name, annotation, ins)
                for name, annotation in parameters.inputs
            ]
        )
    _check_ins(fn, parameters, ins)
    return tuple(_input_port(name, annotation, ins) for name, annotation in parameters.inputs)


def _with_defaults(
    fn: Callable[..., Any], parameters: Parameters, ins: Mapping[str, AssetIn]
) -> tuple[InputPort, ...]:
    """The inputs of a function some of whose parameters need not be given."""
    _check_ins(fn, parameters, ins)
    positional = parameters.names[: fn.__code__.co_argcount]
    optional = {*positional[len(positional) - len(fn.__defaults__ or ()) :]}
    optional |= (fn.__kwdefaults__ or {}).keys()
    return tuple(
        _input_port(name, annotation, ins)._replace(optional=name in optional and name not in ins)
        for name, annotation in parameters.inputs
    )


def _check_ins(fn: Callable[..., Any], parameters: Parameters, ins: Mapping[str, AssetIn]) -> None:
    names = [name for name, _ in parameters.inputs]
    for given in ins:
        if given not in names:
            raise DefinitionError(
                f"ins[{given!r}] of {fn.__name__}()",
                "the function has no such input",
                did_you_mean(given, names) or f"Its inputs are {', '.join(names) or 'none'}.",
            )
        if not isinstance(ins[given], AssetIn):
            raise DefinitionError(
                f"ins[{given!r}] of {fn.__name__}()",
                f"it is {ins[given]!r}, {with_article(type(ins[given]).__name__)}",
                "Give AssetIn(key).",
            )


def _input_port(name: str, annotation: object, ins: Mapping[str, AssetIn]) -> InputPort:
    wanted = annotation if annotation is None else loaded_as(annotation)
    given = ins.get(name)
    if given is None:
        return InputPort(name, key_named(name), wanted, _NOTHING, True, dagster_type=annotation)
    by_name = given.key is None and given.key_prefix is None
    declared = given.dagster_type
    return InputPort(
        name,
        given.key_for(name),
        wanted,
        given.metadata or _NOTHING,
        by_name,
        manager_key=given.input_manager_key,
        dagster_type=annotation if declared is None else value_type_of(declared),
        partition_mapping=given.partition_mapping,
    )


def output_type(fn: Callable[..., Any], given: object, returns: object) -> object:
    """What checks the value: the given type, else the return annotation.

    That of a generator function tells of what it is, and not of its value, unless it is a
    ValueType. Raises DefinitionError for a given one that is no type.
    """
    if given is not None:
        return value_type_of(given)
    generates = fn.__code__.co_flags & _GENERATORS and not isinstance(returns, ValueType)
    return None if generates else returns


def checked_config(
    fn: Callable[..., Any], parameters: Parameters, config: object | None
) -> object | None:
    """``config`` if it is an instance of the parameter's class; raises DefinitionError else."""
    if config is None:
        return None
    if parameters.config is None:
        raise DefinitionError(
            f"config={config!r} of {fn.__name__}()",
            "the function has no parameter `config`",
            "Add `config: YourConfig` to its parameters.",
        )
    if not isinstance(config, parameters.config):
        raise DefinitionError(
            f"config= of {fn.__name__}()",
            f"it is {with_article(type(config).__name__)}",
            f"Give an instance of {parameters.config.__name__}.",
        )
    return config


def asset_key_of(
    fn: Callable[..., Any],
    name: str | None,
    key: AssetKey | str | Sequence[str] | None,
    key_prefix: str | Sequence[str] | None,
) -> AssetKey:
    """The key that a decorator's options and the function's name give; DefinitionError for both."""
    if key is not None:
        if name is not None or key_prefix is not None:
            raise DefinitionError(
                f"the key of {fn.__name__}()",
                "both key= and name= or key_prefix= are given",
                "Give the whole key, or its name and prefix.",
            )
        return AssetKey.from_coercible(key)
    made = AssetKey(name) if name is not None else key_named(fn.__name__)
    return made if key_prefix is None else made.with_prefix(key_prefix)
