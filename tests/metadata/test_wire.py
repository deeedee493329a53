"""The wire form of metadata: every value comes back, through a strict encoder too."""

from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assetbook.keys import AssetKey
from assetbook.metadata import (
    LocalFileCodeReference,
    MetadataValue,
    TableColumn,
    TableColumnConstraints,
    TableColumnDep,
    TableColumnLineage,
    TableConstraints,
    TableRecord,
    TableSchema,
    UnknownMetadataValue,
    UrlCodeReference,
    from_wire,
    to_wire,
)
from assetbook.metadata.values import MetadataValue as Base

anything = st.text(st.characters(), max_size=8)  # half surrogates included
words = st.text(min_size=1, max_size=8)
keys = st.lists(words, min_size=1, max_size=3).map(AssetKey)
numbers = st.floats(allow_nan=False)  # NaN has its own test, for it equals nothing
cells = st.none() | st.booleans() | st.integers() | numbers | anything
json_values = st.recursive(
    cells, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(anything, inner, max_size=3)
)
columns = st.builds(
    TableColumn,
    words,
    words,
    st.none() | words,
    st.builds(TableColumnConstraints, st.booleans(), st.booleans(), st.lists(words, max_size=2)),
    st.dictionaries(words, words, max_size=2),
)
schemas = st.builds(
    TableSchema,
    st.lists(columns, max_size=3),
    st.builds(TableConstraints, st.lists(words, max_size=2)),
)
lineages = st.builds(
    TableColumnLineage,
    st.dictionaries(
        words, st.lists(st.builds(TableColumnDep, keys, words), max_size=2), max_size=2
    ),
)
records = st.lists(st.builds(TableRecord, st.dictionaries(words, cells, max_size=3)), max_size=3)
references = st.lists(
    st.builds(LocalFileCodeReference, words, st.none() | st.integers(1, 99), st.none() | words)
    | st.builds(UrlCodeReference, words, st.none() | words),
    max_size=2,
)
values: st.SearchStrategy[MetadataValue[Any]] = st.one_of(
    anything.map(MetadataValue.text),
    anything.map(MetadataValue.url),
    anything.map(MetadataValue.path),
    anything.map(MetadataValue.notebook),
    anything.map(MetadataValue.md),
    anything.map(MetadataValue.run),
    anything.map(MetadataValue.pool),
    st.just(MetadataValue.python_artifact(json.loads)),
    json_values.map(MetadataValue.json),
    numbers.map(MetadataValue.float),
    st.integers().map(MetadataValue.int),
    st.booleans().map(MetadataValue.bool),
    numbers.map(MetadataValue.timestamp),
    keys.map(MetadataValue.asset),
    st.builds(MetadataValue.job, words, st.none() | words),
    st.builds(MetadataValue.table, records, schemas),
    schemas.map(MetadataValue.table_schema),
    lineages.map(MetadataValue.column_lineage),
    st.just(MetadataValue.null()),
    references.map(MetadataValue.code_references),
)


@given(values)
def test_every_value_comes_back(value: MetadataValue[Any]) -> None:
    encoded = msgspec.json.encode(to_wire(value))
    back = from_wire(msgspec.json.decode(encoded))
    assert back == value
    assert repr(back) == repr(value)  # equality takes 1, 1.0 and True for the same


def test_every_kind_is_among_the_values_tried() -> None:
    def kinds(base: type[Any]) -> set[str]:
        return {base.kind}.union(*(kinds(each) for each in base.__subclasses__()))

    tried = {
        "text url path notebook json md python_artifact float int bool timestamp run asset job "
        "table table_schema column_lineage null pool code_references"
    }
    assert kinds(Base) - {""} == set(" ".join(tried).split())


def test_the_wire_form_is_small() -> None:
    assert to_wire(MetadataValue.int(3)) == {"type": "int", "value": 3}


@pytest.mark.parametrize("number", [float("nan"), float("inf"), float("-inf")])
def test_numbers_that_json_lacks_come_back(number: float) -> None:
    for value in (MetadataValue.float(number), MetadataValue.json({"loss": [number]})):
        back = from_wire(msgspec.json.decode(msgspec.json.encode(to_wire(value))))
        assert repr(back) == repr(value)


def test_a_float_written_as_whole_number_stays_a_float() -> None:
    assert from_wire({"type": "float", "value": 3}) == MetadataValue.float(3.0)


@pytest.mark.parametrize(
    "wire",
    [
        {"type": "hologram", "value": {"a": 1}},  # a kind of a newer version
        {"type": "int", "value": "three"},  # a newer form of a known kind
        {"type": "table", "value": {"records": []}},
        {"type": "json", "json": "{"},
        {"value": 3},
    ],
)
def test_what_is_not_known_is_kept_with_a_note(wire: dict[str, Any]) -> None:
    value = from_wire(wire)
    assert isinstance(value, UnknownMetadataValue)
    assert "does not know" in value.note
    assert to_wire(value) == wire


def test_pipes_words_for_kinds_are_read() -> None:
    assert from_wire({"type": "dagster_run", "value": "9f2"}) == MetadataValue.run("9f2")
