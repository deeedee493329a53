"""``%load_ext assetbook`` puts its parts into the shell, and takes them out again."""

from __future__ import annotations

import gc
from pathlib import Path

import pytest
from IPython.core.error import UsageError
from tests.surfaces.book import Book, CellFailedError, opened

import assetbook
from assetbook.surfaces.desk import live_desk
from assetbook.surfaces.extension import asset_line_first


def test_a_second_load_changes_nothing(book: Book) -> None:
    live = book.live
    book.run("%reload_ext assetbook")
    book.run("import assetbook\nassetbook.load_ipython_extension(get_ipython())")
    assert book.run("@asset\ndef one():\n    return 1").count("one ·") == 1
    assert live_desk() is not None
    assert live.location == book.live.location


@pytest.mark.parametrize("collects", [True, False])
def test_the_collector_is_left_as_it_was(book: Book, collects: bool) -> None:
    try:
        (gc.enable if collects else gc.disable)()
        book.run("%reload_ext assetbook")
        assert gc.isenabled() == collects
    finally:
        gc.enable()


def test_the_decorators_are_brought(tmp_path: Path) -> None:
    with opened(tmp_path) as book:
        assert callable(book.names["asset"])
        assert callable(book.names["multi_asset"])


def test_names_of_ones_own_are_kept(tmp_path: Path) -> None:
    with opened(tmp_path) as book:
        book.run("%unload_ext assetbook")
        book.shell.user_ns["asset"] = "mine"
        book.run("%load_ext assetbook")
        assert book.names["asset"] == "mine"


def test_unloading_takes_the_hooks_out(tmp_path: Path) -> None:
    with opened(tmp_path) as book:
        book.run("@asset\ndef one():\n    return 1")
        book.run("%unload_ext assetbook")
        assert live_desk() is None
        assert book.run("@asset\ndef two():\n    return 1") == ""
        assert book.shell.Completer.custom_matchers == []
        book.run("%load_ext assetbook")


EARLY = "from assetbook import asset\n@asset\ndef early():\n    return 1"
SAME = "%load_ext assetbook\n@asset\ndef same(early):\n    return early + 1"


def test_what_was_defined_before_it_was_loaded_counts(book: Book) -> None:
    book.run("%unload_ext assetbook")
    book.run(EARLY)
    said = book.run(SAME, cell_id="loads")
    assert "defined before assetbook was loaded: `early` (In[4])" in said
    assert "○ same · from early" in said
    book.run("%materialize")
    assert book.instance.value("same") == 2
    assert {str(row.key): row.cell for row in assetbook.assets()} == {
        "early": "In[4]",
        "same": "In[5]",
    }


def test_the_cell_that_loads_it_may_ask_for_what_it_defines(book: Book) -> None:
    book.run("%unload_ext assetbook")
    book.run(EARLY)
    book.run(f"{SAME}\n%materialize same")
    assert book.instance.value("same") == 2


def test_the_cell_that_loads_it_runs_again_as_any_other(book: Book) -> None:
    book.run("%unload_ext assetbook")
    book.run(EARLY, cell_id="early")
    book.run(SAME, cell_id="loads")
    assert "headless" not in book.run(EARLY, cell_id="early")
    assert "`same` is no longer defined (In[5])" in book.run("%load_ext assetbook", cell_id="loads")
    assert [str(row.key) for row in assetbook.assets()] == ["early"]


def test_a_scratch_notebook_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with opened(tmp_path, scratch=True) as book:
        book.run("%unload_ext assetbook")
        said = book.run("%load_ext assetbook")
    assert "this notebook's file is not known, so its definitions count as scratch" in said
    assert f"the store is below {tmp_path.name}/" in said


def test_definitions_show_themselves(book: Book) -> None:
    book.run("@asset(group_name='raw')\ndef orders():\n    '''All of them.'''\n    return 1")
    assert "All of them." in book.run("orders")
    assert book.run("print(repr(orders))") == "<asset orders>\n"


def test_a_definition_says_it_is_not_its_value(book: Book) -> None:
    book.run("@asset\ndef orders():\n    return 1")
    with pytest.raises(CellFailedError, match=r"not its value\nIts latest value is `%value orders"):
        book.run("orders.shape")


def test_a_definition_reads_its_value(book: Book) -> None:
    book.run("%%asset orders\n[1, 2]")
    book.run("orders.value(), orders.value(1), assetbook.value('orders@1')")
    assert book.result == ([1, 2], [1, 2], [1, 2])


@pytest.mark.parametrize(
    ("cell", "moved"),
    [
        ("# why\n%%asset x\n1\n", "%%asset x\n# why\n1\n"),
        ("\n# a\n\n  %%asset x\n1\n", "%%asset x\n\n# a\n\n1\n"),
        ("%%asset --help", "%%asset --help\n\n"),
        ("x = 1\n%%asset x\n", "x = 1\n%%asset x\n"),
        ("# %%asset x\n1\n", "# %%asset x\n1\n"),
        ("%%assets\n", "%%assets\n"),
    ],
)
def test_comments_may_stand_above_an_asset_cell(cell: str, moved: str) -> None:
    assert "".join(asset_line_first(cell.splitlines(keepends=True))) == moved


def test_lines_keep_their_numbers_below_comments(book: Book) -> None:
    with pytest.raises(CellFailedError, match=r"In\[3\], line 4"):
        book.run("# one\n# two\n%%asset x\n1 / 0")


def test_usage_errors_of_ipython_stay_its_own(book: Book) -> None:
    with pytest.raises(UsageError):
        book.shell.run_line_magic("materialise", "")
