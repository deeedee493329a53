"""Schedules by Dagster's parameters: what they run, and what they are refused."""

from __future__ import annotations

import pytest

import assetbook.dagster as dg
from assetbook.definitions.schedule_definition import ScheduleDefinition
from assetbook.errors import DefinitionError


@dg.op
def nothing() -> None: ...


@dg.job
def nightly() -> None:
    nothing()


def test_text_means_what_it_means_in_dagster() -> None:
    """A bare ``+c`` is one layer there, and all layers in assetbook's own words."""
    made = dg.ScheduleDefinition("fresh", "@daily", target="+c")
    assert made.target == dg.AssetSelection.from_string("+c")
    assert str(made.target) == str(dg.AssetSelection.assets("c").upstream(depth=1))


def test_a_job_is_itself_by_either_word() -> None:
    assert dg.ScheduleDefinition(job=nightly, cron_schedule="@daily").target is nightly

    @dg.schedule("@daily", target=nightly)
    def often() -> None: ...

    assert often.target is nightly


def test_they_are_assetbooks_own() -> None:
    made = dg.ScheduleDefinition("s", "@daily", job=nightly, on_missed="all")
    assert isinstance(made, ScheduleDefinition) and made.on_missed == "all"
    assert dg.Definitions(schedules=[made]).schedules == (made,)


@pytest.mark.parametrize(
    ("given", "match"),
    [
        ({"job_name": "nightly"}, r"Give the job itself: job=\."),
        ({"job": nightly, "environment_vars": {"A": "b"}}, "Set them where the daemon starts"),
    ],
)
def test_what_is_not_there_says_what_to_do(given: dict[str, object], match: str) -> None:
    with pytest.raises(DefinitionError, match=match):
        dg.ScheduleDefinition("s", "@daily", **given)
