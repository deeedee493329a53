"""Which executor runs a step: the run's, or the one that the step's tag names."""

from __future__ import annotations

import time
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from assetbook.dependencies.asset_graph import AssetGraph
from assetbook.errors import DefinitionError, UsageError, did_you_mean
from assetbook.execution.environment import RunEnvironment
from assetbook.execution.executor import (
    Executor,
    InProcessExecutor,
    Sending,
    StepEnd,
    Workers,
)
from assetbook.execution.step_runner import StepRunner
from assetbook.planning.steps import Plan, Step

TAG = "assetbook/executor"
NAMES = ("in-process", "threads", "processes")
_TURN = 0.01  # seconds for which one kind of workers is waited for, before the other kinds are


def executor_named(name: str, workers: int | None = None) -> Executor:
    """The executor of that name; raises UsageError, with the nearest, if there is none."""
    if name == "in-process":
        return InProcessExecutor()
    if name == "threads":
        from assetbook.execution.threads import ThreadExecutor

        return ThreadExecutor() if workers is None else ThreadExecutor(workers)
    if name == "processes":
        from assetbook.execution.processes.executor import ProcessExecutor

        return ProcessExecutor(workers)
    raise UsageError(
        f"the executor {name!r}",
        "there is none of that name",
        did_you_mean(name, NAMES) or f"Say one of {', '.join(NAMES)}.",
    )


def by_tags(executor: Executor, plan: Plan, environment: RunEnvironment) -> Executor:
    """``executor``, or one that has steps with a tag run by what their tag names.

    Raises DefinitionError for a tag that names no executor, and for steps that cannot be sent to
    where their executor would run them.
    """
    graph = environment.graph
    named = {each.name: name for each in plan.steps if (name := _name_of(each, graph))}
    own = executor.own if isinstance(executor, _ByTags) else executor
    for name in dict.fromkeys(["", *named.values()]):
        kind = executor_named(name) if name else own
        if isinstance(kind, Sending):
            steps = [each for each in plan.steps if named.get(each.name, "") == name]
            kind.refuse_unsendable(environment, steps)
    return _ByTags(own, named) if named else own


def _name_of(step: Step, graph: AssetGraph) -> str:
    """What the tag of an asset's step says; empty for one without."""
    if step.kind != "asset" or step.keys[0] not in graph.specs:
        return ""
    said = graph.specs[step.keys[0]].tags.get(TAG, "")
    name = said.replace("_", "-")
    if name and name not in NAMES:
        raise DefinitionError(
            f"the tag `{TAG}` of `{step.name}`",
            f"there is no executor {said!r}",
            did_you_mean(name, NAMES) or f"Say one of {', '.join(NAMES)}.",
        )
    return name


@dataclass(frozen=True)
class _ByTags:
    """The run's own executor, beside those that tags name; each is as large as it is by itself."""

    own: Executor
    named: Mapping[str, str]
    """The names of executors, by step."""

    def start(self, runner: StepRunner) -> Workers:
        return _Several(self, runner)


class _Several:
    """Workers of several executors; those of a tag are started with its first step."""

    def __init__(self, choice: _ByTags, runner: StepRunner) -> None:
        self._choice = choice
        self._runner = runner
        self._kinds: dict[str, Workers] = {"": choice.own.start(runner)}
        self._of: dict[str, str] = {}
        """The kind of each step that is on its way."""
        own = type(choice.own)
        self._same = [name for name in NAMES if type(executor_named(name)) is own]

    @property
    def slots(self) -> int:
        names = {*self._choice.named.values()}.difference(self._same)
        return sum(self._workers(name).slots for name in ["", *sorted(names)])

    def takes(self, step: Step) -> bool:
        kind = self._kind(step)
        busy = sum(each == kind for each in self._of.values())
        return busy < self._workers(kind).slots and self._workers(kind).takes(step)

    def waits_for(self, step: Step) -> Collection[str]:
        return self._workers(self._kind(step)).waits_for(step)

    def submit(self, step: Step) -> None:
        kind = self._of[step.name] = self._kind(step)
        self._workers(kind).submit(step)

    def next(self, seconds: float | None = None) -> StepEnd | None:
        until = None if seconds is None else time.monotonic() + seconds
        while True:
            busy = [self._workers(kind) for kind in dict.fromkeys(self._of.values())]
            for workers in busy:
                end = workers.next(seconds if len(busy) == 1 else _TURN)
                if end is not None:
                    del self._of[end.step.name]
                    return end
            if until is not None and time.monotonic() >= until:
                return None

    def interrupt(self) -> None:
        for workers in self._kinds.values():
            workers.interrupt()
        self._of.clear()

    def close(self) -> None:
        for workers in self._kinds.values():
            workers.close()

    def _kind(self, step: Step) -> str:
        name = self._choice.named.get(step.name, "")
        return "" if name in self._same else name

    def _workers(self, kind: str) -> Workers:
        if kind not in self._kinds:
            self._kinds[kind] = executor_named(kind).start(self._runner)
        return self._kinds[kind]
