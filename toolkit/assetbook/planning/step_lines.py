"""The steps of a plan as lines that a person reads: many partitions of one asset are one line."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from assetbook.planning.steps import Step

_FEWEST = 4
"""Partitions that get a line together; fewer have one each."""


@dataclass(frozen=True, slots=True)
class StepLine:
    """One step, or several that make partitions of one asset for the same kinds of reasons."""

    number: int
    """The place of the first of them in the plan, from 1."""
    name: str
    why: str
    step: Step
    """The first of them."""


def step_lines(steps: Iterable[Step]) -> list[StepLine]:
    """The lines of a plan's steps, each where its first step is."""
    groups: dict[object, list[tuple[int, Step]]] = {}
    for number, step in enumerate(steps, 1):
        groups.setdefault(_alike(step), []).append((number, step))
    found: list[StepLine] = []
    for several in groups.values():
        if len(several) < _FEWEST:
            found += [StepLine(number, step.name, step.why, step) for number, step in several]
        else:
            found.append(_together(several))
    return sorted(found, key=lambda line: line.number)


def _alike(step: Step) -> object:
    """What steps have in common that may be told in one line."""
    if len(step.partitions) != 1:
        return step.name
    kinds = tuple(each.kind for each in step.reasons)
    return step.kind, step.assets, tuple(each.name for each in step.checks), kinds


def _together(several: list[tuple[int, Step]]) -> StepLine:
    (number, first), (_, last) = several[0], several[-1]
    [one], [other] = first.partitions, last.partitions
    name = first.name.replace(f"[{one}]", f"[{one}..{other}]")
    why = first.why.replace(f"[{one}]", "")
    return StepLine(number, f"{name} ({len(several)})", why, first)
