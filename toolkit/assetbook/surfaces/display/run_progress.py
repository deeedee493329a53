"""How far a run is: what has ended, what runs, what waits. Knows nothing of displays."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from assetbook.execution.reporter import StepOutcome
from assetbook.planning.dynamic_steps import template_name
from assetbook.planning.run_queue import Waiting
from assetbook.planning.steps import Plan, Step

MOST_LISTED = 30
"""Steps of a plan up to which each has its line; of longer ones only those of interest."""
_LAST_DONE = 5
_LAST_RUNNING = 5
_MOST_FAILED = 20


@dataclass(slots=True)
class RunProgress:
    """One run on its way. Times are seconds of a monotonic clock."""

    run_id: str
    plan: Plan
    running: dict[str, float] = field(default_factory=dict)
    """The steps that run, and those whose values are being stored: since when, by name."""
    outcomes: dict[str, StepOutcome] = field(default_factory=dict)
    begun: dict[str, Step] = field(default_factory=dict)
    """The steps that have begun, as they were then: seen from elsewhere, only now with reasons."""
    held_back: dict[str, str] = field(default_factory=dict)
    """Why steps wait that might start but for a slot of their pool, by name."""
    said: dict[str, str] = field(default_factory=dict)
    """How far steps are that can tell it, by name."""
    status: str | None = None
    """How the run ended; None while it goes on."""
    duration: float = 0.0
    waiting: Waiting | None = None
    """Why it waits for its turn; None once it has it."""

    def waits(self, step: Step, why: str) -> None:
        """Notes why a step waits for a slot."""
        self.held_back[step.name] = why

    def started(self, step: Step, at: float) -> None:
        """Notes that a step's code runs."""
        self.held_back.pop(step.name, None)
        self.running[step.name] = at
        self.begun[step.name] = step

    def told(self, step: Step, said: str) -> None:
        """Notes how far a step is."""
        self.said[step.name] = said

    def ended(self, outcome: StepOutcome) -> None:
        """Notes how a step ended."""
        self.outcomes[outcome.step.name] = outcome
        self.running.pop(outcome.step.name, None)

    def finished(self, status: str, duration: float) -> None:
        """Notes how the run ended."""
        self.status = status
        self.waiting = None
        self.duration = duration
        self.running.clear()
        self.held_back.clear()

    @property
    def steps(self) -> list[Step]:
        """The plan's steps; in the place of one for elements that were not known those that have
        begun or ended."""
        # by the name alone: seen from elsewhere, nothing else of a step is known
        names = [step.name for step in self.plan.steps]
        templates = {name for name in names if name == template_name(name)}
        if not templates:
            return list(self.plan.steps)
        known = {**self.begun, **{name: each.step for name, each in self.outcomes.items()}}
        elements: dict[str, list[Step]] = {}
        for name, step in known.items():
            if (template := template_name(name)) in templates:
                elements.setdefault(template, []).append(step)
        return [each for step in self.plan.steps for each in elements.get(step.name, [step])]

    @property
    def is_long(self) -> bool:
        """Whether only some of the steps have a line."""
        return len(self.steps) > MOST_LISTED

    @property
    def is_quiet(self) -> bool:
        """Whether it is a single step that ended well: one line says all of it."""
        if len(self.plan.steps) != 1 or self.status != "success":
            return False
        return all(each.status == "done" for each in self.outcomes.values())

    def listed(self) -> list[Step]:
        """The steps that have a line, in the plan's order."""
        return [self.begun.get(step.name, step) for step in self._chosen()]

    def _chosen(self) -> list[Step]:
        steps = self.steps
        if len(steps) <= MOST_LISTED:
            return steps
        ended = list(self.outcomes.values())
        failed = [each.step.name for each in ended if each.status == "failed"]
        done = [each.step.name for each in ended if each.status == "done"]
        busy = [*list(self.running)[-_LAST_RUNNING:], *list(self.held_back)[:_LAST_RUNNING]]
        chosen = {*failed[:_MOST_FAILED], *done[-_LAST_DONE:], *busy}
        return [step for step in steps if step.name in chosen]

    def counts(self) -> dict[str, int]:
        """How many steps are in which status; ``running`` and ``waiting`` among them."""
        counts = Counter[str](each.status for each in self.outcomes.values())
        running = len(self.running)
        waiting = len(self.steps) - len(self.outcomes) - running
        return {**counts, "running": running, "waiting": waiting}
