"""Every kind of value through the store: from memory in a run, from its file in another process."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest
from tests.instance.making import make

from assetbook.definitions.asset_decorator import asset
from assetbook.errors import CorruptStoreError
from assetbook.instance.instance import Instance
from assetbook.instance.materializing import Options

VALUES: dict[str, Any] = {
    "array": np.arange(4.0),
    "pandas series": pd.Series([1, 2], name="n"),
    "polars series": pl.Series("n", [1, 2]),
    "bytes": b"\0\1",
    "bytearray": bytearray(b"ab"),
    "tree": {"table": pl.DataFrame({"n": [1]}), "parts": (np.ones(2), b"x")},
}
each_kind = pytest.mark.parametrize("value", VALUES.values(), ids=VALUES)


@each_kind
def test_the_file_gives_what_memory_gave(instance: Instance, value: Any) -> None:
    seen = []

    @asset
    def made() -> object:
        return value

    @asset
    def reader(made: Any) -> str:
        seen.append(made)
        return "read"

    make(instance, made, reader)
    assert repr(seen) == repr([instance.value("made")])
    assert type(seen[0]) is type(value)


@each_kind
def test_the_same_again_is_the_same_version(instance: Instance, value: Any) -> None:
    @asset
    def made() -> object:
        return value

    make(instance, made)
    make(instance, made, options=Options(force=True))
    newer, older = instance.versions("made")
    assert newer.event.data_version == older.event.data_version
    assert newer.event.data_version.startswith("xxh3_128/1:")


@each_kind
def test_a_flipped_bit_is_found(instance: Instance, value: Any) -> None:
    @asset
    def made() -> object:
        return value

    make(instance, made)
    path = instance.values.root / str(instance.version("made").event.value.path)  # type: ignore[union-attr]
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.chmod(0o600)
    path.write_bytes(data)
    with pytest.raises(CorruptStoreError, match="was changed or damaged"):
        instance.value("made")
