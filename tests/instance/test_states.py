"""The states of what is loaded, held against the store."""

from __future__ import annotations

from pathlib import Path

import pytest

from assetbook.definitions.asset_decorator import asset
from assetbook.definitions.check_definition import asset_check
from assetbook.definitions.config import Config
from assetbook.definitions.multi_asset_decorator import multi_asset
from assetbook.definitions.ports import AssetOut
from assetbook.definitions.spec import AssetSpec
from assetbook.errors import DefinitionError
from assetbook.instance.instance import Instance
from assetbook.instance.loaded import Beyond, load
from assetbook.instance.materializing import materialize_definitions
from assetbook.instance.states import Standing, standing
from assetbook.keys import AssetKey


class Day(Config):
    day: int = 1


@asset
def numbers() -> list[int]:
    return [1]


@asset_check(asset=numbers)
def has_one(numbers: list[int]) -> bool:
    return len(numbers) == 1


def edited_check() -> object:
    @asset_check(asset=numbers, name="has_one")
    def other(numbers: list[int]) -> bool:
        return bool(numbers)

    return other


def daily(day: int) -> object:
    @asset(key="daily", config=Day(day=day))
    def made(config: Day) -> int:
        return config.day

    return made


@asset(reads="*.csv")
def rows() -> int:
    return 1


def now(instance: Instance, *definitions: object) -> Standing:
    return standing(instance, load(definitions, instance))


def said(instance: Instance, name: str, *definitions: object) -> str:
    state = now(instance, *definitions).states[AssetKey(name)]
    return f"{state.state}: {', '.join(reason.text for reason in state.reasons)}"


def make(instance: Instance, *definitions: object) -> None:
    materialize_definitions(definitions, instance=instance)


def test_what_was_never_made_is_missing(instance: Instance) -> None:
    assert said(instance, "numbers", numbers) == "missing: never materialized"


def test_what_was_just_made_is_fresh(instance: Instance) -> None:
    make(instance, numbers)
    assert said(instance, "numbers", numbers).startswith("fresh")


def test_other_configuration_is_named(instance: Instance) -> None:
    make(instance, daily(1))
    assert said(instance, "daily", daily(2)) == "stale: config changed: day 1 → 2"


def test_a_changed_file_makes_stale(instance: Instance, project: Path) -> None:
    (project / "a.csv").write_text("1")
    make(instance, rows)
    assert said(instance, "rows", rows).startswith("fresh")
    (project / "a.csv").write_text("2")
    assert said(instance, "rows", rows).startswith("stale")


def test_files_that_are_gone_leave_other_states_alone(instance: Instance, project: Path) -> None:
    (project / "a.csv").write_text("1")
    make(instance, rows, numbers)
    (project / "a.csv").unlink()
    assert said(instance, "rows", rows, numbers).startswith("stale")
    assert said(instance, "numbers", rows, numbers).startswith("fresh")
    with pytest.raises(DefinitionError, match=r"reads='\*.csv': no file matches"):
        make(instance, rows)


def test_what_is_made_elsewhere_is_external(instance: Instance) -> None:
    found = now(instance, AssetSpec("prices"))
    assert found.defined[AssetKey("prices")].external


def test_what_is_only_remembered_is_unknown(instance: Instance) -> None:
    make(instance, numbers)
    key = AssetKey("numbers")
    loaded = load([], instance, beyond=Beyond({key: AssetSpec(key)}))
    state = standing(instance, loaded).states[key]
    assert (state.state, state.reasons[0].text) == ("unknown", "cell not run in this kernel")


def test_a_check_is_pending_until_it_ran_as_it_is(instance: Instance) -> None:
    make(instance, numbers)
    assert {check.name for check in now(instance, numbers, has_one).pending_checks} == {"has_one"}
    make(instance, numbers, has_one)
    assert now(instance, numbers, has_one).pending_checks == frozenset()
    assert len(now(instance, numbers, edited_check()).pending_checks) == 1


def test_assets_of_one_function_share_its_code(instance: Instance) -> None:
    @multi_asset(outs={"low": AssetOut(), "high": AssetOut(code_version="3")})
    def both() -> tuple[int, int]:
        return 1, 2

    defined = now(instance, both).defined
    low, high = defined[AssetKey("low")], defined[AssetKey("high")]
    assert low.code is high.code
    assert (low.authored, high.authored) == (None, "3")
