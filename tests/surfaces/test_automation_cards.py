"""Schedules and sensors in their notebook: their lines, dry runs, how far it is ahead."""

from __future__ import annotations

from tests.surfaces.book import Book

from assetbook.automation.known_schedules import known_schedules
from assetbook.automation.moved_pins import follow_pin

ASSETS = """from assetbook import *
RATE = 2
def twice(x):
    return RATE * x
@asset
def orders() -> list[int]:
    return [1, 2]
@asset
def revenue(orders) -> int:
    return twice(sum(orders))"""
MINE = """@schedule(cron_schedule="0 0 * * *", target="revenue")
def mine(context):
    context.log.info("asked")
    return RunRequest(tags={"kind": KIND})"""
LOOKS = """@sensor(target="orders", minimum_interval_seconds=90)
def looks(context):
    return RunRequest(run_key="k") if context.cursor is None else SkipReason("seen")"""


def said(book: Book, line: str) -> str:
    return book.run(f"view = {line}\nprint(view)")


def test_their_cell_tells_what_they_run_and_how_they_are_turned_on(book: Book) -> None:
    book.run(ASSETS)
    shown = book.run(MINE)
    assert "○ mine · revenue · at 00:00 every day, UTC · next " in shown
    assert "off: `%schedules on mine` turns it on here" in shown
    assert "○ looks · orders · every 1 min 30 s · off: `%sensors on looks`" in book.run(LOOKS)
    book.run("KIND = 'x'")
    book.run("%sensors on looks")
    assert "● looks · orders · every 1 min 30 s · on" in book.run(LOOKS)


def test_a_dry_run_asks_the_living_function(book: Book) -> None:
    book.run(ASSETS)
    book.run(MINE)
    assert "a tick now would fail: NameError: name 'KIND'" in said(book, "%schedules dry-run mine")
    book.run("KIND = 'new'")
    shown = said(book, "%schedules dry-run mine")
    assert "a tick now would ask for 1 run; nothing was launched:" in shown
    assert "revenue (tags dagster/schedule_name=mine, kind=new)" in shown
    assert "asked" in shown
    book.run(LOOKS)
    assert "orders (run_key k, tags " in said(book, "%sensors dry-run looks")
    assert "would run nothing: seen" in said(book, "%sensors dry-run looks --cursor 1")
    assert not book.instance.runs()


def test_a_view_shows_the_code_by_which_the_notebook_is_ahead(book: Book) -> None:
    book.run(ASSETS)
    book.run('%schedule nightly "0 6 * * *" +revenue --on')
    assert "ahead" not in said(book, "%schedules show nightly")
    book.run("RATE = 3\n@asset\ndef more() -> int:\n    return 1")
    shown = said(book, "%schedules show nightly")
    assert "the notebook is 2 changes ahead: more, revenue" in shown
    assert "constant RATE\n  @@ -1 +1 @@\n  -2\n  +3" in shown
    assert "asset more\n  + it is new" in shown
    book.run("%schedules show nightly")
    assert "RATE" in book.result.html()
    assert [each["name"] for each in book.result.to_json()["differences"]] == ["more", "RATE"]


def test_what_is_turned_on_follows_the_pin_when_that_moves(book: Book) -> None:
    book.run(ASSETS)
    book.run('%schedule nightly "0 6 * * *" +revenue --on')
    book.run('%schedule weekly "0 6 * * 1" +revenue')
    nightly, _ = known_schedules(book.instance)
    book.run("RATE = 3")
    book.run('%schedule other "0 6 * * 1" +revenue --on')
    other = next(each for each in known_schedules(book.instance) if each.record.name == "other")
    assert nightly.bundle and other.bundle and other.bundle != nightly.bundle
    moved = follow_pin(book.instance, nightly.location, other.bundle, other.snapshot)
    assert moved == ["nightly"]
    after = {each.record.name: each for each in known_schedules(book.instance)}
    assert after["nightly"].bundle == other.bundle
    assert after["nightly"].last == nightly.last  # since when its ticks count stays
    assert after["weekly"].bundle is None
    assert "ahead" not in said(book, "%schedules show nightly")
