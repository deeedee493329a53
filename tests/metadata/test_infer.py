"""From plain Python values to metadata values."""

from __future__ import annotations

import enum
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from assetbook.errors import DefinitionError
from assetbook.keys import AssetKey
from assetbook.metadata import (
    MetadataValue,
    TableColumnLineage,
    TableSchema,
    metadata_value,
    metadata_values,
)

INSTANT = datetime(2026, 11, 24, 9, 14, tzinfo=UTC)


class Colour(enum.StrEnum):
    RED = "red"


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("a", MetadataValue.text("a")),
        (Colour.RED, MetadataValue.text("red")),
        (3, MetadataValue.int(3)),
        (True, MetadataValue.bool(True)),
        (0.5, MetadataValue.float(0.5)),
        (None, MetadataValue.null()),
        ({"a": 1}, MetadataValue.json({"a": 1})),
        ([1, "b"], MetadataValue.json([1, "b"])),
        (Path("/a/b"), MetadataValue.path("/a/b")),
        (AssetKey("a"), MetadataValue.asset(AssetKey("a"))),
        (TableSchema([]), MetadataValue.table_schema(TableSchema([]))),
        (TableColumnLineage({}), MetadataValue.column_lineage(TableColumnLineage({}))),
        (INSTANT, MetadataValue.timestamp(INSTANT)),
        (pd.Timestamp(INSTANT), MetadataValue.timestamp(INSTANT)),
        (np.datetime64("2026-11-24T09:14", "ns"), MetadataValue.timestamp(INSTANT)),
        (np.int64(3), MetadataValue.int(3)),
        (np.float32(0.5), MetadataValue.float(0.5)),
        (np.float64(0.5), MetadataValue.float(0.5)),
        (np.bool_(True), MetadataValue.bool(True)),
        (np.str_("a"), MetadataValue.text("a")),
        ({"n": np.int64(3)}, MetadataValue.json({"n": 3})),
        (MetadataValue.md("a"), MetadataValue.md("a")),
    ],
    ids=lambda raw: type(raw).__name__,
)
def test_plain_values_have_a_kind(raw: Any, expected: MetadataValue) -> None:
    made = metadata_value(raw)
    assert made == expected
    assert type(made.value) is type(expected.value)


@pytest.mark.parametrize(
    "raw",
    [
        object(),
        {1, 2},
        timedelta(1),
        np.arange(2),
        np.timedelta64(1, "s"),
        np.datetime64("NaT", "s"),
    ],
    ids=lambda raw: type(raw).__name__,
)
def test_what_has_no_kind_is_named(raw: object) -> None:
    with pytest.raises(DefinitionError, match=f"metadata 'rows': .*{type(raw).__name__}"):
        metadata_value(raw, "rows")


def test_a_bad_part_of_json_is_named_with_its_key() -> None:
    with pytest.raises(DefinitionError, match=r"metadata 'stats': .*set at \$\.ids"):
        metadata_value({"ids": {1}}, "stats")


@pytest.mark.parametrize("key", ["", 3, None, "k" * 1001])
def test_keys_are_short_texts(key: object) -> None:
    with pytest.raises(DefinitionError, match=r"1 to 1,000 characters"):
        metadata_values({key: 1})  # type: ignore[dict-item]


def test_the_longest_key_is_taken() -> None:
    assert metadata_values({"k" * 1000: 1}) == {"k" * 1000: MetadataValue.int(1)}


def test_import_loads_no_heavy_library() -> None:
    code = (
        "import sys, assetbook.metadata, assetbook.settings, assetbook.definitions.secret;"
        "import assetbook.definitions.env_var, assetbook.definitions.labels;"
        "import assetbook.definitions.provenance, assetbook.definitions.resource_parameter;"
        "print({'numpy', 'pandas', 'pyarrow', 'pydantic', 'pydantic_core'} & sys.modules.keys())"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"
