"""Selections made in Python: that they agree with the text, and what was asked for by name."""

from __future__ import annotations

import pytest
from tests.dependencies.letters import LETTERS, MADE, keys

from assetbook.definitions.spec import AssetSpec
from assetbook.dependencies.dag import Dag
from assetbook.dependencies.selection import AssetSelection, SelectionGraph
from assetbook.errors import SelectionError
from assetbook.keys import AssetKey

S = AssetSelection


@pytest.mark.parametrize(
    ("selection", "meant", "text"),
    [
        (S.all(), MADE, "*"),
        (S.all(include_sources=True), f"ext {MADE}", 'key:"*"'),
        (S.assets("c", AssetSpec("d")), "c d", 'key:"c" or key:"d"'),
        (S.keys(AssetKey(["raw", "a"]), ["raw", "ax"]), "raw/a raw/ax", None),
        (S.assets(), "", "not *"),
        (S.groups("g1", "g2"), "raw/a c", 'group:"g1" or group:"g2"'),
        (S.tag("k", "v"), "raw/a", 'tag:"k"="v"'),
        (S.tag("k"), "raw/ax", 'tag:"k"'),
        (S.kind("sql"), "raw/ax", 'kind:"sql"'),
        (S.kind(None), "c d e f", "kind:<null>"),
        (S.owner("team:data").materializable(), "c", 'owner:"team:data" and *'),
        (S.key_prefixes("raw"), "raw/a raw/ax", None),
        (S.key_prefixes("ra", ["raw", "a"]), "raw/a", None),
        (S.key_substring("x"), "raw/ax", 'key:"*x*" and *'),
        (S.key_substring("x", include_sources=True), "ext raw/ax", 'key:"*x*"'),
        (S.keys("d").upstream(), "raw/a c d", '+key:"d"'),
        (S.keys("d").upstream(1, include_self=False), "c", '1+key:"d" and not key:"d"'),
        (S.keys("c", "raw/ax").downstream(1), "raw/ax c d f e", '(key:"c" or key:"raw/ax")+1'),
        (S.keys("c").upstream(0), "c", '0+key:"c"'),
        (S.keys("c").upstream().downstream(), "raw/a c d e f", '(+key:"c")+'),
        ((S.keys("c") | S.keys("d")).sinks(), "d", 'sinks(key:"c" or key:"d")'),
        (S.all().roots(), "raw/a raw/ax", "roots(*)"),
        (S.keys("c").upstream() - S.keys("c"), "raw/a", '+key:"c" and not key:"c"'),
        (S.all() - S.keys("c") - S.keys("d"), "raw/a raw/ax e f", None),
        (S.keys("c") & (S.all() - S.keys("d")), "c", 'key:"c" and (not key:"d")'),
        (S.keys("c") | S.from_string("ax"), "raw/ax c", 'key:"c" or ax'),
    ],
)
def test_python_and_text_agree(selection: AssetSelection, meant: str, text: str | None) -> None:
    assert selection.resolve(LETTERS) == keys(meant)
    assert text is None or selection.to_selection_str() == str(selection) == text
    assert S.from_string(selection.to_selection_str()).resolve(LETTERS) == keys(meant)


def test_sources_are_no_part_of_the_text() -> None:
    selection = S.groups("g1", include_sources=True)
    assert selection.resolve(LETTERS) == keys("ext raw/a")
    assert S.from_string(str(selection)).resolve(LETTERS) == keys("raw/a")
    assert S.from_string(str(selection), include_sources=True) == selection


def test_the_literal_star_is_no_wildcard() -> None:
    graph = SelectionGraph(Dag({AssetKey("a*"): [], AssetKey("ab"): []}), {})
    selection = S.keys("a*") | S.key_substring("*", include_sources=True)
    assert selection.resolve(graph) == {AssetKey("a*")}
    assert S.from_string(str(selection)).resolve(graph) == {AssetKey("a*")}


def test_missing_keys_are_refused() -> None:
    with pytest.raises(SelectionError, match="`raw/b`: nothing here is called so"):
        S.keys("raw/b").resolve(LETTERS)


def test_negative_depth_is_refused() -> None:
    with pytest.raises(SelectionError, match="-1 layers upstream"):
        S.all().upstream(-1)


def test_equal_selections_are_equal() -> None:
    assert S.from_string("+c  and not (raw/a)") == S.from_string("+c and not raw/a")
    assert hash(S.keys("c") | S.all()) == hash(S.keys("c") | S.all())


@pytest.mark.parametrize(
    ("text", "tips"),
    [
        ("+e", "e"),
        ("2+e", "e"),
        ("+c+", "c d f e"),
        ("+(c or +d)", "c d"),
        ("+e and not d", "raw/a raw/ax c e"),
        ("*", MADE),
    ],
)
def test_tips_leave_out_what_leads_there(text: str, tips: str) -> None:
    assert AssetSelection.from_string(text).tips().resolve(LETTERS) == keys(tips)


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("+e c", "c e"),
        ("key:c", "c"),
        ("raw/*", ""),
        ("group:g1", ""),
        ("*", ""),
        ("not c", ""),
        ("sinks(c or d)", "d"),
        ("(c or d) and not c", "d"),
        ("ax and *", "raw/ax"),
    ],
)
def test_only_names_count_as_named(text: str, named: str) -> None:
    assert AssetSelection.from_string(text).named(LETTERS) == keys(named)
