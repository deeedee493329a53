"""The tree of a live function: in cells, in files, several to a line, edited, gone."""

from __future__ import annotations

import ast
import importlib
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest
from tests.notebook.live_notebook import LiveNotebook

from assetbook.notebook.cell_source import Found, NotFound, class_source, source_of


def body_of(fn: object) -> str:
    found = source_of(fn.__code__)  # type: ignore[attr-defined]
    assert isinstance(found, Found)
    assert isinstance(found.tree, ast.Lambda | ast.FunctionDef | ast.AsyncFunctionDef)
    return ast.unparse(found.tree.body if isinstance(found.tree, ast.Lambda) else found.tree)


@pytest.fixture
def module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ModuleType]:
    (tmp_path / "some_steps.py").write_text("def clean(a):\n    return a + 1\n")
    monkeypatch.syspath_prepend(tmp_path)
    yield importlib.import_module("some_steps")
    del sys.modules["some_steps"]


def rewrite(module: ModuleType, text: str) -> None:
    assert module.__file__ is not None
    Path(module.__file__).write_text(text)


def test_lambdas_on_one_line_are_told_apart() -> None:
    notebook = LiveNotebook()
    notebook.run("a, b, c = lambda x: x + 1, lambda x: x + 2, lambda: lambda: 3")
    assert body_of(notebook.names["a"]) == "x + 1"
    assert body_of(notebook.names["b"]) == "x + 2"
    assert body_of(notebook.names["c"]()) == "3"


def test_a_decorated_function_is_found_with_its_decorators() -> None:
    notebook = LiveNotebook()
    notebook.run("def d(g): return g\n@d\n\n@d\ndef f(): return 1")
    found = source_of(notebook.names["f"].__code__)
    assert isinstance(found, Found)
    assert (found.line, found.text) == (2, "@d\n\n@d\ndef f(): return 1")


def test_a_class_of_a_cell_is_found_by_its_methods_file() -> None:
    notebook = LiveNotebook()
    notebook.run("x = 1\nclass A:\n    def m(self): return 1")
    cls = notebook.names["A"]
    found = class_source(cls, cls.m.__code__.co_filename)
    assert found is not None
    assert found.text == "class A:\n    def m(self): return 1"


def test_two_cells_with_one_function_keep_their_own_text() -> None:
    notebook = LiveNotebook()
    notebook.run("def f(): return 1  # first")
    first = notebook.names["f"]
    notebook.run("def f(): return 1  # second")
    texts = [source_of(each.__code__) for each in (first, notebook.names["f"])]
    assert [each.text for each in texts if isinstance(each, Found)] == [
        "def f(): return 1  # first",
        "def f(): return 1  # second",
    ]


def test_a_files_text_counts_while_it_is_the_live_code(module: ModuleType) -> None:
    assert body_of(module.clean) == "def clean(a):\n    return a + 1"
    rewrite(module, '# moved\n\n\ndef clean(a):\n    """New."""\n    return a + 1\n')
    assert body_of(module.clean).endswith("return a + 1")


def test_an_edited_file_is_not_the_live_code(module: ModuleType) -> None:
    rewrite(module, "def clean(a):\n    return a + 22\n")
    assert source_of(module.clean.__code__) == NotFound("some_steps.py was edited and not reloaded")


def test_a_file_that_is_gone_or_broken_is_said(module: ModuleType) -> None:
    rewrite(module, "def clean(:\n")
    assert source_of(module.clean.__code__) == NotFound("some_steps.py cannot be read as Python")
    assert module.__file__ is not None
    Path(module.__file__).unlink()
    assert source_of(module.clean.__code__) == NotFound("its file some_steps.py is gone")


def test_a_string_in_a_comprehension_is_no_docstring(module: ModuleType) -> None:
    text = "def clean(a):\n    return [x + {!r} for x in a]\n"
    rewrite(module, text.format("one"))
    importlib.reload(module)
    rewrite(module, text.format("other"))
    assert isinstance(source_of(module.clean.__code__), NotFound)


def test_code_made_by_exec_has_no_source() -> None:
    names: dict[str, object] = {}
    exec("def f(): pass", names)
    assert source_of(names["f"].__code__) == NotFound(  # type: ignore[attr-defined]
        "it was made by code without a source"
    )
