"""A definition belongs to the cell that made it: directly, and through a real IPython shell."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from IPython.core.interactiveshell import InteractiveShell

from assetbook.definitions.asset_decorator import asset
from assetbook.definitions.asset_definition import AssetsDefinition
from assetbook.definitions.check_definition import AssetChecksDefinition
from assetbook.definitions.spec import AssetSpec
from assetbook.errors import SelectionError
from assetbook.keys import AssetKey
from assetbook.notebook.cell_names import cell_names
from assetbook.notebook.session import Cell, Session


class Notebook:
    """A session in a real IPython shell, driven cell by cell; each cell has an id."""

    def __init__(self, stable: bool = True) -> None:
        self.shell = InteractiveShell()
        self.stable = stable
        self.filenames: set[str] = set()
        self.notices: list[str] = []
        self.session = Session(self.shell.user_ns, self.filenames.__contains__)
        self.deleted: list[str] = []
        self.cell_id = ""
        self.shell.events.register("pre_run_cell", self._begin)
        self.shell.events.register("post_run_cell", self._end)
        self.run("setup", "from assetbook import AssetOut, AssetSpec, Definitions")
        self.run("setup2", "from assetbook import asset, asset_check, multi_asset")

    def _begin(self, info: Any) -> None:
        number = len(self.shell.user_ns["In"])  # the counter may have been moved on already
        text = info.raw_cell
        self.filenames.add(self.shell.compile.get_code_name(text, text, number))
        names = cell_names(text)
        binds = names.binds | (frozenset("*") if names.star_imports else frozenset())
        cell = Cell(self.cell_id, number, self.stable, binds)
        self.notices = self.session.begin(cell, self.deleted)

    def _end(self, result: Any) -> None:
        self.notices += self.session.end(bool(result.success))

    def run(self, cell_id: str, text: str, deleted: Sequence[str] = ()) -> list[str]:
        """The notices of running ``text`` as the cell ``cell_id``."""
        self.cell_id, self.deleted = cell_id, list(deleted)
        self.shell.run_cell(text, store_history=True)
        return self.notices

    @property
    def names(self) -> Mapping[str, Any]:
        return self.shell.user_ns

    def keys(self) -> list[str]:
        """The living assets and checks, sorted."""
        found = []
        for definition in self.session:
            several = isinstance(definition, AssetsDefinition)
            found += map(str, definition.keys if several else [definition.key])
        return sorted(found)

    def owner(self, key: str) -> str:
        living = self.session.living(AssetKey.from_user_string(key))
        return "" if living is None else living.cell.id


@pytest.fixture
def notebook() -> Notebook:
    return Notebook()


def define(name: str, key: str | None = None) -> str:
    return f"@asset(key='{key or name}')\ndef {name}():\n    return 1\n"


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
    assert said == ["`orders` now names a int; the asset lives on"]
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


def test_definitions_that_nothing_reaches_are_counted(notebook: Notebook) -> None:
    text = "for name in 'abc':\n    d = asset(name=name)(lambda: 1)\n"
    assert notebook.run("A", text) == [
        "3 definitions made, 1 kept: put them in a list to keep them"
    ]
    assert notebook.keys() == ["c"]


@pytest.mark.parametrize(
    ("container", "name"),
    [
        ("[{}]", "list"),
        ("({},)", "tuple"),
        ("{{n: d for n, d in zip('abc', [{}])}}", "dict"),
        ("{{*[{}]}}", "set"),
        ("Definitions(assets=[{}])", "Definitions"),
    ],
    ids=lambda value: value if value.isidentifier() else "",
)
def test_a_container_keeps_its_definitions(notebook: Notebook, container: str, name: str) -> None:
    each = ", ".join(f"asset(name='{key}')(lambda: 1)" for key in "abc")
    assert notebook.run("A", "all_of_them = " + container.format(each)) == []
    assert notebook.keys() == ["a", "b", "c"]
    living = notebook.session.living(AssetKey("a"))
    assert living is not None and (living.name, living.direct) == ("all_of_them", False)


def test_a_shorter_list_ends_what_fell_out(notebook: Notebook) -> None:
    text = "made = [asset(name=n)(lambda: 1) for n in {!r}]"
    notebook.run("A", text.format("abc"))
    assert notebook.run("A", text.format("ac")) == ["`b` is no longer defined (In[3])"]
    assert notebook.keys() == ["a", "c"]


def test_a_list_that_outlives_its_cell_defines_nothing(notebook: Notebook) -> None:
    notebook.run("A", "made = [asset(name=n)(lambda: 1) for n in 'ab']")
    notebook.run("B", "1", deleted=["A"])
    assert notebook.run("C", "2") == []
    assert notebook.keys() == []


def test_the_same_object_elsewhere_is_no_second_definition(notebook: Notebook) -> None:
    notebook.run("A", define("orders"))
    said = notebook.run("B", "defs = Definitions(assets=[orders], resources={'db': 1})")
    assert said == [] and notebook.owner("orders") == "A"
    assert notebook.run("A", define("sales") + "both = [sales]") == [
        "`orders` is no longer defined (In[3])"
    ]
    living = notebook.session.living(AssetKey("sales"))
    assert living is not None and (living.name, living.direct) == ("sales", True)


def test_what_was_only_displayed_is_not_kept(notebook: Notebook) -> None:
    said = notebook.run("A", "asset(name='shown')(lambda: 1)")
    assert said == ["1 definitions made, 0 kept: put them in a list to keep them"]
    assert notebook.run("B", "1") == [] and notebook.keys() == []


def test_private_names_define_nothing(notebook: Notebook) -> None:
    notebook.run("A", "_hidden = asset(name='hidden')(lambda: 1)")
    assert notebook.keys() == []


def test_a_conditional_definition_ends_when_it_is_not_made(notebook: Notebook) -> None:
    text = "if flag:\n    @asset\n    def maybe():\n        return 1\n"
    notebook.run("F", "flag = True")
    notebook.run("A", text)
    assert notebook.keys() == ["maybe"]
    notebook.run("F", "flag = False")
    assert notebook.run("A", text) == ["`maybe` is no longer defined (In[4])"]
    assert notebook.keys() == []


def test_a_smaller_function_ends_its_other_assets(notebook: Notebook) -> None:
    text = "@multi_asset(outs={{n: AssetOut() for n in {!r}}})\ndef made(): ..."
    notebook.run("A", text.format("xyz"))
    assert notebook.run("A", text.format("xz")) == ["`y` is no longer defined (In[3])"]
    notebook.run("B", define("x"))
    assert notebook.notices[-1] == "`z` is no longer defined (In[4])"
    assert notebook.keys() == ["x"]


def test_a_function_split_into_assets_loses_none(notebook: Notebook) -> None:
    notebook.run("A", "@multi_asset(outs={'x': AssetOut(), 'y': AssetOut()})\ndef made(): ...")
    assert notebook.run("A", define("x") + define("y")) == []
    assert notebook.keys() == ["x", "y"]


def test_checks_and_external_assets_live_too(notebook: Notebook) -> None:
    notebook.run("A", "landing = AssetSpec('landing')")
    notebook.run("B", "@asset_check(asset='landing')\ndef ok():\n    return True")
    assert notebook.keys() == ["landing", "landing:ok"]
    assert any(isinstance(each, AssetChecksDefinition) for each in notebook.session)
    assert notebook.run("B", "1") == ["`landing:ok` is no longer defined (In[4])"]


def test_specs_of_a_function_are_no_second_definition(notebook: Notebook) -> None:
    function = "@multi_asset(specs=specs)\ndef made(): ...\n"
    notebook.run("A", "specs = [AssetSpec('x'), AssetSpec('y')]")
    assert notebook.run("B", function) == []
    assert notebook.owner("x") == "B"
    assert notebook.run("A", "specs = [AssetSpec('x'), AssetSpec('y')]") == []
    assert notebook.owner("x") == "B", "a spec takes nothing from the function that makes it"
    assert notebook.keys() == ["x", "y"]


def test_specs_beside_their_function_give_way(notebook: Notebook) -> None:
    notebook.run("A", "@multi_asset(specs=[AssetSpec('x')])\ndef made(): ...\n")
    text = "spec = AssetSpec('x')\n@multi_asset(specs=[spec])\ndef made(): ...\n"
    assert notebook.run("A", text) == []
    living = notebook.session.living(AssetKey("x"))
    assert living is not None and living.name == "made"


def test_an_asset_becomes_external_in_its_cell(notebook: Notebook) -> None:
    notebook.run("A", define("x"))
    assert notebook.run("A", "x = AssetSpec('x')") == []
    living = notebook.session.living(AssetKey("x"))
    assert living is not None and isinstance(living.definition, AssetSpec)


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


# ---- imported definitions


@pytest.fixture
def module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    path = tmp_path / "ab_shop_assets.py"
    path.write_text(
        "from assetbook import asset\n"
        "@asset\ndef orders():\n    return 1\n"
        "@asset\ndef customers():\n    return 2\n"
        "everything = [orders, customers]\n"
        "def factory(name):\n"
        "    @asset(name=name)\n    def made():\n        return 1\n    return made\n"
    )
    monkeypatch.syspath_prepend(str(tmp_path))
    yield path
    sys.modules.pop("ab_shop_assets", None)


@pytest.mark.usefixtures("module")
def test_imported_definitions_belong_to_the_importing_cell(notebook: Notebook) -> None:
    assert notebook.run("A", "from ab_shop_assets import orders") == []
    assert notebook.keys() == ["orders"] and notebook.owner("orders") == "A"
    assert notebook.run("A", "from ab_shop_assets import orders") == []
    assert notebook.keys() == ["orders"]


@pytest.mark.usefixtures("module")
def test_an_import_that_is_taken_out_ends_its_definition(notebook: Notebook) -> None:
    notebook.run("A", "from ab_shop_assets import orders, customers")
    said = notebook.run("A", "from ab_shop_assets import customers")
    assert said == ["`orders` is no longer defined (In[3])"]
    assert notebook.keys() == ["customers"]


@pytest.mark.usefixtures("module")
def test_a_star_import_keeps_its_definitions(notebook: Notebook) -> None:
    for _ in range(2):
        assert notebook.run("A", "from ab_shop_assets import *") == []
        assert notebook.keys() == ["customers", "orders"]


@pytest.mark.usefixtures("module")
def test_an_imported_list_can_be_forgotten_and_imported_again(notebook: Notebook) -> None:
    notebook.run("A", "from ab_shop_assets import everything")
    notebook.session.forget(AssetKey("orders"))
    notebook.run("B", "1")
    assert notebook.keys() == ["customers"]
    notebook.run("A", "from ab_shop_assets import everything")
    assert notebook.keys() == ["customers", "orders"]


@pytest.mark.usefixtures("module")
def test_a_module_by_itself_defines_nothing(notebook: Notebook) -> None:
    assert notebook.run("A", "import ab_shop_assets") == []
    assert notebook.keys() == []


@pytest.mark.usefixtures("module")
def test_what_an_imported_factory_makes_is_the_cells(notebook: Notebook) -> None:
    text = "from ab_shop_assets import factory\n[factory(n) for n in 'ab'];"
    assert notebook.run("A", text) == [
        "2 definitions made, 0 kept: put them in a list to keep them"
    ]
    notebook.run("A", "mine = factory('c')")
    assert notebook.owner("c") == "A"


# ---- without a shell


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
    session.define(asset(name="x")(lambda: 1), "x")
    assert list(session) == []
