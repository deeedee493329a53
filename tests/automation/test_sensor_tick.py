"""An evaluation of a sensor as plain data, and what becomes of it in a store."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar

import pytest

from assetbook import (
    AssetMaterialization,
    ConfigurableResource,
    Definitions,
    DynamicPartitionsDefinition,
    Instance,
    RunRequest,
    SensorDefinition,
    SensorEvaluationContext,
    SensorResult,
    SkipReason,
    define_asset_job,
    sensor,
)
from assetbook.automation.launches import Launch
from assetbook.automation.sensor_commit import commit_sensor_tick
from assetbook.automation.sensor_tick import SensorAnswer, sensor_tick
from assetbook.errors import ConflictError
from assetbook.instance.sensor_record import CONDITIONS_SENSOR, sensor_id
from assetbook.keys import CheckKey
from assetbook.storage.automations import TickReceipt
from assetbook.storage.lease import Lease
from assetbook.storage.process_identity import current_process

BEGIN = datetime(2026, 3, 1, 6, tzinfo=UTC)
ID = sensor_id("shop.ipynb", "looks")
SHOPS = DynamicPartitionsDefinition(name="shops")


class Shop(ConfigurableResource):
    """A resource that notes what is done with it."""

    said: ClassVar[list[str]] = []

    def setup_for_execution(self, context: object) -> None:
        self.said.append("up")

    def teardown_after_execution(self, context: object) -> None:
        self.said.append("down")


@pytest.fixture
def instance() -> Iterator[Instance]:
    instance = Instance.ephemeral()
    yield instance
    instance.close()


@pytest.fixture
def lease(instance: Instance) -> Lease:
    return instance.own.acquire_lease(current_process())


def looks(fn: Callable[..., object], **given: Any) -> SensorDefinition:
    return sensor(name="looks", **{"target": "+orders", **given})(fn)


def commit(instance: Instance, lease: Lease, answer: SensorAnswer, minute: int = 0) -> TickReceipt:
    at = BEGIN + timedelta(minutes=minute)
    return commit_sensor_tick(instance.own, lease, "shop.ipynb", "looks", at, answer)


def test_an_answer_is_plain_data(instance: Instance) -> None:
    config = {"ops": {"orders": {"config": {"day": 1}}}}

    def asks(context: SensorEvaluationContext) -> SensorResult:
        context.log.info("looked from %s", context.cursor)
        request = RunRequest("k", config, {"a": "b"}, asset_selection=["orders"], partition_key="p")
        seen = AssetMaterialization("raw", metadata={"rows": 5})
        return SensorResult([request], None, "c2", [SHOPS.build_delete_request(["x"])], [seen])

    answer = sensor_tick(looks(asks), instance, "c1")
    assert json.loads(json.dumps(answer)) == answer
    [request] = answer["requests"]
    assert request["tags"] == {"a": "b", "dagster/sensor_name": "looks", "dagster/run_key": "k"}
    assert (request["assets"], request["selection"]) == (["orders"], "+orders")
    assert (request["partition"], request["config"]["ops"]) == ("p", config["ops"])
    assert (answer["before"], answer["cursor"], answer["error"]) == ("c1", "c2", "")
    assert answer["logs"] == "INFO looked from c1"
    assert answer["partitions"] == [{"name": "shops", "added": [], "deleted": ["x"]}]


def test_a_run_key_is_asked_for_once(instance: Instance, lease: Lease) -> None:
    answer = sensor_tick(looks(lambda: [RunRequest("a"), RunRequest()]), instance)
    assert len(commit(instance, lease, answer).new) == 2
    again = commit(instance, lease, answer, 1)
    assert len(again.new) == 1 and again.known.keys() == {"a"}


def test_a_tick_that_asks_for_nothing_new_is_skipped(instance: Instance, lease: Lease) -> None:
    answer = sensor_tick(looks(lambda: SensorResult([RunRequest("a")], cursor="c")), instance)
    commit(instance, lease, answer)
    again: Any = {**answer, "before": "c"}
    tick = commit(instance, lease, again, 1).tick
    said = f"run key a was already requested by the tick of {BEGIN:%Y-%m-%d %H:%M:%S} UTC"
    assert (tick.status, tick.message) == ("skipped", said)


@pytest.mark.parametrize(("name", "kind"), [("looks", "sensor"), (CONDITIONS_SENSOR, "condition")])
def test_a_run_says_what_asked_for_it(
    instance: Instance, lease: Lease, name: str, kind: str
) -> None:
    answer = sensor_tick(looks(lambda: RunRequest()), instance)
    commit_sensor_tick(instance.own, lease, "shop.ipynb", name, BEGIN, answer)
    (request,) = instance.own.requests()
    assert Launch.from_json(request.request.launch).kind == kind
    assert Launch.from_json('{"location": "a.ipynb"}').kind == "schedule"  # of a store before


def test_a_failure_leaves_the_cursor_where_it_was(instance: Instance, lease: Lease) -> None:
    def fails(context: SensorEvaluationContext) -> RunRequest:
        context.update_cursor("lost")
        raise ValueError("no such folder")

    answer = sensor_tick(looks(fails), instance, None)
    assert (answer["cursor"], answer["error"]) == (None, "ValueError: no such folder")
    tick = commit(instance, lease, answer).tick
    assert (tick.status, tick.message) == ("failed", "ValueError: no such folder")
    assert instance.own.automation(ID).cursor is None


def test_a_skip_moves_the_cursor(instance: Instance, lease: Lease) -> None:
    answer = sensor_tick(looks(lambda: SensorResult(None, "quiet", "c")), instance)
    tick = commit(instance, lease, answer).tick
    assert (tick.status, tick.message) == ("skipped", "quiet")
    assert instance.own.automation(ID).cursor == "c"


def test_a_cursor_that_somebody_set_meanwhile_is_not_overwritten(
    instance: Instance, lease: Lease
) -> None:
    answer = sensor_tick(looks(lambda: SensorResult([RunRequest("a")], cursor="c")), instance, "x")
    with pytest.raises(ConflictError, match="changed its cursor meanwhile"):
        commit(instance, lease, answer)
    assert instance.own.requests() == []


def test_dynamic_partitions_are_there_before_the_runs(instance: Instance, lease: Lease) -> None:
    def asks() -> SensorResult:
        request = RunRequest("north", partition_key="north")
        added = SHOPS.build_add_request(["north"])
        seen = AssetMaterialization("raw")
        return SensorResult([request], dynamic_partitions_requests=[added], asset_events=[seen])

    commit(instance, lease, sensor_tick(looks(asks), instance))
    [request] = instance.own.requests(states=["waiting"])
    assert instance.has_dynamic_partition("shops", "north")
    assert Launch.from_json(request.request.launch).partition == "north"
    assert instance.latest_materialization("raw") is not None


def test_what_is_launched_is_its_job_or_its_selection(instance: Instance, lease: Lease) -> None:
    jobs = [define_asset_job("nightly"), define_asset_job("weekly")]
    config = {"ops": {"orders": {"config": {}}}}
    by_job = looks(lambda: RunRequest("a", config, job_name="weekly"), target=jobs)
    by_assets = looks(lambda: RunRequest("b", config))
    some = looks(lambda: RunRequest("c", asset_selection=["raw/orders", "x"]))
    for minute, each in enumerate((by_job, by_assets, some)):
        commit(instance, lease, sensor_tick(each, instance), minute)
    found = [Launch.from_json(each.request.launch) for each in instance.own.requests()]
    assert [each.job for each in found] == ["weekly", "", ""]
    assert [each.selection for each in found] == ["", "+orders", 'key:"raw/orders" or key:"x"']
    assert found[0].config["ops"] == config["ops"] and found[1].config == config["ops"]


def test_its_resources_are_set_up_and_torn_down(instance: Instance) -> None:
    said = Shop.said
    said.clear()

    def asks(context: SensorEvaluationContext, shop: Shop) -> SkipReason:
        said.append("asked")
        return SkipReason(str(context.folder))

    defs = Definitions(resources={"shop": Shop(), "other": 1 / 3})
    answer = sensor_tick(looks(asks), instance, definitions=defs)
    assert (answer["skip"], said) == ("None", ["up", "asked", "down"])


def test_a_resource_that_is_not_there_is_told(instance: Instance) -> None:
    answer = sensor_tick(looks(lambda context: context.resources.shop), instance)
    assert "`shop` is not given to this tick" in answer["error"]


def test_checks_alone_are_asked_for(instance: Instance, lease: Lease) -> None:
    key = CheckKey("raw/orders", "unique")
    answer = sensor_tick(looks(lambda: RunRequest(asset_check_keys=[key])), instance)
    commit(instance, lease, answer)
    [request] = instance.own.requests()
    launch = Launch.from_json(request.request.launch)
    assert (launch.selection, launch.checks) == ('key:"raw/orders"', ["raw/orders:unique"])


@pytest.mark.parametrize(
    ("request_of", "said"),
    [
        (RunRequest(asset_check_keys=[]), "asset_check_keys= of its RunRequest are empty"),
        (
            RunRequest(asset_selection=["a"], asset_check_keys=[CheckKey("b", "c")]),
            "names the check b:c beside assets that it is not of",
        ),
    ],
)
def test_checks_that_cannot_be_meant_are_told(
    instance: Instance, request_of: RunRequest, said: str
) -> None:
    assert said in sensor_tick(looks(lambda: request_of), instance)["error"]
