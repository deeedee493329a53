"""Ops, graphs, jobs and hooks that code reaches: by their functions, and by what changes results.

Where they were written, and what only describes or orders them, counts for nothing.
"""

from __future__ import annotations

from typing import Any

from assetbook.definitions.graph_body import GraphBody
from assetbook.definitions.graph_config import ConfigMapping
from assetbook.definitions.hooks import HookDefinition
from assetbook.definitions.job_definition import JobDefinition
from assetbook.definitions.node import PendingInvocation
from assetbook.definitions.op_definition import OpDefinition
from assetbook.notebook.reach import Reach
from assetbook.notebook.reach_graph import Node


def expand_op(reach: Reach, node: Node, value: Any) -> bool:
    """An op, graph, job, hook or config mapping; False if ``value`` is none."""
    if isinstance(value, PendingInvocation):
        node.label = f"invocation:{value.given_name}".encode()
        reach.edge(node, "node", value.node, value.node.name)
        return True
    if isinstance(value, ConfigMapping):
        _function(reach, node, value.config_fn)
        return True
    if not isinstance(value, OpDefinition | GraphBody | JobDefinition | HookDefinition):
        return False
    _function(reach, node, value.compute)
    if isinstance(value, OpDefinition):
        _op(reach, node, value)
    elif isinstance(value, GraphBody | JobDefinition):
        reach.edge(node, "config", value.config, f"the config of {value.name}")
    return True


def _function(reach: Reach, node: Node, function: Any) -> None:
    """The function counts under the name of what it was made into."""
    reach.edge(node, "function", function, node.name, piece=node.kind is not None)
    node.label, node.kind, node.nameless = b"definition of a step", None, True


def _op(reach: Reach, node: Node, op: OpDefinition) -> None:
    outputs = [(each.name, each.is_required, each.is_dynamic) for each in op.outputs]
    node.label = repr((outputs, op.code_version)).encode()
    for port in op.inputs:
        if port.has_default:
            reach.edge(node, f"default:{port.name}", port.default, f"{op.name}({port.name}=...)")
    if op.config is not None:
        reach.edge(node, "config", op.config, f"the config of {op.name}")
