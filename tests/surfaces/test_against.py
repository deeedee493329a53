"""A notebook against a git revision of it: what is new, changed, gone, and what would follow."""

from __future__ import annotations

import hashlib
import json
import subprocess
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import nbformat
import pytest
from tests.surfaces.book import Book, CellFailedError
from tests.surfaces.shell import told

from assetbook import plan
from assetbook.errors import DefinitionError, NotLoadedError, SelectionError, UsageError
from assetbook.events.parts import Origin
from assetbook.instance.bundles import keep_bundle
from assetbook.instance.bundling import bundle_of
from assetbook.instance.instance import Instance
from assetbook.instance.pins import pin
from assetbook.instance.revision_plan import RevisionPlan
from assetbook.notebook.document import read_document
from assetbook.notebook.git_tree import GitTree
from assetbook.notebook.local_imports import WorkTree
from assetbook.surfaces.against import plan_against
from assetbook.surfaces.code_location import load_definitions
from assetbook.surfaces.desk import StoreDesk
from assetbook.surfaces.display.revision_view import RevisionView

FIRST = {
    "load": "%load_ext assetbook\nfrom shop import clean",
    "rate": "RATE = 2",
    "orders": "@asset\ndef orders():\n    return clean([1, 2])",
    "total": "%%asset total\nsum(orders) * RATE",
    "report": "%%asset report\nf'{total} in all'",
    "same": "@asset\ndef same():\n    return clean([3])",
    "old": "@asset\ndef old():\n    return 1",
    "reader": "@asset\ndef reader(old):\n    return old",
}
SHOP = "def clean(rows):\n    return [row for row in rows if row]\n"


def git(folder: Path, *words: str) -> str:
    name = ["-c", "user.name=ann", "-c", "user.email=ann@example.com"]
    done = subprocess.run(
        ["git", *name, *words], cwd=folder, capture_output=True, text=True, check=True
    )
    return done.stdout


def save(folder: Path, cells: dict[str, str]) -> Path:
    notebook = nbformat.v4.new_notebook()
    notebook.cells = [nbformat.v4.new_code_cell(text, id=name) for name, text in cells.items()]
    nbformat.write(notebook, folder / "books" / "shop.ipynb")
    return folder / "books" / "shop.ipynb"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.delenv("ASSETBOOK_STORE", raising=False)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "pyproject.toml").touch()
    (tmp_path / "books").mkdir()
    (tmp_path / "books" / "shop.py").write_text(SHOP)
    git(tmp_path, "init", "-q", "-b", "main")
    save(tmp_path, FIRST)
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "-q", "-m", "shop")
    return tmp_path


@pytest.fixture
def instance(folder: Path) -> Iterator[Instance]:
    opened = Instance.get(folder)
    yield opened
    opened.close()


def files(folder: Path) -> dict[str, str]:
    found = (each for each in folder.rglob("*") if each.is_file())
    return {
        str(each.relative_to(folder)): hashlib.sha256(each.read_bytes()).hexdigest()
        for each in found
        if ".assetbook" not in each.parts and "__pycache__" not in each.parts
    }


def kinds(plan: RevisionPlan) -> dict[str, str]:
    return {each.key: each.kind for each in plan.changes}


def test_changes_and_what_follows_are_told(folder: Path, instance: Instance) -> None:
    location = load_definitions(folder / "books" / "shop.ipynb", in_process=True)
    assert location.materialize("total+").success
    edited = {**FIRST, "rate": "RATE = 3", "new": "@asset\ndef new(same):\n    return same"}
    del edited["old"]
    save(folder, edited)
    before = files(folder)
    plan = plan_against("books/shop.ipynb", "main")
    assert files(folder) == before
    assert kinds(plan) == {"total": "changed", "new": "added", "old": "removed", "reader": "broken"}
    (total,) = (each for each in plan.changes if each.key == "total")
    assert total.what == ("code",)
    assert [(each.kind, each.name) for each in total.differences] == [("constant", "RATE")]
    assert total.differences[0].lines[1:] == ("-2", "+3")
    assert plan.downstream == ("report",)
    assert plan.durations["new"] is None
    took = [plan.durations["total"], plan.durations["report"]]
    assert all(each is not None and each > 0 for each in took)
    assert plan.never_run == 1
    said = str(RevisionView(plan))
    assert said.startswith("books/shop.ipynb against main (")
    assert "1 added, 1 changed, 1 removed, 1 broken, 1 downstream, about " in said
    assert "and 1 step never run" in said
    assert "broken: " in said


def test_a_helper_of_that_time_is_compared_without_secrets_and_data(folder: Path) -> None:
    (folder / "books" / "shop.py").write_text(SHOP.replace("if row", "if row > 1"))
    load_definitions(folder / "books" / "shop.ipynb", in_process=True)  # its newest snapshot
    edited = {
        **FIRST,
        "rate": "RATE = 2\nNAMES = ['Ada Lovelace'] * 9",
        "same": "@asset\ndef same():\n    password = 'hunter22'\n    return [password, NAMES]",
    }
    save(folder, edited)
    view = RevisionView(plan_against("books/shop.ipynb", "HEAD"))
    said = view.markdown()
    assert "| ~ | orders | changed: code | never run |" in said
    assert "|  | total | would become stale |" in said
    assert "-    return [row for row in rows if row]" in said
    assert "+    return [row for row in rows if row > 1]" in said
    assert "password = '***'" in said
    for each in (said, str(view), json.dumps(view.to_json()), view.html()):
        assert "hunter22" not in each
        assert "Lovelace" not in each


def test_nothing_differs_of_what_is_only_looked_at(folder: Path) -> None:
    save(folder, {**FIRST, "look": "print('looking')", "same": FIRST["same"] + "  # as it was"})
    found = told("plan", "books/shop.ipynb", "--against", "main", "--json", "--check")
    assert found.exit_code == 0, found.output
    assert json.loads(found.stdout)["changes"] == []


@pytest.mark.long
def test_a_notebook_that_was_not_there_is_all_new(folder: Path) -> None:
    (folder / "books" / "shop.ipynb").rename(folder / "books" / "other.ipynb")
    found = told("plan", "books/other.ipynb", "--against", "main", "--format", "json", "--check")
    assert found.exit_code == 1, found.output
    changes = json.loads(found.stdout)["changes"]
    assert {each["kind"] for each in changes} == {"added"}
    assert len(changes) == 6


def test_the_nearest_branch_is_offered(folder: Path) -> None:
    with pytest.raises(SelectionError, match=r"the git revision `mian`(.|\n)*Did you mean `main`"):
        plan_against("books/shop.ipynb", "mian")


def test_no_option_of_git_is_a_revision(folder: Path) -> None:
    with pytest.raises(SelectionError, match="no such commit"):
        GitTree(folder, "--output=x")


def test_a_folder_outside_of_git_is_said(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").touch()
    (tmp_path / "books").mkdir()
    with pytest.raises(NotLoadedError, match="not in a git repository"):
        plan_against(save(tmp_path, FIRST), "main")


def test_a_revision_that_cannot_be_loaded_is_named(folder: Path) -> None:
    save(folder, {**FIRST, "rate": "RATE = "})
    git(folder, "commit", "-qam", "broken")
    save(folder, FIRST)
    with pytest.raises(DefinitionError, match=r"shop.ipynb at HEAD .*cell 2"):
        plan_against("books/shop.ipynb", "HEAD")


def test_a_format_needs_a_revision(folder: Path) -> None:
    found = told("plan", "books/shop.ipynb", "--format", "markdown")
    assert isinstance(found.exception, UsageError)


@pytest.mark.long
def test_a_pin_is_compared_too(folder: Path, instance: Instance) -> None:
    path = folder / "books" / "shop.ipynb"
    bundle = bundle_of(read_document(path), WorkTree(folder), "books/shop.ipynb")
    ann = Origin(kind="cli", user="ann", host="laptop")
    pin(instance, "books/shop.ipynb", keep_bundle(instance, bundle), by=ann)
    save(folder, {**FIRST, "old": "@asset\ndef old():\n    return 2"})
    plan = plan_against(path, "pin")
    assert kinds(plan) == {"old": "changed"}
    assert plan.downstream == ("reader",)
    assert plan.against.startswith("its pin (")
    assert plan.against.endswith("by ann@laptop)")


def test_a_live_notebook_is_compared_as_its_file_is(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = save(folder, {**FIRST, "rate": "RATE = 3"})
    monkeypatch.setenv("ASSETBOOK_NOTEBOOK", str(path))
    with closing(Book(path.parent, path.name)) as book:
        said = book.run("%plan --against main")
        assert "books/shop.ipynb against main (" in said
        assert "~  total" in said
        assert [each.key for each in plan(against="main").plan.changes] == ["total"]
        with pytest.raises(CellFailedError, match="it is about the whole notebook"):
            book.run("%plan total --against main")


def test_a_comparison_needs_a_notebook(folder: Path, instance: Instance) -> None:
    with pytest.raises(UsageError, match="no notebook here"):
        plan(against="main", desk=StoreDesk(instance))
