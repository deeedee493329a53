"""The lineage as plain text."""

from __future__ import annotations

from assetbook.surfaces.display.graph_node import GraphNode
from assetbook.surfaces.display.graph_text import graph_text

NODES = [
    GraphNode("raw/flights", "raw/flights", "fresh", "336,776 rows", "as of 09:14"),
    GraphNode("raw/airlines", "raw/airlines", "fresh"),
    GraphNode("clean", "flights_clean", "stale", "2 min ago", "code changed", None, (2, 1)),
    GraphNode("delays", "delays_by_carrier", "missing"),
    GraphNode("holidays", "holidays", kind="external"),
]
EDGES = [("raw/flights", "clean"), ("clean", "delays"), ("raw/airlines", "delays")]


def test_the_whole_tree_reads_well() -> None:
    assert graph_text(NODES, EDGES).splitlines() == [
        "5 nodes: 2 fresh, 1 stale, 1 missing",
        "● raw/flights              fresh · 336,776 rows",
        "└─ ◐ flights_clean         stale · code changed · 2 min ago · 2 checks passed, 1 failed",
        "   └─ ○ delays_by_carrier  missing",
        "● raw/airlines             fresh",
        "└─ ↑ delays_by_carrier (above)",
        "· holidays                 external",
    ]


def test_siblings_hang_on_one_rule() -> None:
    nodes = [GraphNode(name, name, "fresh") for name in "abcd"]
    text = graph_text(nodes, [("a", "b"), ("a", "c"), ("b", "d")])
    assert [line.split("  fresh")[0].rstrip() for line in text.splitlines()[1:]] == [
        "● a",
        "├─ ● b",
        "│  └─ ● d",
        "└─ ● c",
    ]


def test_each_node_is_explained_once() -> None:
    nodes = [GraphNode(f"n{each}", f"n{each:02}", "fresh") for each in range(40)]
    edges = [(f"n{a}", f"n{b}") for b in range(40) for a in (b // 2, b // 3) if a < b]
    lines = graph_text(nodes, edges).splitlines()[1:]
    assert sum("fresh" in line for line in lines) == 40
    assert sum("(above)" in line or "(below)" in line for line in lines) == len(set(edges)) - 39


def test_a_deep_chain_starts_again_at_the_left() -> None:
    count = 3_000
    nodes = [GraphNode(f"n{each}", f"n{each}", "fresh") for each in range(count)]
    lines = graph_text(nodes, [(f"n{a}", f"n{a + 1}") for a in range(count - 1)]).splitlines()[1:]
    assert max(len(line) for line in lines) < 60
    assert "↓ n10 (below)" in lines[10]
    assert lines[11].startswith("● n10 ")
    assert sum("fresh" in line for line in lines) == count


def test_a_cycle_is_shown_all_the_same() -> None:
    nodes = [GraphNode("a", "a", "fresh"), GraphNode("b", "b", "fresh")]
    assert "↑ a (above)" in graph_text(nodes, [("a", "b"), ("b", "a")])


def test_terminal_codes_and_line_breaks_do_not_act() -> None:
    node = GraphNode("x", "\x1b[2Jx\ny", "stale", "a\rb", "\u202ereason")
    lines = graph_text([node], []).splitlines()
    assert lines[1] == "◐ \\x1b[2Jx y  stale · \\u202ereason · a\\x0db"


def test_nothing_to_show_is_said() -> None:
    assert graph_text([], []) == "0 nodes"
