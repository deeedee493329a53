"""Plain values compared place by place."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assetbook.io.comparison import PlainChange
from assetbook.io.plain_comparison import LARGEST, compare_plain


@pytest.mark.parametrize(
    ("before", "after", "changes"),
    [
        (1, 1, []),
        (float("nan"), float("nan"), []),
        (1, 1.0, [PlainChange("changed", "", 1, 1.0)]),
        (True, 1, [PlainChange("changed", "", True, 1)]),
        ({"a": 1}, {"a": 2}, [PlainChange("changed", "['a']", 1, 2)]),
        ({"a": None}, {}, [PlainChange("removed", "['a']", None)]),
        ({}, {"it's": 1}, [PlainChange("added", '["it\'s"]', after=1)]),
        ([1, 2, 3], [1, 3], [PlainChange("removed", "[1]", 2)]),
        ([1, 3], [0, 1, 3], [PlainChange("added", "[0]", after=0)]),
        ([{"a": [1]}], [{"a": [2]}], [PlainChange("changed", "[0]['a'][0]", 1, 2)]),
        ([1], {"a": 1}, [PlainChange("changed", "", [1], {"a": 1})]),
    ],
)
def test_each_place_that_differs_is_named(
    before: Any, after: Any, changes: list[PlainChange]
) -> None:
    assert list(compare_plain(before, after).changes) == changes


def test_all_changes_are_counted_and_the_first_are_kept() -> None:
    found = compare_plain(list(range(5_000)), list(range(1, 5_001)))
    assert found.count == 5_000
    assert len(found.changes) == LARGEST


PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers(-2, 2) | st.floats() | st.text(max_size=2),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=1), inner),
    max_leaves=8,
)


@given(PLAIN, PLAIN)
def test_values_differ_exactly_where_a_place_is_named(before: Any, after: Any) -> None:
    assert compare_plain(before, before).count == 0
    assert bool(compare_plain(before, after).count) == (_spelled(before) != _spelled(after))


def _spelled(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _spelled(each) for name, each in value.items()}
    if isinstance(value, list):
        return [_spelled(each) for each in value]
    return type(value), repr(value)
