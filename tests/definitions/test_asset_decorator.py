"""``@asset``: key, description, inputs and labels, as in Dagster."""

from __future__ import annotations

import sys
from datetime import timedelta
from typing import Any

import pytest
from IPython.core.interactiveshell import InteractiveShell

from assetbook.definitions.asset_decorator import asset
from assetbook.definitions.check_spec import AssetCheckSpec
from assetbook.definitions.config import Config
from assetbook.definitions.ports import AssetIn
from assetbook.errors import DefinitionError
from assetbook.keys import AssetKey


class Days(Config):
    days: int = 7


def test_the_functions_name_is_the_key_and_calling_runs_it() -> None:
    @asset
    def orders(customers: int) -> int:
        """All orders."""
        return customers + 1

    assert orders.key == AssetKey("orders")
    assert orders.spec.description == "All orders."
    assert [(port.name, port.key, port.annotation) for port in orders.inputs] == [
        ("customers", AssetKey("customers"), int)
    ]
    assert orders(2) == orders(customers=2) == 3


@pytest.mark.parametrize(
    ("options", "path"),
    [
        ({}, ["orders"]),
        ({"name": "a-b"}, ["a-b"]),
        ({"key_prefix": "raw"}, ["raw", "orders"]),
        ({"key_prefix": ["eu", "raw"], "name": "o"}, ["eu", "raw", "o"]),
        ({"key": "raw/o"}, ["raw", "o"]),
        ({"key": ["raw", "o"]}, ["raw", "o"]),
    ],
)
def test_the_key_may_be_given(options: dict[str, Any], path: list[str]) -> None:
    @asset(**options)
    def orders() -> int:
        return 1

    assert orders.key.path == path


def test_a_key_and_a_name_contradict_each_other() -> None:
    with pytest.raises(DefinitionError, match=r"both key= and name=.*\nGive the whole key"):

        @asset(key="a", name="b")
        def orders() -> int:
            return 1


def test_ins_say_which_asset_is_meant() -> None:
    @asset(ins={"o": AssetIn(key="raw/orders", metadata={"m": 1}), "c": AssetIn(key_prefix="raw")})
    def joined(o: int, c: int, rates: int) -> int:
        return o

    assert [str(port.key) for port in joined.inputs] == ["raw/orders", "raw/c", "rates"]
    assert [port.by_name for port in joined.inputs] == [False, False, True]
    assert joined.inputs[0].metadata == {"m": 1}


def test_ins_for_no_parameter_offer_the_nearest() -> None:
    with pytest.raises(DefinitionError, match=r"ins\['ordrs'\].*\nDid you mean `orders`\?"):

        @asset(ins={"ordrs": AssetIn()})
        def joined(orders: int) -> int:
            return orders


def test_labels_and_deps_stand_on_the_spec() -> None:
    @asset(
        deps=["flag"],
        group_name="marts",
        owners=["team:data", "x@y.io"],
        tags={"tier": "1"},
        kinds={"pandas"},
        metadata={"rows": 3},
        code_version="4",
        description="given",
    )
    def orders() -> int:
        """Not this."""
        return 1

    spec = orders.spec
    assert [str(dep.asset_key) for dep in spec.deps] == ["flag"]
    assert (spec.group_name, spec.owners, spec.kinds) == (
        "marts",
        ("team:data", "x@y.io"),
        {"pandas"},
    )
    assert (spec.description, spec.code_version, spec.metadata["rows"]) == ("given", "4", 3)
    assert spec.tags["tier"] == "1"


def test_none_as_return_type_means_no_value() -> None:
    @asset
    def notify() -> None: ...

    @asset
    def bare():  # type: ignore[no-untyped-def]
        return 1

    assert not notify.outputs[0].has_value
    assert bare.outputs[0].has_value


def test_config_is_checked_at_once() -> None:
    @asset(config=Days(days=3))
    def orders(config: Days) -> int:
        return config.days

    assert orders.config_type is Days and orders.config == Days(days=3)
    with pytest.raises(DefinitionError, match="has no parameter `config`"):

        @asset(config=Days())
        def without() -> int:
            return 1

    with pytest.raises(DefinitionError, match=r"it is a dict\nGive an instance of Days"):

        @asset(config={"days": 1})
        def wrong(config: Days) -> int:
            return 1


def test_our_own_options_are_kept() -> None:
    spec = AssetCheckSpec("has_rows", asset="orders")

    @asset(
        reads="data/*.csv",
        max_age=timedelta(hours=6),
        ignore={"conn"},
        check_specs=[spec],
        io_manager_key="arrow",
    )
    def orders() -> int:
        return 1

    assert orders.reads == ("data/*.csv",)
    assert orders.max_age == timedelta(hours=6)
    assert orders.ignore == {"conn"} and orders.check_specs == (spec,)
    assert orders.outputs[0].io_manager_key == "arrow"


def test_bound_resources_are_no_inputs() -> None:
    @asset(resources={"db": object()})
    def orders(db: Any, customers: int) -> int:
        return customers

    assert [name for name, _ in orders.resource_names] == ["db"]
    assert [port.name for port in orders.inputs] == ["customers"]


def test_a_docstring_loses_its_indentation() -> None:
    @asset
    def orders() -> int:
        """First line.

        Second line.
        """
        return 1

    assert orders.spec.description == "First line.\n\nSecond line."


def test_a_cell_may_postpone_its_annotations() -> None:
    shell = InteractiveShell()
    result = shell.run_cell(
        "from __future__ import annotations\n"
        "import pandas as pd\n"
        "from assetbook import AssetExecutionContext, Config, asset\n"
        "class Days(Config):\n    days: int = 7\n"
        "@asset\n"
        "def orders(context: AssetExecutionContext, config: Days, raw: pd.DataFrame) -> None: ...\n"
    )
    result.raise_error()
    orders = shell.user_ns["orders"]
    assert orders.compute.__annotations__["raw"] == "pd.DataFrame"
    assert orders.config_type is shell.user_ns["Days"]
    assert orders.context_name == "context"
    assert orders.inputs[0].annotation is sys.modules["pandas"].DataFrame
    assert not orders.outputs[0].has_value
