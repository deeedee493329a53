"""A plan is cut into as few parts of one location each as its order allows."""

from __future__ import annotations

from assetbook.dependencies.reasons import Reason, ReasonKind
from assetbook.keys import AssetKey
from assetbook.planning.steps import Plan, Step
from assetbook.surfaces.stages import Stage, stages_of

WHY = (Reason(ReasonKind.NEVER_MATERIALIZED),)


def plan(targets: str, **after: str) -> Plan:
    steps = tuple(
        Step(name, "asset", (AssetKey(name),), None, WHY, after=tuple(each.split()))
        for name, each in after.items()
    )
    return Plan("x", steps, targets=tuple(map(AssetKey, targets.split())))


def parts(stages: list[Stage]) -> list[str]:
    return [f"{each.location}: {' '.join(step.name for step in each.steps)}" for each in stages]


WHERE = {AssetKey(name): name[0] for name in ("a1", "a2", "a3", "b1", "b2", "b3")}


def test_steps_of_one_location_go_together() -> None:
    made = plan("", a1="", b1="", a2="", b2="b1", a3="b2")
    assert parts(stages_of(made, WHERE)) == ["a: a1 a2", "b: b1 b2", "a: a3"]


def test_a_location_goes_on_as_long_as_it_can() -> None:
    made = plan("", a1="", b1="a1", a2="a1", b2="a2", a3="b1")
    assert parts(stages_of(made, WHERE)) == ["a: a1 a2", "b: b1 b2", "a: a3"]


def test_only_targets_are_forced() -> None:
    stages = stages_of(plan("a2", a1="", a2="a1", b1="a2"), WHERE, force=True)
    assert [(each.forced, each.selection) for each in stages] == [
        (False, 'key:"a1"'), (True, 'key:"a2"'), (False, 'key:"b1"'),
    ]  # fmt: skip


def test_what_follows_a_failure_falls_with_it() -> None:
    steps = plan("", a1="", a2="b1", a3="a2").steps
    left, fallen = Stage("a", steps).without({"b1"})
    assert ([step.name for step in left.steps], fallen) == (["a1"], {"a2", "a3"})


def test_nothing_to_run_has_no_parts() -> None:
    assert stages_of(plan(""), WHERE) == []
