"""One check step: the call of its function, and the event that says what it found."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import msgspec

from assetbook.definitions.check_definition import AssetChecksDefinition
from assetbook.definitions.ports import InputPort
from assetbook.definitions.results import AssetCheckResult
from assetbook.errors import DefinitionError, with_article
from assetbook.events.records import CheckEvaluated
from assetbook.execution.asset_call import config_for, result_of
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


class CheckStep(msgspec.Struct, frozen=True):
    """A check on its way: what was true when it began."""

    step: Step
    definition: AssetChecksDefinition
    inputs: tuple[InputPort, ...]
    timing: Timing
    said: dict[str, Any]
    """What its event says, whatever it finds."""

    @classmethod
    def begin(
        cls, environment: RunEnvironment, run_id: str, step: Step, values: RunValues, timing: Timing
    ) -> CheckStep:
        """The check as it begins now; caches that its code reaches are cleared."""
        key = step.check
        if key is None:
            raise DefinitionError(f"the step {step.name}", "it is not a check")
        nodes = environment.graph.check_nodes(key.asset_key)
        node = next(node for node in nodes if node.key == key)
        definition = node.definition
        if not isinstance(definition, AssetChecksDefinition):
            raise DefinitionError(f"the check {key}", "its asset's own function answers it")
        code = environment.provenance.code_of(definition)
        environment.provenance.clear_caches(definition)
        held = values.made_here(key.asset_key)
        recorded = environment.recorded.get(key.asset_key)
        said = {
            "run_id": run_id,
            "key": key.asset_key.text,
            "check": key.name,
            "step": step.name,
            "blocking": definition.spec.blocking,
            "version": held.number if held else recorded.number if recorded else None,
            "store": recorded.store if recorded and not held else None,
            "code": code.digest if code is not None else None,
        }
        return cls(step, definition, node.inputs, timing, said)

    def found(self, environment: RunEnvironment, result: AssetCheckResult) -> Returned:
        """How it ended if its function found that."""
        metadata = {
            name: to_wire(metadata_value(raw, name)) for name, raw in result.metadata.items()
        }
        event = self._event(
            environment,
            passed=result.passed,
            severity=result.severity.value,
            description=result.description or "",
            metadata=metadata,
        )
        return Returned(_outcome(self.step, event), Made(checks=[event]))

    def failed(self, environment: RunEnvironment, error: Exception) -> Returned:
        """How it ended if its function raised that."""
        info = error_info(error, environment.where)
        event = self._event(environment, passed=False, error=info)
        message = f"{type(error).__name__}: {error}"
        outcome = StepOutcome(
            self.step, "failed", event.duration, message=message, error=info, exception=error
        )
        return Returned(outcome, Made(checks=[event]))

    def _event(self, environment: RunEnvironment, **found: Any) -> CheckEvaluated:
        duration = self.timing.elapsed(environment.clock)
        return CheckEvaluated(at=environment.clock.now(), duration=duration, **self.said, **found)


def _outcome(step: Step, found: CheckEvaluated) -> StepOutcome:
    if found.blocking and not found.passed and found.severity == "error":
        said = f": {found.description}" if found.description else ""
        message = f"the blocking check `{found.check}` failed{said}"
        return StepOutcome(step, "failed", found.duration, message=message)
    return StepOutcome(step, "done", found.duration)


def call_check(
    environment: RunEnvironment,
    run_id: str,
    inputs: Iterable[InputPort],
    definition: AssetChecksDefinition,
    values: RunValues,
    resources: ResourceScope,
) -> AssetCheckResult:
    """What the check's function says; whatever it raises passes through."""
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
    return _result(definition.key, result_of(definition.compute(**arguments)))


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
