"""Closing groups of a lineage: every edge is kept, and those that go forward form no cycle."""

from __future__ import annotations

from graphlib import TopologicalSorter

from hypothesis import given
from hypothesis import strategies as st

from assetbook.surfaces.widgets.lineage_groups import folded, without_cycles

NAMES = [f"n{number}" for number in range(8)]
PAIRS = st.tuples(st.sampled_from(NAMES), st.sampled_from(NAMES)).filter(
    lambda pair: pair[0] != pair[1]
)


@given(st.lists(PAIRS, unique=True))
def test_edges_forward_form_no_cycle_and_none_is_lost(edges: list[tuple[str, str]]) -> None:
    forward, backward = without_cycles(NAMES, edges)

    assert sorted([*forward, *backward]) == sorted(edges)
    sorter: TopologicalSorter[str] = TopologicalSorter()
    for start, end in forward:
        sorter.add(end, start)
    sorter.prepare()  # raises for a cycle


@given(st.lists(PAIRS, unique=True))
def test_where_there_is_no_cycle_nothing_goes_backwards(edges: list[tuple[str, str]]) -> None:
    downwards = [tuple(sorted(edge)) for edge in edges]

    assert without_cycles(NAMES, downwards)[1] == []  # type: ignore[arg-type]


@given(
    st.fixed_dictionaries({name: st.sampled_from(["", "a", "b"]) for name in NAMES}),
    st.lists(PAIRS, unique=True),
    st.sets(st.sampled_from(["a", "b", "c"])),
)
def test_each_asset_is_in_one_node(
    groups: dict[str, str], edges: list[tuple[str, str]], closed: set[str]
) -> None:
    fold = folded(groups, edges, closed)

    assert sorted(each for members in fold.members.values() for each in members) == sorted(NAMES)
    assert set(fold.closed.values()) == closed & set(groups.values())
    assert all(start in fold.members and end in fold.members for start, end in fold.forward)
