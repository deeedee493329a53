"""Local modules: what is reached of them counts; where file and module disagree it is unknown."""

from __future__ import annotations

import importlib
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests.notebook.live_notebook import LiveNotebook

from assetbook.notebook.local_modules import is_installed_file, is_local_module

TEXT = """import numpy as np
LIMIT = 3
OTHER = max(1, 2)
def parse(a):
    return inner(a) + LIMIT
def inner(a):
    return a
def unrelated():
    return 1
class Model:
    n = 1
"""
Edit = Callable[[str, str], None]


@pytest.fixture
def notebook(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[LiveNotebook]:
    (tmp_path / "own_steps.py").write_text(TEXT)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    made = LiveNotebook(project_root=tmp_path)
    made.run("import own_steps")
    yield made
    del sys.modules["own_steps"]


@pytest.fixture
def edit(tmp_path: Path) -> Edit:
    path = tmp_path / "own_steps.py"

    def change(old: str, new: str) -> None:
        status = path.stat()
        path.write_text(path.read_text().replace(old, new))
        os.utime(path, (status.st_atime, status.st_mtime + 5))

    return change


def reload() -> None:
    importlib.reload(sys.modules["own_steps"])


def test_only_what_is_reached_counts(notebook: LiveNotebook, edit: Edit) -> None:
    notebook.run("def f(): return own_steps.parse(1)")
    first = notebook.version()
    assert {"helper:own_steps.parse", "helper:own_steps.inner", "constant:own_steps.LIMIT"} <= set(
        first.pieces
    )
    assert first.pieces["helper:own_steps.parse"].where == "own_steps.py"
    edit("def unrelated():\n    return 1", "def unrelated():\n    return 22")
    reload()
    assert notebook.digest() == first.digest
    edit("return a\n", "return a * 2\n")
    reload()
    assert notebook.digest() != first.digest


@pytest.mark.parametrize(
    ("use", "old", "new", "name"),
    [
        ("own_steps.parse(1)", "return inner(a)", "return 5 + inner(a)", "own_steps.parse"),
        ("own_steps.parse(1)", "return a\n", "return a + 5\n", "own_steps.inner"),
        ("own_steps.LIMIT", "LIMIT = 3", "LIMIT = 4", "own_steps.LIMIT"),
        ("own_steps.OTHER", "max(1, 2)", "max(1, 3)", "own_steps.OTHER"),
    ],
)
def test_an_edit_without_a_reload_is_unknown(
    notebook: LiveNotebook, edit: Edit, use: str, old: str, new: str, name: str
) -> None:
    notebook.run(f"def f(): return {use}")
    assert notebook.version().unknowns == ()
    edit(old, new)
    unknowns = notebook.version().unknowns
    assert name in [each.name for each in unknowns]
    assert all("own_steps.py was edited and not reloaded" in each.why for each in unknowns)


def test_a_comment_in_the_file_is_no_edit(notebook: LiveNotebook, edit: Edit) -> None:
    notebook.run("def f(): return own_steps.parse(1)")
    first = notebook.digest()
    edit("def parse(a):", "# a comment\n\ndef parse(a):")
    assert notebook.digest() == first


def test_a_function_older_than_its_module_is_unknown(notebook: LiveNotebook, edit: Edit) -> None:
    notebook.run("from own_steps import inner", "def f(): return inner(1)")
    assert notebook.version().unknowns == ()
    edit("return a\n", "return a * 2\n")
    reload()
    assert "is the old one: import it again" in notebook.version().unknowns[0].why


def test_a_file_that_is_gone_is_unknown(notebook: LiveNotebook, tmp_path: Path) -> None:
    notebook.run("def f(): return own_steps.parse(1)")
    assert notebook.version().unknowns == ()
    (tmp_path / "own_steps.py").unlink()
    assert "is gone" in notebook.version().unknowns[0].why


def test_an_import_within_the_code_is_followed(notebook: LiveNotebook) -> None:
    notebook.run("def f():\n    from own_steps import parse as p\n    return p(1)")
    assert "helper:own_steps.parse" in notebook.version().pieces
    notebook.run("def f():\n    import own_steps as o\n    return o.parse(1)")
    assert "constant:own_steps.LIMIT" in notebook.version().pieces


def test_a_module_that_is_not_loaded_yet_is_unknown(notebook: LiveNotebook, tmp_path: Path) -> None:
    (tmp_path / "later_steps.py").write_text("X = 1")
    importlib.invalidate_caches()
    notebook.run("def f():\n    import later_steps\n    return later_steps.X")
    assert notebook.version().unknowns[0].name == "later_steps"


def test_a_module_used_as_a_whole_counts_whole(notebook: LiveNotebook, edit: Edit) -> None:
    notebook.run("def f(use): return use(own_steps)")
    first = notebook.digest()
    edit("def unrelated():\n    return 1", "def unrelated():\n    return 22")
    reload()
    assert notebook.digest() != first


def test_a_patched_module_attribute_counts(notebook: LiveNotebook) -> None:
    notebook.run("def f(): return own_steps.parse(1)")
    first = notebook.digest()
    notebook.run("own_steps.parse = lambda a: 5")
    assert notebook.version().digest != first


def test_storing_into_a_module_is_state(notebook: LiveNotebook) -> None:
    notebook.run("def f():\n    own_steps.LIMIT = 5\n    return own_steps.parse(1)")
    assert notebook.version().unknowns[0].why.startswith("`own_steps` is changed")


def test_installed_and_local_code_are_told_apart(tmp_path: Path) -> None:
    import numpy

    assert numpy.__file__ is not None
    assert is_installed_file(numpy.__file__)
    assert is_installed_file(os.__file__)
    assert is_installed_file(str(tmp_path / ".venv/lib/python3.11/site-packages/x.py"))
    assert not is_installed_file(str(tmp_path / "x.py"))
    assert is_local_module("__main__")
    assert not is_local_module("assetbook.keys")
    assert not is_local_module("itertools")
