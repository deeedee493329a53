"""What the names that an asset cell reads stand for."""

from __future__ import annotations

from typing import Any

import pytest

from assetbook.definitions.asset_decorator import asset
from assetbook.definitions.asset_definition import AssetsDefinition
from assetbook.definitions.place import Place
from assetbook.definitions.ports import InputPort, OutputPort
from assetbook.definitions.resource import ConfigurableResource
from assetbook.definitions.spec import AssetSpec
from assetbook.errors import DefinitionError
from assetbook.keys import AssetKey
from assetbook.notebook.asset_cell import CellFunction
from assetbook.notebook.cell_inputs import check_names, with_inputs


class Warehouse(ConfigurableResource):
    url: str = ""


def make(key: str) -> AssetsDefinition:
    return asset(key=key)(lambda: 1)


def cell(
    key: str, text: str, inputs: tuple[InputPort, ...] = (), **namespace: Any
) -> AssetsDefinition:
    path = AssetKey.from_user_string(key)
    function = CellFunction(path.parts[-1], text, namespace, where="In[4]")
    output = OutputPort("result", AssetSpec(path))
    return AssetsDefinition(
        path.parts[-1], function, (output,), Place(function.filename, 1), inputs=inputs
    )


def inputs_of(*definitions: AssetsDefinition | AssetSpec, **more: Any) -> dict[str, str]:
    """The inputs of the last definition: names to keys."""
    last = with_inputs(definitions, **more)[-1]
    assert isinstance(last, AssetsDefinition)
    return {port.name: str(port.key) for port in last.inputs}


def test_assets_are_found_by_the_last_part_of_their_key() -> None:
    body = cell("total", "orders + rate + len('x')", rate=2)
    assert inputs_of(make("orders"), body) == {"orders": "orders"}
    assert inputs_of(make("raw/orders"), body) == {"orders": "raw/orders"}
    assert inputs_of(AssetSpec("orders"), body) == {"orders": "orders"}
    assert inputs_of(body, remembered=[AssetKey("orders")]) == {"orders": "orders"}


def test_an_asset_counts_before_a_variable() -> None:
    body = cell("total", "orders", orders="a variable")
    assert inputs_of(make("orders"), body) == {"orders": "orders"}
    assert inputs_of(body) == {}


def test_a_name_that_fits_two_keys_names_both() -> None:
    body = cell("total", "orders")
    with pytest.raises(
        DefinitionError, match=r"asset cell `total`: `orders` fits `raw/orders` and `orders`"
    ):
        with_inputs([make("raw/orders"), make("orders"), body])


def test_a_key_that_is_remembered_and_living_is_one() -> None:
    body = cell("total", "orders")
    assert inputs_of(make("orders"), body, remembered=[AssetKey("orders")]) == {"orders": "orders"}


def test_an_asset_defined_later_is_found() -> None:
    body = cell("total", "orders", orders=1)
    first, _ = with_inputs([body, make("orders")])
    assert isinstance(first, AssetsDefinition) and [port.name for port in first.inputs] == [
        "orders"
    ]
    assert body.inputs == ()


def test_a_wanted_type_is_kept() -> None:
    body = cell("total", "orders", (InputPort("orders", AssetKey("orders"), list),))
    last = with_inputs([make("raw/orders"), body])[-1]
    assert isinstance(last, AssetsDefinition)
    assert [(port.annotation, str(port.key)) for port in last.inputs] == [(list, "raw/orders")]


def test_resources_of_the_notebook_are_found_by_name() -> None:
    body = cell("total", "db.url + other", db=Warehouse(), other=1)
    last = with_inputs([body])[-1]
    assert isinstance(last, AssetsDefinition)
    assert [name for name, _ in last.resource_names] == ["db"]


def test_names_that_the_body_binds_are_no_inputs() -> None:
    body = cell("total", "orders = 1\n[customers for customers in range(orders)]")
    assert inputs_of(make("orders"), make("customers"), body) == {}


def test_definitions_that_are_no_cells_stay_the_same() -> None:
    one, body = make("orders"), cell("total", "1")
    assert with_inputs([one])[0] is one
    assert with_inputs([one, body])[0] is one


def test_a_name_that_is_nothing_offers_the_nearest() -> None:
    namespace = {"rates": 1, "_orders": 2}
    function = CellFunction("total", "ordrs", namespace, where="In[4]")
    with pytest.raises(DefinitionError, match=r"neither an asset nor.*\nDid you mean `orders`\?"):
        check_names(function, AssetKey("total"), [AssetKey(["raw", "orders"])], namespace)
    near = CellFunction("total", "rate", namespace, where="In[4]")
    with pytest.raises(DefinitionError, match=r"`rate` is neither.*\nDid you mean `rates`\?"):
        check_names(near, AssetKey("total"), [], namespace)


def test_assets_variables_builtins_and_what_a_run_gives_are_names() -> None:
    text = "display(len(orders) + rates + config.days)\ncontext.log.info('x')\n!ls\n1"
    function = CellFunction("total", text, {"rates": 1}, where="In[4]")
    check_names(function, AssetKey("total"), [AssetKey("orders")], {"rates": 1})
