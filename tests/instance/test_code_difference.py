"""What differs between an asset's code and the code of its latest version, piece by piece."""

from __future__ import annotations

from tests.instance.notebooks import defined, opened, told

from assetbook.definitions.asset_definition import AssetsDefinition
from assetbook.definitions.code import CodeVersion
from assetbook.definitions.results import AssetMaterialization
from assetbook.instance.code_difference import Difference, code_differences
from assetbook.instance.instance import Instance
from assetbook.instance.loaded import load
from assetbook.instance.materializing import materialize_definitions
from assetbook.instance.remembered import remembered_standing
from assetbook.instance.states import standing
from assetbook.keys import AssetKey

FIRST = """
RATE = 2
def scaled(number):
    return number * RATE
def orders():
    return scaled(4)
"""


def code_of(instance: Instance, definition: AssetsDefinition) -> CodeVersion:
    code = standing(instance, load([definition], instance)).defined[AssetKey("orders")].code
    assert code is not None
    return code


def differences(instance: Instance, text: str) -> tuple[Difference, ...]:
    return code_differences(
        instance, instance.latest_materialization("orders"), code_of(instance, defined(text))
    )


def test_the_same_code_differs_in_nothing(instance: Instance) -> None:
    materialize_definitions([defined(FIRST)], instance=instance)
    assert differences(instance, FIRST + "\n# a comment\n") == ()


def test_a_changed_helper_is_shown_old_against_new(instance: Instance) -> None:
    materialize_definitions([defined(FIRST)], instance=instance)
    [found] = differences(instance, FIRST.replace("number * RATE", "number + RATE"))
    assert found.name == "scaled"
    assert [line for line in found.lines if line[0] in "+-"] == [
        "-    return number * RATE",
        "+    return number + RATE",
    ]
    assert str(found).startswith(f"{found.kind} scaled\n")


def test_a_piece_that_came_or_went_is_shown_whole(instance: Instance) -> None:
    materialize_definitions([defined(FIRST)], instance=instance)
    found = {each.name: each for each in differences(instance, "def orders():\n    return 8\n")}
    assert sorted(found) == ["RATE", "orders", "scaled"]
    assert all(line[0] in "-@" for line in found["scaled"].lines)


def test_without_a_version_there_is_nothing_to_show(instance: Instance) -> None:
    assert differences(instance, FIRST) == ()


def test_of_a_reported_version_no_code_is_known(instance: Instance) -> None:
    instance.report_runless_asset_event(AssetMaterialization("orders"))
    assert differences(instance, FIRST) == ()


def test_without_the_notebook_the_same_is_shown(instance: Instance) -> None:
    text = FIRST.replace("RATE = 2", "RATE = 'high'")
    materialize_definitions([defined(text)], instance=instance)
    edited = defined(text.replace("'high'", "'low'").replace("number *", "3 *"))
    told(instance, opened(instance, "a.ipynb", edited))
    now, _ = remembered_standing(instance)
    code = now.defined[AssetKey("orders")].code
    assert code is not None
    found = code_differences(instance, instance.latest_materialization("orders"), code)
    assert [line for each in found for line in each.lines if line[0] in "+-"] == [
        *("-    return number * RATE", "+    return 3 * RATE", "-'high'", "+'low'"),
    ]
    said = [each.text for each in now.states[AssetKey("orders")].reasons]
    assert said[1].startswith("constant RATE #") and said[1].endswith("(5 characters)")


def test_a_secret_is_shown_on_neither_side(instance: Instance) -> None:
    text = FIRST.replace("RATE", "API_TOKEN")
    materialize_definitions([defined(text)], instance=instance)
    found = differences(instance, text.replace("API_TOKEN = 2", "API_TOKEN = 'tiger7scott9'"))
    assert "tiger7" not in "\n".join(map(str, found))
