"""A second, slow answer to which steps of a job run: it goes through the ops in order."""

from __future__ import annotations

from collections.abc import Callable

from assetbook.definitions.flat_graph import FlatOp
from assetbook.definitions.invocations import Collected, FanIn, FromOutput
from assetbook.definitions.job_definition import JobDefinition
from assetbook.planning.scheduler import Done

Fate = Callable[[str, FlatOp], Done | None]
"""How a step of that name would end if it ran; None for a failure."""
Answer = dict[str, str]
"""By step how it ends."""


def expected(job: JobDefinition, fate: Fate) -> tuple[Answer, dict[str, dict[str, list[str]]]]:
    """How each step ends, and by step that runs the lists that it is given."""
    world = _World(job, fate)
    for op in job.ops.values():
        world.take(op)
    return world.ends, world.lists


class _World:
    def __init__(self, job: JobDefinition, fate: Fate) -> None:
        self.job, self.fate = job, fate
        self.ends: Answer = {}
        self.done: dict[str, Done] = {}
        self.lists: dict[str, dict[str, list[str]]] = {}

    def take(self, op: FlatOp) -> None:
        if op.over is None:
            self.run(op, op.path, "")
            return
        fate = self.of(*op.over)
        keys = self.keys(*op.over) if fate == "given" else ()
        if not keys:
            self.ends[f"{op.path}[?]"] = "upstream_failed" if fate == "failed" else "skipped"
        for key in keys:
            self.run(op, f"{op.path}[{key}]", f"[{key}]")

    def run(self, op: FlatOp, name: str, suffix: str) -> None:
        states = [self.state(op, source, suffix) for source in op.inputs.values()]
        if "skipped" in states or "failed" in states:
            self.ends[name] = "skipped" if "skipped" in states else "upstream_failed"
            return
        self.lists[name] = {
            each: [name for name, state in self.items(source) if state == "given"]
            for each, source in op.inputs.items()
            if isinstance(source, FanIn | Collected)
        }
        done = self.fate(name, op)
        self.ends[name] = "failed" if done is None else "done"
        if done is not None:
            self.done[name] = done

    def state(self, op: FlatOp, source: object, suffix: str) -> str:
        if isinstance(source, FanIn):
            states = [state for _, state in self.items(source)]
        elif isinstance(source, Collected):
            over = self.job.ops[source.node].over or (source.node, source.output)
            whole = self.of(*over)
            if whole != "given":
                return whole
            states = [state for _, state in self.items(source)]
        elif isinstance(source, FromOutput):
            mapped = self.job.ops[source.node].over is not None
            return self.of(source.node + (suffix if mapped else ""), source.output)
        else:
            return "given"
        if "failed" in states:
            return "failed"
        return "skipped" if states and set(states) == {"skipped"} else "given"

    def items(self, source: FanIn | Collected) -> list[tuple[str, str]]:
        if isinstance(source, FanIn):
            return [(each.node, self.of(each.node, each.output)) for each in source.sources]  # type: ignore[union-attr]
        over = self.job.ops[source.node].over
        if over is None:
            return [(key, "given") for key in self.keys(source.node, source.output)]
        names = [f"{source.node}[{key}]" for key in self.keys(*over)]
        return [(name, self.of(name, source.output)) for name in names]

    def of(self, step: str, output: str) -> str:
        if step not in self.done:
            return "skipped" if self.ends[step] == "skipped" else "failed"
        came = self.done[step].outputs
        port = next(
            each for each in self.job.ops[step.partition("[")[0]].op.outputs if each.name == output
        )
        left_out = came is not None and output not in came
        return "skipped" if left_out and not (port.is_dynamic and port.is_required) else "given"

    def keys(self, step: str, output: str) -> tuple[str, ...]:
        return self.done[step].mapping_keys.get(output, ())
