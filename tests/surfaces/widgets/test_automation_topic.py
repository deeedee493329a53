"""What a page is told of schedules, sensors and the daemon, and what it does with them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from tests.surfaces.book import Book
from tests.surfaces.widgets.test_channel import Viewer

from assetbook.automation.known_schedules import known_schedules
from assetbook.events.parts import Origin
from assetbook.instance.bundles import Bundle, keep_bundle
from assetbook.instance.pins import pin
from assetbook.surfaces.desk import current_desk
from assetbook.surfaces.widgets.topics import question_of

CELLS = (
    "@asset\ndef orders():\n    return [1, 2]",
    "%schedule nightly '0 6 * * *' orders --tz Europe/Berlin",
    "from assetbook import sensor, SkipReason\n@sensor(target=orders)\ndef landed(context):\n"
    "    return SkipReason('nothing new')",
)


@pytest.fixture
def viewer(book: Book) -> Iterator[Viewer]:
    """A page that looks at a notebook with a schedule and a sensor."""
    for cell in CELLS:
        book.run(cell)
    viewer = Viewer(current_desk())
    yield viewer
    viewer.channel.close()


def test_it_lists_what_happens_by_itself(viewer: Viewer) -> None:
    told = viewer.say(watch="automation")["value"]

    [nightly], [landed] = told["schedules"].values(), told["sensors"].values()
    assert nightly["name"] == "nightly" and not nightly["on"] and nightly["next"] is None
    assert nightly["when"] == "at 06:00 every day, Europe/Berlin"
    assert landed["name"] == "landed" and landed["cursor"] is None
    assert nightly["pin"] is None and landed["pin"] is None
    assert told["daemon"] == {"alive": False, "said": "no daemon runs this store"}
    assert told["backfills"] == {}


def test_what_is_turned_on_is_told_alone(viewer: Viewer) -> None:
    first = viewer.say(watch="automation")["value"]
    [number] = first["schedules"]

    viewer.channel.receive({"id": "on", "do": "schedules", "words": ["on", number]})
    told = [viewer.next_told(), viewer.next_told()]

    [answer] = [each for each in told if each.get("id") == "on"]
    [pushed] = [each for each in told if "watch" in each]
    assert answer["value"]["line"].startswith("%schedules on ")
    assert list(pushed["changes"]) == ["put"]
    assert list(pushed["changes"]["put"]) == ["schedules"]
    assert pushed["changes"]["put"]["schedules"][number]["on"]


def test_a_cursor_that_is_set_is_told(viewer: Viewer) -> None:
    [number] = viewer.say(watch="automation")["value"]["sensors"]

    viewer.channel.receive(
        {"id": "set", "do": "sensors", "words": ["cursor", number, "--cursor", "a b"]}
    )
    told = [viewer.next_told(), viewer.next_told()]

    [pushed] = [each["changes"] for each in told if "watch" in each]
    assert pushed["put"]["sensors"][number]["cursor"] == "a b"


def test_a_dry_run_says_why_nothing_would_run(viewer: Viewer) -> None:
    done = viewer.say(do="sensors", words=["dry-run", "landed"])["value"]

    assert done["said"].startswith("an evaluation now would run nothing: nothing new")


@pytest.mark.parametrize(("kind", "name"), [("schedule", "nightly"), ("sensor", "landed")])
def test_the_ticks_of_one_are_told_when_asked(viewer: Viewer, kind: str, name: str) -> None:
    found = question_of("ticks")(current_desk(), {"kind": kind, "id": name})

    assert found["name"] == name and found["ticks"] == []


def test_what_each_runs_is_told_when_its_location_is_pinned(viewer: Viewer) -> None:
    instance = current_desk().instance
    viewer.say(watch="automation")
    [location] = {each.location for each in known_schedules(instance)}
    bundle = keep_bundle(instance, Bundle(location, (), {}, "python3", "CPython 3.11.9", {}))

    pin(instance, location, bundle, by=Origin(kind="cli", user="ann", host="laptop"))

    changes = viewer.next_told()["changes"]
    [nightly] = changes["put"]["schedules"].values()
    assert nightly["pin"]["by"] == "ann@laptop" and not nightly["pin"]["own"]
