"""A plan before it runs."""

from __future__ import annotations

from datetime import timedelta

from tests.surfaces.run_examples import HOSTILE_PLAN, PLAN, long_plan
from tests.surfaces.view_examples import NOW, faults_of, key, text_of

from assetbook.dependencies.asset_state import AssetState
from assetbook.planning.steps import Left, Plan
from assetbook.surfaces.display.plan_view import in_local_time, plan_html, plan_text


def test_each_step_has_its_reason() -> None:
    text = text_of(plan_html(PLAN))
    assert text == (
        "Plan 5 steps · +monthlystepwhy1flightsnever materialized2airlinesnever materialized"
        "3delayshelper `clean` changed, In[2]"
        "4delays:has_carriersit checks the new version of `delays`"
        "5monthlyonly if needed if the data of `delays` changes"
        "left as they are: holidays (as of 09:14); --sources runs them"
    )


def test_nothing_to_do_is_said() -> None:
    assert text_of(plan_html(Plan("delays", ()))) == "Plan all fresh: nothing to do"
    assert plan_text(Plan("delays", ())) == "all fresh: nothing to do"


def test_long_plans_are_cut_in_html_only() -> None:
    plan = long_plan(1_000)
    assert len(plan_html(plan)) < 60_000 and "and 800 steps more" in plan_html(plan)
    assert plan_text(plan).count("\n") == 1_000


def test_hostile_names_stay_text() -> None:
    assert faults_of(plan_html(HOSTILE_PLAN)) == []
    assert not set(plan_text(HOSTILE_PLAN)) & set("\x00\x1b\r\u202e")


def test_times_are_as_in_other_views() -> None:
    holidays = key("holidays")
    at = NOW - timedelta(minutes=2)
    earlier = Left(key("flights"), "fresh", "as of long ago", "--sources")
    unknown = Left(key("airlines"), "unknown", "nobody knows", "--unknown")
    plan = Plan("*", (), (Left(holidays, "fresh", "as of 2026", "--sources"), earlier, unknown))
    states = {
        holidays: AssetState(holidays, "fresh", as_of=at),
        key("flights"): AssetState(key("flights"), "fresh", as_of=at - timedelta(days=1)),
        key("airlines"): AssetState(key("airlines"), "unknown", as_of=at),
    }
    assert [each.why for each in in_local_time(plan, states, NOW).left] == [
        "as of 09:14",
        "as of 2026-11-24 09:14",
        "nobody knows",
    ]
