"""From pandas frames to Arrow tables that own their memory, with what that changes."""

from __future__ import annotations

import json
import re
import warnings
from collections.abc import Hashable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from assetbook.errors import UnstorableValueError, with_article
from assetbook.io.canonical_table import check_shape, owned

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa


def table_from_pandas(frame: pd.DataFrame, *, asked: str) -> tuple[pa.Table, list[str]]:
    """The frame as an Arrow table that shares no memory with it, and what that changes.

    Raises UnstorableValueError, naming the column, for what Arrow has no type for.
    """
    _check_columns(frame, asked)
    frame, notes = _plain_frame(frame)
    table = _converted(frame, asked)
    check_shape(table, asked)
    table = _own_memory(table, frame)
    table = _restorable(table, frame, notes)
    notes += _changed_objects(frame, table)
    return table, notes


def _check_columns(frame: pd.DataFrame, asked: str) -> None:
    if frame.columns.nlevels > 1:
        raise UnstorableValueError(
            asked,
            f"its column names have {frame.columns.nlevels} levels",
            'Join them into one: `df.columns = ["_".join(map(str, name)) for name in df.columns]`.',
        )
    others = [repr(name) for name in frame.columns if not _is_name(name)]
    if others:
        raise UnstorableValueError(
            asked,
            f"column names are text without NUL, these are not: {', '.join(others[:5])}",
            "Rename them: `df.columns = df.columns.astype(str)`.",
        )
    for name in frame.index.names:
        if isinstance(name, str) and "\0" in name:
            raise UnstorableValueError(
                asked,
                f"the index level {name!r} has a NUL in its name",
                "Rename it: `df.rename_axis(...)`.",
            )
    twice = sorted(set(frame.columns[frame.columns.duplicated()]))
    if twice:
        names = ", ".join(f"`{name}`" for name in twice)
        raise UnstorableValueError(
            asked, f"several columns are called {names}", "Give each column a name of its own."
        )


def _is_name(name: object) -> bool:
    # pandas metadata passes through numpy text, which loses NULs at the end
    return isinstance(name, str) and "\0" not in name


def _plain_frame(frame: pd.DataFrame) -> tuple[pd.DataFrame, list[str]]:
    """A shallow copy without what cannot be stored, and a note for each such thing."""
    notes = []
    kept = frame.copy(deep=False)
    if type(frame).__name__ != "DataFrame":
        import pandas as pd

        notes.append(f"{with_article(type(frame).__name__)} becomes a plain DataFrame")
        kept = pd.DataFrame(kept)
    kept.attrs = _plain_attrs(frame.attrs)
    if kept.attrs != frame.attrs:
        notes.append("attrs: entries that JSON cannot hold are dropped or become plain")
    frequency = getattr(frame.index, "freqstr", None)
    if frequency is not None and getattr(frame.index, "freq", None) is not None:
        notes.append(f"the index loses its frequency ({frequency})")
    names = [None if name is None else str(name) for name in frame.index.names]
    if names != list(frame.index.names):
        notes.append("names of index levels become text")
        kept.index = frame.index.set_names(names)
    return kept, notes


def _plain_attrs(attrs: Mapping[Any, Any]) -> dict[Hashable | None, Any]:
    kept: dict[Hashable | None, Any] = {}
    for name, value in attrs.items():
        try:
            kept[str(name)] = json.loads(json.dumps(value))
        except (TypeError, ValueError):
            continue
    return kept


def _converted(frame: pd.DataFrame, asked: str) -> pa.Table:
    import pyarrow as pa

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            return pa.Table.from_pandas(frame)
    except (pa.ArrowException, TypeError, ValueError, OverflowError, UserWarning) as error:
        reason = "; ".join(str(each) for each in error.args)
        column = re.search(r"column (.+?)(?: with type|\)| not)", reason)
        which = f"column `{column.group(1)}`" if column else "a column or the index"
        raise UnstorableValueError(
            asked,
            f"{which} cannot be stored: {reason}",
            "Give the column one type (`df.astype(...)`), or drop it before returning the frame.",
        ) from error


def _own_memory(table: pa.Table, frame: pd.DataFrame) -> pa.Table:
    """The table with copies of the columns that share numpy arrays with the frame."""
    arrow_backed = {name for name, dtype in frame.dtypes.items() if _is_new_memory(dtype)}
    shared = [name for name in table.column_names if name not in arrow_backed]
    copies = owned(table.select(shared))
    for name in shared:
        at = table.schema.get_field_index(name)
        table = table.set_column(at, table.schema.field(at), copies.column(name))
    return table


def _is_new_memory(dtype: Any) -> bool:
    """Whether Arrow's column of this dtype is new, or is immutable Arrow memory already."""
    in_arrow = hasattr(dtype, "pyarrow_dtype") or getattr(dtype, "storage", "") == "pyarrow"
    return in_arrow or dtype.kind == "O"


def _restorable(table: pa.Table, frame: pd.DataFrame, notes: list[str]) -> pa.Table:
    """The table without dtype names that pandas cannot read back; notes say which."""
    import pandas as pd

    metadata = json.loads(table.schema.metadata[b"pandas"])
    for column in metadata["columns"]:
        try:
            pd.api.types.pandas_dtype(column["numpy_type"])
        except TypeError:
            notes.append(f"column `{column['name']}`: {column['numpy_type']} becomes object")
            column["numpy_type"] = "object"
    text = json.dumps(metadata).encode()
    return table.replace_schema_metadata({**table.schema.metadata, b"pandas": text})


def _changed_objects(frame: pd.DataFrame, table: pa.Table) -> Iterator[str]:
    """A note for each column of Python objects that comes back with a dtype."""
    for name, dtype in frame.dtypes.items():
        if dtype.name != "object":
            continue
        becomes = table.column(name).to_pandas().dtype
        if becomes.name != "object":
            yield f"column `{name}`: object becomes {becomes}"
