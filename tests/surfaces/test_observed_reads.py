"""Names read through text join the version: shown, compared, and kept for other kernels."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.surfaces.book import Book, opened
from tests.surfaces.shell import program, saved

from assetbook.instance.observed_reads import observed_reads
from assetbook.keys import AssetKey
from assetbook.notebook.document import Document, SourceCell
from assetbook.notebook.slicing import slice_of

RATE = "rate = 2"
READS = "%%asset doubled\n[eval(each) for each in ('ra' + 'te', '1')]"
SAID = "read `rate` through eval, which its code does not show"
SECOND = "@asset\ndef second():\n    return RUN('rate')"


def state(book: Book, name: str) -> tuple[str, list[str]]:
    found = book.live.standing()[0].states[AssetKey([name])]
    return found.state, [reason.text for reason in found.reasons]


@pytest.fixture
def doubled(book: Book) -> Book:
    book.run(RATE)
    book.shown = book.run(READS, "doubled")
    return book


def test_a_run_says_what_its_code_does_not_show(doubled: Book) -> None:
    assert f"`doubled` {SAID}: it counts from now on" in doubled.shown
    assert SAID not in doubled.run("x = 1")


@pytest.mark.parametrize("verb", ["%show doubled", "%why doubled", "%assets"])
def test_each_view_has_it(doubled: Book, verb: str) -> None:
    shown = doubled.run(verb)
    assert "read `rate` through eval" in " ".join(shown.split())


def test_an_edit_of_what_was_seen_makes_it_stale(doubled: Book) -> None:
    said = doubled.run("rate = 3")
    assert "`doubled` became stale (constant rate 2 → 3)" in said
    assert state(doubled, "doubled")[0] == "stale"


def test_it_is_as_before_once_the_edit_is_taken_back(doubled: Book) -> None:
    before = state(doubled, "doubled")
    doubled.run("rate = 3")
    doubled.run("rate = 2")
    assert state(doubled, "doubled") == before


def test_what_a_run_no_longer_reads_counts_no_more(book: Book) -> None:
    book.run("rate, other, RUN, text = 1, 1, eval, {'is': 'rate'}")
    book.run("@asset(ignore={'RUN', 'text', 'eval'})\ndef one():\n    return RUN(text['is'])")
    book.run("%materialize one")
    assert state(book, "one") == ("fresh", [])
    book.run("text['is'] = 'other'")
    book.run("%materialize one --force")
    book.run("rate = 2")
    assert state(book, "one") == ("fresh", [])
    book.run("other = 2")
    assert state(book, "one") == ("stale", ["constant other 1 → 2"])


def test_functions_are_seen_too_and_inputs_are_not(book: Book) -> None:
    book.run("import pandas as pd\nrate = 2")
    book.run("@asset\ndef orders():\n    return pd.DataFrame({'a': [1, 2, 3]})")
    book.run("@asset\ndef few(orders):\n    ask = orders.query\n    return ask('a > @rate')")
    book.run("%%asset fewer\nask = orders.query\nlimit = 1\nask('a > @limit')")
    book.run("%materialize few")
    assert book.live.standing()[0].states[AssetKey(["few"])].state == "fresh"
    assert "read `rate` through ask" in " ".join(book.run("%show few").split())
    assert "which its code" not in book.run("%show fewer")
    book.run("rate = 1")
    assert state(book, "few")[0] == "stale"


def test_a_helper_module_of_the_project_is_seen(book: Book) -> None:
    (book.path.parent / "rates_here.py").write_text(
        "level = 5\nrun = eval\n\n\ndef of(name):\n    return run(name)\n"
    )
    book.run("import sys; sys.path.insert(0, '')\nimport rates_here")
    book.run("@asset\ndef priced():\n    return rates_here.of('level')")
    book.run("%materialize priced")
    assert "read `rates_here.level` through run" in " ".join(book.run("%show priced").split())
    book.run("rates_here.level = 6")
    assert state(book, "priced")[0] == "stale"


def test_another_kernel_knows_what_was_seen(tmp_path: Path) -> None:
    with opened(tmp_path) as book:
        book.run(RATE)
        book.run(READS, "doubled")
    with opened(tmp_path) as again:
        again.run("rate = 7")
        again.run(READS.replace("%%asset doubled", "%%asset doubled --define"), "doubled")
        assert state(again, "doubled") == ("stale", ["constant rate 2 → 7"])


def test_text_that_cannot_be_seen_leaves_it_unknown(book: Book) -> None:
    book.run(
        "import duckdb, pandas as pd\nconn = duckdb.connect()\nrows = pd.DataFrame({'a': [1]})"
    )
    asked = (
        "@asset(ignore={'conn'})\ndef taken():\n"
        "    return conn.execute('from {}'.format('rows')).fetchall()[0][0]"
    )
    book.run(asked, "a")
    book.run("%materialize taken")
    why = "`conn.execute` was given a text that cannot be seen: what it read cannot be told"
    assert state(book, "taken") == ("unknown", [why])
    book.run(asked.replace("{'conn'}", "{'conn', 'conn.execute'}"), "a")
    book.run("%materialize taken --force")
    assert state(book, "taken") == ("fresh", [])


def test_loading_can_ask_what_was_seen(doubled: Book) -> None:
    assert observed_reads(doubled.instance) == {AssetKey(["doubled"]): {"rate": "eval"}}


def test_a_slice_takes_what_was_seen(tmp_path: Path) -> None:
    texts = ("rate = 2", "other = 3", READS)
    cells = tuple(SourceCell(at, f"c{at}", "code", text) for at, text in enumerate(texts, 1))
    document = Document(tmp_path / "book.ipynb", cells)
    assert set(slice_of(document).why) == {2}
    assert set(slice_of(document, observed=["rate"]).why) == {0, 2}


def test_loading_brings_along_what_was_seen(project: Path) -> None:
    cells = ("import assetbook", "%load_ext assetbook", RATE, READS)
    name = saved(project, *cells).name
    first = program(project, "materialize", name, "doubled")
    assert (first.returncode, "name 'rate' is not defined" in first.stdout) == (1, True)
    assert program(project, "materialize", name, "doubled", "--load", "all").returncode == 0
    again = program(project, "materialize", name, "doubled", "--force")
    assert (again.returncode, again.stderr) == (0, "")
