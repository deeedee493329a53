"""A viewer's talk with a store: questions, watched documents, actions; told once, done once."""

from __future__ import annotations

import queue
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.surfaces.book import Book
from tests.surfaces.shell import CELLS, saved

from assetbook.instance.instance import Instance
from assetbook.surfaces.desk import Desk, StoreDesk, current_desk
from assetbook.surfaces.widgets.channel import Channel
from assetbook.surfaces.widgets.room import Room

SECONDS = 20.0


class Viewer:
    """A page: what it says, and what it was told."""

    def __init__(self, desk: Desk) -> None:
        self.told: queue.Queue[Any] = queue.Queue()
        self.channel = Channel(Room(desk), self.told.put)
        self.count = 0

    def say(self, **message: Any) -> dict[str, Any]:
        """The answer to it; what is pushed before that is left."""
        self.count += 1
        self.channel.receive({"id": f"n{self.count}", **message})
        while (told := self.next_told()).get("id") != f"n{self.count}":
            pass
        return told

    def next_told(self) -> dict[str, Any]:
        told: dict[str, Any] = self.told.get(timeout=SECONDS)
        return told


@pytest.fixture
def viewer(book: Book) -> Iterator[Viewer]:
    """A page that looks at a live notebook with an asset."""
    book.run("@asset\ndef orders():\n    return [1, 2]")
    viewer = Viewer(current_desk())
    yield viewer
    viewer.channel.close()


def test_a_watched_document_is_told_whole_then_what_changes(viewer: Viewer, book: Book) -> None:
    first = viewer.say(watch="assets")
    assert first["value"]["assets"]["orders"]["state"] == "missing"

    book.run("%materialize orders")
    changed = viewer.next_told()
    while "orders" not in changed["changes"].get("put", {}).get("assets", {}):
        changed = viewer.next_told()

    assert changed["watch"] == "n1"
    while changed["changes"]["put"]["assets"]["orders"]["state"] != "fresh":
        changed = viewer.next_told()


def test_a_definition_that_a_cell_adds_is_told(viewer: Viewer, book: Book) -> None:
    viewer.say(watch="assets", given={"selection": "*"})

    book.run("@asset\ndef total(orders):\n    return sum(orders)")

    assert "total" in viewer.next_told()["changes"]["put"]["assets"]


def test_what_is_left_is_told_no_more(viewer: Viewer, book: Book) -> None:
    viewer.say(watch="assets")
    viewer.say(leave="n1")

    book.run("%materialize orders")

    with pytest.raises(queue.Empty):
        viewer.told.get(timeout=0.5)


def test_what_comes_again_is_answered_again_and_done_once(viewer: Viewer) -> None:
    done = viewer.say(do="materialize", words=["orders"])
    viewer.channel.receive({"id": "n1", "do": "materialize", "words": ["orders"]})

    assert viewer.next_told() == done
    assert len(current_desk().instance.versions("orders")) == 1


def test_an_action_runs_and_tells_the_line_that_does_the_same(viewer: Viewer) -> None:
    done = viewer.say(do="materialize", words=["orders", "--force"])

    assert done["value"]["line"] == "%materialize orders --force"
    assert not done["value"]["goes_on"]
    assert current_desk().instance.latest_materialization("orders") is not None


def test_programs_are_sent_to_a_page_once(viewer: Viewer) -> None:
    first = viewer.say(ask="hello")["value"]
    again = viewer.say(ask="hello", given={"known": [first["stamp"]]})["value"]
    of_before = viewer.say(ask="hello", given={"known": ["another"]})["value"]

    assert "main.js" in first["programs"] and of_before == first
    assert again == {**first, "programs": {}}


def test_the_end_of_what_goes_on_is_told_later(viewer: Viewer, book: Book) -> None:
    book.run("import threading\ngo = threading.Event()")
    book.run("@asset\ndef slow():\n    assert go.wait(20)\n    return 1")

    done = viewer.say(do="materialize", words=["slow"])
    assert done["value"] == {"line": "%materialize slow", "said": "", "goes_on": True}
    book.names["go"].set()

    end = viewer.next_told()
    assert end["ended"] == "n1" and "1 materialized" in end["value"]["said"]


@pytest.mark.parametrize(
    ("message", "found", "remedy"),
    [
        ({"watch": "asets"}, "nothing of that name", "assets"),
        ({"watch": "assets", "given": {"selection": "ordres"}}, "ordres", "orders"),
        ({"do": "forget", "words": ["orders"]}, "does nothing of that name", "There are"),
        ({"do": "materialize", "words": ["ordres"]}, "ordres", "orders"),
    ],
)
def test_a_slip_is_told_with_the_nearest_name(
    viewer: Viewer, message: dict[str, Any], found: str, remedy: str
) -> None:
    error = viewer.say(**message)["error"]

    assert found in " ".join(error) and remedy in error[2]


def test_a_refused_action_tells_its_line_too(viewer: Viewer) -> None:
    refused = viewer.say(do="materialize", words=["ordres"])

    assert refused["line"] == "%materialize ordres"
    assert "line" not in viewer.say(watch="asets")


@pytest.mark.parametrize(
    "message", [None, 3, [], {}, {"id": 7, "ask": "hello"}, {"watch": "assets"}]
)
def test_what_is_no_message_is_left(viewer: Viewer, message: object) -> None:
    viewer.channel.receive(message)

    assert viewer.say(ask="hello")["id"] == "n1"


def test_a_page_without_a_notebook_acts_by_the_command_line(project: Path) -> None:
    saved(project, *CELLS[:3])
    viewer = Viewer(StoreDesk(Instance.get(project)))
    asset = viewer.say(watch="assets")["value"]["assets"]["numbers"]

    done = viewer.say(do="materialize", words=["numbers"], location=asset["location"])

    assert done["value"]["line"] == "assetbook materialize numbers.ipynb numbers"
    while asset["state"] != "fresh":
        asset = viewer.next_told()["changes"].get("put", {})["assets"]["numbers"]
    assert len(Instance.get(project).versions("numbers")) == 1
    viewer.channel.close()
