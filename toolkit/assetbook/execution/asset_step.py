"""Running one asset step: inputs, the author's function, stored values, and the events of it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from types import CoroutineType
from typing import Any

from assetbook.definitions.asset_definition import AssetsDefinition
from assetbook.definitions.code import CodeVersion, changed_meanwhile
from assetbook.execution.capture import show_figures
from assetbook.execution.context import AssetExecutionContext
from assetbook.execution.environment import RunEnvironment, Timing
from assetbook.execution.file_reads import SeenReads
from assetbook.execution.name_reads import observe_names
from assetbook.execution.recording import Made, Recorder, check_event
from assetbook.execution.resource_scope import ResourceScope
from assetbook.execution.returned import produced_by
from assetbook.execution.type_checks import TypeChecker
from assetbook.execution.values import RunValues
from assetbook.execution.written_at_once import AtOnceWriter
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
    checker = TypeChecker(definition, resources, run_id)
    context, arguments = _arguments(
        environment, run_id, step, definition, values, resources, checker
    )
    available = resources.ready
    with _observed(environment) as seen, observe_names() as named:
        returned = result_of(definition.compute(**arguments))
        given, results = produced_by(definition, step.keys, returned)
        at_once = AtOnceWriter(environment, run_id, available, seen, timing)
        produced = [
            at_once.kept(each)
            if each.port.dagster_type is None
            else checker.output(each, at_once.kept(each), returned)
            for each in given
        ]
    after = provenance.code_of(definition)
    changed = _changed_meanwhile(code, after)
    maker = Recorder(environment, run_id, step, definition, context, timing, values)
    # state that the run itself changed is recorded as it is now, and named as unknown: it is no
    # edit that anybody made
    recorded = provenance.code_having_read(definition, named)
    readers = provenance.as_of_readers(definition, recorded, seen.names)
    maker.describe(recorded, (*changed, *named.doubts(definition.ignore)), reads, readers)
    for each in produced:
        maker.record(each, available)
    for result in results:
        check = check_event(environment, step, run_id, result, definition, recorded)
        maker.made.checks.append(check)
    return maker.made


def _arguments(
    environment: RunEnvironment,
    run_id: str,
    step: Step,
    definition: AssetsDefinition,
    values: RunValues,
    resources: ResourceScope,
    checker: TypeChecker,
) -> tuple[AssetExecutionContext | None, dict[str, object]]:
    available = resources.ready
    arguments: dict[str, object] = {}
    for key in step.keys:
        for port in environment.graph.inputs[key]:
            if port.name not in arguments:
                value = arguments[port.name] = values.load(port, available)
                if port.dagster_type is not None:
                    checker.input(port, value)
    if definition.can_subset:
        for port in definition.inputs:  # those that no selected output needs
            if not port.optional:
                arguments.setdefault(port.name, None)
    given: dict[str, object] = {}
    for name, _ in definition.resource_names:
        given[name] = resources.get(name, definition.resources, definition.name)
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
    """The configuration of a definition in this run: the run's, over the author's or defaults."""
    from assetbook.definitions.config import resolve_config
    from assetbook.definitions.overlay import overlaid

    given = environment.config.get(definition.name)
    own = getattr(definition, "config", None)
    where = f"the config of `{definition.name}`"
    return resolve_config(overlaid(definition.config_type, own, given, where=where), where=where)


@contextmanager
def _observed(environment: RunEnvironment) -> Iterator[SeenReads]:
    """Watches what the author's code reads of the world outside, and shows its figures."""
    if environment.observe is None:
        yield SeenReads(())
        return
    with environment.observe() as seen:
        yield seen
        show_figures()


def result_of(returned: object) -> object:
    """What a function returned; a coroutine is run to its end."""
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
    return tuple(changed_meanwhile(name) for name in dict.fromkeys(said))
