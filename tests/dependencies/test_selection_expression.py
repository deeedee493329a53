"""The nodes of selections: what a pattern with wildcards fits."""

from __future__ import annotations

import pytest

from assetbook.dependencies.selection_expression import Pattern


@pytest.mark.parametrize(
    ("pattern", "text", "fits"),
    [
        ("raw/*", "raw/a/b", True),
        ("raw/*", "raw", False),
        ("*x", "x", True),
        ("a*a", "a", False),
        ("a*b*c", "a-c-b", False),
        ("a*b*c", "abbc", True),
        ("*ab*ab*", "abxab", True),
        ("*ab*ab", "ab", False),
        ("a.c", "abc", False),
        ("**", "", True),
    ],
)
def test_wildcards_take_any_characters(pattern: str, text: str, fits: bool) -> None:
    assert Pattern.wild(pattern).matches(text) is fits
