"""Which assets selections mean, beside what Dagster 1.13.28 was seen to answer."""

from __future__ import annotations

from time import process_time

import pytest
from tests.dependencies.letters import LETTERS, MADE, Facts, chosen, graph_of, keys

from assetbook.dependencies.dag import Dag
from assetbook.dependencies.selection import AssetSelection, SelectionGraph
from assetbook.errors import SelectionError
from assetbook.keys import AssetKey


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


def test_ten_thousand_assets_resolve_quickly() -> None:
    names = [AssetKey(["part", f"n{number}"]) for number in range(10_000)]
    dag = Dag({key: names[max(0, number - 2) : number] for number, key in enumerate(names)})
    graph = SelectionGraph(dag, dict.fromkeys(names, Facts()))
    began = process_time()
    found = AssetSelection.from_string("sinks(+n9999) or n5 or not part/*5").resolve(graph)
    assert process_time() - began < 2
    assert len(found) == 9_001
