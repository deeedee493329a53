"""Values as files that others read."""

from __future__ import annotations

import json
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import numpy as np
import openpyxl
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from tests.instance.making import make

from assetbook.definitions.asset_decorator import asset
from assetbook.errors import ConflictError, CorruptStoreError, UsageError
from assetbook.instance.exporting import Exported, export_value
from assetbook.instance.instance import Instance

FRAME = pd.DataFrame(
    {
        "name": ["Ada", "=1+1", 'größe, "x"', None],
        "amount": [1.5, np.nan, -2.0, 1e300],
        "count": pd.array([1, 2, None, 2**62], dtype="Int64"),
        "day": pd.to_datetime(["2026-11-17", "2026-11-18", None, "1850-01-01"]),
        "kind": pd.Categorical(["a", "b", "a", None]),
    },
    index=pd.Index([10, 11, 12, 13]),
)


def exported(instance: Instance, value: object, file: str, **more: bool) -> Exported:
    @asset
    def made() -> object:
        return value

    make(instance, made, selection="made")
    return export_value(instance, instance.version("made"), file, **more)


def test_csv_reads_back_equal(instance: Instance) -> None:
    done = exported(instance, FRAME, "frame.csv")
    back = pd.read_csv("frame.csv", index_col="index", parse_dates=["day"])
    assert done.rows == 4
    assert done.size == Path("frame.csv").stat().st_size
    header = Path("frame.csv").read_text().splitlines()[0]
    assert header == '"index","name","amount","count","day","kind"'
    assert back["name"].tolist()[:3] == FRAME["name"].tolist()[:3]
    assert back["amount"].equals(FRAME["amount"])
    assert back["count"].astype("Int64").tolist()[0] == 1
    assert back["day"].equals(FRAME["day"].astype(back["day"].dtype))


def test_json_is_a_list_of_records(instance: Instance) -> None:
    exported(instance, FRAME, "frame.json")
    records = json.loads(Path("frame.json").read_text())
    assert records[1] == {
        "index": 11,
        "name": "=1+1",
        "amount": None,
        "count": 2,
        "day": "2026-11-18T00:00:00",
        "kind": "b",
    }
    assert records[3]["count"] == 2**62


def test_excel_reads_back_equal(instance: Instance) -> None:
    exported(instance, FRAME, "frame.xlsx")
    sheet = openpyxl.load_workbook("frame.xlsx").active
    assert sheet is not None
    rows = list(sheet.iter_rows(values_only=True))
    assert rows[0] == ("index", "name", "amount", "count", "day", "kind")
    assert rows[1] == (10, "Ada", 1.5, 1, datetime(2026, 11, 17), "a")
    assert rows[4][3:5] == (str(2**62), "1850-01-01T00:00:00")
    assert sheet["B3"].data_type == "s"  # no formula


def test_parquet_is_the_stored_file(instance: Instance) -> None:
    exported(instance, FRAME, "frame.parquet")
    pd.testing.assert_frame_equal(pd.read_parquet("frame.parquet"), FRAME)
    [stored] = instance.values.root.rglob("*.parquet")
    assert stored.read_bytes() == Path("frame.parquet").read_bytes()


def test_a_polars_table_is_exported_too(instance: Instance) -> None:
    table = pl.DataFrame({"day": [date(2026, 1, 2)], "took": [timedelta(seconds=5)]})
    exported(instance, table, "table.csv")
    assert Path("table.csv").read_text() == '"day","took"\n2026-01-02,"0:00:05"\n'
    exported(instance, table, "table.json")
    assert json.loads(Path("table.json").read_text()) == [{"day": "2026-01-02", "took": 5.0}]


def test_lists_in_a_table_go_to_json_only(instance: Instance) -> None:
    table = pa.table({"tags": [["a", "b"], []], "price": [Decimal("1.10"), None]})
    exported(instance, table, "table.json")
    assert json.loads(Path("table.json").read_text()) == [
        {"tags": ["a", "b"], "price": "1.10"},
        {"tags": [], "price": None},
    ]
    for name in ("table.csv", "table.xlsx"):
        with pytest.raises(UsageError, match=r"column `tags` is list.*\n.*\.json"):
            exported(instance, table, name)


def test_levels_without_names_are_numbered(instance: Instance) -> None:
    index = pd.MultiIndex.from_tuples([("a", 1), ("b", 2)])
    exported(instance, pd.DataFrame({"x": [1, 2]}, index=index), "table.csv")
    assert Path("table.csv").read_text() == '"level_0","level_1","x"\n"a",1,1\n"b",2,2\n'


def test_an_empty_table_has_its_columns(instance: Instance) -> None:
    empty = pa.table({"x": pa.array([], pa.int64())})
    for name, text in (("e.csv", '"x"\n'), ("e.json", "[\n]\n")):
        assert exported(instance, empty, name).rows == 0
        assert Path(name).read_text() == text


def test_plain_values_are_json(instance: Instance) -> None:
    value = {"day": date(2026, 1, 2), "rows": (1, 2.5, None), "größe": True}
    assert exported(instance, value, "value.json").rows is None
    assert json.loads(Path("value.json").read_text()) == {
        "day": "2026-01-02",
        "rows": [1, 2.5, None],
        "größe": True,
    }


@pytest.mark.parametrize(
    ("value", "file", "said"),
    [
        ([1], "value.csv", r"its value is no table \(list\)\n.*as \.json"),
        ([1], "value.txt", r"`\.txt` is no format known here\nKnown: \.csv, \.json"),
        ([1], "value", r"`` is no format known here"),
        ([float("inf")], "value.json", "it holds an infinite number, which JSON has no form for"),
        (pa.table({"x": [b"\x00"]}), "x.json", "column `x` holds a bytes, which JSON has no form"),
        (pa.table({"x": ["a\x00b"]}), "x.xlsx", "column `x` has text that no cell of Excel can"),
    ],
)
def test_what_has_no_form_is_refused(
    instance: Instance, value: object, file: str, said: str
) -> None:
    with pytest.raises(UsageError, match=said):
        exported(instance, value, file)
    assert [each.name for each in Path().iterdir() if each.name[0] != "."] == ["pyproject.toml"]


def test_a_file_is_replaced_only_when_told(instance: Instance) -> None:
    Path("value.json").write_text("mine")
    with pytest.raises(ConflictError, match=r"there is such a file already\n.*--force"):
        exported(instance, [1], "value.json")
    assert Path("value.json").read_text() == "mine"
    exported(instance, [1], "value.json", force=True)
    assert json.loads(Path("value.json").read_text()) == [1]


def test_a_place_that_is_not_there_is_named(instance: Instance) -> None:
    with pytest.raises(UsageError, match=r"No such file or directory\nChoose another place"):
        exported(instance, [1], "nowhere/value.json")


@pytest.mark.parametrize("file", ["frame.csv", "frame.parquet"])
def test_a_damaged_value_is_not_exported(instance: Instance, file: str) -> None:
    exported(instance, FRAME, "first.csv")
    [stored] = instance.values.root.rglob("*.parquet")
    stored.chmod(0o600)
    data = bytearray(stored.read_bytes())
    data[len(data) // 2] ^= 1
    stored.write_bytes(bytes(data))
    with pytest.raises(CorruptStoreError, match="was changed or damaged"):
        export_value(instance, instance.version("made"), file)
    assert not Path(file).exists()
