"""Assets that graphs make, configured for one run."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from assetbook import (
    Config,
    ConfigMapping,
    Instance,
    RunConfig,
    config_mapping,
    graph,
    graph_asset,
    materialize,
    materialize_to_memory,
    op,
    retry,
)
from assetbook.definitions.secret import Secret
from assetbook.errors import ConfigError
from assetbook.instance.loaded import load
from assetbook.instance.states import standing
from assetbook.keys import AssetKey


class Day(Config):
    day: str = "monday"
    times: int = 1
    password: Secret = Secret("vorgabe-31")


class Short(Config):
    name: str = "no"


@op
def fetch(config: Day) -> str:
    return config.day * config.times


@op
def joined(text: str, end: str = "") -> str:
    return text + end


@graph
def inner(text):  # type: ignore[no-untyped-def]
    return joined(text)


@graph_asset
def orders():  # type: ignore[no-untyped-def]
    return inner(fetch())


@config_mapping
def short(config: Short) -> dict[str, Any]:
    return {"fetch": {"config": {"day": config.name}}}


@graph_asset(config=short)
def mapped():  # type: ignore[no-untyped-def]
    return joined(fetch())


@graph_asset(config={"fetch": {"config": {"day": "friday"}}})
def fixed():  # type: ignore[no-untyped-def]
    return joined(fetch())


def of_fetch(**fields: Any) -> dict[str, Any]:
    return {"orders": {"ops": {"fetch": {"config": fields}}}}


@pytest.fixture
def instance() -> Iterator[Instance]:
    found = Instance.ephemeral()
    yield found
    found.close()


def state_of(instance: Instance, what: Any) -> tuple[str, tuple[str, ...]]:
    state = standing(instance, load([what], instance)).states[what.key]
    return state.state, tuple(reason.text for reason in state.reasons)


@pytest.mark.parametrize(
    "given",
    [
        of_fetch(day="x"),
        {"ops": of_fetch(day="x")},
        RunConfig(ops=of_fetch(day="x")),
        RunConfig(ops={"orders": {"ops": {"fetch": {"config": Day(day="x")}}}}),
    ],
    ids=["by name", "by section", "RunConfig", "an instance"],
)
def test_a_run_configures_the_ops_of_an_asset(instance: Instance, given: Any) -> None:
    materialize([orders], run_config=given, instance=instance)
    assert instance.value("orders") == "x"


def test_inputs_inside_nested_graphs_are_given(instance: Instance) -> None:
    end = {"orders": {"ops": {"inner": {"ops": {"joined": {"inputs": {"end": "!"}}}}}}}
    materialize([orders], run_config=end, instance=instance)
    assert instance.value("orders") == "monday!"
    assert state_of(instance, orders)[0] == "stale"


def test_a_config_mapping_takes_its_own(instance: Instance) -> None:
    assert isinstance(short, ConfigMapping)
    materialize([mapped], run_config={"mapped": {"config": {"name": "yes"}}}, instance=instance)
    assert instance.value("mapped") == "yes"
    materialize([mapped], instance=instance)
    assert instance.value("mapped") == "no"


def test_what_has_other_configuration_is_stale_and_says_which(instance: Instance) -> None:
    materialize([orders], run_config=of_fetch(day="x", times=1), instance=instance)
    state, reasons = state_of(instance, orders)
    assert (state, len(reasons)) == ("stale", 1)
    assert "fetch.day" in reasons[0] and "times" not in reasons[0]
    materialize([orders], instance=instance)
    assert instance.value("orders") == "monday"
    assert state_of(instance, orders) == ("fresh", ())


def test_configuration_that_says_the_same_changes_nothing(instance: Instance) -> None:
    materialize([orders], instance=instance)
    again = materialize([orders], run_config=of_fetch(day="monday"), instance=instance)
    assert again.plan.all_fresh
    assert not materialize([orders], run_config=of_fetch(times=2), instance=instance).plan.all_fresh


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (of_fetch(dya="x"), "dya"),
        ({"orders": {"ops": {"fetsh": {}}}}, "Did you mean `fetch`"),
        ({"orders": {"config": {"day": "x"}}}, "takes no config of its own"),
        ({"orders": {"day": "x"}}, "`day` is not known there"),
        ({"orders": {"ops": {"inner": {"ops": {"joined": {"config": 1}}}}}}, "takes neither"),
        ({"fixed": {"config": {"day": "x"}}}, "is fixed"),
        ({"mapped": {"ops": {"fetch": {}}}}, "says itself how its ops are configured"),
    ],
)
def test_what_fits_no_op_is_refused_before_anything_runs(
    instance: Instance, given: dict[str, Any], said: str
) -> None:
    with pytest.raises(ConfigError, match=said):
        materialize([orders, fixed, mapped], run_config=given, instance=instance)
    assert instance.runs() == []


@op
def times(n: int, by: int = 2) -> int:
    return n * by


@graph
def within():  # type: ignore[no-untyped-def]
    return times()


@graph_asset
def counted():  # type: ignore[no-untyped-def]
    return within()


def inputs_of(**given: Any) -> dict[str, Any]:
    return {"counted": {"ops": {"within": {"ops": {"times": {"inputs": given}}}}}}


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (
            {},
            r"`n` of the op `counted.within.times`: nothing gives it\nGive it in the run's configur"
            r'ation, as {"ops": {"counted": {"ops": {"within": {"ops": {"times": {"inputs": {"n": ',
        ),
        (inputs_of(n="three"), r"`n` is not as its type asks: it is a str, not an int\nGive int"),
        (inputs_of(n={"value": None}), r"`n` is not as its type asks"),
        (inputs_of(n=1, by=2.5), r"`by` is not as its type asks: it is a float, not an int"),
    ],
)
def test_an_input_without_a_value_that_fits_is_refused_before_anything_runs(
    instance: Instance, given: dict[str, Any], said: str
) -> None:
    with pytest.raises(ConfigError, match=said):
        materialize([orders, counted], run_config=given, instance=instance)
    assert instance.runs() == []
    with pytest.raises(ConfigError, match=said):
        materialize_to_memory([counted], run_config=given)


def test_a_configured_input_is_what_its_op_gets(instance: Instance) -> None:
    materialize([counted], run_config=inputs_of(n=3, by={"value": 4}), instance=instance)
    assert instance.value("counted") == 12


def test_secrets_stay_out_of_the_record(instance: Instance) -> None:
    materialize([orders], run_config=of_fetch(password="geheim-77"), instance=instance)
    said = repr([each.event for each in instance.events()])
    assert "geheim-77" not in said
    assert "fetch.password" in state_of(instance, orders)[1][0]


def test_a_retry_has_the_same_configuration(instance: Instance) -> None:
    materialize([orders], run_config=of_fetch(day="x"), instance=instance)
    retry(instance.runs()[0].id, definitions=[orders], instance=instance)
    assert instance.value("orders") == "x"
    (version, _) = instance.versions(AssetKey("orders"))
    assert version.number == 2
