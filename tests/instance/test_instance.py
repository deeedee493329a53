"""An instance is found by its project, and answers what its store holds."""

from __future__ import annotations

import gc
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.instance.making import make, numbers, state_of, total

from assetbook.definitions.asset_decorator import asset
from assetbook.definitions.results import AssetMaterialization, AssetObservation
from assetbook.definitions.spec import AssetSpec
from assetbook.errors import ConfigError, CorruptStoreError, DefinitionError, SelectionError
from assetbook.instance.instance import Instance
from assetbook.instance.materializing import Options, materialize_definitions
from assetbook.io.contexts import InputContext, OutputContext
from assetbook.io.manager import IOManager

TAG = "dagster/data_version"
PRICES = AssetSpec("prices")


@asset
def orders(prices: object) -> int:
    return 1


@asset(deps=[PRICES])
def report() -> int:
    return 7


def empty(folder: Path) -> None:
    """Nothing marks this folder but itself."""


def dotted(folder: Path) -> None:
    (folder / ".assetbook").mkdir()


def pyproject(folder: Path) -> None:
    (folder / "pyproject.toml").write_text("[project]\nname = 'x'\n")


def git(folder: Path) -> None:
    (folder / ".git").mkdir()


@pytest.mark.parametrize("mark", [dotted, pyproject, git])
def test_the_project_is_found_above_a_notebook(
    tmp_path: Path, mark: Callable[[Path], None]
) -> None:
    inner = tmp_path / "other" / "deep"
    inner.mkdir(parents=True)
    mark(tmp_path / "other")
    instance = Instance.get(inner / "a.ipynb")
    assert instance.values.root == tmp_path / "other" / ".assetbook" / "values"
    instance.close()


def test_the_store_may_be_named_by_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ASSETBOOK_STORE", str(tmp_path / "elsewhere"))
    instance = Instance.get()
    make(instance, numbers)
    assert (tmp_path / "elsewhere" / "assetbook.db").is_file()
    instance.close()


def test_a_project_has_one_instance_in_a_process(instance: Instance) -> None:
    assert Instance.get() is instance


def test_a_closed_instance_is_opened_anew() -> None:
    first = Instance.get()
    make(first, numbers)
    first.close()
    again = Instance.get()
    assert again is not first
    assert again.value("numbers") == [1, 2, 3]
    again.close()


def test_the_store_is_readable_by_its_owner_alone(instance: Instance, project: Path) -> None:
    make(instance, numbers)
    assert (project / ".assetbook").stat().st_mode & 0o077 == 0


@asset
def large() -> list[str]:
    return ["long"] * 50_000


def test_an_ephemeral_instance_leaves_nothing_behind(
    project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    instance = Instance.ephemeral()
    make(instance, large)
    assert len(list(tmp_path.glob("assetbook-*"))) == 1
    instance.close()
    assert list(tmp_path.iterdir()) == []
    assert not (project / ".assetbook").exists()


def test_a_dropped_ephemeral_instance_leaves_nothing_behind() -> None:
    def use_one() -> Path:
        instance = Instance.ephemeral()
        make(instance, large)
        assert instance.values.root.exists()
        return instance.values.root.parent

    folder = use_one()
    gc.collect()
    assert not folder.exists()


def test_values_are_read_by_number(instance: Instance) -> None:
    counter = iter([10, 20])

    @asset
    def ticking() -> int:
        return next(counter)

    make(instance, ticking, options=Options(force=True))
    make(instance, ticking, options=Options(force=True))
    assert [instance.value("ticking", number) for number in (1, 2, None)] == [10, 20, 20]


@pytest.mark.parametrize(
    ("name", "number", "said"),
    [
        ("numbrs", None, "never been materialized here\nDid you mean `numbers`"),
        ("numbers", 4, "there is no such version\nThere are: 1"),
        ("nothing", 1, "never been materialized here"),
        ("numbrs@4", None, "Did you mean `numbers`"),
        ("numbers@4", None, "There are: 1"),
        ("numbers@x", None, "`x` is not a version: give a number, a date"),
        ("numbers@1", 1, "version 1 is asked for too"),
    ],
)
def test_a_missing_value_is_named(
    instance: Instance, name: str, number: int | None, said: str
) -> None:
    make(instance, numbers)
    with pytest.raises(SelectionError, match=said):
        instance.value(name, number)


def test_a_value_whose_file_is_gone_is_stale_and_corrupt(instance: Instance) -> None:
    make(instance, large)
    [file] = [each for each in instance.values.root.rglob("*") if each.is_file()]
    file.unlink()
    assert state_of(instance, "large", large) == "stale"
    with pytest.raises(CorruptStoreError):
        instance.value("large")


def test_another_process_reads_the_value(instance: Instance) -> None:
    make(instance, numbers)
    code = "from assetbook import Instance; print(Instance.get().value('numbers'))"
    told = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    assert told.stdout == "[1, 2, 3]\n"


class Overwriting(IOManager):
    """Keeps one value for each key."""

    def __init__(self) -> None:
        self.kept: dict[str, object] = {}

    def handle_output(self, context: OutputContext, obj: object) -> None:
        self.kept[str(context.asset_key)] = obj

    def load_input(self, context: InputContext) -> object:
        return self.kept[str(context.asset_key)]


@asset(io_manager_key="mine")
def kept() -> int:
    return 5


def test_an_old_version_of_an_overwriting_manager_is_refused(instance: Instance) -> None:
    resources = {"mine": Overwriting()}
    materialize_definitions([kept], instance=instance, resources=resources)
    with pytest.raises(SelectionError, match=r"kept@1`: its I/O manager `mine` keeps only"):
        instance.value("kept", 1, resources=resources)
    assert instance.value("kept", resources=resources) == 5


def test_a_value_of_a_manager_that_is_not_given_is_refused(instance: Instance) -> None:
    @asset
    def other() -> int:
        return 5

    materialize_definitions([other], instance=instance, resources={"io_manager": Overwriting()})
    with pytest.raises(ConfigError, match=r"Bind it in a cell: io_manager ="):
        instance.value("other")


def test_a_run_is_found_by_the_beginning_of_its_id(instance: Instance) -> None:
    make(instance, numbers)
    [run] = instance.runs()
    assert instance.run(run.id[:5]) == run
    with pytest.raises(SelectionError, match="the run `zz`: there is none"):
        instance.run("zz")


def test_a_version_tells_who_asked_for_it(instance: Instance) -> None:
    make(instance, numbers)
    instance.report_runless_asset_event(AssetMaterialization("prices"))
    origin = instance.origin_of(instance.version("numbers"))
    assert origin is not None
    assert origin.kind == "python"
    assert instance.origin_of(instance.version("prices")) is None


def test_reported_data_makes_downstream_stale_only_when_new(instance: Instance) -> None:
    definitions = (numbers, total)
    make(instance, *definitions)
    same = instance.version("numbers").event.data_version
    instance.report_runless_asset_event(AssetMaterialization("numbers", tags={TAG: same}))
    # what the report was made with is not known, and so neither whether it is right
    assert state_of(instance, "total", *definitions) == "unknown"
    instance.report_runless_asset_event(AssetMaterialization("numbers", tags={TAG: "other"}))
    assert state_of(instance, "total", *definitions) == "stale"


@pytest.mark.parametrize("reported", [AssetMaterialization, AssetObservation])
def test_an_asset_that_only_orders_is_left_fresh(
    instance: Instance, reported: type[AssetMaterialization | AssetObservation]
) -> None:
    for version in ("monday", "tuesday"):
        instance.report_runless_asset_event(reported("prices", tags={TAG: version}))
        make(instance, PRICES, report)
    assert [version.number for version in instance.versions("report")] == [1]


def test_an_observation_is_the_version_of_what_is_made_elsewhere(instance: Instance) -> None:
    instance.report_runless_asset_event(AssetObservation("prices", tags={TAG: "monday"}))
    recorded = instance.recorded()[PRICES.key]
    assert (recorded.number, recorded.event.data_version) == (0, "monday")
    assert state_of(instance, "prices", PRICES, report) == "fresh"


def test_reported_metadata_is_kept(instance: Instance) -> None:
    instance.report_runless_asset_event(
        AssetMaterialization("prices", description="by hand", metadata={"rows": 3})
    )
    metadata = instance.version("prices").event.metadata
    assert (metadata["rows"]["value"], metadata["description"]["value"]) == (3, "by hand")


def test_a_report_may_be_of_one_partition(instance: Instance) -> None:
    for key in ("mon", "tue"):
        instance.report_runless_asset_event(AssetMaterialization("prices", partition=key))
    assert [each.partition for each in instance.versions("prices")] == ["tue", "mon"]
    with pytest.raises(DefinitionError, match="the partition of the event of `prices`"):
        instance.report_runless_asset_event(AssetMaterialization("prices", partition="a,b"))


def test_a_reported_materialization_without_a_version_is_new_data(instance: Instance) -> None:
    first = instance.report_runless_asset_event(AssetMaterialization("prices"))
    second = instance.report_runless_asset_event(AssetMaterialization("prices"))
    assert first.event.data_version != second.event.data_version  # type: ignore[union-attr]


def test_reading_an_external_asset_without_a_value_says_what_to_do(instance: Instance) -> None:
    instance.report_runless_asset_event(AssetMaterialization("prices"))
    with pytest.raises(SelectionError, match="without a value\nName it in deps="):
        make(instance, PRICES, orders)


def test_reading_an_external_asset_that_nobody_reported_says_so(instance: Instance) -> None:
    with pytest.raises(SelectionError, match=r"it is external: .*\nName it in deps="):
        make(instance, PRICES, orders)


def test_its_repr_names_the_store(instance: Instance, project: Path) -> None:
    assert repr(instance) == f"<Instance {project / '.assetbook'}>"


def test_an_asset_is_named_by_its_definition_or_parts_too() -> None:
    instance = Instance.ephemeral()
    make(instance, numbers)
    assert [instance.value(each) for each in (numbers, ["numbers"], "numbers")] == [[1, 2, 3]] * 3
    with pytest.raises(DefinitionError, match="5 as an asset"):
        instance.value(5)  # type: ignore[arg-type]
    assert [each.event.key for each in instance.events(key=numbers)] == ["numbers"]  # type: ignore[union-attr]
    assert repr(instance) == "<Instance ephemeral>"


def test_only_events_of_assets_are_reported(instance: Instance) -> None:
    with pytest.raises(DefinitionError, match=r"it is a str\nGive AssetMaterialization"):
        instance.report_runless_asset_event("prices")  # type: ignore[arg-type]


def test_an_external_asset_cannot_be_materialized(instance: Instance) -> None:
    with pytest.raises(SelectionError, match="`prices`: it is external: nothing here makes it"):
        materialize_definitions([PRICES, report], instance=instance, selection="prices")
