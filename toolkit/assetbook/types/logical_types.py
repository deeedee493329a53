"""Arrow types by what they mean: one name for all encodings of text, bytes and lists."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pyarrow as pa


def logical_type(kind: pa.DataType) -> str:
    """The name of a type for people and for data versions.

    ``string``, ``binary`` and ``list<...>`` stand for all their encodings, ``categories<...>`` for
    dictionary types whatever their codes are; other types have Arrow's own names.
    """
    import pyarrow as pa

    types = pa.types
    if isinstance(kind, pa.BaseExtensionType):
        return f"{kind.extension_name}<{logical_type(kind.storage_type)}>"
    if is_text(kind):
        return "string"
    if types.is_binary(kind) or types.is_large_binary(kind) or types.is_binary_view(kind):
        return "binary"
    if types.is_dictionary(kind):
        ordered = "ordered " if kind.ordered else ""
        return f"{ordered}categories<{logical_type(kind.value_type)}>"
    if types.is_map(kind):
        return f"map<{logical_type(kind.key_type)}, {logical_type(kind.item_type)}>"
    if types.is_struct(kind):
        fields = [f"{field.name!r}: {logical_type(field.type)}" for field in kind]
        return f"struct<{', '.join(fields)}>"
    if types.is_fixed_size_list(kind):
        return f"list<{logical_type(kind.value_type)}>[{kind.list_size}]"
    if is_list(kind):
        return f"list<{logical_type(kind.value_type)}>"
    return str(kind)


def is_text(kind: pa.DataType) -> bool:
    """Whether a type is one of the encodings of text."""
    from pyarrow import types

    return bool(types.is_string(kind) or types.is_large_string(kind) or types.is_string_view(kind))


def is_list(kind: pa.DataType) -> bool:
    """Whether a type is one of the encodings of lists of any length."""
    from pyarrow import types

    plain = types.is_list(kind) or types.is_large_list(kind)
    return bool(plain or types.is_list_view(kind) or types.is_large_list_view(kind))
