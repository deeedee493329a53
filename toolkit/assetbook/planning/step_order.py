"""In which order the steps of a plan may start."""

from __future__ import annotations

import heapq
from collections.abc import Callable

from assetbook.planning.steps import Plan, Step


class StepOrder:
    """Gives out each step once, when all that it comes after have ended; those that may start at
    one time by priority, then in the plan's order."""

    def __init__(self, plan: Plan) -> None:
        self._steps = plan.steps
        places = {step.name: place for place, step in enumerate(plan.steps)}
        self._waits: dict[int, int] = {}
        self._followers: dict[str, list[int]] = {}
        self._ready: list[tuple[int, int]] = []
        for place, step in enumerate(plan.steps):
            before = [name for name in dict.fromkeys(step.after) if name in places]
            for name in before:
                self._followers.setdefault(name, []).append(place)
            if before:
                self._waits[place] = len(before)
            else:
                self._ready.append((-step.priority, place))
        heapq.heapify(self._ready)

    def next(self, takes: Callable[[Step], bool] = lambda step: True) -> Step | None:
        """A step that may start now, and that ``takes`` accepts; None if there is none now."""
        refused = []
        found = None
        while found is None and self._ready:
            place = heapq.heappop(self._ready)
            found = self._steps[place[1]] if takes(self._steps[place[1]]) else None
            if found is None:
                refused.append(place)
        for each in refused:
            heapq.heappush(self._ready, each)
        return found

    def ended(self, name: str) -> None:
        """That step has come to its end, however: what waited for it alone may start."""
        for place in self._followers.get(name, ()):
            self._waits[place] -= 1
            if not self._waits[place]:
                heapq.heappush(self._ready, (-self._steps[place].priority, place))
