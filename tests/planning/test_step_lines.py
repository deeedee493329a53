"""Many partitions of one asset are one line of a plan; what stands apart keeps its own."""

from __future__ import annotations

from assetbook.dependencies.reasons import Reason, ReasonKind
from assetbook.keys import AssetKey
from assetbook.planning.step_lines import step_lines
from assetbook.planning.steps import Plan, Step

KEY = AssetKey("weather")
NEVER = (Reason(ReasonKind.NEVER_MATERIALIZED),)
FORCED = (Reason(ReasonKind.FORCED),)


def step(partition: str, reasons: tuple[Reason, ...] = NEVER) -> Step:
    key = KEY.at(partition)
    return Step(str(key), "asset", (key,), reasons=reasons)


def test_partitions_for_the_same_kind_of_reason_are_one_line() -> None:
    steps = [step(each) for each in "abcde"]
    steps.insert(2, Step("other", "asset", (AssetKey("other"),), reasons=NEVER))
    lines = step_lines(steps)
    assert [(line.number, line.name) for line in lines] == [(1, "weather[a..e] (5)"), (3, "other")]
    plan = str(Plan("*", tuple(steps)))
    assert "6 steps" in plan
    assert "  1  weather[a..e] (5)  never materialized" in plan


def test_a_few_have_a_line_each_and_other_reasons_stand_apart() -> None:
    names = [line.name for line in step_lines([step(each) for each in "abc"])]
    assert names == ["weather[a]", "weather[b]", "weather[c]"]
    mixed = [step(each) for each in "abcd"] + [step("e", FORCED)]
    assert [line.name for line in step_lines(mixed)] == ["weather[a..d] (4)", "weather[e]"]


def test_a_line_says_the_reason_without_the_partition() -> None:
    newer = [
        step(each, (Reason(ReasonKind.INPUT_NEWER, str(AssetKey("raw").at(each))),))
        for each in "abcd"
    ]
    [line] = step_lines(newer)
    assert line.why == "`raw` has a newer version"
