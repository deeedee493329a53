"""What views are where nobody looks at a page with widgets: the pictures that they always were."""

from __future__ import annotations

import pytest
from tests.surfaces.book import Book


@pytest.mark.parametrize(
    ("line", "name"), [("%lineage +orders", "lineage"), ("%assets +orders", "assets")]
)
def test_a_view_names_the_live_one_and_shows_as_a_picture(book: Book, line: str, name: str) -> None:
    book.run("@asset\ndef orders():\n    return 1")

    book.run(line)

    live = book.result.live
    assert (live.name, live.given) == (name, {"selection": "+orders"})
    formatter = book.shell.display_formatter
    data, _ = formatter.format(book.result)
    assert set(data) >= {"text/plain", "text/html"}
    assert "orders" in data["text/plain"]


@pytest.mark.parametrize("line", ["%assets --checks", "%assets --orphans", "%show orders"])
def test_what_no_live_view_shows_stays_a_picture_everywhere(book: Book, line: str) -> None:
    book.run("@asset\ndef orders():\n    return 1")

    book.run(line)

    assert book.result.live is None
