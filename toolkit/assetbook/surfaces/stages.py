"""A plan across locations in parts, each of one location, in an order in which they can run."""

from __future__ import annotations

from collections.abc import Collection, Mapping

import msgspec

from assetbook.keys import AssetKey
from assetbook.planning.steps import Plan, Step


class Stage(msgspec.Struct, frozen=True):
    """Steps that one location runs after each other."""

    location: str
    steps: tuple[Step, ...]
    forced: bool = False
    """Whether they run though they are fresh."""

    @property
    def selection(self) -> str:
        """What selects the assets that its steps make or check."""
        keys = dict.fromkeys(key for step in self.steps for key in step.assets)
        return " or ".join(f'key:"{key}"' for key in keys)

    def without(self, failed: Collection[str]) -> tuple[Stage, set[str]]:
        """What is left of it if those steps have failed, and the steps that fall with them."""
        gone = set(failed)
        left = []
        for step in self.steps:
            if gone.isdisjoint(step.after):
                left.append(step)
            else:
                gone.add(step.name)
        return Stage(self.location, tuple(left), self.forced), gone - set(failed)


def stages_of(
    plan: Plan, location_of: Mapping[AssetKey, str], *, force: bool = False
) -> list[Stage]:
    """The parts of ``plan``, as few as its order allows; ``force`` is for its targets."""
    left = {step.name: step for step in plan.steps}
    targets = set(plan.targets)
    found: list[Stage] = []

    def kind(step: Step) -> tuple[str, bool]:
        forced = force and step.kind == "asset" and not targets.isdisjoint(step.keys)
        return location_of[step.keys[0].asset], forced

    def take(wanted: tuple[str, bool]) -> list[Step]:
        """What is of that kind and waits for nothing else that is left."""
        taken: list[Step] = []
        for step in plan.steps:  # each after what it waits for
            if step.name in left and kind(step) == wanted and left.keys().isdisjoint(step.after):
                taken.append(left.pop(step.name))
        return taken

    while left:
        last = (found[-1].location, found[-1].forced) if found else None
        first = next(step for step in left.values() if left.keys().isdisjoint(step.after))
        steps = take(last) if last is not None else []
        wanted = last if steps and last is not None else kind(first)
        steps = steps or take(wanted)
        found.append(Stage(wanted[0], tuple(steps), wanted[1]))
    return found
