"""Graphs keep the ops that they were composed of; an op whose cell runs again is told of."""

from __future__ import annotations

import pytest
from tests.surfaces.book import Book

ONE = "@op\ndef one() -> int:\n    return {}"
MADE = "@graph_asset\ndef made():\n    return one()"
JOB = "@job\ndef nightly():\n    one()"
EARLIER = "assetbook: the job `nightly` has the earlier `one`: run the cell of `nightly`"

DOUBT = "the graph `made` has an earlier `one`, whose cell ran again: run the cell of `made` again"


@pytest.fixture
def made(book: Book) -> Book:
    """An op, an asset of a graph with it, which is fresh, and a job with it."""
    book.run(ONE.format(1), "one")
    book.run(MADE, "made")
    book.run(JOB, "nightly")
    book.run("%materialize made")
    return book


def state(book: Book) -> tuple[str, str]:
    now, _, _ = book.live.standing()
    [found] = now.states.values()
    return found.state, found.reasons[0].text if found.reasons else ""


def told(shown: str) -> list[str]:
    return [line for line in shown.splitlines() if line.startswith("assetbook: ")]


def test_an_asset_with_an_op_of_before_is_never_fresh(made: Book) -> None:
    made.run(ONE.format(2), "one")
    assert state(made) == ("unknown", DOUBT)
    made.run("%materialize made")
    assert made.instance.value("made") == 1
    assert state(made) == ("unknown", DOUBT)
    made.run(MADE, "made")
    assert state(made)[0] == "stale"
    made.run("%materialize made")
    assert (made.instance.value("made"), state(made)) == (2, ("fresh", ""))


def test_a_job_with_an_op_of_before_is_told_of(made: Book) -> None:
    assert EARLIER in told(made.run(ONE.format(2), "one"))
    assert EARLIER not in told(made.run("x = 1"))
    assert EARLIER in told(made.run("launched = %launch nightly"))
    assert EARLIER not in told(made.run(JOB, "nightly"))
    assert told(made.run("%launch nightly")) == []


def test_the_graphs_between_are_named(book: Book) -> None:
    book.run(ONE.format(1), "one")
    book.run("@graph\ndef inner():\n    return one()", "inner")
    book.run("@job\ndef outer():\n    inner()", "outer")
    assert told(book.run(ONE.format(2), "one")) == [
        "assetbook: the job `outer` has the earlier `one`, in `inner`: "
        "run the cell of `inner` and then of `outer`"
    ]


@pytest.mark.parametrize(
    ("text", "cell"),
    [
        (ONE.format(1), "one"),  # the same text
        (ONE.format(1) + "\n\n@op\ndef two() -> int:\n    return 2", "one"),  # it is as it was
        (ONE.format(2), "another"),  # run from top to bottom, the graph has the first one
    ],
)
def test_what_a_run_from_top_to_bottom_gives_too_is_fresh(made: Book, text: str, cell: str) -> None:
    assert told(made.run(text, cell)) == []
    assert state(made) == ("fresh", "")
