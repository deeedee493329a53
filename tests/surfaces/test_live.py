"""A live notebook: what happens around each cell, and after a restart."""

from __future__ import annotations

import json
from pathlib import Path

import nbformat
import pytest
from tests.surfaces.book import Book, CellFailedError, opened

from assetbook.instance.asset_record import Snapshot
from assetbook.instance.snapshots import recall

NUMBERS = "@asset\ndef numbers():\n    return [1, 2, 3]"
TOTAL = "%%asset total\nsum(numbers)"


def snapshot(book: Book) -> Snapshot:
    found = recall(book.instance, book.live.location)
    assert found is not None
    return found


def test_the_store_is_the_one_around_the_notebook(book: Book) -> None:
    assert book.live.location == "book.ipynb"
    assert book.instance.values.root == book.path.parent / ".assetbook" / "values"


def test_a_defining_cell_says_how_its_asset_stands(book: Book) -> None:
    assert book.run(NUMBERS) == "○ numbers · never materialized"


def test_cells_that_define_nothing_are_left_alone(book: Book) -> None:
    assert book.run("1 + 1").startswith("Out[3]: 2")
    assert recall(book.instance, "book.ipynb") is None


def test_a_snapshot_follows_each_cell_that_changes_something(book: Book) -> None:
    book.run(NUMBERS, "a")
    first = snapshot(book)
    assert [(each.key, each.cell) for each in first.assets] == [("numbers", "In[3]")]
    book.run("unrelated = 3")
    assert snapshot(book).at == first.at
    book.run(NUMBERS.replace("3]", "4]"), "a")
    assert snapshot(book).cell == "In[5]"
    assert snapshot(book).assets[0].code != first.assets[0].code


def test_an_edited_helper_changes_the_snapshot(book: Book) -> None:
    book.run("def helper():\n    return 1")
    book.run("@asset\ndef made():\n    return helper()")
    before = snapshot(book).assets[0].code
    book.run("def helper():\n    return 2")
    assert snapshot(book).assets[0].code != before


def test_a_deleted_definition_leaves_the_snapshot(book: Book) -> None:
    book.run(NUMBERS, "a")
    book.run("%forget numbers")
    assert book.run("x = 1") is not None
    assert snapshot(book).assets == ()


def test_runs_name_the_notebook_and_its_cell(book: Book) -> None:
    book.run(NUMBERS)
    book.run("%materialize numbers")
    [run] = book.instance.runs()
    assert (run.origin.kind, run.origin.notebook, run.origin.cell) == (
        "session",
        "book.ipynb",
        "In[4]",
    )


def test_a_wrong_definition_is_said_once_and_others_work(book: Book) -> None:
    book.run(NUMBERS)
    assert "`wrong` cannot be used yet" in book.run("@asset\ndef wrong(nowhere):\n    return 1")
    assert "cannot be used" not in book.run("x = 1")
    assert "1 materialized" in book.run("%materialize numbers")


def test_a_store_that_cannot_be_written_spoils_no_cell(book: Book) -> None:
    book.run(NUMBERS)
    book.instance.store.close()
    assert "assetbook: " in book.run("@asset\ndef other():\n    return 1")
    assert "(the cell itself ran)" in book.shown
    assert book.run("print('on')").startswith("on\n")


# -- restarts


def test_after_a_restart_assets_are_known_and_unknown(tmp_path: Path) -> None:
    with opened(tmp_path) as book:
        book.run(NUMBERS)
        book.run(TOTAL)
    with opened(tmp_path) as book:
        assert "cell not run in this kernel" in book.run("%assets")
        assert "unknown" in book.run("%show total")
        book.run("%value total")
        assert book.result == 6
        book.run("%%asset twice\ntotal * 2")
        assert book.result == 12
        with pytest.raises(CellFailedError, match="has not run in this kernel\nRun that cell"):
            book.run("%materialize total")


def test_after_a_restart_running_the_cell_again_is_fresh(tmp_path: Path) -> None:
    with opened(tmp_path) as book:
        book.run(NUMBERS)
        book.run(TOTAL)
    with opened(tmp_path) as book:
        book.run(NUMBERS)
        assert "`total` is fresh since" in book.run(TOTAL)
        assert len(book.instance.runs()) == 1


def test_after_a_restart_what_ran_can_be_read(tmp_path: Path) -> None:
    with opened(tmp_path) as book:
        book.run("%%asset loud\nprint('heard')\n1")
        run = book.instance.runs()[0].id
    with opened(tmp_path) as book:
        assert run[:6] in book.run("%runs")
        assert "heard" in book.run(f"%logs {run[:6]}")
        assert "heard" in book.run("%logs")
        assert run[:6] in book.run("%versions loud")


def test_what_was_remembered_stays_until_forgotten(tmp_path: Path) -> None:
    with opened(tmp_path) as book:
        book.run(NUMBERS)
        book.run(TOTAL)
    with opened(tmp_path) as book:
        book.run("@asset\ndef third():\n    return 3")
        assert sorted(each.key for each in snapshot(book).assets) == ["numbers", "third", "total"]
        book.run("%forget total")
        assert "total" not in book.run("%assets")
        assert sorted(each.key for each in snapshot(book).assets) == ["numbers", "third"]
        assert "total" in book.run("%assets --orphans")


def test_orphans_are_said_to_be_none(book: Book) -> None:
    book.run(TOTAL.replace("numbers", "[1]"))
    assert "No orphans: every asset that has versions is defined" in book.run("%assets --orphans")


# -- several notebooks


def test_a_key_of_another_notebook_is_refused_and_taken_over(tmp_path: Path) -> None:
    with opened(tmp_path, "a.ipynb") as book:
        book.run("%%asset orders\n1")
    with opened(tmp_path, "b.ipynb") as book:
        assert "`orders` belongs to a.ipynb" in book.run("@asset\ndef orders():\n    return 2")
        for refused in ("%materialize orders", "%plan", "%%asset orders\n3"):
            with pytest.raises(CellFailedError, match=r"belongs to a\.ipynb.*\n.*--take-over"):
                book.run(refused)
        book.run("@asset\ndef orders():\n    return 2")
        assert "`orders` moved here from a.ipynb" in book.run("%materialize orders --take-over")
        assert book.run("%materialize orders").startswith("all fresh")
    with opened(tmp_path, "a.ipynb") as book, pytest.raises(CellFailedError, match=r"b\.ipynb"):
        book.run("%%asset orders\n1")


def test_an_asset_cell_takes_over_by_itself(tmp_path: Path) -> None:
    with opened(tmp_path, "a.ipynb") as book:
        book.run("%%asset orders\n1")
    with opened(tmp_path, "b.ipynb") as book:
        book.run("%%asset orders --take-over\n2")
        book.run("%%asset orders\n3")
        assert book.result == 3


def test_what_a_gone_notebook_owned_moves_with_a_notice(tmp_path: Path) -> None:
    with opened(tmp_path, "a.ipynb") as book:
        book.run("%%asset orders\n1")
    (tmp_path / "a.ipynb").rename(tmp_path / "b.ipynb")
    with opened(tmp_path, "b.ipynb") as book:
        shown = book.run("%%asset orders\n1")
        assert "`orders` moved here from a.ipynb, which is no more" in shown
        assert "`orders` is fresh since" in shown
        assert "moved" not in book.run("%%asset orders\n1")


def test_a_scratch_notebook_says_so_and_owns_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with opened(tmp_path, scratch=True) as book:
        assert book.live.location is None
        book.run("%%asset orders\n1")
    with opened(tmp_path, "b.ipynb") as book:
        book.run("%%asset orders\n2")
        assert book.result == 2


# -- what front ends send


def test_cells_without_ids_are_known_by_their_text(tmp_path: Path) -> None:
    with opened(tmp_path) as book:

        def run(text: str) -> None:
            book.shell.run_cell(text, store_history=True)

        run(NUMBERS)
        run(TOTAL)
        run(TOTAL)
        assert "2 assets: 2 fresh" in book.run("%assets")


def test_the_notebooks_path_may_come_from_vs_code(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "code.ipynb").write_text(json.dumps({}))
    monkeypatch.setenv("JPY_SESSION_NAME", str(tmp_path / "code.ipynb"))
    with opened(tmp_path, scratch=True) as book:
        assert book.live.location is None
    monkeypatch.undo()
    from assetbook.notebook.notebook_path import notebook_path

    found = notebook_path({"__vsc_ipynb_file__": str(tmp_path / "code.ipynb")}, {})
    assert found == tmp_path / "code.ipynb"


def test_only_defining_runs_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ASSETBOOK_DEFINE_ONLY", "1")
    with opened(tmp_path) as book:
        book.run("%%asset orders\n1 / 0")
        assert "whose cells only define" in book.run("%materialize orders")
        assert "1 step" in book.run("%plan")
        assert book.instance.runs() == []


def test_a_project_may_only_register(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text("[tool.assetbook]\nregister_only = true\n")
    with opened(tmp_path) as book:
        book.run("%%asset orders\n1")
        assert book.instance.runs() == []
        assert "1 materialized" in book.run("%materialize orders")


def test_the_text_above_the_saved_cell_is_shown(book: Book) -> None:
    cell = nbformat.v4.new_code_cell("@asset\ndef orders():\n    return 1", id="orders-cell")
    text = nbformat.v4.new_markdown_cell("All orders.")
    nbformat.write(nbformat.v4.new_notebook(cells=[text, cell]), book.path)
    book.run(cell.source, cell_id="orders-cell")
    assert "All orders." in book.run("%show orders")


def test_a_cell_makes_what_it_defines(book: Book) -> None:
    said = book.run(f"{NUMBERS}\n%materialize numbers")
    assert "1 materialized" in said and said.endswith("● numbers · fresh")


def test_what_a_cell_defines_anew_is_what_it_makes(book: Book) -> None:
    book.run(f"{NUMBERS}\n%materialize numbers", "a")
    said = book.run(f"{NUMBERS.replace('3]', '4]')}\n%materialize numbers", "a")
    assert "its own code changed, In[4]" in said
    assert book.instance.value("numbers") == [1, 2, 4]


def test_a_cell_launches_the_job_that_it_defines(book: Book) -> None:
    ops = "@op\ndef fetch():\n    return 1\n@job\ndef nightly():\n    fetch()\n"
    assert "1 op done" in book.run(f"from assetbook import job, op\n{ops}%launch nightly")


def test_an_asset_cell_says_what_became_of_a_value(book: Book) -> None:
    book.run("total = 1")
    assert "`total` was a value: it is kept as `total_`" in book.run("%%asset total\n2")
