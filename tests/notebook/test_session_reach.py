"""What a cell's names must reach to keep it: containers, functions of several assets, specs."""

from __future__ import annotations

import pytest
from tests.notebook.session_notebook import Notebook, define

from assetbook.definitions.check_definition import AssetChecksDefinition
from assetbook.definitions.spec import AssetSpec
from assetbook.keys import AssetKey


@pytest.fixture
def notebook() -> Notebook:
    return Notebook()


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
    assert said == ["1 definition made, 0 kept: put them in a list to keep them"]
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
