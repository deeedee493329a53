"""What people can do with values and versions: the functions behind ``%value`` and its kind."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Any

from assetbook.errors import NotLoadedError, SelectionError, did_you_mean
from assetbook.instance.exporting import export_value
from assetbook.instance.materializing import origin_of
from assetbook.instance.renaming import rename_asset
from assetbook.instance.restoring import keep_version, read_through_again, restore_version
from assetbook.instance.version_reference import Reference, is_reference, split_name
from assetbook.keys import AssetKey
from assetbook.named_arguments import named_arguments
from assetbook.storage.other_store import OtherStore
from assetbook.storage.store import Store, Version
from assetbook.surfaces.asking import named_version, resources_at, rows_at, versioned_name
from assetbook.surfaces.desk import Desk, current_desk
from assetbook.surfaces.display.formatting import counted, size_text
from assetbook.surfaces.display.version_table import VersionTable
from assetbook.surfaces.display.view import Sentence
from assetbook.surfaces.naming import row_of
from assetbook.surfaces.suggestion import typed


@named_arguments
def value(
    name: str,
    partition: Reference | None = None,
    *,
    version: Reference | None = None,
    as_type: object = None,
    desk: Desk | None = None,
) -> Any:
    """The stored value of an asset: the latest, or that of a version (``orders@3``); of one
    partition where it has some, and else ``partition`` is the version."""
    at = desk or current_desk()
    if partition is not None and version is None and not _has_partitions(at, name):
        partition, version = None, partition
    key, reference = versioned_name(at, name, version)
    resources = resources_at(at)
    return at.instance.value(
        key,
        reference,
        partition=None if partition is None else str(partition),
        as_type=as_type,
        resources=resources,
    )


def _has_partitions(at: Desk, name: str) -> bool:
    key, _ = versioned_name(at, name)
    return bool(at.instance.store.made_of_partitions([key]).get(key))


@named_arguments
def versions(
    name: str, partition: str | None = None, *, newest: int = 20, desk: Desk | None = None
) -> VersionTable:
    """The versions of an asset, newest first, of all partitions or of one; with one
    (``orders@3``), it and those before it."""
    at = desk or current_desk()
    key, reference = versioned_name(at, name)
    if reference is None:
        store: Store | OtherStore = at.instance.store
        found = store.versions(key, newest=newest if partition is None else None)
    else:
        last = at.instance.version(key, reference)
        store = at.instance.store_of(last.store)
        found = [each for each in store.versions(key) if each.number <= last.number]
    if partition is not None and found:
        found = _of_partition(key, found, partition)
    found = found[:newest]
    if not found:
        raise SelectionError(
            f"the versions of `{key}`",
            "it has never been materialized here",
            f"`%materialize {key}` makes the first one.",
        )
    return VersionTable(key, tuple(found), kept=store.kept([key]).get(key, ()))


def _of_partition(key: AssetKey, found: Sequence[Version], partition: str) -> list[Version]:
    of_it = [each for each in found if each.partition == partition]
    if not of_it:
        made = sorted({each.partition for each in found if each.partition is not None})
        none = "That asset has no partitions." if not made else f"Made are {made[0]} to {made[-1]}."
        raise SelectionError(
            f"the versions of `{key}[{partition}]`",
            "that partition was never made here",
            did_you_mean(partition, made) or none,
        )
    return of_it


@named_arguments
def restore(name: str, *, desk: Desk | None = None) -> Sentence:
    """Makes an earlier version (``orders@3``) the latest again, as a new version of the same value;
    its file is not copied. ``orders@prod`` has the asset read from that store again."""
    at = desk or current_desk()
    before = named_version(at, name)
    if before.store is not None:
        return _restore_from_store(at, before)
    made = restore_version(at.instance, before, origin_of(*at.origin))
    now, rows = rows_at(at)
    row = row_of(rows, str(made.key), now.graph)
    state = f"{row.state} ({row.why})" if row.why else row.state
    return Sentence(
        f"`{made.key}` has the value of version {before.number} again, as version {made.number}: "
        f"{state}"
    )


def _restore_from_store(at: Desk, version: Version) -> Sentence:
    changed = read_through_again(at.instance, version, origin_of(*at.origin))
    said = f"`{version.key}` is read from {version.store} {'again' if changed else 'already'}"
    return Sentence(f"{said}, now version {version.number}")


@named_arguments
def keep(name: str, *, release: bool = False, desk: Desk | None = None) -> Sentence:
    """Keeps a version (``orders@3``; without a number the latest) whatever retention says.

    ``release`` leaves it to retention again.
    """
    at = desk or current_desk()
    version = named_version(at, name)
    changed = keep_version(at.instance, version, origin_of(*at.origin), release=release)
    number = f"{version.key}@{version.name}"
    if not changed:
        return Sentence(f"`{number}` was {'not kept' if release else 'kept already'}")
    if release:
        return Sentence(f"`{number}` is no longer kept: retention decides")
    return Sentence(f"`{number}` is kept until `{typed(f'keep {number} --release')}`")


@named_arguments
def export(
    name: str,
    file: str | os.PathLike[str],
    *,
    partition: str | None = None,
    force: bool = False,
    desk: Desk | None = None,
) -> Sentence:
    """Writes a value (``orders``, ``orders@3``) to a file: .csv, .xlsx, .parquet or .json.

    ``partition`` is the one that is meant of an asset that has some. ``force`` replaces a file that
    is there.
    """
    at = desk or current_desk()
    key, reference = versioned_name(at, name)
    done = export_value(
        at.instance,
        at.instance.version(key, reference, partition=partition),
        file,
        force=force,
        named=reference is not None,
        resources=resources_at(at),
    )
    what = f"{counted(done.rows, 'row')}, " if done.rows is not None else ""
    number = f"`{key}@{done.version.name}`"
    return Sentence(f"{number} is in {done.file}: {what}{size_text(done.size)}")


@named_arguments
def rename(old: str, new: str, *, desk: Desk | None = None) -> Sentence:
    """Gives an asset another name, and with it its history, versions, checks and kept versions.

    Its definition is renamed by you, in its cell; value files stay where they are.
    """
    at = desk or current_desk()
    key, reference = versioned_name(at, old)
    _, wanted = split_name(new, lambda text: False)
    if reference is not None or (wanted is not None and is_reference(wanted)):
        raise SelectionError(
            f"rename `{old}` to `{new}`", "a version has no name of its own", "Name two assets."
        )
    target = AssetKey.from_user_string(new)
    try:
        loaded = at.loaded()
    except NotLoadedError:
        loaded = None
    count = rename_asset(at.instance, key, target, origin_of(*at.origin), loaded)
    at.renamed(key, target)
    said = f"`{key}` is `{target}` now, with {counted(count, 'version')}"
    now, rows = rows_at(at)
    if key in now.graph.makers:
        cell = next(row.cell for row in rows if row.key == key)
        said += f"; {cell or 'a cell'} still defines `{key}`: rename it there too"
    latest = at.instance.latest_materialization(target)
    value = latest.event.value if latest is not None else None
    if value is not None and value.kind == "custom":
        said += f"; `{value.io_manager}` may find its value by its old name only"
    return Sentence(said)
