"""What a sensor says of itself, and what it is refused."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from assetbook import (
    DefaultSensorStatus,
    Definitions,
    ResourceParam,
    SensorDefinition,
    define_asset_job,
    job,
    op,
    sensor,
)
from assetbook.definitions.graph_decorator import graph
from assetbook.errors import DefinitionError

nightly = define_asset_job("nightly")
weekly = define_asset_job("weekly")


@op
def nothing() -> None: ...


@graph
def some() -> None:
    nothing()


def look() -> None:
    """Looks."""


def made(**given: object) -> SensorDefinition:
    return SensorDefinition("look", evaluation_fn=look, **given)  # type: ignore[arg-type]


def test_a_sensor_is_stopped_at_first() -> None:
    looks = made(target="+orders")
    assert looks.default_status is DefaultSensorStatus.STOPPED
    assert (looks.minimum_interval_seconds, looks.targets) == (30, ("+orders",))
    assert (looks.jobs, looks.job_name, looks.description) == ((), None, "Looks.")
    assert repr(looks) == "<sensor look: every 30 s>"


def test_a_sensor_runs_jobs_or_a_selection_or_nothing() -> None:
    @job
    def ops() -> None:
        nothing()

    assert made(job=nightly).job is nightly and made(target=ops).job_name == "ops"
    assert made(jobs=[nightly, weekly]).jobs == (nightly, weekly)
    assert made(target=[nightly, weekly]).jobs == (nightly, weekly)
    assert made(target=["orders", "customers"]).targets == ("orders", "customers")
    assert made().targets == ()


def test_its_name_and_place_are_those_of_its_function() -> None:
    @sensor(target="*", required_resource_keys={"client"}, owners=["team:data"])
    def looks(context: object, store: ResourceParam[int]) -> None: ...

    assert looks.name == "looks" and looks.owners == ("team:data",)
    assert looks.required_resource_keys == {"client", "store"}
    assert looks.place.filename == __file__


@pytest.mark.parametrize(
    ("define", "match"),
    [
        (lambda: made(job=nightly, target="*"), "both job= and target= are given"),
        (lambda: made(job="nightly"), r"job= is 'nightly', a str\nGive a job"),
        (lambda: made(jobs=[nightly, define_asset_job("nightly")]), "two jobs called `nightly`"),
        (lambda: made(target=some), "Give what its .to_job"),
        (lambda: made(target=[nightly, "orders"]), "target= holds jobs and 'orders'"),
        (lambda: made(minimum_interval_seconds=0.5), "Give whole seconds"),
        (lambda: made(default_status="RUNNING"), "Give DefaultSensorStatus.RUNNING or"),
        (lambda: made(owners=["nobody"]), "nobody"),
        (lambda: SensorDefinition("no name", evaluation_fn=look), "no name"),
        (lambda: sensor(look), r"@sensor: it does not say what runs"),  # type: ignore[arg-type]
        (
            lambda: sensor(name="x", target="*")(lambda context, extra: None),
            "`extra` is neither the context nor a resource",
        ),
    ],
)
def test_what_cannot_be_meant_says_what_to_do(define: Callable[[], object], match: str) -> None:
    with pytest.raises(DefinitionError, match=match):
        define()


def test_its_job_is_asked_for_where_there_is_one() -> None:
    with pytest.raises(DefinitionError, match="it has 2\nAsk for its `jobs`"):
        made(jobs=[nightly, weekly]).job  # noqa: B018 - the access is the test
    with pytest.raises(DefinitionError, match="it runs none"):
        made(target="*").job  # noqa: B018 - the access is the test


def test_definitions_hold_sensors() -> None:
    looks = made(target="*")
    defs = Definitions(sensors=[looks])
    assert Definitions.merge(defs, Definitions(sensors=[looks])).sensors == (looks,)
    assert repr(defs) == "<Definitions: 0 assets, 0 checks, 1 sensors>"
    with pytest.raises(DefinitionError, match="the sensor `look` is defined twice"):
        Definitions.merge(defs, Definitions(sensors=[made()]))
    with pytest.raises(DefinitionError, match=r"sensors=...\): it holds 5, an int"):
        Definitions(sensors=[5])  # type: ignore[list-item]
