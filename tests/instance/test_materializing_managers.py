"""I/O managers of one's own in a run, from storing to loading."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest
from tests.instance.making import make

from assetbook.definitions.asset_decorator import asset
from assetbook.errors import ConfigError
from assetbook.instance.asked import Options
from assetbook.instance.instance import Instance
from assetbook.io.configurable import ConfigurableIOManager
from assetbook.io.manager import InputContext, IOManager, OutputContext
from assetbook.keys import AssetKey


class Shelf(IOManager):
    """Keeps values in a dict and notes what it is asked."""

    def __init__(self) -> None:
        self.kept: dict[AssetKey, Any] = {}
        self.asked: list[str] = []

    def handle_output(self, context: OutputContext, obj: Any) -> None:
        self.asked.append(f"store {context.asset_key}")
        context.add_output_metadata({"shelf": len(self.kept)})
        self.kept[context.asset_key] = obj

    def load_input(self, context: InputContext) -> Any:
        self.asked.append(f"load {context.asset_key} as {context.name}")
        return self.kept[context.asset_key]


@asset(io_manager_key="shelf")
def first() -> object:
    return {"any": object}


@asset(io_manager_key="shelf")
def second(first: dict[str, object]) -> list[str]:
    return list(first)


def test_a_manager_of_ones_own_stores_and_loads_everything(instance: Instance) -> None:
    shelf = Shelf()
    outcome = make(instance, first, second, resources={"shelf": shelf})
    assert shelf.asked == ["store first", "load first as first", "store second"]
    assert outcome.asset_value("second") == ["any"]
    assert instance.version("second").event.metadata["shelf"]["value"] == 1


def test_a_manager_given_for_all_is_not_an_override(instance: Instance) -> None:
    make(instance, first, resources={"shelf": Shelf()})
    assert instance.latest_materialization("first") is not None


def test_a_manager_that_is_missing_is_named(instance: Instance) -> None:
    with pytest.raises(ConfigError, match=r"the I/O manager `shelf`.*\nDid you mean `shelv`"):
        make(instance, first, resources={"shelv": Shelf()})


class Csv(ConfigurableIOManager):
    """A table as a CSV file in ``folder``."""

    folder: str

    def handle_output(self, context: OutputContext, obj: pd.DataFrame) -> None:
        obj.to_csv(f"{self.folder}/{context.asset_key.parts[-1]}.csv", index=False)

    def load_input(self, context: InputContext) -> pd.DataFrame:
        return pd.read_csv(f"{self.folder}/{context.asset_key.parts[-1]}.csv")


@asset(io_manager_key="csv")
def table() -> pd.DataFrame:
    return pd.DataFrame({"n": [1, 2]})


@asset
def rows(table: pd.DataFrame) -> int:
    return len(table)


def test_a_configured_manager_works_end_to_end(
    instance: Instance, tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from assetbook.definitions.env_var import EnvVar

    monkeypatch.setenv("CSV_FOLDER", str(tmp_path))
    csv = Csv(folder=EnvVar("CSV_FOLDER"))
    outcome = make(instance, table, rows, resources={"csv": csv})
    assert outcome.asset_value("rows") == 2
    assert (tmp_path / "table.csv").read_text() == "n\n1\n2\n"
    assert len(outcome.asset_value("table")) == 2


# built-in ones that are asked for by name


@asset(io_manager_key="arrow")
def mapped() -> pd.DataFrame:
    return pd.DataFrame({"n": [1, 2], "s": ["x", None]})


@asset
def counted(mapped: pd.DataFrame) -> int:
    return len(mapped)


def test_arrow_needs_no_resource(instance: Instance) -> None:
    outcome = make(instance, mapped, counted)
    assert outcome.asset_value("counted") == 2
    reference = instance.version("mapped").event.value
    assert reference is not None
    assert (reference.io_manager, reference.kind) == ("arrow", "pandas+arrow_file")
    assert str(reference.path).endswith(".arrow")
    pd.testing.assert_frame_equal(instance.value("mapped"), mapped())


def test_arrow_table_is_fresh_again(instance: Instance) -> None:
    make(instance, mapped, counted)
    assert make(instance, mapped, counted).plan.all_fresh


def test_arrow_has_parquets_data_version(instance: Instance) -> None:
    make(instance, mapped, counted)
    before = instance.version("mapped").event.data_version
    parquet = asset(name="mapped")(mapped.compute)
    outcome = make(instance, parquet, counted)
    assert instance.version("mapped").event.data_version == before
    assert [each.step.name for each in outcome.outcomes if each.status == "done"] == ["mapped"]


def test_module_named_arrow_is_no_manager(instance: Instance) -> None:
    import pyarrow as arrow

    make(instance, mapped, resources={"arrow": arrow})
    reference = instance.version("mapped").event.value
    assert reference is not None and reference.kind == "pandas+arrow_file"


def test_own_manager_may_be_called_arrow(instance: Instance) -> None:
    shelf = Shelf()
    make(instance, mapped, resources={"arrow": shelf})
    assert shelf.asked == ["store mapped"]


def test_lost_manager_is_named(instance: Instance) -> None:
    @asset
    def kept() -> dict[str, object]:
        return {}

    @asset
    def reader(kept: dict[str, object]) -> int:
        return len(kept)

    make(instance, kept, resources={"io_manager": Shelf()})
    with pytest.raises(ConfigError, match="an I/O manager of one's own stored it"):
        make(instance, kept, reader, selection="reader", options=Options(only=True))
