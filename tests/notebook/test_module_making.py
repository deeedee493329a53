"""Which edits of a module leave it said how a constant was made."""

from __future__ import annotations

import ast

import pytest

from assetbook.notebook.module_making import made_the_same

TEXT = '''"""A module."""
import functools
from elsewhere import compiled, register

LETTERS = "abc"
OTHER = 1

def apart(x, most=10):
    return x + most

def letters(more=""):
    """All of them."""
    return fold(LETTERS) + more

def fold(text):
    return text.lower()

def called(fn):
    return fn()

@called
def NUMBER():
    return 5

@functools.cache
def kept(x):
    return x

class Figure:
    def name(self):
        return "figure"

class Shape(Figure):
    sides = 4
    def area(self):
        return 1

WORD = compiled(letters())
register(WORD)

if __name__ == "__main__":
    print(apart(1))
'''


@pytest.mark.parametrize(
    ("old", "new"),
    [
        pytest.param("x + most", "x - most", id="a function that nothing calls on import"),
        pytest.param("most=10", "most=11", id="its default"),
        pytest.param("OTHER = 1", "OTHER = 2", id="another literal"),
        pytest.param("import functools", "import math\nimport functools", id="an import"),
        pytest.param("    return x\n", "    return -x\n", id="what a library's decorator takes"),
        pytest.param("return 1", "return 2", id="a method"),
        pytest.param('"figure"', '"a figure"', id="a method that is inherited"),
        pytest.param("sides = 4", "sides = 5", id="a literal of a class"),
        pytest.param("A module.", "This module.", id="the module's docstring"),
        pytest.param("All of them.", "All.", id="a docstring of what makes it"),
        pytest.param("print(apart(1))", "print(apart(2))", id="what it does as a program"),
    ],
)
def test_edits_that_leave_it_made_the_same(old: str, new: str) -> None:
    assert _same(old, new)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        pytest.param("compiled(letters())", "compiled(letters('d'))", id="its own statement"),
        pytest.param("fold(LETTERS) +", "fold(LETTERS) * 2 +", id="what it calls"),
        pytest.param("text.lower()", "text.upper()", id="what that calls"),
        pytest.param('LETTERS = "abc"', 'LETTERS = "abcd"', id="a literal that is read"),
        pytest.param('more=""', 'more="z"', id="a default of what it calls"),
        pytest.param("register(WORD)", "WORD.flags = 1", id="what is done to it"),
        pytest.param("import compiled,", "import other as compiled,", id="what is imported for it"),
        pytest.param("return 5", "return 6", id="what a decorator of the module may call"),
        pytest.param("sides = 4", "sides = register(4)", id="the body of a class"),
        pytest.param("OTHER = 1", "OTHER = register(1)", id="a call that may act on it"),
        pytest.param("most=10", "most=register(10)", id="a default that calls"),
    ],
)
def test_edits_after_which_it_may_be_another(old: str, new: str) -> None:
    assert not _same(old, new)


def test_text_that_sees_all_names_counts_as_a_whole() -> None:
    text = TEXT.replace("register(WORD)", "exec(WORD)")
    assert not _same("x + most", "x - most", text)


def _same(old: str, new: str, text: str = TEXT) -> bool:
    assert old in text
    before, after = ast.parse(text).body, ast.parse(text.replace(old, new)).body
    return made_the_same(before, after, "WORD")
