"""Opening a version's value, with the reason if it was let go."""

from __future__ import annotations

from assetbook.errors import CorruptStoreError, SelectionError
from assetbook.events.records import ValueRef
from assetbook.io.forms import StoredForm
from assetbook.io.value_files import ValueFiles
from assetbook.storage.store import Store, Version


def open_value(
    store: Store, values: ValueFiles, version: Version, reference: ValueRef
) -> StoredForm:
    """The stored form of a version whose value one of the built-in managers keeps.

    Raises SelectionError if it was let go, CorruptStoreError if it is gone or changed otherwise.
    """
    try:
        return values.open(reference)
    except CorruptStoreError:
        gone = store.doomed().get(reference.path or "")
        if gone is None:
            raise
        raise SelectionError(
            f"the value of `{version.key}@{version.number}`",
            f"it was let go on {gone:%Y-%m-%d}, as retention or somebody asked for; all that was "
            "recorded of it stays",
            f"`%versions {version.key}` lists what there is.",
        ) from None
