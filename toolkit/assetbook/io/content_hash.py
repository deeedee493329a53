"""The hash of an Arrow column's values, the same for any layout of the same values.

Each kind of type feeds the hasher with what lies in its buffers, brought to one form: no offsets,
one byte for each validity, lengths in place of offsets, zeros under nulls, one NaN. All chunks of
one such stream come before the next stream begins, so that chunk borders leave no trace.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from assetbook.io.logical_types import is_list

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa


def hash_of(*parts: Any) -> bytes:
    """The xxh3_128 of bytes-like parts, one after the other."""
    return _hash_stream(iter(parts))


def column_digest(chunks: Sequence[pa.Array], kind: pa.DataType) -> bytes:
    """The hash of the values in ``chunks``, all of type ``kind``; its length and nulls included.

    The type itself is not part of it (see :func:`assetbook.io.logical_types.logical_type`).
    """
    length = sum(len(chunk) for chunk in chunks)
    nulls = sum(chunk.null_count for chunk in chunks)
    heading = hash_of(f"{length},{nulls}".encode())
    if nulls:
        heading += _hash_stream(_valid(chunk).tobytes() for chunk in chunks)
    return hash_of(heading, _values_digest(chunks, kind))


def _hash_stream(parts: Iterator[Any]) -> bytes:
    import xxhash

    hasher = xxhash.xxh3_128()
    for part in parts:
        hasher.update(part)
    return hasher.digest()


def _values_digest(chunks: Sequence[pa.Array], kind: pa.DataType) -> bytes:
    import pyarrow as pa

    types = pa.types
    if isinstance(kind, pa.BaseExtensionType):
        return column_digest([chunk.storage for chunk in chunks], kind.storage_type)
    if types.is_null(kind):
        return b""
    if types.is_struct(kind):
        return _struct_digest(chunks, kind)
    if types.is_dictionary(kind):
        return _categories_digest(chunks, kind)
    if types.is_map(kind):
        entries = pa.struct([("key", kind.key_type), ("value", kind.item_type)])
        return _list_digest(_cast(chunks, pa.list_(entries)), entries)
    if types.is_fixed_size_list(kind):
        return column_digest([chunk.flatten() for chunk in chunks], kind.value_type)
    if is_list(kind):
        return _list_digest(chunks, kind.value_type)
    if types.is_boolean(kind):
        return _hash_stream(_fixed_parts(_cast(chunks, pa.uint8())))
    if types.is_primitive(kind) or types.is_decimal(kind) or types.is_fixed_size_binary(kind):
        return _hash_stream(_fixed_parts(chunks))
    return _text_digest(_cast(chunks, pa.large_binary()))


def _cast(chunks: Sequence[pa.Array], kind: pa.DataType) -> list[pa.Array]:
    return [chunk if chunk.type == kind else chunk.cast(kind) for chunk in chunks]


def _struct_digest(chunks: Sequence[pa.Array], kind: pa.DataType) -> bytes:
    # flatten() makes a field null where the struct is
    columns = [chunk.flatten() for chunk in chunks]
    return hash_of(
        *(
            column_digest([each[at] for each in columns], kind.field(at).type)
            for at in range(kind.num_fields)
        )
    )


def _list_digest(chunks: Sequence[pa.Array], values: pa.DataType) -> bytes:
    import pyarrow.compute as pc

    lengths = (pc.list_value_length(chunk).fill_null(0).cast("int64") for chunk in chunks)
    sizes = _hash_stream(_fixed_parts(lengths))
    # flatten() leaves out what lies under nulls
    return hash_of(sizes, column_digest([chunk.flatten() for chunk in chunks], values))


def _categories_digest(chunks: Sequence[pa.Array], kind: pa.DataType) -> bytes:
    """For chunks that share one dictionary, as stored tables' do."""
    import pyarrow as pa

    codes = _hash_stream(_fixed_parts(_cast([chunk.indices for chunk in chunks], pa.int32())))
    categories = [chunk.dictionary for chunk in chunks[:1]]
    return hash_of(codes, column_digest(categories, kind.value_type))


def _text_digest(chunks: Sequence[pa.Array]) -> bytes:
    """For chunks of type large_binary."""
    lengths = _hash_stream(_text_lengths(chunk).tobytes() for chunk in chunks)
    return hash_of(lengths, _hash_stream(_text_bytes(chunk) for chunk in chunks))


def _offsets(chunk: pa.Array) -> np.ndarray:
    import numpy as np

    buffer = chunk.buffers()[1]
    if buffer is None or not len(chunk):
        return np.zeros(1, dtype="<i8")
    return np.frombuffer(buffer, dtype="<i8", count=len(chunk) + 1, offset=8 * chunk.offset)


def _text_lengths(chunk: pa.Array) -> np.ndarray:
    import numpy as np

    lengths = np.diff(_offsets(chunk))
    return lengths * _valid(chunk) if chunk.null_count else lengths


def _text_bytes(chunk: pa.Array) -> Any:
    if chunk.null_count and int(_text_lengths(chunk).sum()) != _span(chunk):
        chunk = chunk.drop_null()  # nulls may lie over text
    data, offsets = chunk.buffers()[2], _offsets(chunk)
    return memoryview(data)[offsets[0] : offsets[-1]] if data is not None else b""


def _span(chunk: pa.Array) -> int:
    offsets = _offsets(chunk)
    return int(offsets[-1] - offsets[0])


def _fixed_parts(chunks: Iterable[pa.Array]) -> Iterator[Any]:
    """The values of chunks of a fixed width in whole bytes."""
    for chunk in chunks:
        if len(chunk):
            yield _fixed_values(chunk)


def _fixed_values(chunk: pa.Array) -> np.ndarray:
    import numpy as np

    width = chunk.type.bit_width // 8
    start = chunk.offset * width
    values = np.frombuffer(chunk.buffers()[1], dtype="u1")[start : start + len(chunk) * width]
    if chunk.null_count:
        rows = values.reshape(len(chunk), width).copy()
        rows[~_valid(chunk)] = 0
        values = rows.reshape(-1)
    return _one_nan(values, chunk.type)


def _one_nan(values: np.ndarray, kind: pa.DataType) -> np.ndarray:
    import numpy as np
    import pyarrow as pa

    if not pa.types.is_floating(kind):
        return values
    floats = values.view(f"<f{kind.bit_width // 8}")
    strange = np.isnan(floats)
    if not strange.any():
        return values
    floats = floats.copy()
    floats[strange] = np.nan
    return floats.view("u1")


def _valid(chunk: pa.Array) -> np.ndarray:
    """True where a value is no null."""
    import pyarrow as pa

    found: np.ndarray = chunk.is_valid().cast(pa.uint8()).to_numpy().view("?")
    return found
