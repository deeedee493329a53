"""The stored value of one version: from its file, or by the I/O manager that stored it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from assetbook.errors import CorruptStoreError, SelectionError
from assetbook.events.wiping import when_wiped
from assetbook.execution.resource_scope import ResourceScope
from assetbook.io.built_in import own_manager
from assetbook.io.contexts import InputContext
from assetbook.io.value_files import ValueFiles
from assetbook.storage.other_store import OtherStore
from assetbook.storage.store import Store
from assetbook.storage.version import Version


def read_value(
    found: Version,
    store: Store | OtherStore,
    values: ValueFiles,
    *,
    named: bool,
    as_type: object = None,
    resources: Mapping[str, object] | None = None,
) -> Any:
    """The value of a version; ``named`` says that a person asked for this one and no other.

    Raises SelectionError if it has none or it was let go or wiped, CorruptStoreError if its file is
    gone or changed otherwise.
    """
    refuse_wiped(found)
    reference = found.event.value
    if reference is None:
        raise SelectionError(
            f"the value of `{found.key}`",
            f"version {found.number} was materialized without a value",
            "",
        )
    if reference.kind != "custom":
        try:
            return values.open(reference).hand_over(as_type)
        except CorruptStoreError:
            refuse_let_go(found, store)
            raise
    if named and not reference.versioned:
        raise SelectionError(
            f"the value of `{found.key}@{found.name}`",
            f"its I/O manager `{reference.io_manager}` keeps only the latest value",
            f"`%value {found.key}` gives that.",
        )
    with ResourceScope(resources or {}) as scope:
        return _by_manager(found, reference.io_manager, scope.ready, as_type)


def refuse_wiped(version: Version) -> None:
    """Raises SelectionError if the value of the version was wiped."""
    if version.event.wiped_at is not None:
        raise SelectionError(
            f"the value of `{version.key}@{version.name}`",
            f"it was wiped {when_wiped(version.event)}, for good",
            f"`%versions {version.key}` lists what there is.",
        )


def refuse_let_go(found: Version, store: Store | OtherStore) -> None:
    """Raises SelectionError if the value of the version was let go on purpose."""
    reference = found.event.value
    gone = store.doomed().get(reference.path or "") if reference is not None else None
    if gone is not None:
        raise SelectionError(
            f"the value of `{found.key}@{found.name}`",
            f"it was let go on {gone:%Y-%m-%d}, as retention or somebody asked for; all that was "
            "recorded of it stays",
            f"`%versions {found.key}` lists what there is.",
        ) from None


def only_read_here(asked: str, version: Version) -> SelectionError:
    """The error for changing what another store has."""
    store = version.store
    return SelectionError(
        asked,
        f"`{version.key}@{version.name}` is in the store `{store}`, which is only read here",
        f"Do it there: `assetbook --store {store}` and a verb, or `%assetbook --store {store}`.",
    )


def refuse_overwritten(version: Version, verb: str) -> None:
    """Raises SelectionError if the version's I/O manager keeps only the latest value.

    ``verb`` says what was to be done with it.
    """
    reference = version.event.value
    if reference is not None and not reference.versioned:
        raise SelectionError(
            f"{verb} `{version.key}@{version.name}`",
            f"its I/O manager `{reference.io_manager}` keeps only the latest value",
            "A manager that keeps every version says `versioned = True`.",
        )


def _by_manager(found: Version, name: str, resources: Mapping[str, object], as_type: object) -> Any:
    manager = own_manager(name, resources, found.key)
    context = InputContext(
        name=found.key.parts[-1],
        asset_key=found.key,
        metadata={},
        upstream_metadata=found.event.metadata,
        python_type=as_type,
        run_id=found.event.written_by or found.run_id,
        resources=resources,
    )
    return manager.load_input(context)
