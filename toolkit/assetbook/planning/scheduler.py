"""Which steps of a plan may start, and which will never: pure, from how earlier steps ended.

It serves steps of every kind, and knows no processes, times, stores or data. Whoever runs a plan
asks for the :meth:`~Scheduler.next` step, and tells what :meth:`~Scheduler.ended`; each ends once.
The answer depends on how the steps ended, and not on the order in which they did.
"""

from __future__ import annotations

import heapq
from collections import deque
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

from assetbook.planning.dynamic_steps import mapped_steps, template_name
from assetbook.planning.op_steps import nodes_of
from assetbook.planning.source_states import SourceStates
from assetbook.planning.steps import Plan, Step

Ended = Literal["done", "failed", "skipped", "upstream_failed"]


@dataclass(frozen=True, slots=True)
class Done:
    """That a step did what it was to do."""

    outputs: frozenset[str] | None = None
    """The outputs of an op that came; None for all."""
    mapping_keys: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """By dynamic output the keys of its elements, in order; none for one left out."""


@dataclass(frozen=True, slots=True)
class Settled:
    """A step that ends without having run, and why."""

    step: Step
    status: Literal["skipped", "upstream_failed"]
    because: str


class Scheduler:
    """What there is to do of one plan, as its steps end."""

    def __init__(self, plan: Plan) -> None:
        self._steps: dict[str, Step] = {}
        self._places: dict[str, tuple[int, int]] = {}
        self._waits: dict[str, int] = {}
        self._followers: dict[str, list[str]] = {}
        self._templates: dict[str, list[str]] = {}
        """By the step that gives the elements, what stands for the steps of each."""
        self._open: dict[str, int] = {}
        """By template how many of its steps have not ended."""
        self._status: dict[str, Ended] = {}
        self._sources = SourceStates(self._steps, self._status)
        self._ready: list[tuple[tuple[int, int, int], str]] = []
        self._started: set[str] = set()
        self._undecided: deque[str] = deque()
        names = {step.name for step in plan.steps}
        for place, step in enumerate(plan.steps):
            self._add(step, (place, 0), names)
        while self._undecided:
            self._make_ready(self._undecided.popleft())  # they wait for nothing

    def next(self, takes: Callable[[Step], bool] = lambda step: True) -> Step | None:
        """A step that may start now and that ``takes`` accepts, of several the one of the highest
        priority, then the first in the plan; None if there is none now.


        Its inputs name the steps that really give them: what was skipped is no longer in lists,
        what is collected is known.
        """
        refused = []
        found: Step | None = None
        while found is None and self._ready:
            place = heapq.heappop(self._ready)
            found = self._steps[place[1]] if takes(self._steps[place[1]]) else None
            if found is None:
                refused.append(place)
        for each in refused:
            heapq.heappush(self._ready, each)
        if found is None:
            return None
        self._started.add(found.name)
        return found if found.op is None else self._sources.resolved(found)

    def ended(self, name: str, how: Done | Literal["failed", "skipped"]) -> tuple[Settled, ...]:
        """Takes how a step that was given ended; gives those that therefore end without running.

        A step is ``skipped`` by whoever runs the plan and finds that there is nothing to do.
        Raises KeyError for a step that was not given, or has ended.
        """
        if name not in self._started or name in self._status:
            raise KeyError(name)
        if isinstance(how, Done):
            self._sources.note(name, how.outputs, how.mapping_keys)
            self._status[name] = "done"
        else:
            self._status[name] = how
        return tuple(self._follow(name))

    @property
    def over(self) -> bool:
        """Whether every step has ended."""
        return len(self._status) == len(self._steps)

    def _add(self, step: Step, place: tuple[int, int], names: Collection[str]) -> None:
        name = step.name
        self._steps[name] = step
        self._places[name] = place
        if step.op is not None and step.op.over is not None and step.op.mapping_key is None:
            self._templates.setdefault(step.op.over[0], []).append(name)
            return
        before = [
            each for each in dict.fromkeys(step.after) if each in names and each not in self._status
        ]
        self._waits[name] = len(before)
        for each in before:
            self._followers.setdefault(each, []).append(name)
        if not before:
            self._undecided.append(name)

    def _follow(self, name: str) -> Iterator[Settled]:
        """What ends because ``name`` has."""
        left = deque([name])
        while left:
            each = left.popleft()
            for template in self._templates.get(each, ()):
                settled = self._expand(template)
                if settled is not None:
                    yield settled
                    left.append(template)
            for follower in self._followers.get(each, ()):
                self._waits[follower] -= 1
                if not self._waits[follower]:
                    self._undecided.append(follower)
            owner = self._owner(each)
            if owner is not None:
                self._open[owner] -= 1
                if not self._open[owner]:
                    self._status[owner] = "done"
                    left.append(owner)
            for settled in self._settle_waiting():
                yield settled
                left.append(settled.step.name)

    def _settle_waiting(self) -> Iterator[Settled]:
        """Decides for those whose upstreams have all ended; gives those that will not run."""
        while self._undecided:
            name = self._undecided.popleft()
            settled = self._verdict(self._steps[name])
            if settled is None:
                self._make_ready(name)
            else:
                self._status[name] = settled.status
                yield settled

    def _make_ready(self, name: str) -> None:
        heapq.heappush(self._ready, ((-self._steps[name].priority, *self._places[name]), name))

    def _owner(self, name: str) -> str | None:
        """The template that a step for one element came of; None for one that was planned as it
        is, since its elements were known."""
        op = self._steps[name].op
        if op is None or op.mapping_key is None:
            return None
        owner = template_name(name)
        return owner if owner in self._open else None

    def _expand(self, template: str) -> Settled | None:
        """Makes the steps of a template, now that what gives elements has ended."""
        step = self._steps[template]
        assert step.op is not None and step.op.over is not None
        node, output = step.op.over
        state, because = self._sources.of_output(node, output)
        keys = self._sources.keys_of(node, output) if state == "given" else ()
        if not keys:
            status: Literal["skipped", "upstream_failed"] = (
                "upstream_failed" if state == "failed" else "skipped"
            )
            self._status[template] = status
            return Settled(step, status, because or f"`{node}` gave no elements")
        self._sources.expanded(template, keys)
        self._open[template] = len(keys)
        place, _ = self._places[template]
        made = mapped_steps(step, keys, self._steps)
        for number, each in enumerate(made):
            self._add(each, (place, number), self._steps)
        return None

    def _verdict(self, step: Step) -> Settled | None:
        """Whether a step will not run, all its upstreams having ended; None if it will."""
        given: set[str] = set()
        if step.op is not None:
            found = self._sources.verdict(step)
            if found is not None:
                return Settled(step, *found)
            given.update(node for each in step.op.inputs.values() for node in nodes_of(each))
        for name in step.after:
            # a check that failed blocks its asset: whoever reads that asset says so itself
            before = self._steps.get(name)
            if before is None or before.kind == "check" or name in given:
                continue
            if self._status[name] in ("failed", "upstream_failed"):
                return Settled(step, "upstream_failed", f"`{name}` did not succeed")
        return None
