"""Values of numpy, pandas, Arrow and polars by content, up to 1 MiB; larger ones are no constants.

Nothing here imports a library: a value of one can exist only where it is loaded.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from assetbook.notebook.constants import Encoding

LIBRARIES = frozenset({"numpy", "pandas", "pyarrow", "polars"})
MOST_TABLE_BYTES = 1 << 20
_ARROW_BY_TEXT = frozenset({"Schema", "Field"})


def encode_library_value(encoding: Encoding, value: Any) -> None:
    """Adds a library's value to ``encoding``; raises NotConstantError if it is none."""
    kind = type(value)
    name = kind.__module__.partition(".")[0]
    encoding.put(f"{name}.{kind.__qualname__}")
    _BY_LIBRARY[name](encoding, value)


def _refuse(*_: Any) -> None:
    from assetbook.notebook.constants import NotConstantError

    raise NotConstantError


def _check_size(size: int) -> None:
    if size > MOST_TABLE_BYTES:
        _refuse()


def _numpy(encoding: Encoding, value: Any) -> None:
    numpy = sys.modules["numpy"]
    if isinstance(value, numpy.dtype):
        encoding.values("dtype", (str(value), repr(value), str(value.metadata)))
    elif isinstance(value, numpy.ma.MaskedArray):
        _array(encoding, value.data)
        _array(encoding, numpy.asarray(value.mask))
        encoding.value(value.fill_value)
    elif isinstance(value, numpy.ndarray) and type(value).__module__.startswith("numpy"):
        _array(encoding, value)
    elif isinstance(value, numpy.generic):
        _array(encoding, numpy.asarray(value))
    else:
        _refuse()


def _array(encoding: Encoding, value: Any) -> None:
    _check_size(value.nbytes)
    fortran = value.flags.f_contiguous and not value.flags.c_contiguous
    encoding.put("array", f"{value.dtype!r} {value.shape} {fortran}".encode())
    if value.dtype.hasobject:
        encoding.value(value.tolist() if value.dtype.names is None else value.ravel().tolist())
    else:
        encoding.put("data", value.tobytes())


def _pandas(encoding: Encoding, value: Any) -> None:
    pandas = sys.modules["pandas"]
    if isinstance(value, pandas.DataFrame | pandas.Series | pandas.Index):
        size = value.memory_usage(deep=True)
        _check_size(int(size if isinstance(size, int) else size.sum()))
        _frame(encoding, value)
    elif isinstance(value, pandas.api.extensions.ExtensionArray):
        _check_size(int(value.nbytes))
        _column(encoding, value)
    elif isinstance(value, pandas.Timestamp | pandas.Timedelta | pandas.Period | pandas.Interval):
        encoding.put("scalar", f"{value!r} {getattr(value, 'unit', '')}".encode())
        encoding.value(getattr(value, "fold", None))
    elif value is pandas.NaT or value is pandas.NA:
        encoding.put("missing")
    elif isinstance(value, pandas.DateOffset | pandas.api.extensions.ExtensionDtype):
        encoding.put("named", repr(value).encode())
    else:
        _refuse()


def _frame(encoding: Encoding, value: Any) -> None:
    pandas = sys.modules["pandas"]
    if isinstance(value, pandas.Index):
        _index(encoding, value)
        return
    _index(encoding, value.index)
    encoding.value(dict(value.attrs))
    encoding.value(value.flags.allows_duplicate_labels)
    if isinstance(value, pandas.Series):
        encoding.value(value.name)
        _column(encoding, value.array)
        return
    _index(encoding, value.columns)
    for place in range(value.shape[1]):
        _column(encoding, value.iloc[:, place].array)


def _index(encoding: Encoding, value: Any) -> None:
    pandas = sys.modules["pandas"]
    encoding.put("index", type(value).__name__.encode())
    encoding.values("names", value.names)
    if isinstance(value, pandas.MultiIndex):
        for level, codes in zip(value.levels, value.codes, strict=True):
            _index(encoding, level)
            _array(encoding, sys.modules["numpy"].asarray(codes))
    elif isinstance(value, pandas.RangeIndex):
        encoding.values("range", (value.start, value.stop, value.step))
    else:
        encoding.put("freq", str(getattr(value, "freqstr", "")).encode())
        _column(encoding, value.array)


def _column(encoding: Encoding, value: Any) -> None:
    """The content of one pandas array, with its type."""
    pandas, numpy = sys.modules["pandas"], sys.modules["numpy"]
    encoding.put("column", f"{type(value).__name__} {value.dtype!r}".encode())
    if isinstance(value, pandas.Categorical):
        _index(encoding, value.categories)
        _array(encoding, numpy.asarray(value.codes))
        encoding.value(bool(value.ordered))
    elif isinstance(value.dtype, numpy.dtype):
        _array(encoding, numpy.asarray(value))
    else:
        encoding.values("values", value.to_numpy(dtype=object).tolist())


def _pyarrow(encoding: Encoding, value: Any) -> None:
    arrow = sys.modules["pyarrow"]
    if isinstance(value, arrow.Table | arrow.RecordBatch):
        _check_size(value.nbytes)
        batch = value.combine_chunks() if isinstance(value, arrow.Table) else value
        sink = arrow.BufferOutputStream()
        with arrow.ipc.new_stream(sink, value.schema) as writer:
            writer.write(batch)
        encoding.put("stream", sink.getvalue().to_pybytes())
    elif isinstance(value, arrow.Array | arrow.ChunkedArray):
        chunked = arrow.chunked_array([value]) if isinstance(value, arrow.Array) else value
        _pyarrow(encoding, arrow.table({"value": chunked}))
    elif isinstance(value, arrow.Scalar):
        _pyarrow(encoding, arrow.array([value.as_py()], type=value.type))
    elif isinstance(value, arrow.DataType) or type(value).__name__ in _ARROW_BY_TEXT:
        metadata = getattr(value, "metadata", None)
        nullable = getattr(value, "nullable", None)
        encoding.put("type", f"{value} {nullable} {metadata}".encode())
    else:
        _refuse()


def _polars(encoding: Encoding, value: Any) -> None:
    polars = sys.modules["polars"]
    if isinstance(value, polars.DataFrame):
        _check_size(int(value.estimated_size()))
        if polars.Object in (kind.base_type() for kind in value.schema.values()):
            _refuse()
        encoding.put("schema", repr(value.schema).encode())
        _pyarrow(encoding, value.to_arrow())
    elif isinstance(value, polars.Series):
        _polars(encoding, value.to_frame())
    elif isinstance(value, polars.DataType | polars.Schema):
        encoding.put("type", repr(value).encode())
    elif isinstance(value, polars.Expr):
        encoding.put("expression", _expression(value))
    else:
        _refuse()


def _expression(value: Any) -> bytes:
    """The bytes of an expression; refused where it calls a Python function, which they hide."""
    text = str(value)
    if "python" in text.lower() or ".map_" in text or "0x" in text:
        _refuse()
    return bytes(value.meta.serialize())


_BY_LIBRARY = {"numpy": _numpy, "pandas": _pandas, "pyarrow": _pyarrow, "polars": _polars}
