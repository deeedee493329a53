"""What the kernel holds of a local module is unknown where its file would give something else."""

from __future__ import annotations

import importlib
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests.notebook.live_notebook import LiveNotebook

FILES = {
    "own_shop/__init__.py": "from .rates import RATE, TABLE as table\nfrom .names import *\n",
    "own_shop/rates.py": "RATE = 2\nTABLE = dict(a=1)\n",
    "own_shop/names.py": "NAME = 'a'\n",
    "own_shop/kinds.py": (
        "import enum\n"
        "class Plain:\n    step = 1\n    size = max(1, 2)\n"
        "class Kind(enum.Enum):\n    A = 1\n"
        "class Odd(type):\n    __hash__ = None\n"
        "class Unhashable(metaclass=Odd):\n    step = 1\n"
    ),
}
Edit = Callable[[str, str, str], None]


@pytest.fixture
def notebook(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[LiveNotebook]:
    (tmp_path / "own_shop").mkdir()
    for name, text in FILES.items():
        (tmp_path / name).write_text(text)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    made = LiveNotebook(project_root=tmp_path)
    made.run("import own_shop\nfrom own_shop import kinds")
    yield made
    for name in [each for each in sys.modules if each.startswith("own_shop")]:
        del sys.modules[name]


@pytest.fixture
def edit(tmp_path: Path) -> Edit:
    def change(module: str, old: str, new: str) -> None:
        path = tmp_path / "own_shop" / f"{module}.py"
        status = path.stat()
        assert old in path.read_text()
        path.write_text(path.read_text().replace(old, new))
        os.utime(path, (status.st_atime, status.st_mtime + 5))

    return change


def reload(name: str) -> None:
    importlib.reload(sys.modules[name])


def whys(notebook: LiveNotebook) -> list[str]:
    return [each.why for each in notebook.version().unknowns]


@pytest.mark.parametrize(
    ("cls", "old", "new"),
    [
        ("Plain", "step = 1", "step = 2"),
        ("Plain", "max(1, 2)", "max(1, 3)"),
        ("Kind", "A = 1", "A = 2"),
    ],
    ids=["literal", "computed", "enum"],
)
def test_an_edited_class_is_unknown_until_reloaded(
    notebook: LiveNotebook, edit: Edit, cls: str, old: str, new: str
) -> None:
    notebook.run(f"def f(): return kinds.{cls}")
    first = notebook.digest()
    edit("kinds", old, new)
    assert whys(notebook) == [f"`{cls}` cannot be versioned: kinds.py was edited and not reloaded"]
    reload("own_shop.kinds")
    assert notebook.digest() != first


def test_an_edit_before_the_first_look_shows_in_a_literal(
    notebook: LiveNotebook, edit: Edit
) -> None:
    edit("kinds", "step = 1\n    size", "step = 2\n    size")
    notebook.run("def f(): return kinds.Plain")
    assert whys(notebook) == ["`Plain` cannot be versioned: kinds.py was edited and not reloaded"]


def test_comments_in_a_class_change_nothing(notebook: LiveNotebook, edit: Edit) -> None:
    notebook.run("def f(): return kinds.Plain")
    first = notebook.digest()
    edit("kinds", "    size", "    # how large\n    size")
    assert notebook.digest() == first


def test_a_class_older_than_its_module_is_unknown(notebook: LiveNotebook, edit: Edit) -> None:
    notebook.run("from own_shop.kinds import Plain", "def f(): return Plain")
    first = notebook.digest()
    reload("own_shop.kinds")
    assert notebook.digest() == first  # nothing of it changed
    edit("kinds", "max(1, 2)", "max(1, 3)")
    reload("own_shop.kinds")
    assert whys(notebook) == [
        "`Plain` cannot be versioned: kinds.py was reloaded since, and this is the old one: "
        "import it again"
    ]
    notebook.run("from own_shop.kinds import Plain")
    assert notebook.digest() != first


def test_a_class_that_cannot_be_hashed_is_no_trouble(notebook: LiveNotebook) -> None:
    notebook.run("def f(): return kinds.Unhashable")
    assert notebook.version().unknowns == ()


@pytest.mark.parametrize(
    ("module", "name", "old", "new"),
    [
        ("rates", "RATE", "RATE = 2", "RATE = 3"),
        ("rates", "table", "dict(a=1)", "dict(a=2)"),
        ("names", "NAME", "'a'", "'b'"),
    ],
    ids=["imported", "renamed", "starred"],
)
def test_a_constant_is_followed_to_where_it_was_imported_from(
    notebook: LiveNotebook, edit: Edit, module: str, name: str, old: str, new: str
) -> None:
    notebook.run(f"def f(): return own_shop.{name}")
    first = notebook.digest()
    edit(module, old, new)
    said = f"`own_shop.{name}` cannot be versioned: "
    assert whys(notebook) == [f"{said}{module}.py was edited and not reloaded"]
    reload(f"own_shop.{module}")
    assert whys(notebook) == [f"{said}own_shop.{module} was reloaded after own_shop"]
    reload("own_shop")
    assert notebook.digest() != first
