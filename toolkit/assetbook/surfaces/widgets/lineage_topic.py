"""The lineage as a page watches it: nodes with their places, edges with their routes, groups."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from assetbook.dependencies.selection_expression import Pattern
from assetbook.dependencies.selection_writing import name_text
from assetbook.instance.states import Standing
from assetbook.keys import AssetKey
from assetbook.surfaces.asking import select
from assetbook.surfaces.desk import Desk
from assetbook.surfaces.display.asset_words import group_of
from assetbook.surfaces.display.partition_strip import shortened
from assetbook.surfaces.rows import AssetRow, asset_rows
from assetbook.surfaces.widgets.acting import line_of
from assetbook.surfaces.widgets.assets_topic import asset_facts, locations_of
from assetbook.surfaces.widgets.changes import Document
from assetbook.surfaces.widgets.failures import failed_assets, state_shown
from assetbook.surfaces.widgets.lineage_groups import Folded, folded
from assetbook.surfaces.widgets.lineage_places import memory_of, placed
from assetbook.surfaces.widgets.running import running_assets

SQUARES = 24
"""Pieces of a node's strip of partitions, at most."""
MOST_OPEN = 300
"""Assets up to which all groups are open until somebody closes one."""
_TOLD = ("name", "state", "why", "group", "at", "rows", "checks", "location")


def lineage_document(desk: Desk, given: Mapping[str, Any]) -> Document:
    """The nodes by id with their places, the edges with their routes, and the groups.

    ``given["selection"]`` narrows them, ``given["closed"]`` names the groups that are one node
    each; without it all are where there are many assets. ``inside`` has the assets in these, with
    their nodes and names, ``line`` the line of code that shows the same. Raises
    SelectionError for a selection that cannot be read.
    """
    now, cells, sources = desk.standing()
    rows = asset_rows(now, cells=cells, sources=sources)
    if selection := str(given.get("selection") or ""):
        chosen = select(now, selection, desk.instance)
        rows = tuple(row for row in rows if row.key in chosen)
    running = running_assets(desk.instance, now)
    groups = {row.key.text: group_of(row) for row in rows}
    fold = folded(groups, _edges(now, rows), _closed(given.get("closed"), groups))
    locations = locations_of(desk)
    failed = failed_assets(desk, rows)
    nodes = {
        **_assets(desk, now, rows, fold, locations, failed),
        **_groups(fold, rows, running, locations, failed),
    }
    nodes = {name: nodes[name] for name in fold.members}
    places = placed(list(nodes), fold, memory_of(desk))
    for name, place in places.nodes.items():
        nodes[name]["place"] = place
    return {
        "nodes": nodes,
        "edges": places.edges,
        "groups": fold.sizes,
        "closed": sorted(fold.closed.values()),
        "inside": _inside(fold, rows),
        "running": _running_nodes(fold, running),
        "shape": places.shape,
        "selection": selection,
        "line": line_of(desk, "lineage", [selection] if selection else []),
    }


def _closed(asked: object, groups: Mapping[str, str]) -> set[str]:
    """The groups that are closed: those that were asked for, else all or none."""
    if isinstance(asked, list | tuple):
        return {str(each) for each in asked}
    return set(groups.values()) if len(groups) > MOST_OPEN else set()


def _inside(fold: Folded, rows: Sequence[AssetRow]) -> dict[str, tuple[str, str]]:
    node_of = {each: name for name in fold.closed for each in fold.members[name]}
    return {
        row.key.text: (node_of[row.key.text], str(row.key))
        for row in rows
        if row.key.text in node_of
    }


def _edges(now: Standing, rows: Sequence[AssetRow]) -> list[tuple[str, str]]:
    chosen = {row.key for row in rows}
    return [
        (parent.text, child.text)
        for child in now.graph.dag.order
        if child in chosen
        for parent in now.graph.dag.parents_of(child)
        if parent in chosen
    ]


def _assets(
    desk: Desk,
    now: Standing,
    rows: Sequence[AssetRow],
    fold: Folded,
    locations: Mapping[AssetKey, str],
    failed: Collection[AssetKey],
) -> dict[str, dict[str, Any]]:
    strips = _partitions(desk, now, rows)
    found = {}
    for row in rows:
        if row.key.text not in fold.members:
            continue
        facts = asset_facts(desk, row, locations.get(row.key, ""), failed)
        found[row.key.text] = {
            **{name: facts[name] for name in _TOLD},
            "kind": "external" if row.external else "asset",
            "word": name_text(Pattern((str(row.key),))),
            "partitions": strips.get(row.key),
        }
    return found


def _partitions(desk: Desk, now: Standing, rows: Sequence[AssetRow]) -> dict[AssetKey, Any]:
    """Of each asset with partitions: how many are made of how many, and a short strip of states."""
    keys = [row.key for row in rows if row.key in now.partitions]
    failed = desk.instance.store.failed_partitions(keys) if keys else {}
    found = {}
    for key in keys:
        summary = now.partitions[key]
        lately = {str(each) for each in failed.get(key, ())}
        states: Sequence[str] = summary.states
        if lately:
            pairs = zip(summary.keys, states, strict=True)
            states = ["failed" if each in lately else state for each, state in pairs]
        strip = shortened(states, SQUARES)
        found[key] = {"made": summary.made, "total": summary.total, "strip": strip}
    return found


def _groups(
    fold: Folded,
    rows: Sequence[AssetRow],
    running: Mapping[str, Any],
    locations: Mapping[AssetKey, str],
    failed: Collection[AssetKey],
) -> dict[str, dict[str, Any]]:
    """The nodes of closed groups; their location is None where they have several."""
    states = {row.key.text: state_shown(row, failed) for row in rows}
    places = {row.key.text: locations.get(row.key, "") for row in rows}
    found: dict[str, dict[str, Any]] = {}
    for name, group in fold.closed.items():
        counts: dict[str, int] = {}
        for member in fold.members[name]:
            state = "running" if member in running else states[member]
            counts[state] = counts.get(state, 0) + 1
        [location, *others] = {places[member] for member in fold.members[name]}
        found[name] = {
            "location": None if others else location,
            "kind": "group",
            "name": group,
            "group": group,
            "states": counts,
            "count": len(fold.members[name]),
        }
    return found


def _running_nodes(fold: Folded, running: Mapping[str, Any]) -> dict[str, Any]:
    """By node, of each that is being made or has a member that is."""
    found: dict[str, Any] = {}
    for name, members in fold.members.items():
        if at_work := [running[each] for each in members if each in running]:
            found[name] = min(at_work, key=lambda each: each["since"])
    return found
