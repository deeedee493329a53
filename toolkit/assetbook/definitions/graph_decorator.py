"""``@graph`` and ``@job``: functions whose body connects ops."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, overload

from assetbook.definitions.asset_decorator import documentation
from assetbook.definitions.composition import compose
from assetbook.definitions.graph_config import ConfigMapping
from assetbook.definitions.graph_definition import GraphDefinition
from assetbook.definitions.hooks import HookDefinition
from assetbook.definitions.invocations import Composed, FanIn, FromInput, FromOutput, Invocation
from assetbook.definitions.job_definition import GivenJobConfig, JobDefinition
from assetbook.definitions.labels import validate_name, validate_tags
from assetbook.definitions.op_ports import GraphIn, GraphOut, OpInput, OpOutput
from assetbook.definitions.parameters import caller_names, own_name, place_of, read_parameters
from assetbook.definitions.partitions import PartitionsDefinition
from assetbook.definitions.retries import RetryPolicy
from assetbook.errors import DefinitionError, did_you_mean, with_article
from assetbook.named_arguments import named_options

_Fn = Callable[..., Any]
_NO_OUTPUTS: tuple[str, ...] = ()


@overload
def graph(fn: _Fn, /) -> GraphDefinition: ...


@overload
def graph(
    *,
    name: str | None = None,
    description: str | None = None,
    ins: Mapping[str, GraphIn] | None = None,
    out: GraphOut | Mapping[str, GraphOut] | None = None,
    tags: Mapping[str, str] | None = None,
    config: ConfigMapping | Mapping[str, Any] | None = None,
) -> Callable[[_Fn], GraphDefinition]: ...


@named_options
def graph(
    fn: _Fn | None = None,
    /,
    *,
    name: str | None = None,
    description: str | None = None,
    ins: Mapping[str, GraphIn] | None = None,
    out: GraphOut | Mapping[str, GraphOut] | None = None,
    tags: Mapping[str, str] | None = None,
    config: ConfigMapping | Mapping[str, Any] | None = None,
) -> GraphDefinition | Callable[[_Fn], GraphDefinition]:
    """The graph that the decorated function's body connects; no op runs.

    Its parameters are the graph's inputs. What it returns is the output ``result``; several are
    named by ``out``, and returned as a dict or a tuple. ``config`` is a config mapping, or the
    fixed configuration of its ops. Raises DefinitionError for anything that cannot be meant.
    """

    def decorate(fn: _Fn, depth: int = 1) -> GraphDefinition:
        __tracebackhide__ = True
        return made_graph(
            fn,
            validate_name(name or own_name(fn), "a graph"),
            _out_names(out),
            caller_names(fn, depth),
            description=description,
            ins=ins,
            out=out,
            tags=tags,
            config=config,
        )

    __tracebackhide__ = True
    return decorate if fn is None else decorate(fn, 2)


@overload
def job(fn: _Fn, /) -> JobDefinition: ...


@overload
def job(
    *,
    name: str | None = None,
    description: str | None = None,
    resource_defs: Mapping[str, object] | None = None,
    config: GivenJobConfig = None,
    tags: Mapping[str, str] | None = None,
    run_tags: Mapping[str, str] | None = None,
    metadata: Mapping[str, Any] | None = None,
    logger_defs: Mapping[str, object] | None = None,
    executor_def: object | None = None,
    hooks: Iterable[HookDefinition] | None = None,
    op_retry_policy: RetryPolicy | None = None,
    partitions_def: PartitionsDefinition | None = None,
    input_values: Mapping[str, Any] | None = None,
    owners: Sequence[str] | None = None,
) -> Callable[[_Fn], JobDefinition]: ...


@named_options
def job(
    fn: _Fn | None = None,
    /,
    *,
    name: str | None = None,
    description: str | None = None,
    resource_defs: Mapping[str, object] | None = None,
    config: GivenJobConfig = None,
    tags: Mapping[str, str] | None = None,
    run_tags: Mapping[str, str] | None = None,
    metadata: Mapping[str, Any] | None = None,
    logger_defs: Mapping[str, object] | None = None,
    executor_def: object | None = None,
    hooks: Iterable[HookDefinition] | None = None,
    op_retry_policy: RetryPolicy | None = None,
    partitions_def: PartitionsDefinition | None = None,
    input_values: Mapping[str, Any] | None = None,
    owners: Sequence[str] | None = None,
) -> JobDefinition | Callable[[_Fn], JobDefinition]:
    """The job whose ops the decorated function's body connects; no op runs.

    Its parameters are inputs, for which ``input_values`` or a run give values. ``config`` is the
    configuration of runs that are given none, or a config mapping. The rest is as in Dagster.
    Raises DefinitionError for anything that cannot be meant.
    """

    def decorate(fn: _Fn, depth: int = 1) -> JobDefinition:
        __tracebackhide__ = True
        job_name = validate_name(name or own_name(fn), "a job")
        names = caller_names(fn, depth)
        body = made_graph(fn, job_name, _NO_OUTPUTS, names, noun="job")
        return JobDefinition(
            job_name,
            body,
            place_of(fn),
            description=description if description is not None else body.description,
            resource_defs=resource_defs,
            config=config,
            tags=tags,
            run_tags=run_tags,
            metadata=metadata,
            logger_defs=logger_defs,
            executor_def=executor_def,
            hooks=hooks,
            op_retry_policy=op_retry_policy,
            partitions_def=partitions_def,
            input_values=input_values,
            owners=owners,
        )

    __tracebackhide__ = True
    return decorate if fn is None else decorate(fn, 2)


def made_graph(
    fn: _Fn,
    name: str,
    outputs: Sequence[str] | None,
    local_names: Mapping[str, Any],
    *,
    noun: str = "graph",
    description: str | None = None,
    ins: Mapping[str, GraphIn] | None = None,
    out: GraphOut | Mapping[str, GraphOut] | None = None,
    tags: Mapping[str, str] | None = None,
    config: ConfigMapping | Mapping[str, Any] | None = None,
) -> GraphDefinition:
    """The graph of the body ``fn``; ``outputs`` are as for ``compose``."""
    __tracebackhide__ = True
    said = f"the {noun} `{name}`"
    parameters = read_parameters(fn, local_names=local_names)
    names = [each for each in parameters.names if each != "context"]
    if len(names) < len(parameters.names) or parameters.config or parameters.resources:
        raise DefinitionError(
            said,
            "its body takes a context, config or resource",
            "A body only connects ops: let an op take it.",
        )
    _check_ins(said, names, ins or {})
    composed = compose(said, fn, names, outputs)
    described = {"result": out} if isinstance(out, GraphOut) else out or {}
    return GraphDefinition(
        name,
        composed,
        fn,
        place_of(fn),
        inputs=tuple(
            _graph_input(each, annotation, composed, (ins or {}).get(each))
            for each, annotation in parameters.inputs
        ),
        outputs=tuple(
            _graph_output(each, source, composed, described.get(each))
            for each, source in composed.outputs.items()
        ),
        description=description if description is not None else documentation(fn),
        tags=validate_tags(tags or {}),
        config=config,
    )


def _out_names(out: GraphOut | Mapping[str, GraphOut] | None) -> Sequence[str] | None:
    if out is None or isinstance(out, GraphOut):
        return None if out is None else ("result",)
    if not isinstance(out, Mapping) or not all(isinstance(e, GraphOut) for e in out.values()):
        raise DefinitionError(
            "out= of a @graph",
            f"it is {out!r}, {with_article(type(out).__name__)}",
            'Give GraphOut(), or several by name: {"train": GraphOut(), "test": GraphOut()}.',
        )
    return tuple(validate_name(each, "an output of a graph") for each in out)


def _check_ins(said: str, names: Sequence[str], ins: Mapping[str, GraphIn]) -> None:
    for each in ins:
        if each not in names:
            raise DefinitionError(
                f"ins[{each!r}] of {said}",
                "its body has no such parameter",
                did_you_mean(each, names) or f"Its inputs are {', '.join(names) or 'none'}.",
            )


def _graph_input(
    name: str, annotation: object, composed: Composed, given: GraphIn | None
) -> OpInput:
    """The input, of the type of the first op's input that it is passed to."""
    fed = (
        port.dagster_type
        for each in composed.invocations
        for port in each.node.inputs
        if _takes(each, port.name, name)
    )
    kind = annotation if annotation is not None else next(fed, None)
    return OpInput(name, kind, description=given.description if given else None)


def _takes(each: Invocation, port: str, name: str) -> bool:
    source = each.inputs.get(port)
    return source == FromInput(name) and not isinstance(source, FanIn)


def _graph_output(
    name: str, source: FromOutput, composed: Composed, given: GraphOut | None
) -> OpOutput:
    inner = next(each for each in composed.invocations if each.name == source.node)
    port = next(each for each in inner.node.outputs if each.name == source.output)
    return port._replace(
        name=name,
        is_dynamic=port.is_dynamic or inner.over is not None,
        description=given.description if given and given.description else port.description,
    )
