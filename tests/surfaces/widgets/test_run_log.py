"""The log of a run as pages fetch it: chunk after chunk, then what came since, and the files."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from tests.surfaces.book import Book
from tests.surfaces.widgets.run_cells import failed_run

from assetbook.events.log_record import LogRecord
from assetbook.events.parts import Origin
from assetbook.events.run_events import RunEnded, RunStarted, StepStarted
from assetbook.surfaces.desk import Desk, current_desk
from assetbook.surfaces.widgets import run_log
from assetbook.surfaces.widgets.run_log import (
    log_document,
    log_file,
    log_lines,
    log_picture,
    log_pulse,
)

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
FLOOD = """
@asset
def flood():
    for number in range(8_000):
        print("line", number)
"""


def fetched(desk: Desk, run: str) -> tuple[list[dict[str, Any]], int]:
    """All that there is, as a page fetches it; and in how many chunks it came."""
    items: list[dict[str, Any]] = []
    at = {"record": 0, "event": 0}
    for chunks in range(1, 1_000):
        news = log_lines(desk, {"run": run, **at})
        items += news["items"]
        at = {"record": news["record"], "event": news["event"]}
        if not news["more"]:
            return items, chunks
    raise AssertionError("there is always more")


@pytest.fixture
def run(book: Book) -> str:
    return failed_run(book)


def test_lines_and_events_come_in_order_with_what_they_are(run: str) -> None:
    items, chunks = fetched(current_desk(), run)

    assert chunks == 1
    of_shows = [each for each in items if each["step"] == "shows"]
    assert of_shows[0]["stream"] == "event" and of_shows[0]["look"]["word"] == "begins"
    printed = "".join(each["text"] for each in of_shows if each["stream"] == "stdout")
    assert printed == "first\nsecond goes on\n"
    assert "to stderr\n" in [each["text"] for each in of_shows if each["stream"] == "stderr"]
    logged = {each["text"]: each for each in of_shows if each["stream"] == "log"}
    assert logged["careful\nhere"]["level"] == "WARNING"
    assert (logged["odd"]["logger"], logged["odd"]["extra"]) == ("lib", {"rows": 3})
    again = next(each for each in items if each.get("look", {}).get("word") == "retry")
    assert "the disk is away" in again["text"]
    failed = [each for each in items if each["step"] == "fails"][-1]
    assert failed["level"] == "ERROR" and "ValueError: no" in failed["text"]
    assert [each["at"] for each in items] == sorted(each["at"] for each in items)


def test_small_chunks_give_the_same_lines(run: str, monkeypatch: pytest.MonkeyPatch) -> None:
    whole, _ = fetched(current_desk(), run)

    monkeypatch.setattr(run_log, "MOST", 2)
    parts, chunks = fetched(current_desk(), run)

    assert chunks > 3
    assert sorted(map(_place, parts)) == sorted(map(_place, whole))


def test_pictures_are_given_and_markup_is_not(run: str) -> None:
    items, _ = fetched(current_desk(), run)
    picture, html = (each for each in items if each["stream"] == "display")

    found = log_picture(current_desk(), {"run": run, "record": picture["id"]})

    assert found is not None and found["kind"] == "image/png"
    assert found["data"].startswith("iVBORw0KGgo")
    assert "text/html" in html["kinds"] and "picture" not in html
    assert "bold" not in str(html)
    assert log_picture(current_desk(), {"run": run, "record": html["id"]}) is None
    assert log_picture(current_desk(), {"run": run, "record": 10**9}) is None


def test_what_a_picture_says_it_is_must_be_base64(book: Book) -> None:
    store = _begun(book)
    bundle = {"image/png": "<svg onload=alert(1)>", "image/svg+xml": "<svg/>"}
    record = LogRecord(run_id="abc123", step="one", at=NOON, stream="display", bundle=bundle)
    store.later([record])
    store.flush()

    [found] = store.logs("abc123")

    assert log_picture(current_desk(), {"run": "abc123", "record": found.id}) is None


def test_lines_in_the_log_files_alone_are_read_from_there(book: Book) -> None:
    book.run(FLOOD)
    book.run("%materialize flood")
    run = book.instance.runs(1)[0].id
    items, _ = fetched(current_desk(), run)
    at = next(number for number, each in enumerate(items) if each.get("omitted"))
    before = sum(each.get("size", 0) for each in items[:at] if each["stream"] == "stdout")
    end = before + items[at]["omitted"]["stdout"]

    parts = [each["text"] for each in items[:at] if each["stream"] == "stdout"]
    begin = before
    while begin < end:
        asked = {"run": run, "step": "flood", "stream": "stdout", "begin": begin, "end": end}
        part = log_file(current_desk(), asked)
        parts += [f"{text}\n" for _, text in part["items"]]
        begin = part["next"]
    parts += [each["text"] for each in items[at:] if each["stream"] == "stdout"]

    assert "".join(parts) == "".join(f"line {number}\n" for number in range(8_000))


def test_a_line_that_is_not_over_waits_while_the_file_grows(book: Book) -> None:
    store = _begun(book)
    files = book.instance.log_files
    assert files is not None
    written = files.appended("abc123", "one")
    written.write("stdout", "whole\nhal")
    store.later([LogRecord(run_id="abc123", step="one", at=NOON, stream="stdout", text="x\n")])
    store.flush()
    asked = {"run": "abc123", "step": "one", "stream": "stdout", "begin": 0, "end": 9}

    document = log_document(current_desk(), asked)
    part = log_file(current_desk(), asked | {"growing": True})

    assert document["live"] and document["files"] == {"one": {"stdout": 9, "stderr": 0, "log": 0}}
    assert part == {"items": [("", "whole")], "next": 6}
    written.close()


def test_the_pulse_changes_with_each_record_and_each_byte(book: Book) -> None:
    store = _begun(book)
    desk = current_desk()
    pulses = [log_pulse(desk, {"run": "abc123"})]

    store.later([LogRecord(run_id="abc123", step="one", at=NOON, stream="stdout", text="x\n")])
    store.flush()
    pulses.append(log_pulse(desk, {"run": "abc123"}))
    assert book.instance.log_files is not None
    written = book.instance.log_files.appended("abc123", "one")
    written.write("stdout", "x\n")
    pulses.append(log_pulse(desk, {"run": "abc123"}))
    written.close()
    after = NOON + timedelta(seconds=1)
    store.commit([RunEnded(at=after, run_id="abc123", status="success")])
    pulses.append(log_pulse(desk, {"run": "abc123"}))

    assert len({str(each) for each in pulses}) == 4
    assert pulses[-1] == log_pulse(desk, {"run": "abc123"})


@pytest.mark.parametrize("stream", ["../../secret", "display", None, 3])
def test_only_log_files_are_read(book: Book, stream: object) -> None:
    _begun(book)
    asked = {"run": "abc123", "step": "../one", "stream": stream, "begin": 0, "end": 10}

    assert log_file(current_desk(), asked)["items"] == []


def _begun(book: Book) -> Any:
    origin = Origin(kind="python")
    begun = RunStarted(at=NOON, run_id="abc123", asked="*", steps=("one",), origin=origin)
    book.instance.store.commit([begun, StepStarted(at=NOON, run_id="abc123", step="one")])
    return book.instance.store


def _place(item: dict[str, Any]) -> tuple[int, int]:
    return item.get("id", 0), item.get("event", 0)
