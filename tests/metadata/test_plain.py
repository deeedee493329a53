"""Metadata as text for terminals."""

from __future__ import annotations

from datetime import datetime

import pytest

from assetbook.keys import AssetKey
from assetbook.metadata import (
    LocalFileCodeReference,
    MetadataValue,
    TableColumn,
    TableColumnConstraints,
    TableColumnDep,
    TableColumnLineage,
    TableSchema,
    UrlCodeReference,
    from_wire,
    plain_text,
)

DEP = TableColumnDep(AssetKey(["raw", "orders"]), "amount")


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (MetadataValue.int(1234567), "1,234,567"),
        (MetadataValue.float(1234567.25), "1,234,567.25"),
        (MetadataValue.float(float("nan")), "nan"),
        (MetadataValue.bool(True), "yes"),
        (MetadataValue.null(), "none"),
        (MetadataValue.text("two\nlines"), "two\nlines"),
        (MetadataValue.json({"a": "ü"}), '{"a": "ü"}'),
        (MetadataValue.asset("raw/orders"), "raw/orders"),
        (MetadataValue.job("nightly", "a.ipynb"), "nightly of a.ipynb"),
        (MetadataValue.table([{"a": 1}, {"a": 2}]), '{"a": 1}\n{"a": 2}'),
        (
            MetadataValue.table_schema(
                TableSchema(
                    [
                        TableColumn("id", "int", constraints=TableColumnConstraints(False, True)),
                        TableColumn("name"),
                    ]
                )
            ),
            "id int not null unique, name string",
        ),
        (
            MetadataValue.column_lineage(TableColumnLineage({"total": [DEP]})),
            "total <- raw/orders.amount",
        ),
        (
            MetadataValue.code_references(
                [LocalFileCodeReference("a.py", 3), UrlCodeReference("http://a")]
            ),
            "a.py:3\nhttp://a",
        ),
    ],
)
def test_values_read_as_people_write_them(value: MetadataValue, text: str) -> None:
    assert plain_text(value) == text


def test_instants_are_shown_in_local_time() -> None:
    local = datetime(2026, 11, 24, 9, 14).astimezone()
    shown = plain_text(MetadataValue.timestamp(local))
    assert shown.startswith("2026-11-24T09:14:00")
    assert datetime.fromisoformat(shown) == local


def test_an_impossible_instant_is_still_shown() -> None:
    assert plain_text(MetadataValue.timestamp(1e18)) == "1e+18 seconds since 1970"


def test_control_characters_cannot_drive_the_terminal() -> None:
    assert plain_text(MetadataValue.text("\x1b[2Jgone")) == "\\x1b[2Jgone"


def test_an_unknown_kind_shows_its_note() -> None:
    shown = plain_text(from_wire({"type": "hologram", "value": 3}))
    assert shown.endswith("(of the kind 'hologram', which this version does not know)")
