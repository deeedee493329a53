"""Definitions loaded from modules and packages, as Dagster's loaders do."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from types import ModuleType

import pytest

from assetbook.definitions.asset_decorator import asset
from assetbook.definitions.asset_definition import AssetsDefinition
from assetbook.definitions.check_definition import asset_check
from assetbook.definitions.collection import Definitions
from assetbook.definitions.schedule_definition import ScheduleDefinition
from assetbook.definitions.sensor_definition import SensorDefinition
from assetbook.definitions.spec import AssetSpec
from assetbook.errors import DefinitionError
from assetbook.instance.materializing import materialize_to_memory
from assetbook.keys import AssetKey
from assetbook.notebook.module_definitions import (
    load_asset_checks_from_current_module,
    load_asset_checks_from_modules,
    load_asset_checks_from_package_module,
    load_asset_checks_from_package_name,
    load_assets_from_current_module,
    load_assets_from_modules,
    load_assets_from_package_module,
    load_assets_from_package_name,
    load_definitions_from_current_module,
    load_definitions_from_module,
    load_definitions_from_modules,
    load_definitions_from_package_module,
    load_definitions_from_package_name,
)

FILES = {
    "__init__.py": "",
    "raw.py": """\
from assetbook import *

outside = AssetSpec("outside")

@observable_source_asset
def landed():
    return DataVersion("1")

@asset(deps=[outside, landed], check_specs=[AssetCheckSpec("few", asset="orders")])
def orders():
    yield Output([1, 2])
    yield AssetCheckResult(True, check_name="few")
""",
    "marts/__init__.py": "",
    "marts/totals.py": """\
from assetbook import *
from {name}.raw import orders

FOLLOWED = {{"total": {{AssetKey("orders")}}, "count": {{AssetKey("total")}}}}

@multi_asset(outs={{"total": AssetOut(), "count": AssetOut()}}, internal_asset_deps=FOLLOWED)
def sums(orders):
    return sum(orders), len(orders)

@asset_check(asset=orders)
def positive(orders):
    return all(each > 0 for each in orders)

several = [asset(name=f"copy_{{each}}")(lambda orders: orders) for each in "ab"]
nightly = define_asset_job("nightly", "total")
""",
}


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ModuleType]:
    """A package of a name of its own, with two modules of definitions."""
    name = f"shop_{abs(hash(tmp_path)) % 10**9}"
    for file, text in FILES.items():
        path = tmp_path / name / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text.format(name=name) if "{name}" in text else text)
    monkeypatch.syspath_prepend(str(tmp_path))
    yield import_module(name)
    for each in [each for each in sys.modules if each.partition(".")[0] == name]:
        del sys.modules[each]


def keys(assets: list[AssetsDefinition | AssetSpec]) -> set[str]:
    found: set[str] = set()
    for each in assets:
        own = each.keys if isinstance(each, AssetsDefinition) else (each.key,)
        found |= {str(key) for key in own}
    return found


ALL = {"landed", "orders", "total", "count", "copy_a", "copy_b"}


def test_load_assets_from_modules_finds_each_once(package: ModuleType) -> None:
    modules = [import_module(f"{package.__name__}.{name}") for name in ("raw", "marts.totals")]
    assets = load_assets_from_modules(modules)
    assert keys(assets) == ALL
    assert len(assets) == 5
    assert modules[0].orders in assets
    assert keys(load_assets_from_modules(modules, include_specs=True)) == {*ALL, "outside"}


@pytest.mark.parametrize(
    "load",
    [load_assets_from_package_module, lambda each: load_assets_from_package_name(each.__name__)],
)
def test_load_assets_from_a_package_imports_what_is_below(
    package: ModuleType, load: Callable[[ModuleType], list[AssetsDefinition | AssetSpec]]
) -> None:
    assert keys(load(package)) == ALL


def test_group_name_puts_copies_into_a_group(package: ModuleType) -> None:
    assets = load_assets_from_package_module(package, group_name="shop")
    groups = {
        spec.group_name
        for each in assets
        for spec in (each.specs if isinstance(each, AssetsDefinition) else (each,))
    }
    assert groups == {"shop"}
    assert import_module(f"{package.__name__}.raw").orders.spec.group_name == "default"


def test_another_group_is_refused() -> None:
    module = ModuleType("other")

    @asset(group_name="mine")
    def own() -> int:
        return 1

    module.own = own  # type: ignore[attr-defined]
    with pytest.raises(DefinitionError, match="`own` says itself that it is in the group mine"):
        load_assets_from_modules([module], group_name="shop")
    assert keys(load_assets_from_modules([module], group_name="mine")) == {"own"}


def test_key_prefix_stands_before_keys_and_before_what_they_read(package: ModuleType) -> None:
    assets = load_assets_from_package_module(package, key_prefix=["shop", "v1"])
    assert keys(assets) == {"landed", *(f"shop/v1/{each}" for each in ALL - {"landed"})}
    checks = load_asset_checks_from_package_module(package, asset_key_prefix=["shop", "v1"])
    definitions = Definitions([*assets, AssetSpec("outside")], checks)
    outcome = materialize_to_memory(definitions)
    assert outcome.success
    assert outcome.asset_value(AssetKey(["shop", "v1", "total"])) == 3
    told = [each.step.name for each in outcome.outcomes]
    assert "shop/v1/orders:positive" in told


def test_source_key_prefix_is_that_of_sources(package: ModuleType) -> None:
    assets = load_assets_from_package_module(package, source_key_prefix="src", include_specs=True)
    assert {"src/landed", "src/outside", "orders"} <= keys(assets)
    orders = next(each for each in assets if isinstance(each, AssetsDefinition))
    assert {str(dep.asset_key) for dep in orders.specs[0].deps} == {"src/landed", "src/outside"}


def test_two_assets_of_one_key_are_refused(package: ModuleType) -> None:
    other = ModuleType("other")

    @asset
    def orders() -> int:
        return 1

    other.orders = orders  # type: ignore[attr-defined]
    raw = import_module(f"{package.__name__}.raw")
    with pytest.raises(
        DefinitionError, match=r"`orders`: it is defined twice: in .*raw, and in other"
    ):
        load_assets_from_modules([raw, other])


def test_load_asset_checks_finds_checks_alone(package: ModuleType) -> None:
    totals = import_module(f"{package.__name__}.marts.totals")
    for found in (
        load_asset_checks_from_modules([totals]),
        load_asset_checks_from_package_module(package),
        load_asset_checks_from_package_name(package.__name__),
    ):
        assert [each.name for each in found] == ["positive"]


def test_load_definitions_gathers_all_and_takes_resources(package: ModuleType) -> None:
    totals = import_module(f"{package.__name__}.marts.totals")
    one = load_definitions_from_module(totals, {"x": 1})
    assert (len(one.assets), len(one.asset_checks), dict(one.resources)) == (4, 1, {"x": 1})
    for found in (
        load_definitions_from_package_module(package),
        load_definitions_from_package_name(package.__name__),
    ):
        assert keys(list(found.assets)) == {*ALL, "outside"}
        assert [each.name for each in found.jobs] == ["nightly"]


def test_schedules_of_a_module_are_gathered() -> None:
    module = ModuleType("timed")
    made = ScheduleDefinition("nightly", target="*", cron_schedule="@daily")
    module.nightly = made  # type: ignore[attr-defined]
    assert load_definitions_from_module(module).schedules == (made,)


def test_sensors_of_a_module_are_gathered() -> None:
    module = ModuleType("looking")
    made = SensorDefinition("looks", evaluation_fn=lambda: None, target="*")
    module.looks = made  # type: ignore[attr-defined]
    assert load_definitions_from_module(module).sensors == (made,)


def test_definitions_of_a_module_are_merged_in() -> None:
    module = ModuleType("explicit")

    @asset
    def one() -> int:
        return 1

    module.one, module.defs = one, Definitions([one], resources={"r": 1})  # type: ignore[attr-defined]
    found = load_definitions_from_modules([module])
    assert (found.assets, dict(found.resources)) == ((one,), {"r": 1})


@asset
def here() -> int:
    return 1


@asset_check(asset=here)
def here_is_one(here: int) -> bool:
    return here == 1


def test_the_current_module_is_that_of_the_caller() -> None:
    assert here in load_assets_from_current_module()
    assert load_asset_checks_from_current_module() == [here_is_one]
    assert here in load_definitions_from_current_module().assets
    (copied,) = load_assets_from_current_module("g", "p")
    assert isinstance(copied, AssetsDefinition)
    assert (str(copied.key), copied.spec.group_name) == ("p/here", "g")


def test_what_is_no_module_or_package_is_told() -> None:
    with pytest.raises(DefinitionError, match="Give modules, as import gives them"):
        load_assets_from_modules(["shop"])  # type: ignore[list-item]
    with pytest.raises(DefinitionError, match="it is a module"):
        load_assets_from_package_module(sys.modules[__name__])
