"""The tables that viewers look at, kept open so that scrolling opens nothing anew."""

from __future__ import annotations

import threading
from collections import OrderedDict
from typing import Any

from assetbook.errors import CorruptStoreError
from assetbook.instance.value_reading import refuse_let_go, refuse_wiped
from assetbook.instance.version_comparison import shape_of
from assetbook.io.forms import ARROW_FILE
from assetbook.io.row_pages import ParquetRows, RowPages, TableRows
from assetbook.storage.version import Version
from assetbook.surfaces.asking import resources_at
from assetbook.surfaces.desk import Desk
from assetbook.surfaces.live import LiveNotebook

MOST_OPEN = 3
"""Tables that a process keeps open for its viewers."""

_open: OrderedDict[Any, RowPages] = OrderedDict()
_lock = threading.Lock()


def rows_of(desk: Desk, version: Version) -> RowPages | None:
    """The rows of a version's value; None if it is no table.

    Every byte of its file is checked when it is opened. Raises SelectionError if the value was let
    go or wiped, CorruptStoreError if its file is gone or damaged.
    """
    refuse_wiped(version)
    reference = version.event.value
    if reference is None:
        return None
    store = (str(desk.instance.values.root), isinstance(desk, LiveNotebook))
    name = (*store, version.key, version.name, version.event_id)
    with _lock:
        if name in _open:
            _open.move_to_end(name)
            return _open[name]
        try:
            found = _opened(desk, version)
        except CorruptStoreError:
            refuse_let_go(version, desk.instance.store_of(version.store))
            raise
        if found is not None:
            _open[name] = found
            while len(_open) > MOST_OPEN:
                _open.popitem(last=False)
    return found


def _opened(desk: Desk, version: Version) -> RowPages | None:
    reference = version.event.value
    assert reference is not None
    asked = f"the value of `{version.key}@{version.name}`"
    if (reference.path or "").endswith(".parquet"):
        values = desk.instance.values_of(version.store)
        return ParquetRows(values.whole_file(reference, asked=asked), asked=asked)
    if reference.kind.endswith(ARROW_FILE):
        return TableRows(_table(desk, version))
    if reference.kind == "custom" and is_readable(desk, version):
        return TableRows(_table(desk, version))
    return None


def is_readable(desk: Desk, version: Version) -> bool:
    """Whether the version is a table that its notebook's own I/O manager keeps, and the notebook is
    here: no location's code runs where its store alone is shown."""
    return isinstance(desk, LiveNotebook) and shape_of(version) == "table"


def _table(desk: Desk, version: Version) -> Any:
    import pyarrow as pa

    from assetbook.io.table_form import TableForm

    instance = desk.instance
    value = instance.value_of(version, as_type=pa.Table, resources=resources_at(desk))
    if isinstance(value, pa.Table):
        return value
    return TableForm.of(value, asked=f"the value of `{version.key}`").hand_over(pa.Table)
