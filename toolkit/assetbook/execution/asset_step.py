"""Running one asset step: inputs, the author's function, stored values, and the events of it."""

from __future__ import annotations

from collections.abc import Mapping
from types import CoroutineType
from typing import Any

from assetbook.definitions.asset_definition import AssetsDefinition
from assetbook.definitions.code import CodeVersion
from assetbook.execution.capture import show_figures
from assetbook.execution.context import AssetExecutionContext
from assetbook.execution.environment import RunEnvironment, Timing
from assetbook.execution.recording import Made, Recorder, check_event
from assetbook.execution.resource_scope import ResourceScope
from assetbook.execution.returned import produced_by
from assetbook.execution.values import RunValues
from assetbook.planning.steps import Step


def run_asset_step(
    environment: RunEnvironment,
    run_id: str,
    step: Step,
    values: RunValues,
    resources: ResourceScope,
    timing: Timing,
) -> Made:
    """Runs the step's function and stores its values; commits nothing.

    Whatever the function raises passes through.
    """
    definition = environment.graph.makers[step.keys[0]]
    provenance = environment.provenance
    code = provenance.code_of(definition)
    provenance.clear_caches(definition)
    reads = provenance.reads_of(definition)
    context, arguments = _arguments(environment, run_id, step, definition, values, resources)
    returned, seen = _call(environment, definition, arguments)
    produced, results = produced_by(definition, step.keys, returned)
    after = provenance.code_of(definition)
    changed = _changed_meanwhile(code, after)
    maker = Recorder(environment, run_id, step, definition, context, timing)
    # state that the run itself changed is recorded as it is now, and named as unknown: it is no
    # edit that anybody made
    recorded = after if changed else code
    readers = provenance.as_of_readers(definition, recorded, seen)
    maker.describe(recorded, changed, reads, readers, values)
    for each in produced:
        maker.record(each, resources.ready)
    for result in results:
        maker.made.events.append(
            check_event(environment, step, run_id, result, definition, recorded)
        )
    return maker.made


def _arguments(
    environment: RunEnvironment,
    run_id: str,
    step: Step,
    definition: AssetsDefinition,
    values: RunValues,
    resources: ResourceScope,
) -> tuple[AssetExecutionContext | None, dict[str, object]]:
    arguments: dict[str, object] = {}
    for port in environment.graph.inputs[step.keys[0]]:
        arguments[port.name] = values.load(port, resources.ready)
    given = {
        name: resources.get(name, definition.resources, definition.name)
        for name, _ in definition.resource_names
    }
    arguments.update(given)
    config = None
    if definition.config_type is not None:
        config = config_for(environment, definition)
        arguments["config"] = config
    context = None
    if definition.context_name is not None:
        context = AssetExecutionContext(
            run_id=run_id,
            definition=definition,
            selected=step.keys,
            resources=given,
            config=config,
        )
        arguments[definition.context_name] = context
    return context, arguments


def config_for(environment: RunEnvironment, definition: Any) -> object:
    """The configuration of a definition in this run: the run's, the author's, or its defaults."""
    from assetbook.definitions.config import make_config, resolve_config

    given = environment.config.get(definition.name)
    if given is None:
        given = getattr(definition, "config", None)
    where = f"the config of `{definition.name}`"
    return resolve_config(make_config(definition.config_type, given, where=where), where=where)


def _call(
    environment: RunEnvironment, definition: AssetsDefinition, arguments: Mapping[str, object]
) -> tuple[object, tuple[str, ...]]:
    """What the function returned, and what it was seen to read of the world outside."""
    if environment.observe is None:
        return _result(definition.compute(**arguments)), ()
    with environment.observe() as reads:
        returned = _result(definition.compute(**arguments))
        show_figures()
    return returned, reads.names


def _result(returned: object) -> object:
    if not isinstance(returned, CoroutineType):
        return returned
    from assetbook.execution.awaiting import run_coroutine  # asyncio takes a while to import

    return run_coroutine(returned)


def _changed_meanwhile(before: CodeVersion | None, after: CodeVersion | None) -> tuple[str, ...]:
    """A sentence for each reached piece that is not what it was when the step began."""
    if before is None or after is None or before.digest == after.digest:
        return ()
    names = [
        piece.name
        for name, piece in after.pieces.items()
        if name not in before.pieces or before.pieces[name].digest != piece.digest
    ]
    names += [piece.name for name, piece in before.pieces.items() if name not in after.pieces]
    said = names or ["something that it reaches"]
    return tuple(f"`{name}` changed while the asset ran" for name in dict.fromkeys(said))
