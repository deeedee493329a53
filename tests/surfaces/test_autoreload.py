"""Helpers in a module that is edited: reloaded by IPython, by a person, or by nobody."""

from __future__ import annotations

import itertools
import os
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests.surfaces.book import Book

MODULE = "shop_helpers_under_edit"
TEXT = '''
import functools
import re

RATE = 2
HOUR = 60 * 60
WORD = re.compile("a+")

def plus_one(fn):
    @functools.wraps(fn)
    def inner(x: int) -> int:
        return fn(x) + 1
    return inner

def words(x: int, more: int = 1) -> int:
    return len(WORD.findall("aa b")) + x + more + HOUR

@plus_one
def days(x: int) -> int:
    return x * 24

def price(x: int) -> int:
    """The price."""
    return base(x) * RATE

def base(x: int) -> int:
    return x + 1

class Shop:
    tax = 1
    def total(self, x: int) -> int:
        return x + self.tax
'''
CELLS = f"""from {MODULE} import Shop, price
import {MODULE}
@asset
def by_name() -> int:
    return price(1)
@asset
def by_module() -> int:
    return {MODULE}.price(1)
@asset
def by_class() -> int:
    return Shop().total(1)"""
BODY = ("return x + 1", "return x + 2")
NEW_HELPER = (
    "return x + 1\n",
    "return tax_on(x)\n\ndef tax_on(x: int) -> int:\n    return x + 5\n",
)
METHOD = ("return x + self.tax", "return x - self.tax")
LITERAL = ("tax = 1", "tax = 4")
_seconds = itertools.count(5, 5)
Edit = Callable[[tuple[str, str]], None]


@pytest.fixture
def edit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Edit]:
    file = tmp_path / f"{MODULE}.py"
    file.write_text(TEXT, encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setattr(sys, "dont_write_bytecode", True)

    def change(how: tuple[str, str]) -> None:
        text = file.read_text(encoding="utf-8")
        assert how[0] in text
        file.write_text(text.replace(*how), encoding="utf-8")
        at = time.time() + next(_seconds)
        os.utime(file, (at, at))

    yield change
    sys.modules.pop(MODULE, None)


def states(book: Book) -> dict[str, tuple[str, str]]:
    now, _, _ = book.live.standing()
    return {
        str(key): (state.state, state.reasons[0].text if state.reasons else "")
        for key, state in now.states.items()
    }


def made(book: Book, edit: Edit, mode: str) -> None:
    if mode:
        book.run("%load_ext autoreload")
        book.run(f"%autoreload {mode}")
    book.run(CELLS)
    if mode == "1":
        book.run(f"%aimport {MODULE}")
    book.run("%materialize by_name by_module by_class")
    assert {state for state, _ in states(book).values()} == {"fresh"}


@pytest.mark.parametrize("mode", ["1", "2", "3"])
@pytest.mark.parametrize(
    ("how", "reason", "values"),
    [
        pytest.param(BODY, f"helper `{MODULE}.base` changed", (6, 6, 2), id="body"),
        pytest.param(NEW_HELPER, f"helper `{MODULE}.base` changed", (12, 12, 2), id="new-helper"),
        pytest.param(METHOD, "class `Shop` changed", (4, 4, 0), id="method"),
        pytest.param(LITERAL, "class `Shop` changed", (4, 4, 5), id="literal"),
    ],
)
def test_an_edit_that_ipython_reloads_makes_stale_and_then_fresh(
    book: Book, edit: Edit, mode: str, how: tuple[str, str], reason: str, values: tuple[int, ...]
) -> None:
    made(book, edit, mode)
    edit(how)
    book.run("1 + 1")  # IPython reloads before a cell
    stale = {said for state, said in states(book).values() if state == "stale"}
    assert stale and all(said.startswith(reason) for said in stale)
    assert "unknown" not in {state for state, _ in states(book).values()}
    book.run("%materialize by_name by_module by_class")
    assert {state for state, _ in states(book).values()} == {"fresh"}, states(book)
    found = tuple(book.instance.value(each) for each in ("by_name", "by_module", "by_class"))
    assert found == values


def test_what_was_imported_by_name_is_the_old_one_after_a_reload(book: Book, edit: Edit) -> None:
    made(book, edit, "")
    edit(("return base(x) * RATE", "return base(x) * RATE + 1"))
    edit(METHOD)
    assert states(book)["by_name"] == (
        "unknown",
        f"`price` cannot be versioned: {MODULE}.py was edited and not reloaded",
    )
    book.run(f"import importlib\nimportlib.reload({MODULE})")
    old = f"{MODULE}.py was reloaded since, and this is the old one: import it again (In[3])"
    assert states(book) == {
        "by_name": ("unknown", f"`price` cannot be versioned: {old}"),
        "by_module": ("stale", f"helper `{MODULE}.price` changed, {MODULE}.py"),
        "by_class": ("unknown", f"`Shop` cannot be versioned: {old}"),
    }
    book.run(f"from {MODULE} import Shop, price")
    assert {state for state, _ in states(book).values()} == {"stale"}


def test_a_method_that_is_gone_from_the_file_and_lives_on_is_unknown(
    book: Book, edit: Edit
) -> None:
    made(book, edit, "")
    edit(("    def total", "    def other(self) -> int:\n        return 1\n    def total"))
    book.run(f"import importlib\nimportlib.reload({MODULE})\nfrom {MODULE} import Shop, price")
    book.run("%materialize by_class")
    edit(("    def other(self) -> int:\n        return 1\n", ""))
    state, said = states(book)["by_class"]
    assert (state, "edited and not reloaded" in said) == ("unknown", True)


BY_CONSTANT = f"""from {MODULE} import days, words
import {MODULE}
@asset
def by_pattern() -> int:
    return words(1)
@asset
def by_decorated() -> int:
    return days(1)"""
MADE = {"by_pattern": ("fresh", ""), "by_decorated": ("fresh", "")}


def made_by_constants(book: Book, mode: str = "") -> None:
    if mode:
        book.run("%load_ext autoreload")
        book.run(f"%autoreload {mode}")
    book.run(BY_CONSTANT)
    book.run("%materialize by_pattern by_decorated")
    assert states(book) == MADE


@pytest.mark.parametrize(
    ("how", "stale", "value"),
    [
        pytest.param(BODY, {}, 3603, id="another-function"),
        pytest.param(("RATE = 2", "RATE = 2  # a day"), {}, 3603, id="comment"),
        pytest.param(("RATE = 2", "import math\nRATE = 3"), {}, 3603, id="another-constant"),
        pytest.param(
            ("return len(WORD", "return 10 + len(WORD"),
            {"by_pattern": "helper `words` changed"},
            3613,
            id="its-function",
        ),
        pytest.param(
            ("60 * 60", "60 * 61"),
            {"by_pattern": f"constant {MODULE}.HOUR 3600 → 3660"},
            3663,
            id="arithmetic",
        ),
    ],
)
def test_a_constant_that_a_module_computed_stays_known_as_long_as_it_is_made_so(
    book: Book, edit: Edit, how: tuple[str, str], stale: dict[str, str], value: int
) -> None:
    made_by_constants(book, "2")
    edit(how)
    book.run("1 + 1")
    found = states(book)
    assert {key: state for key, (state, _) in found.items()} == {
        key: "stale" if key in stale else "fresh" for key in MADE
    }
    assert all(found[key][1].startswith(said) for key, said in stale.items())
    book.run("%materialize by_pattern by_decorated")
    assert states(book) == MADE
    assert book.instance.value("by_pattern") == value


def test_a_constant_is_unknown_when_what_made_it_changed_and_did_not_run_again(
    book: Book, edit: Edit, tmp_path: Path
) -> None:
    file = tmp_path / f"{MODULE}.py"
    made_so = "WORD = re.compile(letters())"
    file.write_text(
        TEXT.replace('WORD = re.compile("a+")', f'def letters():\n    return "a+"\n{made_so}')
    )
    made_by_constants(book, "2")
    edit(('return "a+"', 'return "b"'))
    book.run("1 + 1")
    assert states(book)["by_pattern"] == (
        "unknown",
        f"`{MODULE}.WORD` cannot be versioned: {MODULE}.py was edited and not reloaded",
    )


def test_a_reload_that_changes_nothing_settles_the_doubt(book: Book, edit: Edit) -> None:
    made_by_constants(book)
    edit(('compile("a+")', 'compile("a" + str("+"))'))
    assert states(book)["by_pattern"][0] == "unknown"
    book.run(f"import importlib\nimportlib.reload({MODULE})")
    assert states(book)["by_pattern"][0] == "fresh"


@pytest.mark.parametrize(
    ("asset", "how"),
    [
        pytest.param("by_pattern", ("more: int = 1", "more: int = 5"), id="default"),
        pytest.param("by_decorated", ("@plus_one\n", ""), id="decorator"),
        pytest.param("by_decorated", ("x * 24", "x * 25"), id="decorated"),
    ],
)
def test_what_the_code_does_not_show_and_was_not_reloaded_is_unknown(
    book: Book, edit: Edit, asset: str, how: tuple[str, str]
) -> None:
    made_by_constants(book)
    edit(how)
    state, said = states(book)[asset]
    assert (state, "was edited and not reloaded" in said) == ("unknown", True)
    book.run(f"import importlib\nimportlib.reload({MODULE})")
    state, said = states(book)[asset]
    assert (state, "this is the old one: import it again (In[3])" in said) == ("unknown", True)


def made_by_imported_constants(book: Book) -> None:
    book.run(f"from {MODULE} import HOUR, RATE as rate\nimport importlib, {MODULE}")
    book.run("@asset\ndef by_rate() -> int:\n    return rate")
    book.run("@asset\ndef by_hour() -> int:\n    return HOUR")
    book.run("%materialize by_rate by_hour")
    assert {state for state, _ in states(book).values()} == {"fresh"}


def test_a_constant_that_was_imported_is_unknown_until_its_edited_file_is_loaded(
    book: Book, edit: Edit
) -> None:
    made_by_imported_constants(book)
    edit(("RATE = 2", "RATE = 3"))
    found = states(book)
    assert found["by_rate"] == (
        "unknown",
        f"`{MODULE}.RATE` cannot be versioned: {MODULE}.py was edited and not reloaded",
    )
    assert found["by_hour"][0] == "fresh"
    book.run(f"importlib.reload({MODULE})")
    again = f"`rate` cannot be versioned: {MODULE} has another one now: import it again (In[3])"
    assert states(book)["by_rate"] == ("unknown", again)
    book.run(f"from {MODULE} import RATE as rate")
    assert states(book)["by_rate"] == ("stale", "constant rate 2 → 3")
    book.run("%materialize by_rate")
    assert states(book)["by_rate"][0] == "fresh"


def test_a_constant_that_a_cell_bound_after_its_import_is_the_cells_own(
    book: Book, edit: Edit
) -> None:
    made_by_imported_constants(book)
    book.run("rate = 7")
    book.run("%materialize by_rate")
    edit(("RATE = 2", "RATE = 3"))
    book.run(f"importlib.reload({MODULE})")
    assert states(book)["by_rate"][0] == "fresh"
