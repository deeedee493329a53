"""What people can ask and do, as Python functions: the same words as the magics and the CLI.

Each function acts at a desk (see :mod:`assetbook.surfaces.desk`), which is found by itself, and
gives back a view: an object that shows itself, in a notebook and as text.
"""

from __future__ import annotations

from assetbook.definitions.collection import NOUNS
from assetbook.instance.code_difference import code_differences
from assetbook.named_arguments import named_arguments
from assetbook.storage.version import Version
from assetbook.surfaces.asking import (
    narrowed,
    orphans_at,
    partition_states,
    row_and_version,
    rows_at,
)
from assetbook.surfaces.automation_status import ahead_of, overview_line
from assetbook.surfaces.desk import Desk, current_desk
from assetbook.surfaces.display.asset_table import AssetTable
from assetbook.surfaces.display.asset_view import AssetView
from assetbook.surfaces.display.lineage_view import LineageView
from assetbook.surfaces.display.overview_view import Overview
from assetbook.surfaces.display.run_view import RunView
from assetbook.surfaces.display.view import Sentence
from assetbook.surfaces.display.why_view import WhyView
from assetbook.surfaces.known_jobs import known_jobs
from assetbook.surfaces.last_look import look
from assetbook.surfaces.location_lines import location_lines
from assetbook.surfaces.naming import row_of, wrong_key
from assetbook.surfaces.pin_text import pin_text
from assetbook.surfaces.rows import AssetRow
from assetbook.surfaces.run_showing import run_of_name, run_view
from assetbook.surfaces.space_notice import warn_of_little_space
from assetbook.surfaces.suggestion import typed


@named_arguments
def assets(
    selection: str = "", *, checks: bool = False, orphans: bool = False, desk: Desk | None = None
) -> AssetTable:
    """The assets with their states; ``selection`` narrows them (empty: all).

    ``checks`` adds a line for each check; ``orphans`` shows only assets that have versions and
    that nothing defines any more.
    """
    at = desk or current_desk()
    now, rows = orphans_at(at) if orphans else rows_at(at)
    none = "No orphans: every asset that has versions is defined somewhere." if orphans else ""
    if selection and rows:
        rows, none = narrowed(
            now, rows, selection, "assets --orphans" if orphans else "assets", at.instance
        )
    warn_of_little_space(at.instance)
    table = AssetTable(rows, checks=checks, none=none)
    return table if checks or orphans else table.living(at, "assets", selection=selection)


@named_arguments
def show(name: str, *, desk: Desk | None = None) -> AssetView | RunView:
    """One asset: its state and why, schema, metadata, checks, what it reads and who reads it;
    or one version of it (``orders@3``); or one run, by the beginning of its id: its steps, and the
    cells of the notebooks that it ran."""
    at = desk or current_desk()
    run_meant = run_of_name(at, name)
    if run_meant is not None:
        return run_view(at.instance, run_meant).living(at, "run", run=run_meant.id)
    now, row, version = row_and_version(at, name)
    store = at.instance.store_of(version.store if version is not None else None)
    logs = store.logs(version.run_id, version.event.step) if version is not None else []
    run = at.instance.run_of(version) if version is not None else None
    return AssetView(
        row,
        version,
        tuple(now.graph.dag.parents_of(row.key)),
        tuple(now.graph.dag.children_of(row.key)),
        tuple(stored.record for stored in logs),
        origin=run.origin if run is not None else None,
        again=run.reexecution if run is not None else None,
        latest=version if row.key in now.partitions else _latest(at, row),
        partitions=partition_states(at, now, row.key),
    )


def _latest(at: Desk, row: AssetRow) -> Version | None:
    return at.instance.latest_materialization(row.key)


@named_arguments
def lineage(selection: str = "", *, desk: Desk | None = None) -> LineageView:
    """The graph of assets with their states; ``selection`` narrows it (empty: all)."""
    at = desk or current_desk()
    now, rows = rows_at(at)
    none = ""
    if selection and rows:
        rows, none = narrowed(now, rows, selection, "lineage", at.instance)
    chosen = {row.key for row in rows}
    edges = [
        (parent, child)
        for child in now.graph.dag.order
        for parent in now.graph.dag.parents_of(child)
        if child in chosen and parent in chosen
    ]
    return LineageView(rows, tuple(edges), none=none).living(at, "lineage", selection=selection)


@named_arguments
def why(name: str, *, desk: Desk | None = None) -> WhyView:
    """Why an asset is in its state, with the code that changed, old against new; or how it would
    stand with an earlier version (``orders@3``) as its latest."""
    at = desk or current_desk()
    now, row, version = row_and_version(at, name)
    code = now.defined[row.key].code
    differences = code_differences(at.instance, version, code) if code is not None else ()
    latest = version if row.key in now.partitions else _latest(at, row)
    as_if = version is not None and version != latest
    return WhyView(row, version, differences, as_if=as_if)


@named_arguments
def forget(name: str, *, desk: Desk | None = None) -> Sentence:
    """Drops the definition of an asset, or of a job, schedule or sensor if no asset is called
    so; its versions or runs remain. A sentence that says so.

    A definition that is wrong goes too, and what is remembered of earlier ones. With a function
    that makes several assets all of them go.
    """
    at = desk or current_desk()
    now, rows = rows_at(at)
    if all(name not in (str(k), k.parts[-1]) for k in now.states):
        for noun in NOUNS:
            if name in at.names(noun):
                at.forget_named(noun, name)
                return Sentence(f"the {noun} `{name}` is no longer defined here")
    key = wrong_key(at.wrong(), name) or row_of(rows, name, now.graph).key
    maker = now.graph.makers.get(key)
    at.forget(key)
    gone = maker.keys if maker is not None else (key,)
    names = " and ".join(f"`{each}`" for each in gone)
    said = f"{names} {'is' if len(gone) == 1 else 'are'} no longer defined here"
    kept = [each for each in gone if at.instance.latest_materialization(each) is not None]
    if kept:
        said += f"; `{typed(f'versions {kept[0]}')}` still lists its versions"
    return Sentence(said)


@named_arguments
def overview(*, store: str | None = None, desk: Desk | None = None) -> Overview:
    """The store, the notebook, how many assets are in which state, what ran last, and what ran or
    failed since the last look.

    ``store`` makes another of the project's stores the one that is written and read from now on.
    """
    at = desk or current_desk()
    if store is not None:
        at.use_store(store)
    _, rows = rows_at(at)
    kind, location, _ = at.origin
    last, pinned = tuple(at.instance.runs(5)), pin_text(at.instance, location)
    return Overview(
        at.instance,
        rows,
        last,
        kind,
        location,
        pinned=pinned,
        daemon=overview_line(at.instance),
        ahead=tuple(ahead_of(at.instance, location)),
        unsaved=at.unsaved(),
        locations=() if location is not None else location_lines(at.instance),
        news=look(at.instance),
        jobs=known_jobs(at.instance),
    )
