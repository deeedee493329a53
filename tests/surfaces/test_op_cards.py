"""A cell that defines ops, graphs and jobs shows them below."""

from __future__ import annotations

from tests.surfaces.book import Book

TWO = "@op\ndef fetch() -> str:\n    return 'a'\n@op\ndef shout(text: str) -> str:\n    return text"
JOB = "@job\ndef loud():\n    shout(fetch())"
LOUD = ["loud  job, 2 ops", "· fetch     → str", "└─ · shout  → str"]


def test_ops_have_a_line_each(book: Book) -> None:
    assert book.run(TWO).split("\n") == ["· fetch · op · → str", "· shout · op · text: str → str"]
    assert book.run("fetch()") == "Out[4]: 'a'\n"


def test_a_job_has_a_card_with_its_graph(book: Book) -> None:
    book.run(TWO)
    assert book.run(JOB, "jobs").split("\n") == LOUD
    assert book.run("x = 1") == ""
    assert book.run(JOB, "jobs").split("\n") == LOUD


def test_a_cell_that_ends_with_its_job_shows_it_once(book: Book) -> None:
    shown = book.run(f"{TWO}\n{JOB}\nloud")
    assert shown.count("loud  job") == 1


def test_the_graph_of_a_job_is_drawn_once(book: Book) -> None:
    made = f"{TWO}\n@graph\ndef both():\n    shout(fetch())\nnightly = both.to_job('nightly')"
    lines = book.run(made).split("\n")
    assert "· both · graph, 2 ops" in lines
    assert "nightly  job, 2 ops" in lines


def test_a_job_of_assets_says_what_it_selects(book: Book) -> None:
    assert book.run("weekly = define_asset_job('weekly', '+report')") == (
        "· weekly · job of assets · +report"
    )


def test_many_ops_are_counted(book: Book) -> None:
    many = "\n".join(f"@op\ndef o{each}(): pass" for each in range(9))
    assert book.run(many) == "· 9 ops · o0, o1, o2, o3, o4, o5 and 3 more"


def test_what_another_cell_or_module_made_is_not_shown_again(book: Book) -> None:
    (book.path.parent / "parts.py").write_text(f"from assetbook import *\n{TWO}\n")
    book.run("import sys; sys.path.insert(0, '.')")
    assert book.run("from parts import fetch, shout") == ""
    assert book.run("again = fetch") == ""


def test_a_graph_asset_shows_its_graph(book: Book) -> None:
    book.run(TWO)
    shown = book.run("@graph_asset\ndef words():\n    return shout(fetch())\nwords")
    assert "└─ · shout  → str" in shown
    assert "○ words · never materialized" in shown
