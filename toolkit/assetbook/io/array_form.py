"""The stored form of numpy arrays: a ``.npy`` file, never with pickled objects in it."""

from __future__ import annotations

import io
from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any, BinaryIO

from assetbook.errors import CorruptStoreError, UnstorableValueError, with_article
from assetbook.io.data_version import content_data_version
from assetbook.io.description import DTYPE, SHAPE, storing_changes
from assetbook.io.wanted_types import fitting
from assetbook.metadata import MetadataValue

if TYPE_CHECKING:
    import numpy as np


class ArrayForm:
    """An array that nobody else holds; each consumer gets a copy that it may write."""

    kind = "numpy"

    def __init__(self, array: np.ndarray, notes: tuple[str, ...] = ()) -> None:
        array.flags.writeable = False
        self._array = array
        self._notes = notes

    @classmethod
    def of(cls, value: np.ndarray, *, asked: str) -> ArrayForm:
        """The form of an array; raises UnstorableValueError for objects and masked arrays."""
        import numpy as np

        notes: tuple[str, ...] = ()
        name = type(value).__name__
        if isinstance(value, np.ma.MaskedArray):
            raise UnstorableValueError(
                asked,
                "it is a masked array, whose mask a plain array cannot hold",
                "Return `value.filled(...)`, or a dict of `value.data` and `value.mask`.",
            )
        if type(value) is not np.ndarray:
            notes = (f"{with_article(name)} becomes a plain ndarray",)
        if value.dtype.hasobject or value.dtype.char == "T":
            raise UnstorableValueError(
                asked,
                f"it is an array of {value.dtype}, which only pickle could hold",
                "Give it a type (`value.astype(float)`, `value.astype(str)`), return a list or a "
                "table of it, or store it by pickle: `--io pickle`, "
                '`@asset(io_manager_key="pickle")`.',
            )
        return cls(_own(np.asarray(value)), notes)

    @classmethod
    def read(cls, kind: str, data: bytes, *, asked: str) -> ArrayForm:
        """The form whose file's bytes these are; raises CorruptStoreError if they are none."""
        import numpy as np

        try:
            file = io.BytesIO(data)
            array = np.lib.format.read_array(file, allow_pickle=False)
            if file.read(1):
                raise ValueError("bytes follow its end")
        except (ValueError, TypeError, KeyError, EOFError, SyntaxError, MemoryError) as error:
            raise CorruptStoreError(
                asked, f"its file is no array ({error})", "Materialize it again."
            ) from error
        return cls(array)

    @property
    def size(self) -> int:
        """Bytes of the array."""
        return int(self._array.nbytes)

    @cached_property
    def _version(self) -> str:
        return content_data_version("numpy", _heading(self._array), _content(self._array))

    def data_version(self) -> str:
        """The version of shape, dtype and values; computed once."""
        return self._version

    def describe(self) -> Mapping[str, MetadataValue[Any]]:
        """Shape, dtype, and what storing changes."""
        return {
            SHAPE: MetadataValue.text(" × ".join(map(str, self._array.shape)) or "()"),
            DTYPE: MetadataValue.text(str(self._array.dtype)),
            **storing_changes(self._notes),
        }

    def hand_over(self, wanted: object | None) -> object:
        """A new array, in the same memory order."""
        return fitting(self._array.copy(order="A"), wanted, "numpy array")

    def write(self, file: BinaryIO) -> None:
        """Writes the ``.npy`` file, a block at a time."""
        import numpy as np

        np.lib.format.write_array(file, self._array, version=(3, 0), allow_pickle=False)

    def inline(self) -> str | None:
        """None: arrays have files."""
        return None


def _own(array: np.ndarray) -> np.ndarray:
    """A copy in the memory order that its file gives back, with zeros between fields."""
    import numpy as np

    fortran = array.flags.f_contiguous and not array.flags.c_contiguous
    dtype = np.lib.format.drop_metadata(array.dtype)
    copy = np.zeros(array.shape, dtype, order="F" if fortran else "C")
    _fill(copy, array)
    return copy


def _fill(copy: np.ndarray, array: np.ndarray) -> None:
    if array.dtype.names is None:
        copy[...] = array
        return
    for name in array.dtype.names:
        _fill(copy[name], array[name])


def _heading(array: np.ndarray) -> bytes:
    import numpy as np

    return repr((np.lib.format.dtype_to_descr(array.dtype), array.shape)).encode()


def _content(array: np.ndarray) -> Any:
    """The bytes of the values, in C order whatever the memory's is."""
    import numpy as np

    if not array.nbytes:
        return b""
    return np.ascontiguousarray(array).reshape(-1).view(np.uint8)
