"""The plan of a job: a step for each op, and where each of its inputs comes from."""

from __future__ import annotations

import pytest
from tests.definitions.some_ops import add_one, after, load, numbers, one, plus, total

from assetbook.definitions.flat_graph import Unfed
from assetbook.definitions.graph_decorator import graph, job
from assetbook.definitions.hooks import success_hook
from assetbook.definitions.invocations import Collected, FromInput, FromOutput
from assetbook.definitions.op_decorator import op
from assetbook.definitions.retries import RetryPolicy
from assetbook.errors import SelectionError
from assetbook.planning.job_plan import plan_job
from assetbook.planning.op_steps import Element, FromStored, ListOf, OpStep
from assetbook.planning.steps import Plan


@graph
def add_two(n):  # type: ignore[no-untyped-def]
    return add_one(add_one(n))


@job
def counting(start):  # type: ignore[no-untyped-def]
    held = plus(start, one())
    sums = numbers().map(lambda n: plus(add_two(n), held))
    after(start=[total(sums.collect()), held])
    load()


def ops(plan: Plan) -> dict[str, OpStep]:
    return {step.name: step.op for step in plan if step.op is not None}


def test_each_op_is_a_step_with_its_sources() -> None:
    steps = ops(plan_job(counting))
    assert {name: dict(each.inputs) for name, each in steps.items()} == {
        "one": {},
        "plus": {"a": FromInput("start"), "b": FromOutput("one", "result")},
        "numbers": {},
        "add_two.add_one[?]": {"n": Element("numbers", "result")},
        "add_two.add_one_2[?]": {"n": FromOutput("add_two.add_one[?]", "result")},
        "plus_2[?]": {
            "a": FromOutput("add_two.add_one_2[?]", "result"),
            "b": FromOutput("plus", "result"),
        },
        "total": {"xs": Collected("plus_2[?]", "result")},
        "after": {"start": ListOf((FromOutput("total", "result"), FromOutput("plus", "result")))},
        "load": {"path": Unfed("load", "path"), "times": Unfed("load", "times")},
    }
    assert steps["plus_2[?]"].over == ("numbers", "result")
    assert [name for name, each in steps.items() if each.is_template] == [
        "add_two.add_one[?]",
        "add_two.add_one_2[?]",
        "plus_2[?]",
    ]
    assert steps["after"].nothing == {"start"}


def test_a_step_comes_after_what_it_takes() -> None:
    plan = plan_job(counting)
    assert {step.name: step.after for step in plan}["after"] == ("total", "plus")
    seen: set[str] = set()
    for step in plan:
        assert seen.issuperset(step.after)
        seen.add(step.name)
    assert plan.steps[0].why == "the job `counting` runs it"
    assert str(plan).startswith("9 steps")


def test_a_step_has_the_policy_tags_hooks_and_pool_of_its_op() -> None:
    @success_hook
    def told(context: object) -> None: ...

    own, whole = RetryPolicy(max_retries=1), RetryPolicy(max_retries=2)

    @op(retry_policy=own, tags={"dagster/priority": "3"}, pool="db")
    def careful() -> int:
        return 1

    @job(op_retry_policy=whole, hooks={told})
    def made():  # type: ignore[no-untyped-def]
        careful()
        one()

    steps = ops(plan_job(made))
    first = steps["careful"]
    assert (first.retry_policy, dict(first.tags)) == (own, {"dagster/priority": "3"})
    found = {step.name: (step.pool, step.priority) for step in plan_job(made)}
    assert found == {"careful": ("db", 3), "one": (None, 0)}
    assert (steps["one"].retry_policy, steps["one"].hooks) == (whole, {told})


def test_what_a_selection_leaves_out_is_stored_or_configured() -> None:
    steps = ops(plan_job(counting, ["plus", "after"]))
    assert {name: dict(each.inputs) for name, each in steps.items()} == {
        "plus": {
            "a": FromInput("start"),
            "b": FromStored("one", "result", Unfed("plus", "b")),
        },
        "after": {
            "start": ListOf(
                (
                    FromStored("total", "result", Unfed("after", "start")),
                    FromOutput("plus", "result"),
                )
            )
        },
    }
    assert plan_job(counting, "after").steps[0].after == ()


@pytest.mark.parametrize("selection", ["total", "add_two", "plus_2"])
def test_elements_need_what_gives_them(selection: str) -> None:
    with pytest.raises(SelectionError, match="is not selected\nSelect `"):
        plan_job(counting, selection)


def test_a_limited_job_plans_its_own_selection() -> None:
    limited = add_two.to_job(op_selection=["add_one"])
    assert [step.name for step in plan_job(limited)] == ["add_one"]
    assert [step.name for step in plan_job(limited, ["add_one_2"])] == ["add_one_2"]
