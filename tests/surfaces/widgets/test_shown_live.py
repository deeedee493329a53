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


def test_runs_name_their_live_views(book: Book) -> None:
    book.run("@asset\ndef orders():\n    print('counting')\n    return 1")
    book.run("%materialize orders")
    run = book.instance.runs(1)[0].id

    live = {}
    for line in ("%runs", "%runs --limit 3", "%logs", "%logs --step orders", f"%show {run[:6]}"):
        book.run(line)
        live[line.replace(run[:6], "RUN")] = (book.result.live.name, book.result.live.given)

    assert live == {
        "%runs": ("runs", {}),
        "%runs --limit 3": ("runs", {"limit": 3}),
        "%logs": ("logs", {"run": run, "step": ""}),
        "%logs --step orders": ("logs", {"run": run, "step": "orders"}),
        "%show RUN": ("run", {"run": run}),
    }


@pytest.mark.parametrize("line", ["%assets --checks", "%assets --orphans", "%show orders"])
def test_what_no_live_view_shows_stays_a_picture_everywhere(book: Book, line: str) -> None:
    book.run("@asset\ndef orders():\n    return 1")

    book.run(line)

    assert book.result.live is None
