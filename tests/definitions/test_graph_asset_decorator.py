"""``@graph_asset``: an asset whose maker is a graph."""

from __future__ import annotations

import pytest
from tests.definitions.some_ops import add_one, numbers, one, plus, split

from assetbook.definitions.graph_asset_decorator import graph_asset, graph_multi_asset
from assetbook.definitions.graph_body import GraphBody
from assetbook.definitions.op_decorator import op
from assetbook.definitions.ports import AssetIn, AssetOut
from assetbook.errors import DefinitionError
from assetbook.keys import AssetKey


def test_a_graph_asset_is_an_asset_with_a_graph() -> None:
    @graph_asset(key_prefix="marts", group_name="sums", ins={"base": AssetIn("raw/base")})
    def total_sales(base, extra):  # type: ignore[no-untyped-def]
        """All sales."""
        return plus(add_one(base), extra)

    assert total_sales.key == AssetKey(["marts", "total_sales"])
    assert (total_sales.spec.group_name, total_sales.spec.description) == ("sums", "All sales.")
    assert [(each.name, str(each.key)) for each in total_sales.inputs] == [
        ("base", "raw/base"),
        ("extra", "extra"),
    ]
    assert isinstance(total_sales.graph, GraphBody)
    assert [each.name for each in total_sales.graph.composed.invocations] == ["add_one", "plus"]


def test_a_graph_may_make_several_assets() -> None:
    @graph_multi_asset(outs={"train": AssetOut(key_prefix="ml"), "test": AssetOut()})
    def parts():  # type: ignore[no-untyped-def]
        return split()

    assert [str(key) for key in parts.keys] == ["ml/train", "test"]
    assert parts.name == "parts"


def test_the_body_gives_the_value() -> None:
    with pytest.raises(DefinitionError, match="no outputs of 1"):

        @graph_asset
        def nothing():  # type: ignore[no-untyped-def]
            one()

    with pytest.raises(DefinitionError, match="it is dynamic, and an asset has one value"):

        @graph_asset
        def many():  # type: ignore[no-untyped-def]
            return numbers()

    with pytest.raises(DefinitionError, match="it has no outputs"):

        @graph_multi_asset(outs={})
        def none():  # type: ignore[no-untyped-def]
            return one()


def test_an_input_of_its_ops_that_nothing_can_give_is_refused() -> None:
    class Table: ...

    @op
    def rows(table: Table) -> int:
        return 1

    with pytest.raises(
        DefinitionError, match=r"`table` of the op `rows` in the graph of `counted`.*\nPass it an"
    ):

        @graph_asset
        def counted():  # type: ignore[no-untyped-def]
            return rows()
