"""The kinds of metadata: how each is made, and what does not fit."""

from __future__ import annotations

import pickle
from datetime import UTC, datetime
from pathlib import Path
from textwrap import dedent

import pytest

from assetbook.errors import DefinitionError
from assetbook.keys import AssetKey
from assetbook.metadata import (
    LocalFileCodeReference,
    MetadataValue,
    TableColumnLineage,
    TableRecord,
    TableSchema,
    TextMetadataValue,
)

SCHEMA = TableSchema.from_name_type_dict({"id": "int"})
LINEAGE = TableColumnLineage({})
REFERENCE = LocalFileCodeReference("a.py", 3)
ROW = TableRecord({"id": 1})


@pytest.mark.parametrize(
    ("made", "class_name", "kind", "value"),
    [
        (MetadataValue.text("a"), "TextMetadataValue", "text", "a"),
        (MetadataValue.url("http://a"), "UrlMetadataValue", "url", "http://a"),
        (MetadataValue.path(Path("/a")), "PathMetadataValue", "path", "/a"),
        (MetadataValue.notebook("a.ipynb"), "NotebookMetadataValue", "notebook", "a.ipynb"),
        (MetadataValue.json({"a": (1,)}), "JsonMetadataValue", "json", {"a": [1]}),
        (MetadataValue.json(True), "JsonMetadataValue", "json", True),
        (MetadataValue.md("*a*"), "MarkdownMetadataValue", "md", "*a*"),
        (
            MetadataValue.python_artifact(dedent),
            "PythonArtifactMetadataValue",
            "python_artifact",
            "textwrap:dedent",
        ),
        (MetadataValue.float(3), "FloatMetadataValue", "float", 3.0),
        (MetadataValue.int(3), "IntMetadataValue", "int", 3),
        (MetadataValue.bool(True), "BoolMetadataValue", "bool", True),
        (MetadataValue.timestamp(5), "TimestampMetadataValue", "timestamp", 5.0),
        (MetadataValue.run("9f2"), "RunMetadataValue", "run", "9f2"),
        (MetadataValue.dagster_run("9f2"), "RunMetadataValue", "run", "9f2"),
        (MetadataValue.asset("a/b"), "AssetMetadataValue", "asset", AssetKey(["a", "b"])),
        (MetadataValue.job("nightly", "x.ipynb"), "JobMetadataValue", "job", "nightly"),
        (MetadataValue.table([{"id": 1}]), "TableMetadataValue", "table", (ROW,)),
        (MetadataValue.table_schema(SCHEMA), "TableSchemaMetadataValue", "table_schema", SCHEMA),
        (
            MetadataValue.column_lineage(LINEAGE),
            "ColumnLineageMetadataValue",
            "column_lineage",
            LINEAGE,
        ),
        (MetadataValue.null(), "NullMetadataValue", "null", None),
        (MetadataValue.pool("db"), "PoolMetadataValue", "pool", "db"),
        (
            MetadataValue.code_references([REFERENCE]),
            "CodeReferencesMetadataValue",
            "code_references",
            (REFERENCE,),
        ),
    ],
)
def test_each_kind_holds_its_value(
    made: MetadataValue, class_name: str, kind: str, value: object
) -> None:
    assert type(made).__name__ == class_name
    assert (made.kind, made.value, type(made.value)) == (kind, value, type(value))
    assert pickle.loads(pickle.dumps(made)) == made


def test_timestamp_takes_a_datetime() -> None:
    instant = datetime(2026, 11, 24, 9, 14, tzinfo=UTC)
    assert MetadataValue.timestamp(instant).value == instant.timestamp()


@pytest.mark.parametrize(
    ("make", "wrong", "found"),
    [
        (MetadataValue.text, 3, "the value is an int"),
        (MetadataValue.int, True, "the value is a bool"),
        (MetadataValue.float, True, "the value is a bool"),
        (MetadataValue.float, "3", "the value is a str"),
        (MetadataValue.bool, 1, "the value is an int"),
        (MetadataValue.timestamp, "now", "the value is a str"),
        (MetadataValue.python_artifact, 3, "the value is an int"),
        (MetadataValue.table_schema, {}, "the value is a dict"),
    ],
)
def test_a_value_of_another_kind_is_refused(make: object, wrong: object, found: str) -> None:
    with pytest.raises(DefinitionError, match=found):
        make(wrong)  # type: ignore[operator]


def test_values_of_two_kinds_are_never_equal() -> None:
    assert MetadataValue.text("a") != MetadataValue.md("a")
    assert MetadataValue.text("a") == TextMetadataValue("a")


def test_json_does_not_follow_later_changes() -> None:
    data = {"rows": [1]}
    made = MetadataValue.json(data)
    data["rows"].append(2)
    assert made.value == {"rows": [1]}


def test_what_json_cannot_hold_is_named_by_its_place() -> None:
    with pytest.raises(DefinitionError, match=r"a set at \$\.rows\[1\]\.ids"):
        MetadataValue.json({"rows": [{}, {"ids": {1}}]})
    with pytest.raises(DefinitionError, match="key 3"):
        MetadataValue.json({3: "a"})


def test_a_value_cannot_be_changed() -> None:
    with pytest.raises(AttributeError, match="frozen"):
        MetadataValue.text("a").value = "b"  # type: ignore[misc]
