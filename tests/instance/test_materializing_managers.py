"""I/O managers of one's own in a run, from storing to loading."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest
from tests.instance.making import make, state_of

from assetbook.definitions.asset_decorator import asset
from assetbook.definitions.collection import Definitions
from assetbook.definitions.ports import AssetIn
from assetbook.definitions.resource import ConfigurableResource, InitResourceContext
from assetbook.definitions.spec import AssetSpec
from assetbook.errors import ConfigError
from assetbook.instance.asked import Options
from assetbook.instance.instance import Instance
from assetbook.io.configurable import ConfigurableIOManager
from assetbook.io.contexts import InputContext, OutputContext
from assetbook.io.made_managers import input_manager, io_manager
from assetbook.io.manager import InputManager, IOManager
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


# managers made of functions, and managers of single inputs


def test_function_made_manager_serves_a_run(instance: Instance) -> None:
    made: list[str] = []
    shelf = Shelf()

    @io_manager
    def given(init_context: InitResourceContext) -> Any:
        made.append(init_context.resource_name)
        yield shelf
        made.append("ended")

    make(instance, first, second, resources={"shelf": given})
    assert made == ["shelf", "ended"]
    assert shelf.asked == ["store first", "load first as first", "store second"]


@asset(metadata={"table": "t"})
def source() -> pd.DataFrame:
    return pd.DataFrame({"n": [1, 2, 3]})


@asset(ins={"source": AssetIn(input_manager_key="loader", metadata={"column": "n"})})
def read_otherwise(source: object) -> str:
    return str(source)


@asset
def read_as_ever(source: pd.DataFrame) -> int:
    return len(source)


@input_manager
def loader(context: InputContext) -> str:
    written = context.upstream_output
    return f"{context.name} {context.metadata['column']} {written.definition_metadata['table']}"


def test_input_manager_loads_that_input_alone(instance: Instance) -> None:
    given = {"loader": loader}
    outcome = make(instance, source, read_otherwise, read_as_ever, resources=given)
    assert outcome.asset_value("read_otherwise") == "source n t"
    assert outcome.asset_value("read_as_ever") == 3


def test_missing_input_manager_is_named(instance: Instance) -> None:
    with pytest.raises(ConfigError, match="the input manager `loader`: nothing is given"):
        make(instance, source, read_otherwise)


def test_input_manager_loads_external_assets(instance: Instance) -> None:
    external = AssetSpec("source", metadata={"table": "warehouse"})
    outcome = make(instance, external, read_otherwise, resources={"loader": loader})
    assert outcome.asset_value("read_otherwise") == "source n warehouse"
    read = instance.version("read_otherwise").event.inputs["source"]
    assert (read.key, read.version, read.data_version) == ("source", None, None)


def test_unversioned_external_input_is_never_fresh(instance: Instance) -> None:
    external = AssetSpec("source", metadata={"table": "warehouse"})
    definitions = Definitions(assets=[external, read_otherwise], resources={"loader": loader})
    make(instance, definitions)
    assert state_of(instance, "read_otherwise", definitions) in ("stale", "unknown")


def test_another_input_manager_makes_it_stale(instance: Instance) -> None:
    @input_manager
    def other(context: InputContext) -> str:
        return "other"

    def definitions(manager: object) -> Definitions:
        return Definitions(assets=[source, read_otherwise], resources={"loader": manager})

    make(instance, definitions(loader))
    assert state_of(instance, "read_otherwise", definitions(loader)) == "fresh"
    assert state_of(instance, "read_otherwise", definitions(other)) == "stale"


class Scaled(ConfigurableResource, InputManager):
    """An input manager with a setting."""

    factor: int

    def load_input(self, context: InputContext) -> int:
        return self.factor


def test_input_manager_has_settings(instance: Instance) -> None:
    def definitions(factor: int) -> Definitions:
        return Definitions(
            assets=[source, read_otherwise], resources={"loader": Scaled(factor=factor)}
        )

    assert make(instance, definitions(3)).asset_value("read_otherwise") == "3"
    assert state_of(instance, "read_otherwise", definitions(3)) == "fresh"
    assert state_of(instance, "read_otherwise", definitions(4)) == "stale"


class Connected(IOManager):
    """Uses a resource of the run."""

    def handle_output(self, context: OutputContext, obj: Any) -> None:
        context.resources.db["kept"] = obj

    def load_input(self, context: InputContext) -> Any:
        return context.resources.db["kept"]


def test_managers_reach_resources(instance: Instance) -> None:
    given = {"shelf": Connected(), "db": {}}
    outcome = make(instance, first, second, resources=given)
    assert outcome.asset_value("second") == ["any"]
