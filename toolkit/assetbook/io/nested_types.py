"""Types inside lists and structs: which cannot be stored, and which are stored as others."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pyarrow as pa


def unstorable_part(kind: pa.DataType) -> str | None:
    """What about a type keeps it from being stored; None if nothing is known against it.

    pyarrow converts list views to other values, and aborts the process on empty ones.
    """
    from pyarrow import types

    if types.is_list_view(kind) or types.is_large_list_view(kind):
        return "it holds list views (convert them to lists)"
    for part in _parts(kind):
        if types.is_dictionary(part):
            return "it holds categories inside lists or structs"
        found = unstorable_part(part)
        if found:
            return found
    return None


def without_inner_views(kind: pa.DataType) -> pa.DataType:
    """The type with plain text and bytes in its lists and structs, which pandas can be given."""
    import pyarrow as pa

    if pa.types.is_struct(kind):
        return pa.struct([_plain(field) for field in kind])
    if pa.types.is_map(kind):
        return pa.map_(_plain(kind.key_field), _plain(kind.item_field), kind.keys_sorted)
    if pa.types.is_fixed_size_list(kind):
        return pa.list_(_plain(kind.value_field), kind.list_size)
    if pa.types.is_large_list(kind):
        return pa.large_list(_plain(kind.value_field))
    if pa.types.is_list(kind):
        return pa.list_(_plain(kind.value_field))
    return kind


def _plain(field: pa.Field) -> pa.Field:
    import pyarrow as pa

    if pa.types.is_binary_view(field.type):
        return field.with_type(pa.large_binary())
    if pa.types.is_string_view(field.type):
        return field.with_type(pa.large_string())
    return field.with_type(without_inner_views(field.type))


def _parts(kind: pa.DataType) -> list[pa.DataType]:
    import pyarrow as pa

    if isinstance(kind, pa.BaseExtensionType):
        return [kind.storage_type]
    return [kind.field(at).type for at in range(kind.num_fields)]
