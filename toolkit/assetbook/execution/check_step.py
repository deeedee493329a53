"""Running one check: its function, and the event that says what it found."""

from __future__ import annotations

from typing import Any

from assetbook.definitions.check_definition import AssetChecksDefinition
from assetbook.definitions.results import AssetCheckResult
from assetbook.errors import DefinitionError, with_article
from assetbook.events.records import CheckEvaluated
from assetbook.execution.asset_step import config_for, result_of
from assetbook.execution.committing import Returned
from assetbook.execution.context import AssetCheckExecutionContext
from assetbook.execution.environment import RunEnvironment, Timing
from assetbook.execution.failure import error_info
from assetbook.execution.recording import Made
from assetbook.execution.reporter import StepOutcome
from assetbook.execution.resource_scope import ResourceScope
from assetbook.execution.type_checks import TypeChecker
from assetbook.execution.values import RunValues
from assetbook.keys import CheckKey
from assetbook.metadata import metadata_value, to_wire
from assetbook.planning.steps import Step


def run_check_step(
    environment: RunEnvironment,
    run_id: str,
    step: Step,
    values: RunValues,
    resources: ResourceScope,
    timing: Timing,
) -> Returned:
    """How the check ended, and the event that says what it found.

    A KeyboardInterrupt passes through.
    """
    key = step.check
    if key is None:
        raise DefinitionError(f"the step {step.name}", "it is not a check")
    node = next(node for node in environment.graph.check_nodes(key.asset_key) if node.key == key)
    definition = node.definition
    if not isinstance(definition, AssetChecksDefinition):
        raise DefinitionError(f"the check {key}", "its asset's own function answers it")
    code = environment.provenance.code_of(definition)
    held = values.made_here(key.asset_key)
    recorded = environment.recorded.get(key.asset_key)
    event: dict[str, Any] = {
        "run_id": run_id,
        "key": key.asset_key.text,
        "check": key.name,
        "step": step.name,
        "blocking": definition.spec.blocking,
        "version": held.number if held else recorded.number if recorded else None,
        "store": recorded.store if recorded and not held else None,
        "code": code.digest if code is not None else None,
    }
    try:
        environment.provenance.clear_caches(definition)
        result = _result(
            key, _call(environment, run_id, node.inputs, definition, values, resources)
        )
        event |= {
            "passed": result.passed,
            "severity": result.severity.value,
            "description": result.description or "",
            "metadata": {
                name: to_wire(metadata_value(raw, name)) for name, raw in result.metadata.items()
            },
        }
        failure = None
    except Exception as error:  # noqa: BLE001 - the author's code may raise anything: recorded
        event |= {"passed": False, "error": error_info(error, environment.where)}
        failure = error
    duration = timing.elapsed(environment.clock)
    found = CheckEvaluated(at=environment.clock.now(), duration=duration, **event)
    return Returned(_outcome(step, found, failure), Made(checks=[found]))


def _outcome(step: Step, found: CheckEvaluated, failure: Exception | None) -> StepOutcome:
    if failure is not None:
        message = f"{type(failure).__name__}: {failure}"
        return StepOutcome(
            step,
            "failed",
            found.duration,
            message=message,
            error=found.error,
            exception=failure,
        )
    if found.blocking and not found.passed and found.severity == "error":
        said = f": {found.description}" if found.description else ""
        message = f"the blocking check `{found.check}` failed{said}"
        return StepOutcome(step, "failed", found.duration, message=message)
    return StepOutcome(step, "done", found.duration)


def _call(
    environment: RunEnvironment,
    run_id: str,
    inputs: Any,
    definition: AssetChecksDefinition,
    values: RunValues,
    resources: ResourceScope,
) -> object:
    arguments: dict[str, object] = {}
    checker = TypeChecker(definition, resources, run_id)
    for port in inputs:
        own = port.key == definition.spec.asset_key
        value = arguments[port.name] = values.load(port, resources.ready, checking=own)
        if port.dagster_type is not None:
            checker.input(port, value)
    given = {
        name: resources.get(name, definition.resources, str(definition.key))
        for name, _ in definition.resource_names
    }
    arguments.update(given)
    if definition.config_type is not None:
        arguments["config"] = config_for(environment, definition)
    if definition.context_name is not None:
        arguments[definition.context_name] = AssetCheckExecutionContext(
            run_id=run_id, selected=(definition.spec.asset_key,), resources=given
        )
    return result_of(definition.compute(**arguments))


def _result(key: CheckKey, returned: object) -> AssetCheckResult:
    if isinstance(returned, AssetCheckResult):
        return returned
    if isinstance(returned, bool):
        return AssetCheckResult(returned)
    item = getattr(returned, "item", None)
    if callable(item) and isinstance(item(), bool):  # a numpy boolean
        return AssetCheckResult(item())
    what = "nothing" if returned is None else with_article(type(returned).__name__)
    raise DefinitionError(
        f"the result of the check {key}",
        f"it returned {what}",
        "Return AssetCheckResult(passed=...) or a bool.",
    )
