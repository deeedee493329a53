"""The categories that the columns of one table have in all its parts, which come in turn."""

from __future__ import annotations

from typing import TYPE_CHECKING

from assetbook.io import categories
from assetbook.io.parquet_file import Categories

if TYPE_CHECKING:
    import pyarrow as pa


class GatheredCategories:
    """What the columns of categories have when all parts are seen, as for a table in one piece."""

    def __init__(self, schema: pa.Schema, *, as_given: bool) -> None:
        import pyarrow as pa

        self._schema = schema
        self._found = {
            field.name: pa.array([], field.type.value_type)
            for field in schema
            if pa.types.is_dictionary(field.type)
        }
        self._sorted = {
            name for name in self._found if not categories.keeps_all(schema.field(name), as_given)
        }
        self._too_large: set[str] = set()

    def add(self, part: pa.Table) -> None:
        """Takes note of a part's categories."""
        import pyarrow as pa

        for name, found in self._found.items():
            if name in self._too_large:
                continue
            new = [chunk.dictionary for chunk in part.column(name).chunks]
            self._found[name] = pa.chunked_array([found, *new], found.type).unique()
            if self._found[name].nbytes > categories.LARGEST:
                self._too_large.add(name)

    def kept(self) -> Categories:
        """The categories of each column that keeps them, and whether they are ordered."""
        return {
            name: (
                found.sort() if name in self._sorted else found,
                self._schema.field(name).type.ordered,
            )
            for name, found in self._found.items()
            if name not in self._too_large
        }

    def schema(self) -> pa.Schema:
        """The schema, with plain values where a column has too many categories to keep."""
        import pyarrow as pa

        fields = [
            field.with_type(field.type.value_type) if field.name in self._too_large else field
            for field in self._schema
        ]
        return pa.schema(fields, metadata=self._schema.metadata)


def recoded(part: pa.Table, schema: pa.Schema, kept: Categories) -> pa.Table:
    """The part with the categories of all parts, or without any where the schema has none."""
    import pyarrow as pa

    columns = []
    for column, field in zip(part.columns, schema, strict=True):
        if field.name in kept:
            values, ordered = kept[field.name]
            column = categories.coded(column, values, ordered=ordered)
        columns.append(column if column.type == field.type else column.cast(field.type))
    return pa.Table.from_arrays(columns, schema=schema)
