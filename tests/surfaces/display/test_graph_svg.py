"""The lineage picture as SVG."""

from __future__ import annotations

import re
from itertools import pairwise
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assetbook.surfaces.display.graph_svg import GraphNode, graph_picture, graph_svg

SVG = "{http://www.w3.org/2000/svg}"
NODES = [
    GraphNode("raw/flights", "flights", "fresh", "336,776 rows", "as of 09:14", "raw"),
    GraphNode("clean", "flights_clean", "stale", "", "code changed", "clean", (3, 1)),
    GraphNode("holidays", "holidays", kind="external"),
    GraphNode("delays", "delays", "running", "1.2 s"),
    GraphNode("check", "no_gaps", "failed", kind="check"),
]
EDGES = [("raw/flights", "clean"), ("clean", "delays"), ("holidays", "delays"), ("delays", "check")]


def picture(
    nodes: list[GraphNode] = NODES, edges: list[tuple[str, str]] = EDGES
) -> ElementTree.Element:
    """The picture, read as strictly as an SVG file is."""
    return ElementTree.fromstring(graph_picture(nodes, edges))


def drawn(root: ElementTree.Element) -> dict[str, ElementTree.Element]:
    """The nodes' elements by the nodes' ids."""
    return {
        each.attrib["data-id"]: each for each in root.iter(f"{SVG}g") if "data-id" in each.attrib
    }


def shown(element: ElementTree.Element) -> str:
    """The text that can be read without pointing at anything."""
    return " ".join("".join(text.itertext()) for text in element.iter(f"{SVG}text"))


def test_each_state_is_said_in_words() -> None:
    nodes = drawn(picture())
    assert shown(nodes["raw/flights"]) == "raw flights ●fresh · 336,776 rows"
    assert shown(nodes["clean"]) == "clean flights_clean ✓3 ✕1 ◐stale"
    assert shown(nodes["holidays"]) == "holidays external"
    assert shown(nodes["check"]) == "no_gaps ✕failed"


def test_nodes_are_named_for_screen_readers() -> None:
    node = drawn(picture())["clean"]
    assert node.attrib["role"] == "img"
    assert node.attrib["aria-label"] == (
        "flights_clean, stale, code changed, group clean, 3 checks passed, 1 failed"
    )


def test_the_picture_sums_itself_up() -> None:
    root = picture()
    assert root.attrib["role"] == "img"
    assert root.attrib["aria-label"] == "Lineage of 5 nodes: 1 fresh, 1 stale, 1 running, 1 failed"


def test_tooltips_give_the_reason() -> None:
    title = drawn(picture())["clean"].find(f"{SVG}title")
    assert title is not None
    assert title.text == "flights_clean\nstale\ncode changed"


def test_every_edge_is_a_path_with_an_arrow() -> None:
    root = picture()
    paths = [path for path in root.iter(f"{SVG}path") if "marker-end" in path.attrib]
    marker = next(root.iter(f"{SVG}marker")).attrib["id"]
    assert [path.attrib["marker-end"] for path in paths] == [f"url(#{marker})"] * len(EDGES)


def test_a_long_label_is_cut_and_kept_in_the_tooltip() -> None:
    label = "planes_with_manufacturer_names_normalised"
    node = drawn(picture([GraphNode("p", label, "fresh")], []))["p"]
    assert re.search(r"planes_with_\w+…", shown(node))
    assert label in node.findtext(f"{SVG}title", "")


def test_nothing_acts_or_is_fetched() -> None:
    text = graph_svg(NODES, EDGES)
    assert not re.search(r"<script|foreignObject|<image|<use|href|@import|\son\w+=", text, re.I)
    assert set(re.findall(r"url\((.)", text)) == {"#"}


def test_different_pictures_share_no_ids() -> None:
    def ids(nodes: list[GraphNode]) -> set[str]:
        return {each.attrib["id"] for each in picture(nodes, []).iter() if "id" in each.attrib}

    assert ids(NODES) == ids(NODES)
    assert not ids(NODES) & ids(NODES[:2])


def test_the_frame_scrolls_what_is_wide() -> None:
    nodes = [GraphNode(f"n{each}", f"n{each}", "fresh") for each in range(20)]
    edges = [(f"n{each}", f"n{each + 1}") for each in range(19)]
    frame = ElementTree.fromstring(graph_svg(nodes, edges))
    assert "overflow-x: auto" in frame.attrib["style"]
    svg = frame[0]
    assert svg.attrib["viewBox"] == f"0 0 {svg.attrib['width']} {svg.attrib['height']}"
    assert float(svg.attrib["width"]) > 3000
    shrunk = re.search(r"max-width: 100%; min-width: (\d+)px", svg.attrib["style"])
    assert shrunk
    assert 0.75 < int(shrunk[1]) / float(svg.attrib["width"]) < 0.9


@pytest.mark.parametrize(
    "hostile", ["</title><script>x</script>", "\x00\x1b\ud800", "a\u202eb", "\"'&"]
)
def test_hostile_text_stays_text(hostile: str) -> None:
    node = GraphNode(hostile, hostile, hostile, hostile, hostile, hostile)
    root = picture([node], [])
    assert {each.tag for each in root.iter()} == {
        each.tag for each in picture(NODES[:1], []).iter()
    }
    assert not set(graph_svg([node], [])) & {"\x00", "\x1b", "\ud800", "\u202e"}


@given(st.lists(st.text(st.characters(exclude_categories=())), min_size=1, max_size=4, unique=True))
@settings(max_examples=60, deadline=None)
def test_any_names_make_a_well_formed_file(names: list[str]) -> None:
    nodes = [GraphNode(name, name, "fresh", name, name, name) for name in names]
    edges = list(pairwise(names))
    assert len(drawn(picture(nodes, edges))) >= 1


def test_an_empty_lineage_is_a_picture_too() -> None:
    assert picture([], []).attrib["aria-label"] == "Lineage of 0 nodes"
