"""The resources that a plan's steps ask for: what is not given is told before the run begins."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from assetbook.execution.environment import RunEnvironment
from assetbook.execution.resource_scope import check_resources
from assetbook.planning.steps import Plan, Step


def refuse_missing_resources(plan: Plan, environment: RunEnvironment) -> None:
    """Raises one ConfigError that names every resource that steps of ``plan`` ask for, and that
    ``environment`` does not have."""
    asked = dict(each for step in plan for each in _asked(step, environment))
    check_resources(asked, environment.resources)


def _asked(step: Step, environment: RunEnvironment) -> Iterator[tuple[str, str]]:
    """The names of the resources that a step asks for, each with who asks."""
    if step.op is not None:
        op = environment.ops.ops[step.op.path]
        names = [*(name for name, _ in op.resource_names), *op.required_resource_keys]
        asking, bound = f"the op `{step.op.path}`", op.resources
    else:
        definition = _definition(step, environment)
        if definition is None:
            return
        names = [name for name, _ in definition.resource_names]
        asking, bound = f"`{step.name}`", definition.resources
    yield from ((name, asking) for name in names if name not in bound)


def _definition(step: Step, environment: RunEnvironment) -> Any:
    graph, key = environment.graph, step.keys[0]
    if step.check is not None:
        nodes = graph.check_nodes(step.check.asset_key)
        return next((node.definition for node in nodes if node.key == step.check), None)
    return graph.source(key) if step.kind == "observe" else graph.makers.get(key)
