"""A channel on a real store and a real server: what is told, when, and how often."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace
from tests.automation.alerts.happening import NOON, Shop
from tests.automation.alerts.listening import Posted, http_server
from tests.automation.stored_schedules import SHOP, record

from assetbook import FreshnessPolicy
from assetbook.automation.alerts.alert import PREFIX
from assetbook.automation.launches import Launch
from assetbook.errors import ConflictError
from assetbook.instance.asset_record import AssetRecord, Snapshot
from assetbook.instance.snapshots import remember
from assetbook.keys import RunId
from assetbook.storage.automations import LaunchRequest, Tick
from assetbook.storage.process_identity import current_process

RUN, OTHER, THIRD = "aaaaaa000001", "bbbbbb000002", "cccccc000003"


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    opened = Shop(tmp_path)
    yield opened
    opened.close()


@pytest.fixture
def posted() -> Iterator[Posted]:
    with http_server() as server:
        yield server


def titles(posted: Posted) -> list[str]:
    return [each["title"] for each in posted.bodies]


def test_a_failed_run_is_told_once(shop: Shop, posted: Posted) -> None:
    channel = shop.channel(posted.url)
    channel.look()
    shop.fails(RUN)
    channel.look()
    channel.look()
    shop.channel(posted.url).look()  # a daemon that comes after
    (told,) = posted.bodies
    assert told["title"] == "failed: orders in shop.ipynb"
    assert told["said"] == "run aaaaaa failed: orders: no luck"
    assert told["where"] == "cell 4, line 3"
    assert told["traceback"].endswith("ValueError: no luck")
    assert told["retry"] == "assetbook retry aaaaaa --from-failure"
    assert posted.keys == [told["id"]]


def test_what_was_before_a_target_is_not_told(shop: Shop, posted: Posted) -> None:
    shop.fails(RUN)
    shop.ticks("missed")
    shop.channel(posted.url).look()
    assert posted.bodies == []


def test_what_happened_while_no_daemon_ran_is_told(shop: Shop, posted: Posted) -> None:
    shop.channel(posted.url).look()
    shop.fails(RUN)
    shop.channel(posted.url).look()
    assert titles(posted) == ["failed: orders in shop.ipynb"]


@pytest.mark.parametrize(("interactive", "count"), [(False, 0), (True, 1)])
def test_runs_by_hand_are_told_where_that_is_asked(
    shop: Shop, posted: Posted, interactive: bool, count: int
) -> None:
    channel = shop.channel(posted.url, interactive=interactive)
    channel.look()
    shop.fails(RUN, "session")
    channel.look()
    assert len(posted.bodies) == count


def test_what_is_made_by_hand_has_recovered_too(shop: Shop, posted: Posted) -> None:
    channel = shop.channel(posted.url)
    channel.look()
    shop.fails(RUN)
    channel.look()
    shop.makes(OTHER, "session")
    shop.makes(THIRD)  # once
    channel.look()
    assert titles(posted) == ["failed: orders in shop.ipynb", "recovered: orders in shop.ipynb"]
    assert posted.bodies[1]["said"] == "orders had failed, and run bbbbbb made it"


def test_a_run_that_is_retried_is_told_by_how_that_ends(shop: Shop, posted: Posted) -> None:
    channel = shop.channel(posted.url)
    channel.look()
    shop.fails(RUN, retries=1)
    channel.look()
    shop.fails(OTHER, retries=1, parent=RUN, number=1)
    shop.clock.advance(600)
    channel.look()
    assert [each["run_id"] for each in posted.bodies] == [OTHER]


def test_a_retry_that_never_comes_is_told(shop: Shop, posted: Posted) -> None:
    channel = shop.channel(posted.url)
    channel.look()
    shop.fails(RUN, retries=1)
    channel.look()
    assert posted.bodies == []
    shop.clock.advance(130)
    channel.look()
    assert [each["run_id"] for each in posted.bodies] == [RUN]


def test_failures_of_one_subject_are_told_together(shop: Shop, posted: Posted) -> None:
    channel = shop.channel(posted.url)
    channel.look()
    for number in range(20):
        shop.fails(f"aaaaaa{number:06}")
        channel.look()
    assert titles(posted) == ["failed: orders in shop.ipynb"]
    shop.clock.advance(601)
    channel.look()
    assert titles(posted)[1:] == ["failed: orders in shop.ipynb (and 18 more times)"]


def test_a_failure_that_is_held_is_told_before_it_recovers(shop: Shop, posted: Posted) -> None:
    channel = shop.channel(posted.url)
    channel.look()
    shop.fails(RUN)
    channel.look()
    shop.fails(OTHER)
    shop.makes(THIRD)
    channel.look()
    shop.clock.advance(601)
    channel.look()
    assert [each["kind"] for each in posted.bodies] == ["failed", "failed", "recovered"]


def test_an_address_that_is_down_is_tried_again_later_and_later(shop: Shop, posted: Posted) -> None:
    posted.answers = [500, 503, 500]
    channel = shop.channel(posted.url)
    channel.look()
    shop.fails(RUN)
    for _ in range(30):  # seconds
        channel.look()
        shop.clock.advance(1)
    assert len(posted.bodies) == 3  # at once, after 5, after 15
    assert shop.state().trouble == "it answered 500"
    shop.clock.advance(6)
    channel.look()
    assert len(set(posted.keys)) == 1
    assert shop.state().pending == ()
    (tick,) = shop.instance.own.ticks(f"{PREFIX}team")
    assert (tick.status, tick.logs) == ("requested", "failed: orders in shop.ipynb")


def test_what_an_address_does_not_take_keeps_nothing_else_back(shop: Shop, posted: Posted) -> None:
    posted.answers = [422, 422, 422]
    channel = shop.channel(posted.url)
    channel.look()
    shop.fails(RUN)
    shop.fails(OTHER, key="prices", asked="prices")
    for _ in range(4):
        channel.look()
        shop.clock.advance(600)
    newest, before = shop.instance.own.ticks(f"{PREFIX}team")
    assert (before.status, before.message) == ("failed", "it answered 422")
    assert newest.status == "requested"


def test_nothing_follows_an_address_elsewhere(shop: Shop, posted: Posted) -> None:
    posted.answers = [307]
    channel = shop.channel(posted.url)
    channel.look()
    shop.fails(RUN)
    channel.look()
    assert posted.paths == ["POST /"]
    assert shop.state().trouble == "it answered 307"


def test_missed_ticks_are_told_as_one(shop: Shop, posted: Posted) -> None:
    at = shop.clock.now()
    known = Snapshot(location=SHOP, at=at, schedules=(record("nightly"),))
    remember(shop.instance, known, {})
    channel = shop.channel(posted.url)
    channel.look()
    for _ in range(600):
        shop.clock.advance(60)
        shop.ticks("missed", "it was looked at late")
    channel.look()
    channel.look()
    (told,) = posted.bodies
    assert told["title"] == "missed: schedule nightly in shop.ipynb"
    assert told["said"] == (
        "600 ticks from 2026-03-01 12:01 to 2026-03-01 22:00 UTC did not run;"
        " of the last one: it was looked at late"
    )
    assert told["retry"] == "assetbook materialize shop.ipynb one"


def test_a_tick_that_is_recorded_late_is_not_overlooked(shop: Shop, posted: Posted) -> None:
    channel = shop.channel(posted.url)
    channel.look()
    shop.clock.advance(120)
    shop.ticks("requested", name="often")
    channel.look()
    earlier = Tick(f"{SHOP}:nightly", NOON + timedelta(seconds=60), "missed", "late")
    shop.instance.own.record_ticks(shop.lease, [earlier])
    channel.look()
    assert titles(posted) == ["missed: shop.ipynb:nightly"]


@pytest.mark.parametrize(
    ("ticks", "said"),
    [
        (1, "the tick of 2026-03-01 12:00 UTC ran 5 h 10 min late: no daemon looked at it in time"),
        (
            3,
            "3 ticks from 2026-03-01 12:00 to 2026-03-01 14:00 UTC ran late, the first one by"
            " 5 h 10 min: no daemon looked in time",
        ),
    ],
)
def test_ticks_that_run_late_are_told_as_one(
    shop: Shop, posted: Posted, ticks: int, said: str
) -> None:
    at = shop.clock.now()
    known = Snapshot(location=SHOP, at=at, schedules=(record("nightly"),))
    remember(shop.instance, known, {})
    shop.clock.advance(-1)
    channel = shop.channel(posted.url, on=("late",))
    channel.look()
    shop.clock.advance(5 * 3600 + 601)
    started = shop.clock.now()
    for hour in range(ticks):
        due = at + timedelta(hours=hour)
        tick = Tick(f"{SHOP}:nightly", due, "requested", started_at=started)
        shop.instance.own.commit_tick(shop.lease, tick)
    channel.look()
    channel.look()
    (told,) = posted.bodies
    assert (told["title"], told["said"]) == ("late: schedule nightly in shop.ipynb", said)
    assert told["retry"] == "assetbook daemon status"


def test_a_tick_within_two_minutes_is_not_late(shop: Shop, posted: Posted) -> None:
    channel = shop.channel(posted.url)
    channel.look()
    shop.clock.advance(120)
    due, started = NOON + timedelta(seconds=1), shop.clock.now()
    tick = Tick(f"{SHOP}:nightly", due, "requested", started_at=started)
    shop.instance.own.commit_tick(shop.lease, tick)
    channel.look()
    assert posted.bodies == []


def test_functions_that_fail_are_told_when_they_begin_and_end_to(
    shop: Shop, posted: Posted
) -> None:
    channel = shop.channel(posted.url)
    channel.look()
    for status in ("failed", "failed", "failed", "skipped", "skipped"):
        shop.clock.advance(30)
        shop.ticks(status, "ValueError: no luck")
        channel.look()
    assert [each["kind"] for each in posted.bodies] == ["failed", "recovered"]


def test_a_run_that_cannot_be_launched_is_told(shop: Shop, posted: Posted) -> None:
    channel = shop.channel(posted.url)
    channel.look()
    own, asked = shop.instance.own, []
    for run in (RUN, OTHER, THIRD):
        asked.append(LaunchRequest(RunId(run), Launch(SHOP, "+orders").to_json()))
    own.commit_tick(shop.lease, Tick(f"{SHOP}:nightly", NOON, "requested"), asked)
    own.settle_request(RunId(OTHER), "refused", "its file is gone")
    channel.look()
    shop.clock.advance(601)
    own.settle_request(RunId(RUN), "refused", "its file is gone")
    shop.channel(posted.url).look()  # one waits all the while
    own.settle_request(RunId(THIRD), "launched")
    channel = shop.channel(posted.url)
    channel.look()
    assert len(posted.bodies) == 2
    assert posted.bodies[0]["said"] == "the run could not be launched: its file is gone"
    assert posted.bodies[0]["retry"] == "assetbook materialize shop.ipynb +orders"
    assert (shop.state().refused, shop.state().refused_told) == (2, ())


def defined(shop: Shop, *records: AssetRecord) -> None:
    at = shop.clock.now()
    on = record("nightly", on=True)
    remember(shop.instance, Snapshot(location=SHOP, at=at, assets=records, schedules=(on,)), {})


def test_an_asset_that_is_late_is_told_until_it_is_made(shop: Shop, posted: Posted) -> None:
    policy = FreshnessPolicy.time_window(timedelta(hours=1))
    defined(shop, AssetRecord(key="orders", freshness=policy.to_data()))
    shop.makes(RUN)
    channel = shop.channel(posted.url)
    for _ in range(5):
        channel.look()
        shop.clock.advance(1200)
    shop.makes(OTHER)
    channel.look()
    assert titles(posted) == ["late: orders in time", "recovered: orders in time"]
    assert posted.bodies[0]["said"] == (
        "it was last made at 2026-03-01 12:00 UTC, and is to be made within 1:00:00"
    )


def test_code_that_differs_is_told_once(shop: Shop, posted: Posted) -> None:
    differs = AssetRecord(key="orders", code="c", parity=("c", "differs", "`K` is another"))
    defined(shop, differs)
    channel = shop.channel(posted.url)
    channel.look()
    shop.clock.advance(61)
    channel.look()
    (told,) = posted.bodies
    assert told["title"] == "code differs: the code of shop.ipynb"
    assert "`orders` (`K` is another)" in told["said"]
    defined(shop, replace(differs, parity=("d", "differs", "`K` is a third")))
    shop.clock.advance(601)
    channel.look()
    assert len(posted.bodies) == 2


def test_what_is_selected_is_told(shop: Shop, posted: Posted) -> None:
    defined(shop, AssetRecord(key="orders", group="raw"), AssetRecord(key="report", group="marts"))
    channel = shop.channel(posted.url, select="group:marts", on=("failed", "missed"))
    channel.look()
    shop.fails(RUN)
    shop.fails(OTHER, key="report")
    shop.makes(THIRD)
    shop.clock.advance(1)
    shop.ticks("missed")  # the schedule runs `one`, which is no asset: told rather than not
    channel.look()
    assert [each["assets"] for each in posted.bodies] == [["report"], []]


def test_one_that_was_taken_for_dead_sends_nothing_more(shop: Shop, posted: Posted) -> None:
    channel = shop.channel(posted.url)
    channel.look()
    shop.instance.own.release_lease(shop.lease)
    shop.instance.own.acquire_lease(current_process())
    shop.fails(RUN)
    other = shop.channel(posted.url)
    shop.lease = shop.instance.own.lease()  # type: ignore[assignment]
    other.look()
    with pytest.raises(ConflictError):
        channel.look()
    assert len(posted.bodies) == 1
