"""The lineage as a page watches it: nodes in their places, groups that close, partitions done."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from tests.surfaces.book import Book

from assetbook.errors import SelectionError
from assetbook.surfaces.desk import current_desk
from assetbook.surfaces.widgets.lineage_topic import lineage_document

ASSETS = """
@asset(group_name="raw")
def orders():
    return [1, 2]

@asset(group_name="clean")
def clean(orders):
    return orders

@asset(group_name="raw")
def feedback(clean):
    return clean

@asset
def total(feedback):
    return sum(feedback)

@asset_check(asset=orders)
def some(orders):
    return len(orders) > 0
"""


def document(**given: Any) -> Mapping[str, Any]:
    return lineage_document(current_desk(), given)


def edges(found: Mapping[str, Any]) -> set[tuple[str, str]]:
    return {(start, end) for start, end, _ in found["edges"].values()}


def test_nodes_say_how_they_stand_and_lie_from_left_to_right(book: Book) -> None:
    book.run(ASSETS)
    book.run("%materialize orders")

    found = document()
    nodes = found["nodes"]

    assert [nodes[each]["state"] for each in ("orders", "clean")] == ["fresh", "missing"]
    assert nodes["orders"]["checks"] == (1, 0)
    lefts = [nodes[each]["place"][0] for each in ("orders", "clean", "feedback", "total")]
    assert lefts == sorted(set(lefts))
    assert edges(found) == {("orders", "clean"), ("clean", "feedback"), ("feedback", "total")}
    assert found["groups"] == {"raw": 2, "clean": 1}


def test_a_new_node_of_another_part_moves_none(book: Book) -> None:
    book.run(ASSETS)
    before = document()["nodes"]

    book.run("@asset\ndef alone_with_a_very_long_name_that_is_cut(): return 1")
    after = document()["nodes"]

    assert {name: after[name]["place"] for name in before} == {
        name: node["place"] for name, node in before.items()
    }


def test_a_new_reader_moves_none_and_is_near_what_it_reads(book: Book) -> None:
    book.run(ASSETS)
    before = document()["nodes"]

    book.run("@asset\ndef second(clean): return clean\n@asset\ndef third(second): return 1")
    after = document()["nodes"]

    assert {name: after[name]["place"] for name in before} == {
        name: node["place"] for name, node in before.items()
    }
    assert document()["nodes"]["second"]["place"] == after["second"]["place"]


def test_a_closed_group_is_one_node_with_counts_of_states(book: Book) -> None:
    book.run(ASSETS)
    book.run("%materialize orders")

    found = document(closed=["raw"])

    assert list(found["nodes"]) == ["//raw", "clean", "total"]
    assert found["nodes"]["//raw"]["states"] == {"fresh": 1, "missing": 1}
    assert found["nodes"]["//raw"]["location"] == ""  # this notebook's own
    # what goes out of the group and comes back into it would be a cycle: one edge goes backwards
    assert edges(found) == {("//raw", "clean"), ("clean", "//raw"), ("//raw", "total")}
    xs = found["edges"]["clean\n//raw"][2][::2]
    assert xs[-1] < xs[0]


def test_all_groups_closed_are_a_small_picture(book: Book) -> None:
    book.run(ASSETS)

    assert list(document(closed=["raw", "clean"])["nodes"]) == ["//raw", "//clean", "total"]


def test_groups_of_many_assets_are_closed_until_somebody_opens_them(book: Book) -> None:
    book.run(
        "def define(number):\n"
        "    @asset(name=f'n{number}', group_name=f'g{number // 101}')\n"
        "    def made(): return 1\n"
        "    return made\n"
        "many = [define(number) for number in range(303)]"
    )

    found = document()

    assert found["closed"] == ["g0", "g1", "g2"]
    assert len(found["nodes"]) == 3
    assert found["inside"]["n102"] == ("//g1", "n102")
    assert len(document(closed=[])["nodes"]) == 303
    assert len(document(selection="group:g1")["nodes"]) == 101


def test_a_selection_narrows_it(book: Book) -> None:
    book.run(ASSETS)

    found = document(selection="+clean")

    assert set(found["nodes"]) == {"orders", "clean"}
    assert found["selection"] == "+clean"
    with pytest.raises(SelectionError, match="cleen"):
        document(selection="+cleen")


def test_partitions_done_are_told_with_a_strip_of_states(book: Book) -> None:
    book.run(
        "@asset(partitions_def=assetbook.StaticPartitionsDefinition(list('abcd')))\n"
        "def daily(context):\n    assert context.partition_key != 'c'\n    return 1"
    )
    book.run("%materialize daily --partition a")
    with pytest.raises(Exception, match="AssertionError"):
        book.run("%materialize daily --partition c")

    assert document()["nodes"]["daily"]["partitions"] == {
        "made": 1,
        "total": 4,
        "strip": [("fresh", 1), ("missing", 1), ("failed", 1), ("missing", 1)],
    }


def test_a_name_that_selections_would_misread_has_a_word_for_them(book: Book) -> None:
    book.run('@asset(name="or")\ndef made(): return 1')

    word = document()["nodes"]["or"]["word"]

    assert set(document(selection=f"+{word}")["nodes"]) == {"or"}
