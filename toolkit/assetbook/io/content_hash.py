"""The hash of an Arrow column's values, the same for any layout of the same values.

Each kind of type feeds the hasher with what lies in its buffers, brought to one form: no offsets,
one byte for each validity, lengths in place of offsets, zeros under nulls, one NaN. All chunks of
one such stream come before the next stream begins, so that chunk borders leave no trace.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any, Protocol

from assetbook.types.logical_types import is_list

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa

_ONES = 1 << 20


def hash_of(*parts: Any) -> bytes:
    """The xxh3_128 of bytes-like parts, one after the other."""
    stream = _Stream()
    for part in parts:
        stream.add(part)
    return stream.digest()


def column_digest(chunks: Iterable[pa.Array], kind: pa.DataType) -> bytes:
    """The hash of the values in ``chunks``, all of type ``kind``; its length and nulls included."""
    hasher = ColumnHasher(kind)
    for chunk in chunks:
        hasher.update(chunk)
    return hasher.digest()


class ColumnHasher:
    """The hash of a column that comes chunk by chunk; of no chunk anything is kept.

    The type itself is not part of it (see :func:`assetbook.types.logical_types.logical_type`).
    """

    def __init__(self, kind: pa.DataType) -> None:
        self._length = 0
        self._nulls = 0
        self._valid = _Stream()
        self._values = _values_hasher(kind)

    def update(self, chunk: pa.Array) -> None:
        """Adds the values of a chunk."""
        if chunk.null_count and not self._nulls:
            for at in range(0, self._length, _ONES):
                self._valid.add(b"\1" * min(_ONES, self._length - at))
        self._length += len(chunk)
        self._nulls += chunk.null_count
        if self._nulls:
            self._valid.add(_valid(chunk).tobytes())
        self._values.update(chunk)

    def digest(self) -> bytes:
        """The hash of all values so far."""
        heading = hash_of(f"{self._length},{self._nulls}".encode())
        if self._nulls:
            heading += self._valid.digest()
        return hash_of(heading, self._values.digest())


class _Stream:
    """The hash of bytes-like parts, one after the other."""

    def __init__(self) -> None:
        import xxhash

        self._hasher = xxhash.xxh3_128()

    def add(self, part: Any) -> None:
        self._hasher.update(part)

    def digest(self) -> bytes:
        return bytes(self._hasher.digest())


class _Values(Protocol):
    """What hashes the values of a column of one kind of type."""

    def update(self, chunk: pa.Array) -> None: ...

    def digest(self) -> bytes: ...


def _values_hasher(kind: pa.DataType) -> _Values:
    import pyarrow as pa

    types = pa.types
    if isinstance(kind, pa.BaseExtensionType):
        return _Inner(kind.storage_type, lambda chunk: chunk.storage)
    if types.is_null(kind):
        return _Nulls()
    if types.is_struct(kind):
        return _Structs(kind)
    if types.is_dictionary(kind):
        return _Categories(kind)
    if types.is_map(kind):
        entries = pa.struct([("key", kind.key_type), ("value", kind.item_type)])
        return _Lists(entries, pa.list_(entries))
    if types.is_fixed_size_list(kind):
        return _Inner(kind.value_type, lambda chunk: chunk.flatten())
    if is_list(kind):
        return _Lists(kind.value_type, kind)
    if types.is_boolean(kind):
        return _Fixed(pa.uint8())
    if types.is_primitive(kind) or types.is_decimal(kind) or types.is_fixed_size_binary(kind):
        return _Fixed(kind)
    return _Texts()


def _cast(chunk: pa.Array, kind: pa.DataType) -> pa.Array:
    return chunk if chunk.type == kind else chunk.cast(kind)


class _Nulls:
    def update(self, chunk: pa.Array) -> None: ...

    def digest(self) -> bytes:
        return b""


class _Inner:
    """For types that are another column in disguise."""

    def __init__(self, kind: pa.DataType, inner: Callable[[pa.Array], pa.Array]) -> None:
        self._column = ColumnHasher(kind)
        self._inner = inner

    def update(self, chunk: pa.Array) -> None:
        self._column.update(self._inner(chunk))

    def digest(self) -> bytes:
        return self._column.digest()


class _Structs:
    def __init__(self, kind: pa.DataType) -> None:
        self._columns = [ColumnHasher(kind.field(at).type) for at in range(kind.num_fields)]

    def update(self, chunk: pa.Array) -> None:
        # flatten() makes a field null where the struct is
        for hasher, column in zip(self._columns, chunk.flatten(), strict=True):
            hasher.update(column)

    def digest(self) -> bytes:
        return hash_of(*(column.digest() for column in self._columns))


class _Lists:
    def __init__(self, values: pa.DataType, kind: pa.DataType) -> None:
        self._kind = kind
        self._sizes = _Stream()
        self._column = ColumnHasher(values)

    def update(self, chunk: pa.Array) -> None:
        import pyarrow.compute as pc

        chunk = _cast(chunk, self._kind)
        lengths = pc.list_value_length(chunk).fill_null(0).cast("int64")
        for part in _fixed_parts((lengths,)):
            self._sizes.add(part)
        self._column.update(chunk.flatten())  # leaves out what lies under nulls

    def digest(self) -> bytes:
        return hash_of(self._sizes.digest(), self._column.digest())


class _Categories:
    """For chunks that share one dictionary, as stored tables' do."""

    def __init__(self, kind: pa.DataType) -> None:
        import pyarrow as pa

        self._values = kind.value_type
        self._codes = _Fixed(pa.int32())
        self._dictionary: pa.Array | None = None

    def update(self, chunk: pa.Array) -> None:
        if self._dictionary is None:
            self._dictionary = chunk.dictionary
        self._codes.update(chunk.indices)

    def digest(self) -> bytes:
        known = [] if self._dictionary is None else [self._dictionary]
        return hash_of(self._codes.digest(), column_digest(known, self._values))


class _Fixed:
    """For types whose values have a fixed width in whole bytes."""

    def __init__(self, kind: pa.DataType) -> None:
        self._kind = kind
        self._bytes = _Stream()

    def update(self, chunk: pa.Array) -> None:
        for part in _fixed_parts((_cast(chunk, self._kind),)):
            self._bytes.add(part)

    def digest(self) -> bytes:
        return self._bytes.digest()


class _Texts:
    def __init__(self) -> None:
        self._lengths = _Stream()
        self._bytes = _Stream()

    def update(self, chunk: pa.Array) -> None:
        import pyarrow as pa

        chunk = _cast(chunk, pa.large_binary())
        self._lengths.add(_text_lengths(chunk).tobytes())
        self._bytes.add(_text_bytes(chunk))

    def digest(self) -> bytes:
        return hash_of(self._lengths.digest(), self._bytes.digest())


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
