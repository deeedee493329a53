"""The programs and styles of a page: they name each other rightly, and keep apart."""

from __future__ import annotations

import re
from collections import defaultdict

import pytest

from assetbook.surfaces.widgets.greeting import WEB, programs

STYLES = {each.name: each.read_text() for each in WEB.iterdir() if each.name.endswith(".css")}
SHARED = set(re.findall(r"\.(ab-[\w-]+)", STYLES["base.css"]))
"""Classes of what all views are made of."""
LONGEST = 250  # lines
WIDEST = 120  # characters


@pytest.mark.parametrize("name", sorted(programs().keys() - {"loader.js"}))
def test_what_a_program_imports_is_there(name: str) -> None:
    imported = re.findall(r'from "([^"]+)"', programs()[name])

    # in just this form: a widget's loader replaces it by the address of the program
    assert [each for each in imported if each.removeprefix("./") not in programs()] == []
    assert len(re.findall(r"^import\b", programs()[name], re.M)) == len(imported)


@pytest.mark.parametrize("name", programs())
def test_no_program_makes_html_of_text(name: str) -> None:
    makes = (
        r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|createContextualFragment|\beval\("
    )

    assert re.findall(makes, programs()[name]) == []


@pytest.mark.parametrize("name", programs())
def test_a_program_is_small(name: str) -> None:
    assert programs()[name].count("\n") <= LONGEST


@pytest.mark.parametrize("name", sorted(programs().keys() | STYLES.keys()))
def test_no_line_is_long(name: str) -> None:
    lines = (programs() | STYLES)[name].splitlines()

    assert [each for each in lines if len(each) > WIDEST] == []


def test_no_view_styles_what_is_anothers() -> None:
    files = defaultdict(set)
    for name, text in STYLES.items():
        for each in re.findall(r"\.(ab-[\w-]+)", re.sub(r"/\*.*?\*/", "", text, flags=re.S)):
            files[each].add(name)

    several = {each: found for each, found in files.items() if len(found) > 1}
    assert {each: found for each, found in several.items() if each not in SHARED} == {}
