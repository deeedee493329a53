"""A snapshot holds what a location defines, and reads back as it was."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

from tests.instance.notebooks import defined, opened, told

from assetbook.definitions.asset_decorator import asset
from assetbook.definitions.check_definition import asset_check
from assetbook.definitions.config import Config
from assetbook.definitions.multi_asset_decorator import multi_asset
from assetbook.definitions.ports import AssetOut
from assetbook.definitions.secret import Secret
from assetbook.definitions.spec import AssetSpec
from assetbook.instance.asset_record import AssetRecord, spec_of
from assetbook.instance.instance import Instance
from assetbook.instance.snapshots import recall, recall_all
from assetbook.keys import AssetKey
from assetbook.metadata import MetadataValue


class Day(Config):
    day: int = 1


@asset(key="raw/orders", group_name="raw", kinds={"pandas"}, owners=["team:data"], reads="*.csv")
def orders(config: Day) -> int:
    """All orders."""
    return config.day


@asset(deps=[AssetSpec("prices")], max_age=timedelta(hours=1), code_version="7", tags={"a": "b"})
def totals(orders: int) -> int:
    return orders


@asset_check(asset=totals, blocking=True)
def positive(totals: int) -> bool:
    return totals > 0


@multi_asset(outs={"low": AssetOut(), "high": AssetOut()})
def both() -> tuple[int, int]:
    return 1, 2


ALL = (AssetSpec("prices"), orders, totals, positive, both)


def recorded(instance: Instance, *definitions: object) -> dict[str, AssetRecord]:
    told(instance, opened(instance, "book.ipynb", *definitions))
    snapshot = recall(instance, "book.ipynb")
    assert snapshot is not None
    return {record.key: record for record in snapshot.assets}


def test_it_holds_what_people_are_told_of_an_asset(instance: Instance) -> None:
    record = recorded(instance, *ALL)["raw/orders"]
    assert (record.group, record.description, record.kinds, record.owners) == (
        "raw",
        "All orders.",
        ("pandas",),
        ("team:data",),
    )


def test_it_holds_the_definitions_metadata_without_secrets(instance: Instance) -> None:
    login = Secret("hunter2-in-a-snapshot").get_value()

    @asset(metadata={"login": login, "rows": 3, "site": MetadataValue.url("https://x.org")})
    def told_of() -> int:
        return 1

    record = recorded(instance, told_of)["told_of"]
    assert record.metadata["login"] == {"type": "text", "value": "***"}
    metadata = spec_of(record).metadata
    assert metadata["rows"] == MetadataValue.int(3)
    assert metadata["site"] == MetadataValue.url("https://x.org")


def test_it_holds_what_an_asset_follows(instance: Instance) -> None:
    record = recorded(instance, *ALL)["totals"]
    assert (record.inputs, record.deps) == ({"orders": "raw/orders"}, ("prices",))
    assert (record.checks, record.max_age, record.authored) == (("positive",), 3600.0, "7")
    assert set(record.blocking) == {"positive"}


def test_it_holds_siblings_and_what_is_external(instance: Instance) -> None:
    records = recorded(instance, *ALL)
    assert records["low"].made_with == ("high",)
    assert [name for name, record in records.items() if record.external] == ["prices"]


def test_it_holds_the_source_of_all_that_is_reached(instance: Instance) -> None:
    cell = "RATE = 3\ndef scaled():\n    return RATE\ndef orders():\n    return scaled()\n"
    record = recorded(instance, defined(cell))["orders"]
    assert record.manifest is not None
    manifest = json.loads(instance.store.texts([record.manifest])[record.manifest])
    texts = instance.store.texts([entry.split()[0] for entry in manifest.values()])
    assert {name.partition(":")[2] for name in manifest} == {"orders", "scaled", "RATE"}
    assert "def scaled():\n    return RATE" in texts.values()


def test_it_holds_configuration_and_files_by_digest(instance: Instance, project: Path) -> None:
    (project / "a.csv").write_text("x")
    record = recorded(instance, *ALL)["raw/orders"]
    assert record.config is not None
    assert record.reads is not None
    texts = instance.store.texts([record.config, record.reads])
    assert ("day" in texts[record.config], "a.csv" in texts[record.reads]) == (True, True)


def test_the_newest_of_each_location_counts(instance: Instance) -> None:
    told(instance, opened(instance, "book.ipynb", *ALL))
    told(instance, opened(instance, "other.ipynb", both))
    told(instance, opened(instance, "book.ipynb", both))
    found = recall_all(instance)
    assert list(found) == ["other.ipynb", "book.ipynb"]
    assert set(found["book.ipynb"].specs) == {AssetKey("low"), AssetKey("high")}


def test_what_was_never_told_is_not_remembered(instance: Instance) -> None:
    assert recall(instance, "book.ipynb") is None
    assert recall_all(instance) == {}


def test_inputs_and_specs_read_back_as_keys(instance: Instance) -> None:
    told(instance, opened(instance, "book.ipynb", *ALL))
    snapshot = recall(instance, "book.ipynb")
    assert snapshot is not None
    assert snapshot.inputs[AssetKey("totals")] == {"orders": AssetKey(["raw", "orders"])}
    deps = [dep.asset_key for dep in snapshot.specs[AssetKey("totals")].deps]
    assert deps == [AssetKey(["raw", "orders"]), AssetKey("prices")]
