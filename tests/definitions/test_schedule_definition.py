"""Schedules: what they may be given, and what they say of themselves."""

from __future__ import annotations

import pickle
from typing import Any

import pytest

from assetbook import (
    AssetKey,
    AssetSelection,
    DefaultScheduleStatus,
    Definitions,
    ScheduleDefinition,
    asset,
    define_asset_job,
    graph,
    job,
    op,
    schedule,
)
from assetbook.cron import Cron
from assetbook.definitions.place import watch_made
from assetbook.errors import ConfigError, DefinitionError


@op
def nothing() -> None: ...


@job
def nightly() -> None:
    nothing()


@asset
def orders() -> int:
    return 1


def define(**given: Any) -> ScheduleDefinition:
    return ScheduleDefinition(**{"cron_schedule": "0 6 * * *", **given})


def test_a_schedule_runs_a_job_or_a_selection() -> None:
    assert define(job=nightly).job is nightly
    assert define(target=nightly).name == "nightly_schedule"
    of_assets = define_asset_job("marts", "orders")
    assert define(target=of_assets).job_name == "marts"
    for target in ("+orders", AssetKey("orders"), orders, AssetSelection.keys("orders")):
        made = define(name="fresh", target=target)
        assert made.target is target and made.job_name is None
    assert define(name="fresh", target=[orders]).target == (orders,)


def test_a_selection_is_no_job() -> None:
    with pytest.raises(DefinitionError, match=r"no job\nAsk for its `target`"):
        define(name="fresh", target="+orders").job  # noqa: B018 - the access is the test


def test_its_cron_is_of_its_time_zone() -> None:
    made = define(
        job=nightly, cron_schedule=["@daily", "0 6 * * *"], execution_timezone="Asia/Tokyo"
    )
    assert made.cron == Cron(["@daily", "0 6 * * *"], "Asia/Tokyo")
    assert made.cron_schedule == ("@daily", "0 6 * * *")
    assert define(job=nightly).cron == Cron("0 6 * * *", "UTC")
    assert define(job=nightly).cron_schedule == "0 6 * * *"


def test_a_schedule_is_stopped_at_first() -> None:
    assert define(job=nightly).default_status is DefaultScheduleStatus.STOPPED
    running = define(job=nightly, default_status=DefaultScheduleStatus.RUNNING)
    assert running.default_status is DefaultScheduleStatus.RUNNING


def test_of_missed_ticks_the_last_one_runs_unless_it_says_otherwise() -> None:
    assert define(job=nightly).on_missed == "last"
    assert define(job=nightly, on_missed="all").on_missed == "all"


def test_it_says_when_it_runs() -> None:
    made = define(job=nightly, execution_timezone="Europe/Berlin")
    assert repr(made) == "<schedule nightly_schedule: at 06:00 every day, Europe/Berlin>"


def test_it_is_frozen_and_belongs_to_its_place() -> None:
    with watch_made() as noted:
        made = define(job=nightly)
    assert noted == [made] and made.place.filename == __file__
    with pytest.raises(DefinitionError, match="definitions are frozen"):
        made.name = "other"
    with pytest.raises(TypeError, match="cannot be pickled"):
        pickle.dumps(made)


@pytest.mark.parametrize(
    ("given", "match"),
    [
        ({}, r"nothing says what runs\nGive job="),
        ({"job": nightly, "target": nightly}, "both job= and target= are given"),
        ({"job": "nightly"}, r"job= is 'nightly', a str\nGive a job"),
        ({"target": "+orders"}, "it runs a selection of assets, and has no name"),
        ({"job": nightly, "name": "at six"}, "letters, digits and `_`"),
        ({"job": nightly, "cron_schedule": "sometimes"}, "it has 1 field in place of five"),
        ({"job": nightly, "execution_timezone": "Berlin"}, "Did you mean `Europe/Berlin`"),
        ({"job": nightly, "tags": {"a b": "c"}}, "it is no tag's name"),
        ({"job": nightly, "tags": {"a": "b"}, "tags_fn": dict}, "both tags= and tags_fn="),
        ({"job": nightly, "run_config": {"ops": {}}, "run_config_fn": dict}, "both run_config="),
        ({"job": nightly, "execution_fn": define, "run_config_fn": dict}, "both execution_fn="),
        ({"job": nightly, "default_status": "RUNNING"}, "Give DefaultScheduleStatus.RUNNING or"),
        ({"job": nightly, "on_missed": "lats"}, "Did you mean `last`"),
        ({"job": nightly, "owners": ["nobody"]}, "neither an e-mail address nor a team"),
    ],
)
def test_what_cannot_be_meant_is_refused(given: dict[str, Any], match: str) -> None:
    with pytest.raises(DefinitionError, match=match):
        define(**given)


def test_a_graph_becomes_a_job_first() -> None:
    @graph
    def steps() -> None:
        nothing()

    with pytest.raises(DefinitionError, match=r"is no job\nGive what its .to_job\(\) returns"):
        define(target=steps)
    assert define(target=steps.to_job()).job_name == "steps"


def test_a_configuration_has_known_sections() -> None:
    with pytest.raises(ConfigError, match="run_config= of the schedule `nightly_schedule`"):
        define(job=nightly, run_config={"opps": {}})


def test_a_decorated_schedule_has_its_functions_name_and_words() -> None:
    @schedule("@daily", target="+orders")
    def fresh() -> None:
        """Orders of yesterday."""

    assert (fresh.name, fresh.description) == ("fresh", "Orders of yesterday.")
    assert fresh.place.filename == __file__


def test_a_decorator_without_a_time_says_so() -> None:
    with pytest.raises(DefinitionError, match=r"neither when nor what\nWrite @schedule\("):

        @schedule  # type: ignore[arg-type]
        def fresh() -> None: ...


def test_parameters_are_the_context_and_resources() -> None:
    with pytest.raises(DefinitionError, match="`store` is neither the context nor a resource"):

        @schedule("@daily", target="+orders")
        def fresh(context: object, store: object) -> None: ...


def test_definitions_hold_schedules() -> None:
    made = define(job=nightly)
    held = Definitions(schedules=[made])
    assert held.schedules == (made,) and repr(held).endswith(", 1 schedules>")
    assert Definitions.merge(held, Definitions(schedules=[made])).schedules == (made,)
    with pytest.raises(DefinitionError, match="the schedule `nightly_schedule` is defined twice"):
        Definitions.merge(held, Definitions(schedules=[define(job=nightly)]))
    with pytest.raises(DefinitionError, match="It takes ScheduleDefinition"):
        Definitions(schedules=[nightly])  # type: ignore[list-item]
