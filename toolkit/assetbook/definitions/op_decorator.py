"""``@op``: a function that is a step of graphs and jobs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType
from typing import Any, overload

from assetbook.definitions.asset_decorator import checked_config, documentation
from assetbook.definitions.labels import validate_name, validate_pool, validate_tags
from assetbook.definitions.node import NO_TAGS
from assetbook.definitions.op_definition import OpDefinition
from assetbook.definitions.op_outputs import DEFAULT_OUTPUTS, outputs_of
from assetbook.definitions.op_ports import In, OpInput, Out
from assetbook.definitions.parameters import (
    Parameters,
    caller_names,
    place_of,
    read_parameters,
)
from assetbook.definitions.results import NO_VALUE
from assetbook.definitions.retries import RetryPolicy, checked_policy
from assetbook.errors import DefinitionError, did_you_mean, with_article
from assetbook.named_arguments import named_options
from assetbook.types.resolution import Nothing

_NOTHING: Mapping[str, Any] = MappingProxyType({})
_NO_INS: Mapping[str, In] = MappingProxyType({})


@overload
def op(fn: Callable[..., Any], /) -> OpDefinition: ...


@overload
def op(
    *,
    name: str | None = None,
    description: str | None = None,
    ins: Mapping[str, In] | None = None,
    out: Out | Mapping[str, Out] | None = None,
    config: object | None = None,
    required_resource_keys: Iterable[str] | None = None,
    resources: Mapping[str, object] | None = None,
    tags: Mapping[str, str] | None = None,
    retry_policy: RetryPolicy | None = None,
    code_version: str | None = None,
    pool: str | None = None,
) -> Callable[[Callable[..., Any]], OpDefinition]: ...


@named_options
def op(
    fn: Callable[..., Any] | None = None,
    /,
    *,
    name: str | None = None,
    description: str | None = None,
    ins: Mapping[str, In] | None = None,
    out: Out | Mapping[str, Out] | None = None,
    config: object | None = None,
    required_resource_keys: Iterable[str] | None = None,
    resources: Mapping[str, object] | None = None,
    tags: Mapping[str, str] | None = None,
    retry_policy: RetryPolicy | None = None,
    code_version: str | None = None,
    pool: str | None = None,
) -> OpDefinition | Callable[[Callable[..., Any]], OpDefinition]:
    """The definition of the op that the decorated function is; nothing runs.

    The function's name is the op's, its docstring the description, its parameters the inputs (but
    for ``context``, ``config`` and resources). ``ins`` describes inputs, and names those of type
    Nothing, which are no parameters. ``out`` describes the one output, ``result``, or several by
    name; a returned tuple is taken in their order. Raises DefinitionError for anything that
    cannot be meant.
    """

    def decorate(fn: Callable[..., Any], depth: int = 1) -> OpDefinition:
        bound = resources or _NOTHING
        parameters = read_parameters(
            fn, resource_names=bound.keys(), local_names=caller_names(fn, depth)
        )
        own_name = validate_name(name or fn.__name__, "an op")
        return OpDefinition(
            own_name,
            fn,
            DEFAULT_OUTPUTS
            if out is None and parameters.returns is None
            else outputs_of(own_name, out, parameters.returns),
            place_of(fn),
            inputs=op_inputs(fn, parameters, ins or _NO_INS),
            description=description if description is not None else documentation(fn),
            context_name=parameters.context,
            config_type=parameters.config,
            config=checked_config(fn, parameters, config),
            resource_names=parameters.resources,
            resources=bound,
            required_resource_keys=frozenset(required_resource_keys or ()),
            tags=MappingProxyType(validate_tags(tags)) if tags else NO_TAGS,
            retry_policy=checked_policy(f"@op {own_name}", retry_policy),
            code_version=code_version,
            pool=validate_pool(pool),
        )

    return decorate if fn is None else decorate(fn, 2)


def op_inputs(
    fn: Callable[..., Any], parameters: Parameters, ins: Mapping[str, In]
) -> tuple[OpInput, ...]:
    """The inputs of ``fn``, then those of type Nothing; DefinitionError for an ``ins`` unfit."""
    if not ins and not fn.__defaults__ and not fn.__kwdefaults__:
        return tuple([OpInput(name, annotation) for name, annotation in parameters.inputs])
    for name, given in ins.items():
        _check_in(fn, parameters, name, given)
    defaults = _defaults(fn, parameters)
    inputs = [
        _op_input(name, annotation, ins.get(name), defaults.get(name, NO_VALUE))
        for name, annotation in parameters.inputs
    ]
    taken = {name for name, _ in parameters.inputs}
    inputs += [_op_input(name, None, each) for name, each in ins.items() if name not in taken]
    return tuple(inputs)


def _op_input(name: str, annotation: object, given: In | None, default: Any = NO_VALUE) -> OpInput:
    if given is None:
        return OpInput(name, annotation, default)
    return OpInput(
        name,
        given.dagster_type if given.dagster_type is not None else annotation,
        given.default_value if given.default_value is not NO_VALUE else default,
        given.description,
        given.metadata or _NOTHING,
        given.input_manager_key,
    )


def _check_in(fn: Callable[..., Any], parameters: Parameters, name: str, given: object) -> None:
    asked = f"ins[{name!r}] of {fn.__name__}()"
    names = [each for each, _ in parameters.inputs]
    if not isinstance(given, In):
        found = f"it is {given!r}, {with_article(type(given).__name__)}"
        raise DefinitionError(asked, found, "Give In(...).")
    if name in names and given.dagster_type is Nothing:
        raise DefinitionError(
            asked,
            "it is of type Nothing, and the function has a parameter for it",
            f"Take the parameter `{name}` away: no value arrives.",
        )
    if name not in names and given.dagster_type is not Nothing:
        raise DefinitionError(
            asked,
            "the function has no such input",
            did_you_mean(name, names)
            or f"Its inputs are {', '.join(names) or 'none'}; In(Nothing) needs no parameter.",
        )
    validate_name(name, f"an input of {fn.__name__}()")


def _defaults(fn: Callable[..., Any], parameters: Parameters) -> dict[str, Any]:
    """The parameters' own default values, by name."""
    positional = parameters.names[: fn.__code__.co_argcount]
    given = fn.__defaults__ or ()
    last = positional[len(positional) - len(given) :]
    return {**dict(zip(last, given, strict=True)), **(fn.__kwdefaults__ or {})}
