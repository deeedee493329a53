"""A value of every kind that has a file, each with what of it can be compared."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa

from assetbook import Instance, asset
from assetbook.definitions.asset_definition import AssetsDefinition

_NUMBERS = list(range(0, 90_000, 30))


@dataclass(frozen=True)
class Kind:
    """One kind of value."""

    make: Callable[[], object]
    seen: Callable[[Any], object] = repr
    """What two equal values have in common, and others have not."""
    manager: str = "io_manager"


def _frame() -> pd.DataFrame:
    return pd.DataFrame({"n": _NUMBERS, "name": [f"number {each}" for each in _NUMBERS]})


def _figure() -> object:
    from matplotlib.figure import Figure

    figure = Figure(figsize=(1, 1))
    figure.subplots().plot(_NUMBERS)
    return figure


def _plotly_figure() -> object:
    import plotly.graph_objects as go

    return go.Figure(go.Scatter(y=_NUMBERS))


def _file() -> Path:
    path = Path("numbers.txt")
    path.write_text("\n".join(map(str, _NUMBERS)), encoding="utf-8")
    return path


def _folder() -> Path:
    folder = Path("parts")
    folder.mkdir(exist_ok=True)
    for part in range(3):
        (folder / f"{part}.txt").write_text(str(_NUMBERS[part::3]), encoding="utf-8")
    return folder


def _content(path: Path) -> object:
    files = [each for each in sorted(path.rglob("*")) if each.is_file()] or [path]
    return [(each.name, each.read_bytes()) for each in files]


def _rows(table: Any) -> object:
    return table.to_csv()


_PANDAS = Kind(_frame, _rows)
_POLARS = Kind(lambda: pl.DataFrame(_frame()), lambda table: table.write_csv())
_ARROW = Kind(lambda: pa.table({"n": _NUMBERS}), lambda table: table.to_pylist())
_TABLES = {"pandas": _PANDAS, "polars": _POLARS, "arrow": _ARROW}

KINDS: dict[str, Kind] = {
    "json": Kind(lambda: {"numbers": [str(each) * 6 for each in _NUMBERS]}),
    **_TABLES,
    **{f"{name}+arrow_file": Kind(each.make, each.seen, "arrow") for name, each in _TABLES.items()},
    "pandas-series": Kind(lambda: pd.Series(_NUMBERS, name="n"), _rows),
    "polars-series": Kind(lambda: pl.Series("n", _NUMBERS), lambda series: series.to_list()),
    "numpy": Kind(lambda: np.array(_NUMBERS), lambda array: array.tolist()),
    "bytes": Kind(lambda: bytes(25_000)),
    "bytearray": Kind(lambda: bytearray(b"ab" * 12_500)),
    "tree": Kind(lambda: {"array": np.array(_NUMBERS), "parts": (b"x" * 15_000, 1)}),
    "figure": Kind(_figure, lambda figure: figure.png),
    "plotly": Kind(_plotly_figure, lambda figure: figure.to_json()),
    "pickle": Kind(lambda: set(_NUMBERS), sorted, "pickle"),
    "file": Kind(_file, _content),
    "folder": Kind(_folder, _content),
}


def _parts() -> Iterator[pd.DataFrame]:
    yield _frame()
    yield _frame()


STREAM = Kind(_parts, _rows)
"""A table that is written part by part, if it counts as large."""


def asset_of(kind: str, made: Kind) -> AssetsDefinition:
    """An asset whose value is of that kind."""

    def value() -> object:
        return made.make()

    return asset(name=name_of(kind), io_manager_key=made.manager)(value)


def name_of(kind: str) -> str:
    """The name of that asset."""
    return re.sub(r"\W", "_", kind)


def file_of(instance: Instance, kind: str) -> Path:
    """The file of its latest version."""
    reference = instance.version(name_of(kind)).event.value
    assert reference is not None and reference.path is not None, kind
    return instance.values.root / reference.path
