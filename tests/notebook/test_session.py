"""A definition belongs to the cell that made it: directly, and through a real IPython shell."""

from __future__ import annotations

from typing import Any

import pytest
from tests.notebook.session_notebook import Notebook, define

from assetbook.definitions.asset_decorator import asset
from assetbook.definitions.asset_definition import AssetsDefinition
from assetbook.errors import SelectionError, UsageError
from assetbook.keys import AssetKey
from assetbook.notebook.session import Cell, Session


@pytest.fixture
def notebook() -> Notebook:
    return Notebook()


def test_a_definition_belongs_to_its_cell(notebook: Notebook) -> None:
    assert notebook.run("A", define("orders")) == []
    assert notebook.run("B", "x = orders; y = 1") == []
    assert notebook.owner("orders") == "A"
    living = notebook.session.living(AssetKey("orders"))
    assert living is not None and (living.name, living.direct) == ("orders", True)
    assert str(living.cell) == "In[3]"


def test_running_a_cell_again_replaces_its_definitions(notebook: Notebook) -> None:
    notebook.run("A", define("orders"))
    before, generation = notebook.names["orders"], notebook.session.generation
    assert notebook.run("A", define("orders")) == []
    assert list(notebook.session) == [notebook.names["orders"]]
    assert notebook.names["orders"] is not before
    assert notebook.session.generation > generation


def test_a_renamed_definition_ends_under_its_old_name(notebook: Notebook) -> None:
    notebook.run("A", define("orders"))
    assert notebook.run("A", define("sales")) == ["`orders` is no longer defined (In[3])"]
    assert notebook.keys() == ["sales"]
    assert "orders" not in notebook.names


def test_a_failed_run_ends_nothing(notebook: Notebook, capsys: pytest.CaptureFixture[str]) -> None:
    notebook.run("A", define("orders"))
    notebook.run("A", define("sales") + "1/0")
    assert "ZeroDivisionError" in capsys.readouterr().out
    assert notebook.keys() == ["orders", "sales"]
    notebook.run("A", "def broken(:")
    assert notebook.keys() == ["orders", "sales"]


def test_giving_the_name_to_a_value_keeps_the_asset(notebook: Notebook) -> None:
    notebook.run("A", define("orders"))
    said = notebook.run("B", "orders = 5")
    assert said == ["`orders` now names an int; the asset lives on"]
    assert notebook.keys() == ["orders"] and notebook.names["orders"] == 5
    assert notebook.run("C", "orders = 6") == []
    assert notebook.run("D", "del orders") == []
    assert notebook.keys() == ["orders"]


def test_a_value_that_a_definition_replaces_is_kept(notebook: Notebook) -> None:
    notebook.run("A", "orders = [1, 2]")
    said = notebook.run("B", define("orders"))
    assert said == ["`orders` was a value: it is kept as `orders_`"]
    assert notebook.names["orders_"] == [1, 2]
    assert isinstance(notebook.names["orders"], AssetsDefinition)


def test_keeping_a_value_destroys_no_other(notebook: Notebook) -> None:
    notebook.run("A", "orders = 1; orders_ = 'mine'")
    said = notebook.run("B", define("orders"))
    assert said == ["`orders` was a value: it is kept as `orders__`"]
    assert (notebook.names["orders_"], notebook.names["orders__"]) == ("mine", 1)


def test_a_value_kept_before_gives_way(notebook: Notebook) -> None:
    for value in (1, 2):
        notebook.run("A", f"orders = {value}")
        notebook.run("B", define("orders"))
    assert notebook.names["orders_"] == 2 and "orders__" not in notebook.names


def test_a_function_that_a_definition_replaces_is_not_kept(notebook: Notebook) -> None:
    notebook.run("A", "def orders(): return 1")
    assert notebook.run("B", "orders = asset(orders)") == []
    assert "orders_" not in notebook.names


def test_a_deleted_cell_ends_its_definitions(notebook: Notebook) -> None:
    notebook.run("A", define("orders"))
    said = notebook.run("B", "1", deleted=["A"])
    assert said == ["`orders` is no longer defined (In[3])"]
    assert notebook.keys() == [] and "orders" not in notebook.names
    assert notebook.run("C", "2", deleted=["A"]) == []


def test_a_definition_moves_with_its_text(notebook: Notebook) -> None:
    notebook.run("A", define("orders"))
    said = notebook.run("B", define("orders"))
    assert said == [
        "`orders` is also defined in In[3]. In[4] wins here; "
        "this notebook will not load headless until one of them is gone"
    ]
    assert notebook.owner("orders") == "B"
    assert notebook.run("A", "1") == []
    assert notebook.keys() == ["orders"]


def test_the_cell_that_ran_last_wins(notebook: Notebook) -> None:
    notebook.run("A", define("orders"))
    notebook.run("B", define("other", key="orders"))
    assert notebook.owner("orders") == "B"
    assert notebook.run("C", "1") == []
    assert notebook.owner("orders") == "B", "the loser is still bound, and does not come back"
    notebook.run("A", define("orders"))
    assert notebook.owner("orders") == "A"


def test_without_stable_ids_nobody_is_accused() -> None:
    notebook = Notebook(stable=False)
    notebook.run("text:1", define("orders"))
    assert notebook.run("text:2", define("orders")) == []


def test_one_key_twice_in_a_cell_is_said(notebook: Notebook) -> None:
    said = notebook.run("A", define("first", key="k") + define("second", key="k"))
    assert said == ["`k` is defined twice in In[3]: the last one counts"]
    living = notebook.session.living(AssetKey("k"))
    assert living is not None and living.name == "second"


def test_forgetting_ends_a_definition(notebook: Notebook) -> None:
    notebook.run("A", define("orders"))
    notebook.session.forget(AssetKey("orders"))
    assert notebook.keys() == [] and "orders" not in notebook.names
    notebook.run("A", define("orders"))
    with pytest.raises(SelectionError, match=r"no cell here defines it\nDid you mean `orders`\?"):
        notebook.session.forget(AssetKey("order"))


def test_resources_are_the_notebooks_names(notebook: Notebook) -> None:
    notebook.run("A", define("orders") + "db = {'url': 'x'}\n_private = 1")
    notebook.run("B", "defs = Definitions(assets=[orders], resources={'api': 7, 'db': 8})")
    found = notebook.session.resources()
    assert (found["api"], found["db"]) == (7, 8)
    assert "orders" not in found and "_private" not in found


def test_a_cell_that_is_itself_a_definition_is_bound() -> None:
    namespace: dict[str, Any] = {"delays": 3}
    session = Session(namespace, lambda name: False)
    cell = Cell("A", 1)
    assert session.begin(cell) == [] and session.cell is cell
    one = asset(name="delays")(lambda: 1)
    session.define(one, "delays")
    assert namespace["delays"] is one and namespace["delays_"] == 3
    session.end(True)
    assert session.cell is None
    living = session.living(AssetKey("delays"))
    assert living is not None and living.definition is one


def test_outside_cells_nothing_is_taken() -> None:
    session = Session({}, lambda name: False)
    assert session.end(True) == []
    with pytest.raises(UsageError, match="it runs silently"):
        session.define(asset(name="x")(lambda: 1), "x")
    assert list(session) == []
    assert session.namespace == {}
