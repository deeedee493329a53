"""One check step: the call of its function, and the events that say what it found."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from types import GeneratorType
from typing import Any

import msgspec

from assetbook.definitions.check_definition import AssetChecksDefinition
from assetbook.definitions.ports import InputPort
from assetbook.definitions.results import AssetCheckResult
from assetbook.dependencies.step_waits import CheckNode
from assetbook.errors import DefinitionError, with_article
from assetbook.events.asset_events import CheckEvaluated
from assetbook.execution.asset_call import config_for, result_of
from assetbook.execution.committing import Returned
from assetbook.execution.context import AssetCheckExecutionContext
from assetbook.execution.environment import RunEnvironment, Timing
from assetbook.execution.failure import error_info
from assetbook.execution.partition_inputs import partitions_of
from assetbook.execution.recording import Made
from assetbook.execution.reporter import StepOutcome
from assetbook.execution.resource_scope import ResourceScope
from assetbook.execution.returned import matched_checks
from assetbook.execution.type_checks import TypeChecker
from assetbook.execution.values import RunValues
from assetbook.keys import AssetKey, CheckKey
from assetbook.metadata import metadata_value, to_wire
from assetbook.planning.steps import Step


class CheckStep(msgspec.Struct, frozen=True):
    """Checks on their way: what was true when they began."""

    step: Step
    definition: AssetChecksDefinition
    inputs: tuple[InputPort, ...]
    timing: Timing
    said: dict[CheckKey, dict[str, Any]]
    """What the event of each check says, whatever it finds."""

    @classmethod
    def begin(
        cls, environment: RunEnvironment, run_id: str, step: Step, values: RunValues, timing: Timing
    ) -> CheckStep:
        """The step as it begins now; caches that its code reaches are cleared."""
        nodes = [_node(environment, key) for key in step.checks]
        if not nodes:
            raise DefinitionError(f"the step {step.name}", "it is not a check")
        definition = nodes[0].definition
        if not isinstance(definition, AssetChecksDefinition):
            raise DefinitionError(
                f"the check {nodes[0].key}", "its asset's own function answers it"
            )
        code = environment.provenance.code_of(definition)
        environment.provenance.clear_caches(definition)
        digest = code.digest if code is not None else None
        said = {
            node.key: {**_version_of(environment, values, node.key.asset_key), "code": digest}
            | {"run_id": run_id, "step": step.name, "blocking": node.spec.blocking}
            | {"key": node.key.asset_key.text, "check": node.key.name}
            | {"partition": node.key.asset_key.partition}
            for node in nodes
        }
        return cls(step, definition, nodes[0].inputs, timing, said)

    def found(self, environment: RunEnvironment, results: Sequence[AssetCheckResult]) -> Returned:
        """How it ended if its function found that, one result for each of its checks."""
        events = [
            self._event(
                environment,
                key,
                passed=result.passed,
                severity=result.severity.value,
                description=result.description or "",
                metadata={
                    name: to_wire(metadata_value(raw, name))
                    for name, raw in result.metadata.items()
                },
            )
            for key, result in zip(self.said, results, strict=True)
        ]
        return Returned(_outcome(self.step, events), Made(checks=events))

    def failed(self, environment: RunEnvironment, error: Exception) -> Returned:
        """How it ended if its function raised that."""
        info = error_info(error, environment.where)
        events = [self._event(environment, key, passed=False, error=info) for key in self.said]
        message = f"{type(error).__name__}: {error}"
        outcome = StepOutcome(
            self.step, "failed", events[0].duration, message=message, error=info, exception=error
        )
        return Returned(outcome, Made(checks=events))

    def _event(self, environment: RunEnvironment, key: CheckKey, **found: Any) -> CheckEvaluated:
        duration = self.timing.elapsed(environment.clock)
        at = environment.clock.now()
        return CheckEvaluated(at=at, duration=duration, **self.said[key], **found)


def _node(environment: RunEnvironment, key: CheckKey) -> CheckNode:
    nodes = environment.graph.check_nodes(key.asset_key)
    return next(node for node in nodes if node.key == key)


def _version_of(
    environment: RunEnvironment, values: RunValues, key: AssetKey
) -> dict[str, int | str | None]:
    """The version that is looked at, and the store that has it."""
    held = values.made_here(key)
    recorded = environment.recorded.get(key)
    return {
        "version": held.number if held else recorded.number if recorded else None,
        "store": recorded.store if recorded and not held else None,
    }


def _outcome(step: Step, found: Sequence[CheckEvaluated]) -> StepOutcome:
    duration = found[0].duration
    failed = [
        each for each in found if each.blocking and not each.passed and each.severity == "error"
    ]
    if not failed:
        return StepOutcome(step, "done", duration)
    said = "; ".join(
        f"the blocking check `{each.check}` failed"
        + (f": {each.description}" if each.description else "")
        for each in failed
    )
    return StepOutcome(step, "failed", duration, message=said)


def call_checks(
    environment: RunEnvironment,
    run_id: str,
    step: Step,
    inputs: Iterable[InputPort],
    definition: AssetChecksDefinition,
    values: RunValues,
    resources: ResourceScope,
) -> tuple[AssetCheckResult, ...]:
    """What the function says of each check of the step; whatever it raises passes through."""
    arguments: dict[str, object] = {}
    checker = TypeChecker(definition, resources, run_id)
    for port in inputs:
        own = port.key.asset in definition.asset_keys
        value = arguments[port.name] = values.load(port, resources.ready, checking=own)
        if port.dagster_type is not None:
            checker.input(port, value)
    given = {
        name: resources.get(name, definition.resources, step.name)
        for name, _ in definition.resource_names
    }
    arguments.update(given)
    if definition.config_type is not None:
        arguments["config"], _ = config_for(environment, definition)
    if definition.context_name is not None:
        arguments[definition.context_name] = AssetCheckExecutionContext(
            run_id=run_id,
            job_name=environment.job_name,
            selected=definition.asset_keys,
            partitions=partitions_of(environment.graph, step.keys),
            resources=given,
            config=arguments.get("config"),
            checks=step.checks,
        )
    returned = result_of(definition.compute(**arguments))
    if len(definition.specs) == 1:
        return (_result(step.checks[0], returned),)
    given_results = [_result(step.checks[0], each) for each in _several(definition, returned)]
    asked, remedy = f"{definition.name}()", "Return or yield an AssetCheckResult for each."
    wanted = [CheckKey(key.asset_key.asset, key.name) for key in step.checks]
    return tuple(matched_checks(asked, definition.specs, wanted, given_results, remedy))


def _several(definition: AssetChecksDefinition, returned: object) -> Iterable[object]:
    """What a function returned or yields, one by one."""
    if isinstance(returned, AssetCheckResult):
        return (returned,)
    if isinstance(returned, list | tuple | Iterator):
        return returned
    what = "nothing" if returned is None else with_article(type(returned).__name__)
    raise DefinitionError(
        f"the results of the checks {definition.name}()",
        f"it returned {what}",
        "Return or yield an AssetCheckResult(check_name=..., passed=...) for each.",
    )


def _result(key: CheckKey, returned: object) -> AssetCheckResult:
    if isinstance(returned, GeneratorType):
        returned = _only(key, returned)
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


def _only(key: CheckKey, results: Iterator[object]) -> object:
    """The one result that a generator yields."""
    found = list(results)
    if len(found) == 1:
        return found[0]
    raise DefinitionError(
        f"the result of the check {key}",
        f"it yielded {len(found)} results",
        "Yield one AssetCheckResult(passed=...).",
    )
