"""The partitions of an asset as a page watches them: lean, complete, and live."""

from __future__ import annotations

import json
import threading
from typing import Any

import pytest
from tests.surfaces.book import Book, CellFailedError

from assetbook.errors import SelectionError
from assetbook.surfaces.desk import StoreDesk
from assetbook.surfaces.widgets.changes import changes
from assetbook.surfaces.widgets.partition_questions import (
    partition_metric,
    partition_metrics,
    partition_versions,
)
from assetbook.surfaces.widgets.partitions_topic import partitions_document

DAYS = """
days = DailyPartitionsDefinition("2026-01-01", end_date="2026-01-08")

@asset(partitions_def=days)
def weather(context):
    if context.partition_key == "2026-01-03":
        raise ValueError("no station answered")
    day = int(context.partition_key[-1])
    return MaterializeResult(value=day, metadata={"stations": day * 10, "place": "x"})

@asset
def plain():
    return 1
"""
SALES = """
both = MultiPartitionsDefinition({
    "region": StaticPartitionsDefinition(["north", "south"]),
    "week": StaticPartitionsDefinition(["w1", "w2", "w3"]),
})

@asset(partitions_def=both)
def sales():
    return 1
"""


def document(book: Book, key: str = "") -> Any:
    return partitions_document(book.live, {"key": key} if key else {})


def test_each_partition_has_a_letter_for_its_state(book: Book) -> None:
    book.run(DAYS)
    with pytest.raises(CellFailedError, match="no station answered"):
        book.run("%materialize weather --partitions 2026-01-01..2026-01-04")

    found = document(book)

    assert (found["key"], found["total"]) == ("weather", 7)
    assert found["states"] == {"0": "ffxfmmm"}
    assert found["keys"]["0"].split("\n")[0] == "2026-01-01"
    assert found["counts"] == {"fresh": 3, "missing": 3, "failed": 1}
    assert [*found["choices"]] == ["weather"]
    assert partitions_document(StoreDesk(book.instance), {})["states"] == found["states"]


def test_of_several_dimensions_the_keys_of_each_are_told(book: Book) -> None:
    book.run(SALES)
    book.run("%materialize sales --partition 'south|w2'")

    found = document(book, "sales")

    assert [each["name"] for each in found["dimensions"]] == ["region", "week"]
    assert "keys" not in found
    assert found["states"] == {"0": "mmmmfm"}


def test_a_change_is_told_of_its_block_alone(book: Book) -> None:
    book.run(DAYS.replace('("2026-01-01"', '("2021-01-01"'))
    before = document(book)
    book.run("%materialize weather --partition 2025-01-01")

    changed = changes(before, document(book))

    assert [*changed["put"]["states"]] == ["1"]
    assert "keys" not in changed["put"]
    assert len(json.dumps(changed)) < 1500


def test_of_a_hundred_thousand_partitions_the_document_is_lean(book: Book) -> None:
    book.run(
        "@asset(partitions_def=StaticPartitionsDefinition([f'k{n:06}' for n in range(100_000)]))\n"
        "def many():\n    return 1"
    )

    found = document(book)

    assert len(json.dumps(found["states"])) < 110_000
    assert len(json.dumps(found)) < 1_200_000


def test_an_asset_without_partitions_has_none(book: Book) -> None:
    book.run(DAYS)
    assert "total" not in document(book, "plain")
    with pytest.raises(SelectionError, match="wether"):
        document(book, "wether")


def test_nothing_that_has_partitions_is_said_so(book: Book) -> None:
    assert document(book) == {"choices": {}, "key": None}


def test_numbers_of_partitions_are_told_when_asked_for(book: Book) -> None:
    book.run(DAYS)
    book.run("%materialize weather --partitions 2026-01-01..2026-01-02")
    desk, key = book.live, {"key": "weather"}

    assert partition_metrics(desk, key) == ["stations", "seconds", "bytes"]
    assert partition_metric(desk, {**key, "name": "stations"}) == {
        "2026-01-01": 10,
        "2026-01-02": 20,
    }


def test_one_partition_tells_its_versions_and_how_it_failed(book: Book) -> None:
    book.run(DAYS)
    for _ in range(2):
        book.run("%materialize weather --partition 2026-01-01 --force")
    with pytest.raises(CellFailedError):
        book.run("%materialize weather --partition 2026-01-03")
    asked = {"key": "weather", "partition": "2026-01-01"}

    made = partition_versions(book.live, asked)
    failed = partition_versions(book.live, {**asked, "partition": "2026-01-03"})

    assert [each["version"] for each in made["versions"]] == [2, 1]
    assert made["versions"][0]["numbers"]["stations"] == 10
    assert made["failed"] is None
    assert failed["versions"] == []
    assert failed["failed"]["error"] == "ValueError: no station answered"
    assert failed["failed"]["run"] == book.instance.runs(1)[0].id


def test_what_is_made_now_is_told_as_running(book: Book) -> None:
    book.run(DAYS)
    book.run("import threading\nbegun, go = threading.Event(), threading.Event()")
    book.run(
        "@asset(partitions_def=days)\ndef slow():\n    begun.set()\n    assert go.wait(20)\n"
        "    return 1"
    )
    seen: list[str] = []

    def look() -> None:
        assert book.names["begun"].wait(20)
        seen.append(document(book, "slow")["states"]["0"])
        book.names["go"].set()

    thread = threading.Thread(target=look)
    thread.start()
    book.run("%materialize slow --partition 2026-01-02")
    thread.join()

    assert seen == ["mrmmmmm"]
    assert document(book, "slow")["states"] == {"0": "mfmmmmm"}
