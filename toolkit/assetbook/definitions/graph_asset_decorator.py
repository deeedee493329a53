"""``@graph_asset`` and ``@graph_multi_asset``: assets that a graph of ops makes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, overload

from assetbook.definitions.asset_decorator import (
    NO_INS,
    asset_key_of,
    documentation,
    input_ports,
)
from assetbook.definitions.asset_definition import AssetsDefinition
from assetbook.definitions.flat_graph import flatten
from assetbook.definitions.graph_config import ConfigMapping
from assetbook.definitions.graph_decorator import made_graph
from assetbook.definitions.labels import validate_name
from assetbook.definitions.parameters import caller_names, place_of, read_parameters
from assetbook.definitions.partitions import PartitionsDefinition
from assetbook.definitions.ports import AssetIn, AssetOut, OutputPort
from assetbook.definitions.spec import AssetSpec
from assetbook.definitions.unfed_inputs import refuse_unfed
from assetbook.errors import DefinitionError
from assetbook.keys import AssetKey
from assetbook.named_arguments import named_options

_Fn = Callable[..., Any]
_GraphConfig = ConfigMapping | Mapping[str, Any] | None


@overload
def graph_asset(fn: _Fn, /) -> AssetsDefinition: ...


@overload
def graph_asset(
    *,
    name: str | None = None,
    key: AssetKey | str | Sequence[str] | None = None,
    key_prefix: str | Sequence[str] | None = None,
    ins: Mapping[str, AssetIn] | None = None,
    config: _GraphConfig = None,
    description: str | None = None,
    group_name: str | None = None,
    metadata: Mapping[str, Any] | None = None,
    tags: Mapping[str, str] | None = None,
    owners: Sequence[str] | None = None,
    kinds: Iterable[str] | None = None,
    code_version: str | None = None,
    resource_defs: Mapping[str, object] | None = None,
    partitions_def: PartitionsDefinition | None = None,
) -> Callable[[_Fn], AssetsDefinition]: ...


@named_options
def graph_asset(
    fn: _Fn | None = None,
    /,
    *,
    name: str | None = None,
    key: AssetKey | str | Sequence[str] | None = None,
    key_prefix: str | Sequence[str] | None = None,
    ins: Mapping[str, AssetIn] | None = None,
    config: _GraphConfig = None,
    description: str | None = None,
    group_name: str | None = None,
    metadata: Mapping[str, Any] | None = None,
    tags: Mapping[str, str] | None = None,
    owners: Sequence[str] | None = None,
    kinds: Iterable[str] | None = None,
    code_version: str | None = None,
    resource_defs: Mapping[str, object] | None = None,
    partitions_def: PartitionsDefinition | None = None,
) -> AssetsDefinition | Callable[[_Fn], AssetsDefinition]:
    """The definition of the asset that the graph of the decorated function's body makes.

    The parameters are assets by their names or ``ins``; what the body returns, the output of an
    op, is the asset's value. ``partitions_def`` divides it: its ops make one partition at a time,
    which their ``context`` tells. No op runs. Raises DefinitionError for anything that cannot be
    meant.
    """

    def decorate(fn: _Fn, depth: int = 1) -> AssetsDefinition:
        __tracebackhide__ = True
        asset_key = asset_key_of(fn, name, key, key_prefix)
        spec = AssetSpec(
            asset_key,
            description=description if description is not None else documentation(fn),
            metadata=metadata,
            tags=tags,
            group_name=group_name,
            owners=owners,
            kinds=kinds,
            code_version=code_version,
            partitions_def=partitions_def,
        )
        return _from_graph(
            fn,
            asset_key.parts[-1],
            (OutputPort("result", spec),),
            caller_names(fn, depth),
            ins,
            config,
            resource_defs,
        )

    __tracebackhide__ = True
    return decorate if fn is None else decorate(fn, 2)


@named_options
def graph_multi_asset(
    *,
    outs: Mapping[str, AssetOut],
    name: str | None = None,
    ins: Mapping[str, AssetIn] | None = None,
    config: _GraphConfig = None,
    group_name: str | None = None,
    resource_defs: Mapping[str, object] | None = None,
    partitions_def: PartitionsDefinition | None = None,
) -> Callable[[_Fn], AssetsDefinition]:
    """The definition of the assets that the graph of the decorated function's body makes.

    The body returns a dict or tuple with the output of an op for each of ``outs``;
    ``partitions_def`` divides them all. Raises DefinitionError for anything that cannot be meant.
    """

    def decorate(fn: _Fn) -> AssetsDefinition:
        __tracebackhide__ = True
        if not outs:
            raise DefinitionError(
                f"@graph_multi_asset {fn.__name__}()", "it has no outputs", "Name some in outs=."
            )
        outputs = tuple(
            OutputPort(
                each,
                out.spec_for(each, (), group_name, partitions_def),
                out.io_manager_key,
                out.is_required,
            )
            for each, out in outs.items()
        )
        return _from_graph(
            fn,
            validate_name(name or fn.__name__, "a graph"),
            outputs,
            caller_names(fn),
            ins,
            config,
            resource_defs,
        )

    return decorate


def _from_graph(
    fn: _Fn,
    name: str,
    outputs: tuple[OutputPort, ...],
    local_names: Mapping[str, Any],
    ins: Mapping[str, AssetIn] | None,
    config: _GraphConfig,
    resource_defs: Mapping[str, object] | None,
) -> AssetsDefinition:
    __tracebackhide__ = True
    graph = made_graph(
        fn,
        validate_name(name, "the graph of an asset"),
        [each.name for each in outputs],
        local_names,
        config=config,
    )
    _refuse_dynamic(name, graph.outputs)
    refuse_unfed(flatten(graph), f"the graph of `{name}`")
    parameters = read_parameters(fn, local_names=local_names)
    return AssetsDefinition(
        name,
        fn,
        outputs,
        place_of(fn),
        inputs=input_ports(fn, parameters, ins or NO_INS),
        resources=dict(resource_defs or {}),
        graph=graph,
    )


def _refuse_dynamic(name: str, outputs: Iterable[Any]) -> None:
    for each in outputs:
        if each.is_dynamic:
            raise DefinitionError(
                f"the output `{each.name}` of the graph `{name}`",
                "it is dynamic, and an asset has one value",
                "Collect it into an op, and return what that gives.",
            )
