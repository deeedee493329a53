"""What may start and what never will: ops as in Dagster 1.13.28, assets and checks as here."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Literal

import pytest
from tests.definitions.some_ops import (
    add_one,
    after,
    branch,
    numbers,
    one,
    plus,
    split,
    total,
)
from tests.planning.situations import NEVER, check_of, make, plan, state

from assetbook.definitions.graph_decorator import job
from assetbook.definitions.invocations import FromOutput
from assetbook.definitions.op_decorator import op
from assetbook.definitions.op_ports import DynamicOut, Out
from assetbook.planning.job_plan import plan_job
from assetbook.planning.op_steps import Element, ListOf
from assetbook.planning.scheduler import Done, Scheduler
from assetbook.planning.steps import Plan, Step

How = Done | Literal["failed", "skipped"]
LEFT = Done(frozenset({"left"}))
THREE = Done(mapping_keys={"result": ("n0", "n1", "n2")})


@op
def fail() -> int:
    raise ValueError


@op(out=Out(is_required=False))
def maybe(n: int) -> Any: ...


@op(out=DynamicOut(is_required=False))
def some() -> Any: ...


def given(scheduler: Scheduler) -> tuple[Step, ...]:
    """The steps that may start now."""
    return tuple(iter(scheduler.next, None))


def run(plan: Plan, fates: Mapping[str, How] = {}) -> tuple[dict[str, str], dict[str, Step]]:
    """How each step ended, in order, and the steps that ran as they were given."""
    scheduler = Scheduler(plan)
    ends: dict[str, str] = {}
    ran: dict[str, Step] = {}
    while ready := given(scheduler):
        for step in ready:
            ran[step.name] = step
            how = fates.get(step.name, "failed" if step.name == "fail" else Done())
            ends[step.name] = how if isinstance(how, str) else "done"
            for settled in scheduler.ended(step.name, how):
                ends[settled.step.name] = settled.status
    assert scheduler.over
    return ends, ran


def plan_of(body: Callable[[], Any]) -> Plan:
    """The plan of a job with that body, which may give back what it likes."""

    def quiet() -> None:
        body()

    return plan_job(job(name="j")(quiet))


def of(body: Callable[[], Any], fates: Mapping[str, How] = {}) -> dict[str, str]:
    return run(plan_of(body), {"branch": LEFT, "numbers": THREE, **fates})[0]


def test_a_left_out_output_skips_what_needs_it_and_what_follows() -> None:
    def body() -> None:
        left, right = branch()
        skipped = add_one(right)
        plus(add_one(left), skipped)
        after(start=skipped)

    assert of(body) == {
        "branch": "done",
        "add_one": "skipped",
        "after": "skipped",
        "add_one_2": "done",
        "plus": "skipped",
    }


def test_a_list_drops_what_was_skipped() -> None:
    def body() -> None:
        left, right = branch()
        total([add_one(left), add_one(right)])

    ends, ran = run(plan_of(body), {"branch": LEFT})
    assert ends["total"] == "done"
    assert ran["total"].op is not None
    assert ran["total"].op.inputs == {"xs": ListOf((FromOutput("add_one", "result"),))}


def test_a_list_of_skipped_ones_is_skipped() -> None:
    assert of(
        lambda: total([branch().right, add_one(branch.alias("other")().right)]), {"other": LEFT}
    ) == {"branch": "done", "other": "done", "add_one": "skipped", "total": "skipped"}
    assert of(lambda: total([])) == {"total": "done"}


def test_what_follows_a_failure_does_not_run() -> None:
    def body() -> None:
        failed = fail()
        add_one(add_one(failed))
        total([one(), failed])

    assert of(body) == {
        "fail": "failed",
        "add_one": "upstream_failed",
        "add_one_2": "upstream_failed",
        "one": "done",
        "total": "upstream_failed",
    }


def test_a_skipped_input_skips_whatever_became_of_the_others() -> None:
    def body() -> None:
        plus(fail(), branch().right)
        total([fail.alias("fail_2")(), branch.alias("other")().right])

    ends = of(body, {"fail_2": "failed", "other": LEFT})
    assert (ends["plus"], ends["total"]) == ("skipped", "upstream_failed")


def test_elements_come_to_be_when_their_keys_are_known() -> None:
    def body() -> None:
        total(numbers().map(lambda n: plus(add_one(n), one())).collect())

    ends, ran = run(plan_of(body), {"numbers": THREE})
    assert list(ends) == [
        "numbers",
        "one",
        "add_one[n0]",
        "add_one[n1]",
        "add_one[n2]",
        "plus[n0]",
        "plus[n1]",
        "plus[n2]",
        "total",
    ]
    assert ran["add_one[n1]"].op is not None and ran["total"].op is not None
    assert ran["add_one[n1]"].op.inputs == {"n": Element("numbers", "result", "n1")}
    assert ran["plus[n1]"].after == ("add_one[n1]", "one")
    assert ran["total"].op.inputs == {
        "xs": ListOf(tuple(FromOutput(f"plus[n{each}]", "result") for each in range(3)))
    }


def test_one_element_need_not_wait_for_the_others() -> None:
    scheduler = Scheduler(plan_of(lambda: numbers().map(lambda n: add_one(add_one(n)))))
    assert [step.name for step in given(scheduler)] == ["numbers"]
    scheduler.ended("numbers", THREE)
    assert len(given(scheduler)) == 3
    scheduler.ended("add_one[n1]", Done())
    assert [step.name for step in given(scheduler)] == ["add_one_2[n1]"]


def test_what_is_collected_leaves_skipped_elements_out_and_fails_with_any() -> None:
    def body() -> None:
        total(numbers().map(maybe).collect())

    left_out = Done(frozenset())
    plan = plan_of(body)
    _, ran = run(plan, {"numbers": THREE, "maybe[n1]": left_out})
    assert ran["total"].op is not None
    assert ran["total"].op.inputs["xs"] == ListOf(
        (FromOutput("maybe[n0]", "result"), FromOutput("maybe[n2]", "result"))
    )
    none = {f"maybe[n{each}]": left_out for each in range(3)}
    assert of(body, none)["total"] == "skipped"
    assert of(body, {"maybe[n1]": "failed"})["total"] == "upstream_failed"


def test_no_elements_are_an_empty_list() -> None:
    def body() -> None:
        spread = numbers()
        total(spread.map(add_one).collect())
        total(spread.collect())

    plan = plan_of(body)
    ends, ran = run(plan, {"numbers": Done(frozenset())})
    assert ends == {
        "numbers": "done",
        "add_one[?]": "skipped",
        "total": "done",
        "total_2": "done",
    }
    assert [ran[name].op.inputs["xs"] for name in ("total", "total_2")] == [ListOf(())] * 2  # type: ignore[union-attr]


def test_no_elements_of_an_optional_output_skip_what_collects() -> None:
    def body() -> None:
        total(some().map(add_one).collect())

    assert of(body, {"some": Done(frozenset())}) == {
        "some": "done",
        "add_one[?]": "skipped",
        "total": "skipped",
    }


@pytest.mark.parametrize(("how", "end"), [("failed", "upstream_failed"), (LEFT, "skipped")])
def test_elements_share_the_end_of_what_would_have_given_them(how: How, end: str) -> None:
    spread = op(name="spread", out=DynamicOut())(lambda n: n)

    def body() -> None:
        total(spread(branch().right).map(add_one).collect())

    assert of(body, {"branch": how}) == {
        "branch": "failed" if how == "failed" else "done",
        "spread": end,
        "add_one[?]": end,
        "total": end,
    }


def test_a_step_ends_once_and_only_after_it_started() -> None:
    scheduler = Scheduler(plan_of(lambda: plus(*split())))
    for name in ("split", "plus", "nope"):
        with pytest.raises(KeyError, match=name):
            scheduler.ended(name, Done())
    assert [step.name for step in given(scheduler)] == ["split"]
    assert given(scheduler) == ()
    scheduler.ended("split", Done())
    with pytest.raises(KeyError, match="split"):
        scheduler.ended("split", Done())
    assert not scheduler.over


def test_assets_after_a_failed_one_do_not_run() -> None:
    chain = [make("a"), make("b", "a"), make("c", "b"), make("d")]
    made = plan(chain, [state(each, "missing", NEVER) for each in "abcd"], *"abcd")
    assert run(made, {"a": "failed"})[0] == {
        "a": "failed",
        "b": "upstream_failed",
        "c": "upstream_failed",
        "d": "done",
    }


def test_an_asset_after_one_that_had_nothing_to_do_is_asked_itself() -> None:
    chain = [make("a"), make("b", "a"), make("c", "b"), check_of("b")]
    made = plan(chain, [state(each, "missing", NEVER) for each in "abc"], *"abc")
    ends = run(made, {"b": "skipped"})[0]
    assert ends == {"a": "done", "b": "skipped", "c": "done", "b:ok": "done"}
    failed = run(made, {"a": "failed"})[0]
    assert failed["b:ok"] == failed["c"] == "upstream_failed"


def test_what_needs_an_op_that_had_nothing_to_do_is_skipped() -> None:
    assert of(lambda: plus(*split()), {"split": "skipped"}) == {
        "split": "skipped",
        "plus": "skipped",
    }


def test_what_comes_after_a_failed_check_asks_for_itself() -> None:
    definitions = [make("a"), check_of("a"), make("b", "a")]
    made = plan(definitions, [state(each, "missing", NEVER) for each in "ab"], *"ab")
    assert run(made, {"a:ok": "failed"})[0] == {"a": "done", "a:ok": "failed", "b": "done"}
