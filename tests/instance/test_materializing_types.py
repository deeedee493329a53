"""Types of assets: checked after the function has returned, and after an input was loaded."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from tests.instance.making import make, state_of

from assetbook.definitions.asset_decorator import asset
from assetbook.definitions.check_definition import asset_check
from assetbook.definitions.multi_asset_decorator import multi_asset
from assetbook.definitions.ports import AssetIn, AssetOut
from assetbook.definitions.results import MaterializeResult, Output
from assetbook.errors import ConfigError, DefinitionError, TypeCheckError
from assetbook.instance.instance import Instance
from assetbook.instance.materializing import materialize_to_memory
from assetbook.metadata import from_wire
from assetbook.surfaces.display.html import visible
from assetbook.types.column_rule import ColumnRule
from assetbook.types.declared_table import table_type
from assetbook.types.value_type import TypeCheck, TypeCheckContext, ValueType

Positive = ValueType(
    lambda context, value: TypeCheck(value > 0, "it is not positive", {"seen": value}), "Positive"
)
Sales = table_type("Sales", [ColumnRule("amount", "int64", min_value=0)])


def failing(instance: Instance, *definitions: object, **more: Any) -> str:
    with pytest.raises(TypeCheckError) as raised:
        make(instance, *definitions, **more)
    return str(raised.value)


@asset
def text() -> int:
    return "x"  # type: ignore[return-value]


@asset(dagster_type=Positive)
def positive() -> int:
    return 3


@asset(dagster_type=Positive)
def negative() -> int:
    return -3


@asset
def negative_number():
    return -3


@asset
def word():
    return "hello"


def test_a_return_annotation_is_checked(instance: Instance) -> None:
    said = failing(instance, text)
    assert said.startswith("the value of `text`: expected int: it is a str, not an int")
    assert state_of(instance, "text", text) == "missing"
    [run] = instance.runs()
    assert run.status == "failed"


def test_it_is_so_in_memory_too() -> None:
    with pytest.raises(TypeCheckError, match="expected int"):
        materialize_to_memory([text])


def test_a_type_of_ones_own_wins_over_the_annotation(instance: Instance) -> None:
    assert "expected Positive: it is not positive" in failing(instance, negative)
    assert make(instance, positive).success


def test_what_a_check_says_lands_on_the_materialization(instance: Instance) -> None:
    [event] = make(instance, positive).materialized
    assert from_wire(event.metadata["seen"]).value == 3


def test_an_input_is_checked_after_it_was_loaded(instance: Instance) -> None:
    @asset
    def numbers():
        return [1, "x"]

    @asset
    def total(numbers: list[int]) -> int:
        return 0

    @asset(ins={"word": AssetIn(dagster_type=int)})
    def length(word: str) -> int:
        return 0

    assert "the input `numbers` of total(): expected list[int]: item 1" in failing(
        instance, numbers, total
    )
    assert "the input `word` of length(): expected int: it is a str" in failing(
        instance, word, length
    )


def test_an_input_may_be_annotated_with_a_type(instance: Instance) -> None:
    @asset
    def doubled(positive: Positive, sales: Annotated[pl.DataFrame, Sales]) -> int:  # type: ignore[valid-type]
        assert isinstance(sales, pl.DataFrame)
        return positive * 2

    @asset
    def sales() -> pd.DataFrame:
        return pd.DataFrame({"amount": [1, 2]})

    assert make(instance, positive, sales, doubled).asset_value("doubled") == 6


def test_the_input_of_a_check_is_checked(instance: Instance) -> None:
    @asset_check(asset=negative_number)
    def small(negative_number: Positive) -> bool:  # type: ignore[valid-type]
        return True

    said = failing(instance, negative_number, small)
    assert "the input `negative_number` of the check negative_number:small: expected" in said


def test_several_outputs_have_their_own_types(instance: Instance) -> None:
    @multi_asset(outs={"a": AssetOut(dagster_type=Positive), "b": AssetOut()})
    def both() -> tuple[int, str]:
        return -1, "x"

    @multi_asset(outs={"c": AssetOut(), "d": AssetOut()})
    def others() -> tuple[int, str]:
        return 1, 2  # type: ignore[return-value]

    assert "the value of `a`: expected Positive" in failing(instance, both)
    assert "the value of `d`: expected str: it is an int" in failing(instance, others)


def _returning(annotation: object, value: object) -> Any:
    def made():  # type: ignore[no-untyped-def]
        return value() if callable(value) else value

    made.__annotations__ = {"return": annotation}
    return asset(made)


FAILING: list[tuple[object, object]] = [
    (int, None),
    (None, 3),
    (float, 1),
    (Output[int], Output("x")),
    (MaterializeResult[int], MaterializeResult(value="x")),
    (pd.DataFrame, [1]),
    (pl.LazyFrame, lambda: pl.DataFrame({"x": [1]})),
    (pd.DataFrame, lambda: pl.LazyFrame({"x": [1]})),
]


@pytest.mark.parametrize(("annotation", "value"), FAILING, ids=range(len(FAILING)))
def test_another_type_fails(instance: Instance, annotation: object, value: object) -> None:
    assert "the value of `made`: expected " in failing(instance, _returning(annotation, value))


PASSING: list[tuple[object, object]] = [
    (int, lambda: np.int64(3)),
    (int | None, None),
    (None, None),
    (Any, "x"),
    (Output, lambda: Output(3)),
    (MaterializeResult, MaterializeResult()),
    (MaterializeResult[int], MaterializeResult()),
    (Iterator[pd.DataFrame], lambda: iter([pd.DataFrame({"x": [1]})])),
    (pd.DataFrame, lambda: iter([pd.DataFrame({"x": [1]})])),
    (pl.LazyFrame, lambda: pl.LazyFrame({"x": [1]})),
    (pa.RecordBatchReader, lambda: pa.table({"x": [1]}).to_reader()),
    ("Nowhere", 3),
]


@pytest.mark.parametrize(("annotation", "value"), PASSING, ids=range(len(PASSING)))
def test_what_fits_or_cannot_be_asked_passes(
    instance: Instance, annotation: object, value: object
) -> None:
    assert make(instance, _returning(annotation, value)).success


def test_what_is_not_annotated_is_never_checked(instance: Instance) -> None:
    assert word.outputs[0].dagster_type is None
    assert make(instance, word).success


def test_a_generator_functions_annotation_tells_of_its_parts(instance: Instance) -> None:
    @asset
    def parts() -> pd.DataFrame:
        yield pd.DataFrame({"x": [1]})
        yield pd.DataFrame({"x": [2]})

    assert len(make(instance, parts).asset_value("parts")) == 2


def test_a_coroutines_value_is_checked(instance: Instance) -> None:
    @asset
    async def later() -> int:
        return "x"  # type: ignore[return-value]

    assert "expected int" in failing(instance, later)


@pytest.mark.parametrize("rows", [1, 200_000])
def test_a_streamed_table_is_checked_in_its_stored_form(instance: Instance, rows: int) -> None:
    @asset(dagster_type=Sales)
    def sales():
        yield pa.table({"amount": range(rows)})
        yield pa.table({"amount": [-7]})

    assert f"`amount`: at least 0; 1 row breaks it (row {rows}: -7)" in failing(instance, sales)
    assert state_of(instance, "sales", sales) == "missing"


def test_a_streamed_table_is_checked_by_an_annotation_that_is_a_type(instance: Instance) -> None:
    @asset
    def sales() -> Sales:  # type: ignore[valid-type]
        yield pa.table({"amount": [1]})
        yield pa.table({"amount": [-7]})

    assert "`amount`: at least 0; 1 row breaks it (row 1: -7)" in failing(instance, sales)


def test_a_tables_schema_lands_on_the_materialization(instance: Instance) -> None:
    @asset
    def sales() -> Sales:  # type: ignore[valid-type]
        return pd.DataFrame({"amount": [1], "more": ["x"]})

    [event] = make(instance, sales).materialized
    schema = from_wire(event.metadata["dagster/column_schema"]).value
    assert [(each.name, each.type) for each in schema.columns] == [
        ("amount", "int64"),
        ("more", "string"),
    ]
    assert list(schema.columns[0].constraints.other) == ["at least 0"]
    assert from_wire(event.metadata["dagster/row_count"]).value == 1


def test_no_text_of_the_data_is_stored_with_the_failure(instance: Instance, project: Path) -> None:
    states = table_type("States", [ColumnRule("state", one_of=["open"])])

    @asset(dagster_type=states)
    def orders():
        return pd.DataFrame({"state": [" ".join(["hidden", "words"])]})

    with pytest.raises(TypeCheckError) as raised:
        make(instance, orders)
    assert raised.value.samples == ("`state`: row 0: 'hidden words'",)
    assert any("hidden words" in line for line in raised.value._render_traceback_())
    files = [each for each in (project / ".assetbook").rglob("*") if each.is_file()]
    stored = b"".join(each.read_bytes() for each in files)
    assert b"row 0: 12 characters" in stored
    assert b"hidden words" not in stored


def test_a_type_gets_the_resources_that_it_requires(instance: Instance) -> None:
    def check(context: TypeCheckContext, value: int) -> bool:
        return bool(value < context.resources.limit)

    small_type = ValueType(check, "Small", required_resource_keys={"limit"})

    @asset(dagster_type=small_type, resources={"limit": 5})
    def small() -> int:
        return 9

    @asset(dagster_type=small_type)
    def lost() -> int:
        return 9

    assert "expected Small" in failing(instance, small)
    with pytest.raises(ConfigError, match="the resource `limit` of the type Small"):
        make(instance, lost)


def test_what_is_no_type_is_refused_where_it_is_given() -> None:
    with pytest.raises(DefinitionError, match="cannot be asked of a value"):
        asset(dagster_type="int")(lambda: 1)
    with pytest.raises(DefinitionError, match="cannot be asked of a value"):

        @asset(ins={"word": AssetIn(dagster_type=3)})
        def length(word):  # type: ignore[no-untyped-def]
            return 0


def test_names_that_would_colour_a_terminal_are_shown_as_escapes(instance: Instance) -> None:
    bad = table_type("T", [ColumnRule("\x1b[31m<script>", "int64")])

    @asset(dagster_type=bad)
    def hostile():
        return pd.DataFrame({"\x1b[31m<script>": ["x"]})

    said = failing(instance, hostile)
    assert "\x1b" not in visible(said)


def test_a_type_makes_nothing_stale_or_unknown(instance: Instance) -> None:
    @asset
    def doubled(positive: Positive) -> Positive:  # type: ignore[valid-type]
        return positive * 2

    make(instance, positive, doubled)
    assert state_of(instance, "doubled", positive, doubled) == "fresh"
