"""The hooks of a step, called when it has ended."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from assetbook.definitions.hooks import HookDefinition
from assetbook.definitions.op_definition import OpDefinition
from assetbook.definitions.op_ports import OpInput
from assetbook.definitions.plain_config import plain_config
from assetbook.errors import UsageError
from assetbook.events.parts import ErrorInfo
from assetbook.events.run_events import HookEnded
from assetbook.execution.capture import step_log
from assetbook.execution.context import StepResources
from assetbook.execution.context_elsewhere import OF_HOOKS, missing_member
from assetbook.execution.environment import RunEnvironment
from assetbook.execution.failure import error_info
from assetbook.execution.log_keeping import sink_of
from assetbook.execution.op_call import op_config
from assetbook.execution.op_values import OpValues
from assetbook.execution.reporter import StepOutcome
from assetbook.execution.resource_scope import ResourceScope
from assetbook.execution.scrubbing import scrubbed
from assetbook.execution.sink import into
from assetbook.keys import RunId
from assetbook.planning.steps import Step


@dataclass(frozen=True, slots=True)
class HookContext:
    """What a hook may ask of the step that ended, and of its run."""

    hook_def: HookDefinition | None
    """None in a context built for a test."""
    step_key: str
    run_id: str
    job_name: str | None = None
    op: OpDefinition | None = None
    """None after the step of an asset, which ``step_key`` names."""
    op_exception: BaseException | None = None
    """What the op raised; None for one that succeeded."""
    resources: Any = field(default_factory=lambda: StepResources({}))
    """The resources that the hook requires, as attributes."""
    log: logging.Logger = step_log
    """A logger whose lines stay with the step."""
    load_outputs: Callable[[], Mapping[str, Any]] = dict
    """Reads what the op gave; see ``op_output_values``."""
    load_config: Callable[[], Any] = lambda: None
    """Reads the op's configuration; see ``op_config``."""

    @property
    def op_config(self) -> Any:
        """The op's configuration as a dict of its fields; of an op without a Config what the run
        gives it, or None. Raises ConfigError as the op's own step does."""
        return plain_config(self.load_config())

    @property
    def op_output_values(self) -> Mapping[str, Any]:
        """What the op gave, by the name of the output, and of a dynamic one by mapping key; nothing
        of one that failed. Read from where it is kept, each time it is asked for.

        Raises UsageError after the step of an asset, whose value the store has.
        """
        if self.op is None and self.hook_def is not None:
            raise UsageError(
                "context.op_output_values",
                f"`{self.step_key}` is the step of an asset",
                f'Ask the store: assetbook.value("{self.step_key}").',
            )
        return self.load_outputs()

    @property
    def required_resource_keys(self) -> frozenset[str]:
        """The names of the resources that the hook requires."""
        return self.hook_def.required_resource_keys if self.hook_def is not None else frozenset()

    def __getattr__(self, name: str) -> Any:
        missing_member(self, OF_HOOKS, name)


def hooks_of(environment: RunEnvironment, step: Step) -> frozenset[HookDefinition]:
    """The hooks of an op, and those that the job says for each step that makes something."""
    if step.op is not None:
        return step.op.hooks | environment.steps.hooks
    return environment.steps.hooks if step.kind == "asset" else frozenset()


def call_hooks(
    environment: RunEnvironment,
    run_id: RunId,
    outcome: StepOutcome,
    resources: ResourceScope,
    values: OpValues,
) -> None:
    """Calls the hooks that are meant for how the step ended; what they raise is recorded, and told
    in the step's log, alone.

    ``values`` are what the ops of the run gave.
    """
    step = outcome.step
    event = {"done": "success", "failed": "failure"}.get(outcome.status)
    hooks = [each for each in hooks_of(environment, step) if each.event == event]
    for hook in sorted(hooks, key=lambda each: each.name):
        made = partial(_context, environment, run_id, outcome, hook, resources, values)
        with into(sink_of(environment, run_id, step.name)):
            error = _called(hook, made, environment)
        ended = HookEnded(
            at=environment.clock.now(), run_id=run_id, step=step.name, hook=hook.name, error=error
        )
        environment.store.later(scrubbed([ended]))


def _called(
    hook: HookDefinition, made: Callable[[], HookContext], environment: RunEnvironment
) -> ErrorInfo | None:
    """Calls a hook with the context that ``made`` gives; what went wrong."""
    try:
        hook.compute(made())
    except (Exception, SystemExit) as raised:  # noqa: BLE001 - the author's code: recorded
        error = error_info(raised, environment.where)
        where = f" ({error.where})" if error.where else ""
        said = f"{error.kind}: {error.message}{where}"
        step_log.error("the hook `%s` failed: %s", hook.name, said)
        return error
    return None


def _context(
    environment: RunEnvironment,
    run_id: RunId,
    outcome: StepOutcome,
    hook: HookDefinition,
    resources: ResourceScope,
    values: OpValues,
) -> HookContext:
    step, ops = outcome.step, environment.ops
    op = ops.ops[step.op.path] if step.op is not None else None
    given: Mapping[str, object] = {
        name: resources.get(name, {}, f"the hook `{hook.name}`")
        for name in hook.required_resource_keys
    }
    return HookContext(
        hook,
        step.name,
        run_id,
        ops.job_name,
        op,
        outcome.exception,
        StepResources(given),
        load_outputs=partial(_outputs, values, step.name, resources),
        load_config=lambda: op_config(environment, step.op.path, op) if step.op and op else None,
    )


def _outputs(values: OpValues, step: str, resources: ResourceScope) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for held in values.of(step):
        port = OpInput(held.port.name, held.port.dagster_type)
        value = None if port.is_nothing else values.value(held, port, resources.ready)
        key = held.record.mapping_key
        if key is None:
            found[port.name] = value
        else:
            found.setdefault(port.name, {})[key] = value
    return found
