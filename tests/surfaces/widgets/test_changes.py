"""What a page is sent of a document: what it was not sent before, so that it has the same."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from assetbook.surfaces.widgets.changes import changes

KEYS = st.sampled_from("abcd")
PLAIN = st.one_of(st.integers(0, 3), st.lists(st.integers(0, 2), max_size=2))
DOCUMENTS = st.dictionaries(
    st.sampled_from(["nodes", "edges", "at"]), st.one_of(PLAIN, st.dictionaries(KEYS, PLAIN))
)


def applied(document: dict[str, Any], told: dict[str, Any]) -> dict[str, Any]:
    """What a page makes of it, as ``apply`` in ``wire.js``."""
    made = {
        name: dict(value) if isinstance(value, dict) else value for name, value in document.items()
    }
    made |= told.get("set", {})
    for name in told.get("gone", ()):
        del made[name]
    for name, members in told.get("put", {}).items():
        made[name] |= members
    for name, keys in told.get("left", {}).items():
        for key in keys:
            del made[name][key]
    for name, keys in told.get("order", {}).items():
        made[name] = {key: made[name][key] for key in keys}
    return made


def in_order(document: dict[str, Any]) -> dict[str, Any]:
    return {
        name: list(value.items()) if isinstance(value, dict) else value
        for name, value in document.items()
    }


@given(DOCUMENTS, DOCUMENTS)
def test_a_page_has_what_the_store_has(before: dict[str, Any], after: dict[str, Any]) -> None:
    assert in_order(applied(before, changes(before, after))) == in_order(after)


@given(DOCUMENTS)
def test_the_same_document_is_told_in_nothing(document: dict[str, Any]) -> None:
    assert changes(document, dict(document)) == {}


def test_one_changed_member_is_told_alone() -> None:
    before = {"nodes": {str(number): {"state": "fresh"} for number in range(1_000)}}
    after = {"nodes": {**before["nodes"], "7": {"state": "stale"}}}

    assert changes(before, after) == {"put": {"nodes": {"7": {"state": "stale"}}}}
