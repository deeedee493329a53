"""``@multi_asset``: a function that makes several assets."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Any, get_args, get_origin

from assetbook.definitions.asset_decorator import (
    NO_INS,
    checked_config,
    documentation,
    input_ports,
    output_type,
)
from assetbook.definitions.asset_definition import AssetsDefinition
from assetbook.definitions.check_spec import AssetCheckSpec
from assetbook.definitions.labels import validate_pool, validate_tags
from assetbook.definitions.parameters import caller_names, place_of, read_parameters
from assetbook.definitions.ports import AssetIn, AssetOut, OutputPort
from assetbook.definitions.resource_parameter import with_required
from assetbook.definitions.retries import RetryPolicy, checked_policy
from assetbook.definitions.spec import AssetSpec
from assetbook.errors import DefinitionError
from assetbook.keys import AssetKey
from assetbook.named_arguments import named_options

if TYPE_CHECKING:
    from assetbook.definitions.partitions import BackfillPolicy, PartitionsDefinition


@named_options
def multi_asset(
    *,
    outs: Mapping[str, AssetOut] | None = None,
    specs: Sequence[AssetSpec] | None = None,
    name: str | None = None,
    ins: Mapping[str, AssetIn] | None = None,
    deps: Iterable[object] | None = None,
    description: str | None = None,
    group_name: str | None = None,
    can_subset: bool = False,
    internal_asset_deps: Mapping[str, Iterable[AssetKey | str]] | None = None,
    check_specs: Sequence[AssetCheckSpec] | None = None,
    op_tags: Mapping[str, str] | None = None,
    pool: str | None = None,
    config: object | None = None,
    resources: Mapping[str, object] | None = None,
    required_resource_keys: Iterable[str] | None = None,
    reads: str | Sequence[str] = (),
    max_age: timedelta | None = None,
    ignore: Iterable[str] = (),
    retry_policy: RetryPolicy | None = None,
    partitions_def: PartitionsDefinition | None = None,
    backfill_policy: BackfillPolicy | None = None,
) -> Callable[[Callable[..., Any]], AssetsDefinition]:
    """The definition of the assets that the decorated function makes; nothing runs.

    Give ``outs`` (by output name; a returned tuple is taken in their order) or ``specs`` (the
    function returns or yields MaterializeResult). With ``can_subset`` the function looks at
    ``context.selected_output_names`` and makes only those. ``internal_asset_deps`` says which
    inputs and other outputs each output follows; by default all inputs. ``op_tags`` and ``pool``
    are of the one step that makes them. ``partitions_def`` divides all of them alike.
    Raises DefinitionError for anything that cannot be meant.
    """
    if (outs is None) == (specs is None):
        raise DefinitionError(
            "@multi_asset", "it takes either outs= or specs=", "Give exactly one of them."
        )

    def decorate(fn: Callable[..., Any]) -> AssetsDefinition:
        bound = resources or {}
        parameters = read_parameters(fn, resource_names=bound.keys(), local_names=caller_names(fn))
        inputs = input_ports(fn, parameters, ins or NO_INS)
        outputs = _outputs(fn, outs, specs, deps, group_name, description, partitions_def)
        if outs is not None:
            outputs = _typed(fn, outputs, outs, parameters.returns)
        keys = {output.name: output.spec.key for output in outputs}
        return AssetsDefinition(
            name or fn.__name__,
            fn,
            outputs,
            place_of(fn),
            inputs=inputs,
            context_name=parameters.context,
            config_type=parameters.config,
            config=checked_config(fn, parameters, config),
            resource_names=with_required(parameters.resources, required_resource_keys),
            resources=bound,
            check_specs=tuple(check_specs or ()),
            can_subset=can_subset,
            internal_deps=_internal(fn, internal_asset_deps, keys),
            reads=(reads,) if isinstance(reads, str) else tuple(reads),
            max_age=max_age,
            ignore=frozenset(ignore),
            retry_policy=checked_policy(f"@multi_asset {fn.__name__}", retry_policy),
            op_tags=validate_tags(op_tags or {}),
            pool=validate_pool(pool),
            backfill_policy=backfill_policy,
        )

    return decorate


def _outputs(
    fn: Callable[..., Any],
    outs: Mapping[str, AssetOut] | None,
    specs: Sequence[AssetSpec] | None,
    deps: Iterable[object] | None,
    group_name: str | None,
    description: str | None,
    partitions_def: PartitionsDefinition | None,
) -> tuple[OutputPort, ...]:
    deps = tuple(deps or ())
    text = description if description is not None else documentation(fn)
    if outs is not None:
        made = tuple(
            OutputPort(
                name,
                out.spec_for(name, deps, group_name, partitions_def),
                out.io_manager_key,
                out.is_required,
            )
            for name, out in outs.items()
        )
    else:
        made = tuple(_port_of(spec, deps, group_name, partitions_def) for spec in specs or ())
    if not made:
        raise DefinitionError(f"@multi_asset {fn.__name__}()", "it has no outputs", "Name some.")
    refuse_divided_otherwise(f"@multi_asset {fn.__name__}()", made)
    seen: set[AssetKey] = set()
    for output in made:
        if output.spec.key in seen:
            raise DefinitionError(
                f"@multi_asset {fn.__name__}()", f"two outputs are called {output.spec.key}"
            )
        seen.add(output.spec.key)
    return tuple(_described(output, text) for output in made)


def _typed(
    fn: Callable[..., Any],
    outputs: tuple[OutputPort, ...],
    outs: Mapping[str, AssetOut],
    returns: object,
) -> tuple[OutputPort, ...]:
    """The outputs with their types: their own ones, else their parts of an annotated tuple."""
    parts: tuple[object, ...] = get_args(returns) if get_origin(returns) is tuple else (returns,)
    if len(parts) != len(outputs):
        parts = (None,) * len(outputs)
    return tuple(
        output._replace(dagster_type=output_type(fn, outs[output.name].dagster_type, part))
        for output, part in zip(outputs, parts, strict=True)
    )


def refuse_divided_otherwise(asked: str, outputs: Sequence[OutputPort]) -> None:
    """Raises DefinitionError if assets that one function makes are not divided alike."""
    first = outputs[0].spec
    for other in (output.spec for output in outputs):
        if other.partitions_def != first.partitions_def:
            raise DefinitionError(
                asked,
                f"`{first.key}` and `{other.key}` have different partitions",
                "What one function makes has the same: give partitions_def= once.",
            )


def _port_of(
    spec: AssetSpec,
    deps: tuple[object, ...],
    group_name: str | None,
    partitions_def: PartitionsDefinition | None,
) -> OutputPort:
    changed = spec.merge_attributes(deps=deps) if deps else spec
    if partitions_def is not None and spec.partitions_def is None:
        changed = changed.replace_attributes(partitions_def=partitions_def)
    if group_name is not None and spec.group_name == "default":
        changed = changed.replace_attributes(group_name=group_name)
    return OutputPort(
        "__".join(spec.key.parts), changed, is_required=not spec.skippable, has_value=True
    )


def _described(output: OutputPort, text: str | None) -> OutputPort:
    if output.spec.description is not None or text is None:
        return output
    return output._replace(spec=output.spec.replace_attributes(description=text))


def _internal(
    fn: Callable[..., Any],
    given: Mapping[str, Iterable[AssetKey | str]] | None,
    keys: Mapping[str, AssetKey],
) -> dict[AssetKey, frozenset[AssetKey]]:
    if not given:
        return {}
    unknown = given.keys() - keys.keys()
    if unknown:
        raise DefinitionError(
            f"internal_asset_deps of {fn.__name__}()",
            f"it has no outputs {sorted(unknown)}",
            f"Its outputs are {sorted(keys)}.",
        )
    return {
        keys[output]: frozenset(AssetKey.from_coercible(key) for key in followed)
        for output, followed in given.items()
    }
