"""What verbs ask of the desk at which they act: rows, and what names and selections mean there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from assetbook.dependencies.selection import AssetSelection, SelectionGraph
from assetbook.errors import NotLoadedError, SelectionError
from assetbook.instance.as_if_latest import as_if_latest
from assetbook.instance.instance import Instance
from assetbook.instance.states import Standing
from assetbook.instance.version_reference import Reference, split_name
from assetbook.keys import AssetKey
from assetbook.storage.version import Version
from assetbook.surfaces.desk import NOWHERE, Desk, StoreDesk
from assetbook.surfaces.display.formatting import counted
from assetbook.surfaces.naming import (
    offering_new_names,
    offering_outputs,
    row_of,
    wrong_definition,
    wrong_key,
)
from assetbook.surfaces.rows import AssetRow, asset_rows
from assetbook.surfaces.suggestion import typed


def rows_at(at: Desk) -> tuple[Standing, tuple[AssetRow, ...]]:
    """How everything stands, and a row for each asset."""
    now, cells, sources = at.standing()
    return now, asset_rows(now, cells=cells, sources=sources, parity=at.parity(now))


def row_at(at: Desk, now: Standing, rows: Sequence[AssetRow], name: str) -> AssetRow:
    """The row of the asset called ``name``; raises what tells best why there is none."""
    wrong = at.wrong()
    key = wrong_key(wrong, name)
    if key is not None and key not in now.states:
        raise wrong_definition(key, wrong[key])
    with offering_new_names(at.instance):
        return row_of(rows, name, now.graph)


def narrowed(
    now: Standing, rows: Sequence[AssetRow], selection: str, verb: str, instance: Instance
) -> tuple[tuple[AssetRow, ...], str]:
    """The rows that are selected, and what to say if these are none."""
    chosen = select(now, selection, instance)
    none = f"`{selection}` matches none of the {counted(len(rows), 'asset')}."
    return tuple(row for row in rows if row.key in chosen), f"{none} `{typed(verb)}` shows all."


def orphans_at(at: Desk) -> tuple[Standing, tuple[AssetRow, ...]]:
    """The assets that have versions and that neither this desk nor any snapshot defines."""
    _, here = rows_at(at)
    defined = {row.key for row in here if not row.source.startswith(NOWHERE)}
    now, rows = rows_at(StoreDesk(at.instance))
    return now, tuple(
        row for row in rows if row.source.startswith(NOWHERE) and row.key not in defined
    )


def select(now: Standing, selection: str, instance: Instance) -> frozenset[AssetKey]:
    """The assets that ``selection`` means; raises SelectionError if it cannot be read."""
    facts = SelectionGraph(now.graph.dag, now.graph.facts())
    with offering_outputs(now.graph), offering_new_names(instance):
        return AssetSelection.from_string(selection).resolve(facts)


def versioned_name(
    at: Desk, name: str, version: Reference | None = None
) -> tuple[AssetKey, Reference | None]:
    """The key and the version in ``orders@3``, which may name it by its last part; None: latest.

    Raises SelectionError for no such asset, and if ``version`` is given too.
    """
    key, reference = _parts_of(at, name)
    if reference is not None and version is not None:
        raise SelectionError(
            f"the value of `{name}`", f"version {version} is asked for too", "Name one version."
        )
    return key, reference if version is None else version


def _parts_of(at: Desk, name: str) -> tuple[AssetKey, Reference | None]:
    store = at.instance.store
    divided = (key for key, each in store.partition_counts().items() if each.materialized)
    known = {*store.latest(), *divided}
    names = {each for key in known for each in (str(key), key.parts[-1])}
    plain, reference = split_name(name, names.__contains__)
    if AssetKey.from_user_string(plain) in known:
        return AssetKey.from_user_string(plain), reference
    now, rows = rows_at(at)
    if reference is not None and any(name in (str(row.key), row.key.parts[-1]) for row in rows):
        plain, reference = name, None
    return row_at(at, now, rows, plain).key, reference


def named_version(at: Desk, name: str, version: Reference | None = None) -> Version:
    """The version that ``orders@3`` means, or ``version``; raises SelectionError if none does."""
    return at.instance.version(*versioned_name(at, name, version))


def row_and_version(at: Desk, name: str) -> tuple[Standing, AssetRow, Version | None]:
    """How everything stands, the row of the asset, and the version that ``orders@3`` names.

    The row of a named version is as if that were the latest one. None: the asset has no version.
    """
    now, rows = rows_at(at)
    key, reference = versioned_name(at, name)
    row = row_at(at, now, rows, str(key))
    if reference is None:
        return now, row, latest_of(at, now, row)
    version = at.instance.version(row.key, reference)
    now = as_if_latest(at.instance, now, version)
    [found] = asset_rows(
        now, cells={row.key: row.cell}, sources={row.key: row.source}, keys=[row.key]
    )
    return now, found, version


def latest_of(at: Desk, now: Standing, row: AssetRow) -> Version | None:
    """The latest version; of an asset with partitions that of the newest one."""
    if row.key not in now.partitions:
        return at.instance.latest_materialization(row.key)
    if row.number is None:
        return None
    for newest in at.instance.versions(row.key, newest=1):  # of many mostly the one
        if (newest.number, newest.store) == (row.number, row.store):
            return newest
    return at.instance.version(row.key, row.number if row.store is None else row.version)


def partition_states(at: Desk, now: Standing, key: AssetKey) -> dict[str, str]:
    """The state of each partition of an asset, in their order; empty for one without.

    ``failed`` are those that failed when they were last tried, ``former`` those that were made and
    that it no longer has.
    """
    summary = now.partitions.get(key)
    if summary is None:
        return {}
    failed = at.instance.store.failed_partitions([key]).get(key, {})
    found: dict[str, str] = dict(zip(summary.keys, summary.states, strict=True))
    found |= {str(each): "failed" for each in failed if each in found}
    return found | dict.fromkeys(summary.former, "former")


def resources_at(at: Desk) -> Mapping[str, object]:
    """The resources of the notebook, for I/O managers of one's own; none without a notebook."""
    try:
        return at.loaded().resources()
    except NotLoadedError:
        return {}
