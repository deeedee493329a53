"""The cells of a table's page as short texts; None stands for null alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from assetbook.surfaces.display.value_text import value_text

if TYPE_CHECKING:
    import pyarrow as pa

LONGEST = 300
"""Characters of a cell that are sent."""
_MIDNIGHT = " 00:00:00"


def cell_texts(column: pa.ChunkedArray | pa.Array) -> list[str | None]:
    """A text for each value of the column, None for null; longer ones are cut."""
    import pyarrow as pa

    if pa.types.is_dictionary(column.type):
        column = column.cast(column.type.value_type)
    if pa.types.is_timestamp(column.type):
        return _instants(column)
    try:
        values: list[Any] = column.to_pylist()
    except (ValueError, OverflowError, pa.ArrowException):  # what Python has no value for
        return [None if not each.is_valid else str(each.value) for each in column]
    return [None if value is None else value_text(value, LONGEST) for value in values]


def _instants(column: pa.ChunkedArray | pa.Array) -> list[str | None]:
    """Instants without the part of their time that is zero in all of them."""
    import pyarrow as pa

    try:
        found: list[str | None] = column.cast(pa.string()).to_pylist()
    except (ValueError, pa.ArrowException):  # a zone that this computer does not know
        return [None if not each.is_valid else str(each.value) for each in column]
    there = [each for each in found if each is not None]
    zone = "Z" if all(each.endswith("Z") for each in there) else ""
    if column.type.tz is not None and not zone:
        return found  # the offset stands behind the time and may differ
    bare = [None if each is None else each.removesuffix(zone) for each in found]
    bare = _without(bare, "." + "0" * {"s": 0, "ms": 3, "us": 6, "ns": 9}[column.type.unit])
    if column.type.tz is None:
        bare = _without(bare, _MIDNIGHT)
    return [None if each is None else each + zone for each in bare]


def _without(texts: list[str | None], end: str) -> list[str | None]:
    if not all(each is None or each.endswith(end) for each in texts):
        return texts
    return [None if each is None else each.removesuffix(end) for each in texts]
