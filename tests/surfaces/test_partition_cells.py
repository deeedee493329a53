"""Partitions in a notebook: cells, ``%materialize``, ``%value``, and what tables say."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.surfaces.book import Book, CellFailedError
from tests.surfaces.shell import saved

from assetbook import load_definitions
from assetbook.keys import AssetKey
from assetbook.surfaces.mapping_notice import idle_mappings

WEATHER = (
    "%%asset weather --partitions static:mon,tue,wed\nimport pandas as pd\n"
    "pd.DataFrame({'day': [context.partition_key]})"
)


def test_running_its_cell_makes_the_last_partition(book: Book) -> None:
    shown = book.run(WEATHER)
    assert "made its last partition, wed; `%materialize weather --missing`" in shown
    assert list(book.result["day"]) == ["wed"]
    again = book.run(WEATHER)
    assert "`weather` is fresh since" in again


def test_partitions_are_named_chosen_and_read(book: Book) -> None:
    book.run(WEATHER)
    book.run("@asset\ndef days(weather: dict) -> list:\n    return [*weather]")
    shown = book.run("plan = %plan weather --missing\nprint(plan)")
    assert "weather[mon]" in shown
    assert "weather[wed]" not in shown
    book.run("%materialize weather --partitions mon..tue")
    book.run("%materialize days")
    book.run("%value days")
    assert book.result == ["mon", "tue", "wed"]
    book.run("%value weather tue")
    assert list(book.result["day"]) == ["tue"]
    with pytest.raises(CellFailedError, match="%value weather wed"):
        book.run("%value weather")
    with pytest.raises(CellFailedError, match="Did you mean `tue`"):
        book.run("%value weather tuu")


def test_the_table_of_assets_counts_partitions(book: Book) -> None:
    book.run(WEATHER)
    assert "1 of 3 partitions made" in book.run("table = %assets\nprint(table)")
    why = book.run("view = %why weather\nprint(view)")
    assert "1 of 3 partitions made" in why
    assert "would be" not in why
    assert "mon to tue" in book.run("view = %show weather\nprint(view)")


def test_what_divides_it_and_how_it_is_called_are_options(book: Book) -> None:
    book.run(
        "%%asset hourly --partitions hourly:2026-01-01-00:00@Europe/Berlin "
        "--backfill-policy multi_run:24 --define\n1"
    )
    definition = book.names["hourly"]
    assert (
        definition.spec.partitions_def.describe() == "hourly from 2026-01-01-00:00, Europe/Berlin"
    )
    assert definition.backfill_policy.max_partitions_per_run == 24
    with pytest.raises(CellFailedError, match="Did you mean `daily`"):
        book.run("%%asset x --partitions dayly:2026-01-01 --define\n1")
    with pytest.raises(CellFailedError, match="Write single_run or multi_run:7"):
        book.run("%%asset x --backfill-policy all --define\n1")


def test_a_definition_of_the_notebook_may_divide_a_cell(book: Book, tmp_path: Path) -> None:
    """For what a line has no words for: ends, offsets, exclusions."""
    days = (
        "days = DailyPartitionsDefinition(\n"
        "    '2026-01-01', end_date='2026-01-06', exclusions=['0 0 * * 0'])"
    )
    book.run(days)
    book.run("%%asset by_day --partitions days --define\ncontext.partition_key")
    assert book.names["by_day"].spec.partitions_def == book.names["days"]
    assert "1 of 4 partitions made" not in book.run("table = %assets\nprint(table)")
    book.run("%materialize by_day --partition last")
    assert "1 of 4 partitions made" in book.run("table = %assets\nprint(table)")
    with pytest.raises(CellFailedError, match="--partitions assetbook: it is <module"):
        book.run("%%asset wrong --partitions assetbook\n1")
    with pytest.raises(CellFailedError, match="there are no partitions `dys`"):
        book.run("%%asset wrong --partitions dys\n1")
    saved(
        tmp_path,
        "%load_ext assetbook\nfrom assetbook import *",
        days,
        "unread = 1 / 0",
        "%%asset by_day --partitions days\ncontext.partition_key",
        name="sliced.ipynb",
    )
    loaded = load_definitions(tmp_path / "sliced.ipynb", in_process=True)
    assert loaded["by_day"].spec.partitions_def == book.names["days"]


def test_a_failed_partition_is_retried_alone(book: Book) -> None:
    book.run("broken = {'b'}")
    book.run(
        "%%asset fragile --partitions static:a,b,c --ignore broken --define\n"
        "if context.partition_key in broken:\n    raise ValueError('no')\ncontext.partition_key"
    )
    with pytest.raises(CellFailedError, match="no"):
        book.run("%materialize fragile --partitions all")
    book.run("broken.clear()")
    shown = book.run("%materialize fragile --failed")
    assert "fragile[b]" in shown
    assert "fragile[a]" not in shown


def test_one_partition_is_exported_and_wiped(book: Book, tmp_path: Path) -> None:
    book.run(WEATHER)
    book.run("%materialize weather --missing")
    book.run("%materialize weather --partition tue --force")
    said = book.run(f"said = %export weather {tmp_path}/day.csv --partition tue\nprint(said)")
    assert "`weather@4` is in " in said
    assert (tmp_path / "day.csv").read_text().split() == ['"day"', '"tue"']
    with pytest.raises(CellFailedError, match="elsewhere --partition wed"):
        book.run(f"%export weather {tmp_path}/all.csv")
    with pytest.raises(CellFailedError, match="Did you mean `tue`"):
        book.run("%wipe weather --partition tua")
    said = book.run("said = %wipe weather --partition tue\nprint(said)")
    assert "2 versions would be wiped" in said
    assert "`%wipe weather --partition tue --yes` does it" in said
    book.run("%wipe weather --partition tue --yes")
    assert "2 of 3 partitions made" in book.run("view = %why weather\nprint(view)")
    book.run("%value weather mon")
    assert list(book.result["day"]) == ["mon"]


def test_a_mapping_for_what_has_no_partitions_is_told_once(book: Book) -> None:
    book.run("@asset\ndef rate():\n    return 2")
    shown = book.run(
        "@asset(partitions_def=StaticPartitionsDefinition(['a']), ins={'rate': AssetIn(\n"
        "    partition_mapping=IdentityPartitionMapping())})\ndef priced(rate):\n    return rate"
    )
    said = "`priced` gives a partition mapping for `rate`, which has no partitions"
    assert shown.count(said) == 1
    assert said not in book.run("%materialize priced --partition a")
    assert book.instance.value("priced", partition="a") == 2
    assert [*idle_mappings(book.live.loaded().graph)] == [(AssetKey("priced"), AssetKey("rate"))]
