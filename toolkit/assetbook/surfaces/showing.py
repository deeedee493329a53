"""Materializing in a notebook and showing it: values as in any cell, stored output again."""

from __future__ import annotations

from functools import partial
from typing import Any

from assetbook.definitions.asset_definition import AssetsDefinition
from assetbook.definitions.partitions import PartitionsDefinition
from assetbook.dependencies.asset_state import AssetState
from assetbook.execution.held_form import AnyForm
from assetbook.execution.run_result import RunResult
from assetbook.instance.materializing import Options, execute, origin_of, plan_for
from assetbook.instance.partitions_asked import PartitionsAsked
from assetbook.io.table_file_form import TableFileForm
from assetbook.keys import AssetKey
from assetbook.notebook.cell_body import CellBody
from assetbook.notebook.sql_cell import SqlCell
from assetbook.surfaces.cards import fresh_line
from assetbook.surfaces.failure_view import interrupts_short, raise_shown
from assetbook.surfaces.live import LiveNotebook
from assetbook.surfaces.replay import show_again
from assetbook.surfaces.space_notice import warn_of_little_space

FIRST_ROWS = 10
"""Rows that are shown of a table that is not read as a whole."""


def materialize_and_show(live: LiveNotebook, definition: AssetsDefinition) -> Any:
    """Materializes one asset by the rules of ``%materialize NAME`` and returns its value.

    If it is fresh, its stored output is shown again, and a line says since when.
    """
    __tracebackhide__ = True
    key, options = definition.key, Options()
    loaded = live.loaded()
    if definition.spec.partitions_def is not None:
        last = _last_partition(live, definition.spec.partitions_def)
        if last is None:
            print(f"`{key}` is defined; it has no partition yet")
            return None
        key, options = key.at(last), Options(partitions=PartitionsAsked(last))
    planned = partial(plan_for, live.instance, loaded, f'key:"{key.asset}"', options)
    plan, now = planned()
    if plan.by_key.get(key) is None:
        return _show_fresh(live, definition, key, now.states[key])
    with interrupts_short(live.instance):
        result = execute(
            plan,
            live.instance,
            loaded,
            now,
            origin=origin_of(*live.origin),
            reporter=live.reporter(),
            sources=live.run_sources(loaded, now),
            replan=planned,
        )
        warn_of_little_space(live.instance)
    raise_shown(result, loaded.where, live.instance)
    if key.partition is not None:
        print(f"made its last partition, {key.partition}; `%materialize {key.asset} --missing`")
    if _shows_itself(definition):
        print(f"stored: the variable `{definition.name}`; the last line is only shown")
        return None
    return _value(live, definition, key, result)


def _last_partition(live: LiveNotebook, definition: PartitionsDefinition) -> str | None:
    keys = live.instance.known_partitions().keys(definition)
    return keys[-1] if keys else None


def _shows_itself(definition: AssetsDefinition) -> bool:
    return isinstance(definition.compute, CellBody) and definition.compute.shows_itself


def _show_fresh(
    live: LiveNotebook, definition: AssetsDefinition, key: AssetKey, state: AssetState
) -> Any:
    version = live.instance.latest_materialization(key.asset, key.partition)
    if version is None:
        return None
    print(fresh_line(live.instance, version, state))
    show_again(live.instance, version)
    return None if _shows_itself(definition) else _stored(live, definition, key)


def _value(
    live: LiveNotebook, definition: AssetsDefinition, key: AssetKey, result: RunResult
) -> Any:
    held = result.values.get(key)
    if held is None:  # its upstream's data did not change after all
        return _stored(live, definition, key)
    if held.form is not None:
        return _shown(held.form, _shown_type(definition))
    return _stored(live, definition, key) if held.event.value is not None else None


def _stored(live: LiveNotebook, definition: AssetsDefinition, key: AssetKey) -> Any:
    version = live.instance.latest_materialization(key.asset, key.partition)
    if version is None or version.event.value is None:
        return None
    wanted, resources = _shown_type(definition), live.loaded().resources()
    if version.event.value.kind != "custom":
        return _shown(live.instance.values_of(version.store).open(version.event.value), wanted)
    return live.instance.value_of(version, named=False, as_type=wanted, resources=resources)


def _shown(form: AnyForm, wanted: object) -> Any:
    """The value, or the first rows of a table that would fill the memory."""
    if not isinstance(form, TableFileForm) or not form.is_large:
        return form.hand_over(wanted)
    print(
        f"{form.rows:,} rows are in the store, too many to show; these are the first {FIRST_ROWS}"
    )
    return form.head(FIRST_ROWS)


def _shown_type(definition: AssetsDefinition) -> object:
    """What a cell shows its value as: SQL shows a frame, as Arrow has no view of its rows."""
    if not isinstance(definition.compute, SqlCell):
        return None
    import pandas as pd

    return pd.DataFrame
