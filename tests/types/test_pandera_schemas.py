"""pandera's schemas and models as types."""

from __future__ import annotations

import pandas as pd
import pandera.pandas as pap
import pandera.polars as papl
import polars as pl
import pytest
from pandera.typing import DataFrame, Series

from assetbook.definitions.asset_decorator import asset
from assetbook.errors import DefinitionError, TypeCheckError
from assetbook.instance.materializing import materialize_to_memory
from assetbook.metadata import from_wire
from assetbook.types.pandera_schemas import pandera_type
from assetbook.types.resolution import check_value_type, loaded_as


class Orders(pap.DataFrameModel):
    number: Series[int] = pap.Field(unique=True)
    amount: Series[float] = pap.Field(ge=0, nullable=True)
    state: Series[str] = pap.Field(isin=["open"])


GOOD = pd.DataFrame({"number": [1, 2], "amount": [1.0, None], "state": ["open", "open"]})
BAD = pd.DataFrame({"number": [1, 1], "amount": [1.0, -2.0], "state": ["open", "secret"]})


def test_a_good_frame_passes_with_the_schema_as_metadata() -> None:
    found = check_value_type(pandera_type(Orders), GOOD)
    assert found.description is None
    schema = found.metadata["dagster/column_schema"]
    assert [(each.name, each.type) for each in schema.columns[:2]] == [
        ("number", "int64"),
        ("amount", "float64"),
    ]
    assert schema.columns[0].constraints.unique
    assert list(schema.columns[1].constraints.other) == ["greater_than_or_equal_to(0)"]


def test_a_violation_names_column_rule_and_rows() -> None:
    found = check_value_type(pandera_type(Orders), BAD)
    said = found.description or ""
    assert "`amount`: greater_than_or_equal_to(0); 1 row breaks it (row 1: -2.0)" in said
    assert "`state`: isin(['open']); 1 row breaks it (row 1: 6 characters)" in said
    assert "`number`: field_uniqueness; 2 rows break it (row 0: 1, row 1: 1)" in said
    assert "`state`: row 1: 'secret'" in found.samples


def test_a_missing_column_is_named() -> None:
    found = check_value_type(pandera_type(Orders), GOOD.drop(columns="state"))
    assert found.description == "column_in_dataframe; found state"


def test_a_schema_is_an_annotation_itself() -> None:
    assert check_value_type(Orders, GOOD).success
    assert not check_value_type(Orders, BAD).success
    assert not check_value_type(DataFrame[Orders], BAD).success
    assert loaded_as(DataFrame[Orders]) is pd.DataFrame
    assert not check_value_type(pap.DataFrameSchema({"x": pap.Column(int)}), GOOD).success


def test_assets_are_checked_by_it() -> None:
    @asset
    def orders() -> DataFrame[Orders]:
        return GOOD  # type: ignore[return-value]

    @asset
    def wrong() -> Orders:
        return BAD  # type: ignore[return-value]

    @asset
    def rows(orders: DataFrame[Orders]) -> int:
        return len(orders)

    made = materialize_to_memory([orders, rows])
    assert made.asset_value("rows") == 2
    schema = from_wire(made.materialized[0].metadata["dagster/column_schema"]).value
    assert schema.columns[0].constraints.unique
    with pytest.raises(TypeCheckError, match="the value of `wrong`: expected Orders: 3 rules"):
        materialize_to_memory([wrong])


def test_it_takes_polars_frames() -> None:
    schema = papl.DataFrameSchema({"x": papl.Column(int, papl.Check.ge(0))}, name="Counts")
    kind = pandera_type(schema)
    assert check_value_type(kind, pl.DataFrame({"x": [1]})).success
    found = check_value_type(kind, pl.DataFrame({"x": [1, -1]}))
    assert "`x`: greater_than_or_equal_to(0); 1 row breaks it (row 1: 2 characters)" in str(
        found.description
    )
    assert kind.name == "Counts"
    assert kind.typing_type is pl.DataFrame


def test_what_is_no_schema_is_refused() -> None:
    with pytest.raises(DefinitionError, match="it is no schema of a frame"):
        pandera_type(3)
    found = check_value_type(pandera_type(Orders), [1])
    assert found.description == "it is a list, not an Orders"
