"""Tables of many kinds for property tests: pandas, polars and Arrow ones with the same care."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
from hypothesis import strategies as st

from assetbook.io.zones_kept import zones_kept

TEXT = st.text(st.characters(exclude_categories=("Cs",)), max_size=6)
NAME = TEXT.map(lambda name: name.replace("\0", ""))
NAMES = st.lists(NAME, max_size=4, unique=True)
INSTANTS = st.datetimes(dt.datetime(1800, 1, 1), dt.datetime(2200, 1, 1))
TWO_PLACES = st.decimals(-1000, 1000, places=2).map(lambda each: Decimal(str(each)))
SPANS = st.timedeltas(dt.timedelta(-40_000), dt.timedelta(40_000))
INTS = st.integers(-(2**63), 2**63 - 1)
ZONES = st.sampled_from(["UTC", "Europe/Paris", "America/New_York"])


def rows(values: st.SearchStrategy[Any], size: int) -> st.SearchStrategy[list[Any]]:
    return st.lists(values, min_size=size, max_size=size)


def whole_seconds(span: dt.timedelta) -> dt.timedelta:
    return dt.timedelta(span.days, span.seconds)


@st.composite
def pandas_columns(draw: st.DrawFn, size: int) -> pd.Series:
    kind = draw(st.sampled_from(sorted(_PANDAS)))
    return _PANDAS[kind](draw, size)


def _category(draw: st.DrawFn, values: st.SearchStrategy[Any], size: int) -> pd.Series:
    categories = draw(st.lists(values, min_size=1, max_size=5, unique=True))
    codes = draw(rows(st.integers(-1, len(categories) - 1), size))
    dtype = pd.CategoricalDtype(categories, ordered=draw(st.booleans()))
    return pd.Series(pd.Categorical.from_codes(codes, dtype=dtype))


def _instants(draw: st.DrawFn, size: int) -> pd.Series:
    unit = draw(st.sampled_from(["s", "ms", "us", "ns"]))
    values = pd.Series(draw(rows(st.none() | INSTANTS, size)), dtype="datetime64[us]")
    values = values.astype(f"datetime64[{unit}]")
    return (
        values.dt.tz_localize("UTC").dt.tz_convert(draw(ZONES)) if draw(st.booleans()) else values
    )


_PANDAS: dict[str, Any] = {
    "bool": lambda draw, n: pd.Series(draw(rows(st.booleans(), n)), dtype="bool"),
    "int": lambda draw, n: pd.Series(draw(rows(st.integers(0, 100), n))).astype(
        draw(st.sampled_from(["int8", "uint8", "int32", "int64", "uint64"]))
    ),
    "float": lambda draw, n: pd.Series(
        draw(rows(st.floats(width=32), n)),
        dtype=draw(st.sampled_from(["float32", "float64"])),
    ),
    "masked": lambda draw, n: pd.Series(
        draw(rows(st.none() | st.integers(0, 100), n)),
        dtype=draw(st.sampled_from(["Int8", "Int64", "UInt32", "Float64"])),
    ),
    "masked bool": lambda draw, n: pd.Series(
        draw(rows(st.none() | st.booleans(), n)), dtype="boolean"
    ),
    "text": lambda draw, n: pd.Series(
        draw(rows(st.none() | TEXT, n)), dtype=draw(st.sampled_from(["str", "string"]))
    ),
    "objects": lambda draw, n: pd.Series(draw(rows(st.none() | TEXT, n)), dtype=object),
    "bytes": lambda draw, n: pd.Series(
        draw(rows(st.none() | st.binary(max_size=4), n)), dtype=object
    ),
    "dates": lambda draw, n: pd.Series(draw(rows(st.none() | st.dates(), n)), dtype=object),
    "instants": _instants,
    "spans": lambda draw, n: pd.Series(draw(rows(st.none() | SPANS, n)), dtype="timedelta64[us]"),
    "decimals": lambda draw, n: pd.Series(
        draw(rows(st.none() | st.decimals(-1000, 1000, places=2), n)), dtype=object
    ),
    "text categories": lambda draw, n: _category(draw, TEXT, n),
    "int categories": lambda draw, n: _category(draw, st.integers(-5, 5), n),
    "lists": lambda draw, n: pd.Series(
        draw(rows(st.none() | st.lists(st.integers(0, 9), max_size=3), n)), dtype=object
    ),
    "structs": lambda draw, n: pd.Series(
        draw(rows(st.none() | st.fixed_dictionaries({"a": TEXT, "b": st.integers(0, 9)}), n)),
        dtype=object,
    ),
    "arrow": lambda draw, n: pd.Series(
        draw(rows(st.none() | st.integers(0, 100), n)), dtype="int64[pyarrow]"
    ),
    "periods": lambda draw, n: pd.Series(
        pd.PeriodIndex.from_ordinals(draw(rows(st.integers(0, 500), n)), freq="M")
    ),
}


@st.composite
def pandas_indexes(draw: st.DrawFn, size: int) -> pd.Index:
    name = draw(st.none() | NAME)
    kind = draw(st.sampled_from(["default", "range", "int", "text", "instants", "several", "cats"]))
    if kind == "default":
        return pd.RangeIndex(size)
    if kind == "range":
        start, step = draw(st.integers(-5, 5)), draw(st.sampled_from([-2, -1, 1, 3]))
        return pd.RangeIndex(start, start + step * size, step, name=name)
    if kind == "int":
        return pd.Index(draw(rows(st.integers(0, 9), size)), dtype="int64", name=name)
    if kind == "text":
        return pd.Index(draw(rows(TEXT, size)), dtype="str", name=name)
    if kind == "cats":
        return pd.CategoricalIndex(draw(rows(st.sampled_from("ab"), size)), ["b", "a"], name=name)
    if kind == "instants":
        return pd.DatetimeIndex(draw(rows(INSTANTS, size)), dtype="datetime64[us, UTC]", name=name)
    pairs = draw(rows(st.tuples(st.integers(0, 3), TEXT), size))
    return pd.MultiIndex.from_tuples(pairs, names=[name, None]) if pairs else pd.RangeIndex(0)


@st.composite
def pandas_frames(draw: st.DrawFn) -> pd.DataFrame:
    names = draw(NAMES)
    size = draw(st.integers(0, 5)) if names else 0
    columns = {name: draw(pandas_columns(size)) for name in names}
    frame = pd.DataFrame(columns, columns=pd.Index(names, dtype="str"))
    frame.index = draw(pandas_indexes(size)) if names else frame.index
    return frame


_POLARS: dict[str, tuple[Any, st.SearchStrategy[Any]]] = {
    "bool": (pl.Boolean, st.booleans()),
    "int": (pl.Int64, INTS),
    "small": (pl.UInt8, st.integers(0, 255)),
    "float": (pl.Float64, st.floats()),
    "text": (pl.String, TEXT),
    "bytes": (pl.Binary, st.binary(max_size=4)),
    "date": (pl.Date, st.dates()),
    "time": (pl.Time, st.times()),
    "instant": (pl.Datetime("us"), INSTANTS),
    "zoned": (
        pl.Datetime("ms", "Europe/Paris"),
        INSTANTS.map(lambda at: at.replace(microsecond=0)),
    ),
    "span": (pl.Duration("ns"), SPANS),
    "decimal": (pl.Decimal(12, 2), st.decimals(-1000, 1000, places=2)),
    "category": (pl.Categorical(), TEXT),
    "enum": (pl.Enum(["z", "a", "m"]), st.sampled_from("zam")),
    "list": (pl.List(pl.Int16), st.lists(st.none() | st.integers(0, 9), max_size=3)),
    "array": (pl.Array(pl.Int8, 2), st.lists(st.integers(0, 9), min_size=2, max_size=2)),
    "texts": (pl.List(pl.String), st.lists(st.none() | TEXT, max_size=3)),
    "struct": (
        pl.Struct({"a": pl.String, "b": pl.Float32}),
        st.fixed_dictionaries({"a": st.none() | TEXT, "b": st.floats(width=32)}),
    ),
    "null": (pl.Null, st.none()),
}


@st.composite
def polars_frames(draw: st.DrawFn) -> pl.DataFrame:
    names = draw(NAMES)
    size = draw(st.integers(0, 5))
    columns = []
    for name in names:
        dtype, values = _POLARS[draw(st.sampled_from(sorted(_POLARS)))]
        drawn = draw(rows(st.none() | values, size))
        if isinstance(dtype, pl.Datetime) and dtype.time_zone:
            plain = pl.Series(name, drawn, dtype=pl.Datetime(dtype.time_unit))
            columns.append(plain.dt.replace_time_zone("UTC").dt.convert_time_zone(dtype.time_zone))
        else:
            columns.append(pl.Series(name, drawn, dtype=dtype))
    return pl.DataFrame(columns)


_ARROW: list[tuple[pa.DataType, st.SearchStrategy[Any]]] = [
    (pa.int32(), st.integers(0, 9)),
    (pa.float64(), st.floats()),
    (pa.float16(), st.sampled_from([np.float16(1.5), np.float16("nan")])),
    (pa.bool_(), st.booleans()),
    (pa.string(), TEXT),
    (pa.large_string(), TEXT),
    (pa.string_view(), TEXT),
    (pa.binary(2), st.binary(min_size=2, max_size=2)),
    (pa.timestamp("s"), INSTANTS.map(lambda at: at.replace(microsecond=0))),
    (pa.timestamp("us", "Europe/Paris"), INSTANTS),
    (pa.date64(), st.dates()),
    (pa.time32("s"), st.times().map(lambda at: at.replace(microsecond=0))),
    (pa.decimal128(9, 2), st.decimals(-1000, 1000, places=2).map(lambda d: Decimal(str(d)))),
    (pa.list_(pa.string()), st.lists(st.none() | TEXT, max_size=3)),
    (pa.large_list(pa.int8()), st.lists(st.integers(0, 9), max_size=3)),
    (pa.list_(pa.string_view()), st.lists(st.none() | TEXT, max_size=3)),
    (pa.struct([("v", pa.list_(pa.binary_view()))]), st.just({"v": [b"a", None]})),
    (pa.list_(pa.int8(), 2), st.lists(st.integers(0, 9), min_size=2, max_size=2)),
    (pa.map_(pa.string(), pa.int64()), st.lists(st.tuples(TEXT, st.integers(0, 9)), max_size=2)),
    (pa.struct([("x", pa.int64()), ("y", pa.list_(pa.string()))]), st.just({"x": 1, "y": ["a"]})),
    (pa.dictionary(pa.int8(), pa.string()), TEXT),
    (pa.dictionary(pa.int32(), pa.int64()), st.integers(0, 9)),
    (pa.null(), st.none()),
    *((kind, st.integers(0, 100)) for kind in (pa.int8(), pa.int16(), pa.int64())),
    *((kind, st.integers(0, 100)) for kind in (pa.uint8(), pa.uint16(), pa.uint32(), pa.uint64())),
    (pa.float32(), st.floats(width=32)),
    (pa.binary(), st.binary(max_size=20)),
    (pa.large_binary(), st.binary(max_size=20)),
    (pa.binary_view(), st.binary(max_size=20)),
    (pa.decimal32(7, 2), TWO_PLACES),
    (pa.decimal64(12, 2), TWO_PLACES),
    (pa.decimal256(50, 2), TWO_PLACES),
    (pa.date32(), st.dates()),
    (pa.time32("ms"), st.times().map(lambda at: at.replace(microsecond=0))),
    (pa.time64("us"), st.times()),
    (pa.time64("ns"), st.times()),
    (pa.timestamp("ms"), INSTANTS.map(lambda at: at.replace(microsecond=0))),
    (pa.timestamp("ns", "UTC"), INSTANTS),
    (pa.timestamp("us", "+05:30"), INSTANTS),
    *((pa.duration(unit), SPANS.map(whole_seconds)) for unit in ("s", "ms", "us", "ns")),
    (pa.list_(pa.list_(pa.int32())), st.lists(st.lists(st.integers(0, 9), max_size=2), max_size=2)),
    (
        pa.list_(pa.struct([("m", pa.map_(pa.string(), pa.float64()))])),
        st.lists(st.just({"m": [("a", 1.5), ("b", None)]}), max_size=2),
    ),
    (
        pa.large_list(pa.field("named", pa.timestamp("us", "UTC"), nullable=True)),
        st.lists(st.none() | INSTANTS, max_size=2),
    ),
    (
        pa.struct([("s", pa.struct([("t", pa.date32())]))]),
        st.just({"s": {"t": dt.date(2013, 1, 1)}}),
    ),
    (pa.map_(pa.int32(), pa.list_(pa.string())), st.just([(1, ["a", None])])),
    (pa.dictionary(pa.uint8(), pa.large_string(), ordered=True), TEXT),
    (pa.dictionary(pa.int16(), pa.timestamp("us")), INSTANTS),
    (pa.uuid(), st.uuids().map(lambda each: each.bytes)),
    (pa.json_(), st.sampled_from(["1", '{"a": [1]}'])),
    (pa.bool8(), st.booleans().map(int)),
]
"""A type for every kind that Arrow has and that can be stored, with its values."""

REFUSED = (
    pa.month_day_nano_interval(),
    pa.list_view(pa.int8()),
    pa.large_list_view(pa.int8()),
    pa.struct([]),
    pa.run_end_encoded(pa.int32(), pa.int64()),
    pa.sparse_union([pa.field("a", pa.int8())]),
    pa.dense_union([pa.field("a", pa.int8())]),
    pa.list_(pa.dictionary(pa.int8(), pa.string())),
)
"""What Arrow has too, but no table that is stored."""


def arrow_array(values: list[Any], kind: pa.DataType) -> pa.Array:
    if isinstance(kind, pa.BaseExtensionType):
        return pa.ExtensionArray.from_storage(kind, pa.array(values, kind.storage_type))
    if pa.types.is_dictionary(kind):
        found = pa.array(values, kind.value_type).dictionary_encode()
        codes = found.indices.cast(kind.index_type)
        return pa.DictionaryArray.from_arrays(codes, found.dictionary, ordered=kind.ordered)
    return pa.array(values, kind)


def made_anew(column: pa.ChunkedArray) -> pa.Array:
    """An array of the same values that shares nothing with the column."""
    kind = column.type
    extended = isinstance(kind, pa.BaseExtensionType)
    values = (column.cast(kind.storage_type) if extended else column).to_pylist()
    with zones_kept():  # whatever else this process has imported
        return arrow_array(values, kind)


def arrow_columns(size: int) -> list[tuple[pa.DataType, st.SearchStrategy[list[Any]]]]:
    """Each type, and columns of so many values or nulls."""
    return [(kind, rows(st.none() | values, size)) for kind, values in _ARROW]


@st.composite
def arrow_tables(draw: st.DrawFn) -> pa.Table:
    names = draw(NAMES)
    sizes = draw(st.lists(st.integers(0, 4), min_size=1, max_size=3)) if names else [0]
    columns = []
    for _ in names:
        kind, values = draw(st.sampled_from(_ARROW))
        drawn = [draw(rows(st.none() | values, size)) for size in sizes]
        columns.append(pa.chunked_array([arrow_array(each, kind) for each in drawn], kind))
    return pa.Table.from_arrays(columns, names=names)
