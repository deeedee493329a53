"""Which assets selections mean, beside what Dagster 1.13.28 was seen to answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from time import process_time

import pytest

from assetbook.definitions.spec import AssetSpec
from assetbook.dependencies.dag import Dag
from assetbook.dependencies.selection import AssetSelection, SelectionGraph
from assetbook.dependencies.selection_completion import completions
from assetbook.errors import SelectionError
from assetbook.keys import AssetKey


@dataclass(frozen=True)
class Facts:
    group_name: str = "default"
    tags: Mapping[str, str] = field(default_factory=dict)
    kinds: frozenset[str] = frozenset()
    owners: tuple[str, ...] = ()
    is_external: bool = False


def graph_of(parents: Mapping[str, str], facts: Mapping[str, Facts]) -> SelectionGraph:
    key = AssetKey.from_user_string
    dag = Dag({key(name): [key(each) for each in above.split()] for name, above in parents.items()})
    return SelectionGraph(dag, {each: facts.get(str(each), Facts()) for each in dag})


LETTERS = graph_of(
    {"ext": "", "raw/a": "ext", "raw/ax": "", "c": "raw/a", "d": "c", "e": "d raw/ax", "f": "c"},
    {
        "ext": Facts("g1", {"k": ""}, owners=("team:data",), is_external=True),
        "raw/a": Facts("g1", {"k": "v"}, frozenset({"python"}), ("a@b.co",)),
        "raw/ax": Facts("g1_more", {"k": ""}, frozenset({"sql"})),
        "c": Facts("g2", {"tier": "1"}, owners=("team:data", "a@b.co")),
    },
)
"""ext → raw/a → c → d → e, raw/ax → e, c → f; ext is made elsewhere."""

MADE = "raw/a raw/ax c d e f"


def keys(words: str) -> frozenset[AssetKey]:
    return frozenset(map(AssetKey.from_user_string, words.split()))


def chosen(text: str | list[str], graph: SelectionGraph = LETTERS) -> str:
    """What a text selects, as words in the graph's order."""
    found = AssetSelection.from_string(text).resolve(graph)
    return " ".join(str(key) for key in graph.dag if key in found)


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        pytest.param("key:c", "c", id="key"),
        pytest.param("key:raw/*", "raw/a raw/ax", id="key: wildcard"),
        pytest.param('key:"raw/a"', "raw/a", id="key: quoted"),
        pytest.param("key:*x", "raw/ax", id="key: leading wildcard"),
        pytest.param("key:nowhere", "", id="key: without match is empty"),
        pytest.param('key:"*"', f"ext {MADE}", id="key: star brings external assets"),
        pytest.param("key:*", f"ext {MADE}", id="key: bare star (Dagster: a syntax error)"),
        pytest.param("+key:d", "raw/a c d", id="all above, but no external asset"),
        pytest.param("key:c+", "c d f e", id="all below"),
        pytest.param("+key:c+", "raw/a c d f e", id="both sides"),
        pytest.param("1+key:d", "c d", id="one layer above"),
        pytest.param("key:c+1", "c d f", id="one layer below"),
        pytest.param("2+key:d+1", "raw/a c d e", id="bounded both sides"),
        pytest.param("c", "c", id="bare"),
        pytest.param("raw/a", "raw/a", id="bare of two parts"),
        pytest.param("+d", "raw/a c d", id="bare above: all layers (Dagster: one)"),
        pytest.param("c+", "c d f e", id="bare below: all layers (Dagster: one)"),
        pytest.param("*x", "raw/ax", id="bare leading wildcard (Dagster: all above x)"),
        pytest.param("raw/*", "raw/a raw/ax", id="bare wildcard (Dagster: all below raw/)"),
        pytest.param("c and d", "", id="bare in and (Dagster: an error)"),
        pytest.param("not c", "raw/a raw/ax d f e", id="bare in not (Dagster: an error)"),
        pytest.param("1+c", "raw/a c", id="bare, one layer (Dagster: an error)"),
        pytest.param("(c or e)+", "c d f e", id="bare in parentheses (Dagster: an error)"),
        pytest.param("key:c or key:d and key:e", "c", id="and binds tighter"),
        pytest.param("key:c OR key:d AND NOT key:e", "c d", id="upper case"),
        pytest.param("Not key:c and key:d", "d", id="any case (Dagster: an error)"),
        pytest.param("key:c, key:d", "c d", id="comma is either (Dagster: an error)"),
        pytest.param("key:c key:d", "c d", id="side by side is either (Dagster: an error)"),
        pytest.param("sinks(*)", "f e", id="sinks"),
        pytest.param("roots(*)", "raw/a raw/ax", id="roots within what is selected"),
        pytest.param("sinks(key:c or key:e)", "e", id="sinks look past the unselected"),
        pytest.param("roots(sinks(+key:e) or key:d)", "d", id="functions nest"),
        pytest.param("group:g1", "raw/a", id="group is exact"),
        pytest.param('group:"g1*"', "raw/a raw/ax", id="group wildcard, quoted"),
        pytest.param(
            "group:g1*", "raw/a raw/ax", id="group wildcard, unquoted (Dagster: an error)"
        ),
        pytest.param("tag:k", "raw/ax", id="tag with an empty value"),
        pytest.param("tag:k=v", "raw/a", id="tag with a value"),
        pytest.param('tag:"k"="v"', "raw/a", id="tag quoted"),
        pytest.param("tag:k=<null>", "raw/ax", id="tag null is an empty value"),
        pytest.param("tag:k=*", "raw/a raw/ax", id="tag with any value (Dagster: a literal star)"),
        pytest.param('owner:"a@b.co"', "raw/a c", id="owner"),
        pytest.param('owner:"team:data"', "ext c", id="owner team, external ones too"),
        pytest.param("owner:a@b.co", "raw/a c", id="owner unquoted (Dagster: an error)"),
        pytest.param("owner:team:data", "ext c", id="team unquoted (Dagster: an error)"),
        pytest.param("owner:<null>", "raw/ax d f e", id="without owner (Dagster: empty)"),
        pytest.param("kind:sql", "raw/ax", id="kind"),
        pytest.param("kind:<null>", "c d f e", id="without kind"),
        pytest.param("is:materializable", MADE, id="is materializable"),
        pytest.param("is:external", "ext", id="is external"),
        pytest.param("*", MADE, id="star without external assets"),
        pytest.param("not key:c", "raw/a raw/ax d f e", id="not, without external assets"),
        pytest.param("+ext", "ext", id="what is named stays, though external (Dagster: empty)"),
        pytest.param("ext+1", "ext raw/a", id="below an external asset"),
    ],
)
def test_strings_select_these_assets(text: str, meant: str) -> None:
    assert AssetSelection.from_string(text).resolve(LETTERS) == keys(meant)


@pytest.mark.parametrize(
    "text",
    [
        *("", "group:", "sinks(key:c", "++key:c", "+2key:c", "++c", "c++"),
        *("code_location:x", "column:x", "table_name:x", "status:x", "job:x", "sensor:x"),
        *("schedule:x", "automation_type:x", "changed_in_branch:x", "column_tag:x"),
        pytest.param("partitions:daily", id="partitions (Dagster: empty)"),
        pytest.param("Sinks(c)", id="functions are lower case"),
    ],
)
def test_wrong_strings_are_refused(text: str) -> None:
    with pytest.raises(SelectionError):
        AssetSelection.from_string(text)


@pytest.mark.parametrize(
    ("text", "meant"),
    [("*", f"ext {MADE}"), ("not key:c", "ext raw/a raw/ax d f e"), ("+key:d", "raw/a c d")],
)
def test_sources_count_where_asked_for(text: str, meant: str) -> None:
    found = AssetSelection.from_string(text, include_sources=True).resolve(LETTERS)
    assert found == keys(meant)


def test_several_strings_are_either() -> None:
    assert chosen(["c and d", "f", "raw/ax or f"]) == "raw/ax f"
    with pytest.raises(SelectionError, match="it is empty"):
        AssetSelection.from_string([])


def test_what_is_taken_away_may_come_first() -> None:
    assert chosen("ext and not c") == chosen("not c and ext") == "ext"


@pytest.mark.parametrize("text", ["ax", '"ax"', "raw/ax", "+ax and not raw/a"])
def test_the_end_of_a_key_is_enough(text: str) -> None:
    assert chosen(text) == "raw/ax"


def test_a_whole_key_comes_before_an_end() -> None:
    graph = graph_of({"orders": "", "raw/orders": ""}, {})
    assert chosen("orders", graph) == "orders"


def test_an_end_that_fits_two_names_both() -> None:
    graph = graph_of({"raw/orders": "", "marts/orders": ""}, {})
    with pytest.raises(
        SelectionError, match="may be `raw/orders` and `marts/orders`\nWrite the wh"
    ):
        chosen("orders", graph)


@pytest.mark.parametrize("text", ["raw/axe", "c or raw/axe", "not raw/axe", "sinks(+raw/axe)"])
def test_an_unknown_name_offers_the_nearest(text: str) -> None:
    with pytest.raises(SelectionError, match="`raw/axe`: nothing here is called so\nDid you mean"):
        chosen(text)


@pytest.mark.parametrize("text", ["zzz*", "a//b", "/c", '"*zzz"'])
def test_names_without_match_are_refused(text: str) -> None:
    with pytest.raises(SelectionError, match="nothing here is called so"):
        chosen(text)


def test_a_node_without_facts_is_external() -> None:
    a, b = AssetKey("a"), AssetKey("b")
    graph = SelectionGraph(Dag({b: [a]}), {b: Facts()})
    assert chosen("*", graph) == "b"
    assert chosen("is:external or group:x", graph) == "a"


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


@pytest.mark.parametrize(
    ("text", "offered"),
    [
        ("ra", ["raw/a", "raw/ax"]),
        ("c and +a", ["a", "ax"]),
        ("2+(e", ["ext", "e"]),
        ("gr", ["group:"]),
        ("group:g1", ["group:g1", "group:g1_more"]),
        ('group:"g1_', ["group:g1_more"]),
        ("tag:", ["tag:k", "tag:k=v", "tag:tier=1"]),
        ("owner:team:", ["owner:team:data"]),
        ("c or kind:p", ["kind:python"]),
        ("is:", ["is:external", "is:materializable"]),
        ("key:raw/ax", ["key:raw/ax"]),
        ("si", ["sinks("]),
        ("status:", []),
    ],
)
def test_completions_continue_the_word(text: str, offered: list[str]) -> None:
    assert completions(text, len(text), LETTERS) == offered


def test_completions_look_before_the_cursor() -> None:
    assert completions("group:g2 or c", 7, LETTERS) == ["group:g1", "group:g1_more", "group:g2"]
    assert "roots(" in completions("", 0, LETTERS)


def test_completed_names_are_quoted_where_needed() -> None:
    graph = graph_of({}, {})
    odd = SelectionGraph(Dag({AssetKey("or"): [], AssetKey("my key"): []}), graph.facts)
    assert completions("", 0, odd)[:2] == ['"or"', '"my key"']
    assert completions("key:", 4, odd) == ['key:"my key"', "key:or"]


def test_ten_thousand_assets_resolve_quickly() -> None:
    names = [AssetKey(["part", f"n{number}"]) for number in range(10_000)]
    dag = Dag({key: names[max(0, number - 2) : number] for number, key in enumerate(names)})
    graph = SelectionGraph(dag, dict.fromkeys(names, Facts()))
    began = process_time()
    found = AssetSelection.from_string("sinks(+n9999) or n5 or not part/*5").resolve(graph)
    assert process_time() - began < 2
    assert len(found) == 9_001
