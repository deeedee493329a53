"""What managers of lake tables must do, whatever the format; a test module per format inherits."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.dataset as pads
import pytest
from hypothesis import HealthCheck
from hypothesis import strategies as st
from tests.contracts.io_manager import IOManagerContract, output, reading
from tests.io.tables import arrow_array, arrow_columns, arrow_tables, pandas_frames, polars_frames

from assetbook.errors import (
    ConfigError,
    ConflictError,
    SelectionError,
    UnstorableValueError,
)
from assetbook.io.contexts import OutputContext
from assetbook.io.data_version import table_data_version
from assetbook.io.lake_manager import LakeIOManager
from assetbook.io.table_form import TableForm
from assetbook.io.table_source import TableSource
from assetbook.keys import AssetKey
from assetbook.metadata import metadata_value, to_wire

ROWS = pa.table({"city": ["a", "b", None], "amount": [1, 2, 3]})


@dataclass
class Record:
    """What a store would know of earlier runs."""

    ended: set[str] = field(default_factory=set)
    versions: list[str] = field(default_factory=list)
    metadata: dict[str, Any] = field(default_factory=dict)

    def latest(self) -> dict[str, Any]:
        return self.metadata

    def counted(self) -> frozenset[str]:
        return frozenset(self.versions)

    def over(self, run_ids: Collection[str]) -> frozenset[str]:
        return frozenset(run_ids) & self.ended


def wired(context: OutputContext) -> dict[str, Any]:
    """What a store gives back of a version's metadata."""
    return {
        name: to_wire(metadata_value(each, name)) for name, each in context.output_metadata.items()
    }


def numbers(*values: int) -> pa.Table:
    return pa.table({"n": pa.array(values, pa.int64())})


class LakeSuite(IOManagerContract):
    """``manager`` has the mode ``snapshot``, ``adding`` is the same one with ``append``."""

    values = (ROWS, pa.table({"city": ["c"], "amount": [4]}))
    no_unsigned = "uint8"

    @pytest.fixture
    def manager(self, tmp_path: Path) -> LakeIOManager:
        raise NotImplementedError

    @pytest.fixture
    def adding(self, manager: LakeIOManager) -> LakeIOManager:
        return manager.model_copy(update={"mode": "append"})

    def write(self, manager: LakeIOManager, value: Any, run_id: str = "r1", **more: Any) -> Any:
        """The metadata of the version that the value became."""
        context = output(run_id=run_id, **more)
        manager.handle_output(context, value)
        return wired(context)

    def read(self, manager: LakeIOManager, noted: Any, wanted: Any = pa.Table) -> Any:
        return manager.load_input(reading(upstream_metadata=noted, python_type=wanted))

    def append(self, manager: LakeIOManager, value: Any, run_id: str, record: Record) -> Any:
        """The same, and the run is over and recorded."""
        noted = self.write(manager, value, run_id, recorded=record)
        record.ended.add(run_id)
        record.versions.insert(0, run_id)
        record.metadata = noted
        return noted

    def foreign(self, manager: LakeIOManager, rows: pa.Table) -> None:
        """Another program adds rows."""
        raise NotImplementedError

    def forget_files(self, manager: LakeIOManager) -> None:
        """Somebody takes away the files that the newest version does not need."""
        raise NotImplementedError

    def files(self, manager: LakeIOManager) -> Iterator[Path]:
        """All files of all tables."""
        raise NotImplementedError

    # what is recorded

    def test_says_rows_and_columns(self, manager: LakeIOManager) -> None:
        noted = self.write(manager, ROWS)
        assert noted["dagster/row_count"]["value"] == 3
        columns = noted["dagster/column_schema"]["value"]["columns"]
        assert [(each["name"], each["type"]) for each in columns] == [
            ("city", "string"),
            ("amount", "int64"),
        ]

    def test_equal_rows_have_one_data_version(self, manager: LakeIOManager) -> None:
        found = []
        for run_id, value in (("r1", ROWS), ("r2", pl.from_arrow(ROWS)), ("r3", ROWS.slice(1))):
            context = output(run_id=run_id)
            manager.handle_output(context, value)
            found.append(context.data_version)
        assert found[0] == found[1] == table_data_version(ROWS)
        assert found[0] != found[2]

    def test_each_append_is_new_data(self, adding: LakeIOManager) -> None:
        contexts = [output(run_id=run_id) for run_id in ("r1", "r2")]
        for context in contexts:
            adding.handle_output(context, numbers(1))
        assert len({context.data_version for context in contexts}) == 2

    # versions

    def test_reads_its_own_version_not_the_newest(self, manager: LakeIOManager) -> None:
        noted = self.write(manager, numbers(1))
        self.foreign(manager, numbers(99))
        assert self.read(manager, noted) == numbers(1)

    def test_records_its_own_commit_not_the_newest(
        self, manager: LakeIOManager, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        self.write(manager, numbers(0), "r0")
        with manager.tables() as tables:
            kind: Any = type(tables("raw/orders"))
        write = kind.write

        def overtaken(table: Any, *given: Any) -> None:
            write(table, *given)
            monkeypatch.undo()
            self.foreign(manager, numbers(99))

        monkeypatch.setattr(kind, "write", overtaken)
        noted = self.write(manager, numbers(1))
        assert self.read(manager, noted) == numbers(1)

    def test_columns_may_change_between_snapshots(self, manager: LakeIOManager) -> None:
        other = pa.table({"n": ["x"], "m": [1.5]})
        noted = [
            self.write(manager, value, run_id)
            for run_id, value in (("r1", numbers(1)), ("r2", other))
        ]
        assert [self.read(manager, each) for each in noted] == [numbers(1), other]

    def test_says_that_a_versions_files_are_gone(self, manager: LakeIOManager) -> None:
        noted = self.write(manager, numbers(1))
        self.write(manager, numbers(2), "r2")
        self.forget_files(manager)
        for wanted in (pa.Table, pa.RecordBatchReader, pl.LazyFrame, None):
            with pytest.raises(SelectionError, match=r"are gone.*\nRead a later version"):
                self.read(manager, noted, wanted)

    def test_says_that_the_table_is_another(self, manager: LakeIOManager) -> None:
        noted = self.write(manager, numbers(1))
        self.drop(manager)
        with pytest.raises(SelectionError, match="which is not there any more"):
            self.read(manager, noted)
        self.write(manager, numbers(2), "r2")
        with pytest.raises(SelectionError, match="which is not there any more"):
            self.read(manager, noted)

    def drop(self, manager: LakeIOManager) -> None:
        raise NotImplementedError

    # appending

    def test_appends_add_rows(self, adding: LakeIOManager) -> None:
        record = Record()
        noted = [self.append(adding, numbers(each), f"r{each}", record) for each in range(3)]
        found = [sorted(self.read(adding, each)["n"].to_pylist()) for each in noted]
        assert found == [[0], [0, 1], [0, 1, 2]]
        assert noted[2]["dagster/row_count"]["value"] == 3

    def test_a_run_appends_once(self, adding: LakeIOManager) -> None:
        first = self.write(adding, numbers(1))
        assert self.write(adding, numbers(1)) == first
        assert self.read(adding, first) == numbers(1)

    def test_an_asset_says_how_it_is_written(self, manager: LakeIOManager) -> None:
        more = {"definition_metadata": {"mode": "append"}}
        self.write(manager, numbers(1), "r1", **more)
        noted = self.write(manager, numbers(2), "r2", **more)
        assert self.read(manager, noted).num_rows == 2
        with pytest.raises(ConfigError, match="the metadata `mode` of `raw/orders`: it is 'add'"):
            self.write(manager, numbers(2), definition_metadata={"mode": "add"})

    def test_rows_of_a_dead_run_go_first(self, adding: LakeIOManager) -> None:
        record = Record()
        self.append(adding, numbers(1), "r1", record)
        for run_id in ("r2", "r3"):
            self.write(adding, numbers(2), run_id, recorded=record)
            record.ended.add(run_id)
        noted = self.append(adding, numbers(3), "r4", record)
        assert sorted(self.read(adding, noted)["n"].to_pylist()) == [1, 3]

    def test_rows_of_a_dead_first_run_go(self, adding: LakeIOManager) -> None:
        record = Record(ended={"r1"})
        self.write(adding, numbers(1), "r1", recorded=record)
        noted = self.append(adding, numbers(2), "r2", record)
        assert self.read(adding, noted) == numbers(2)

    def test_rows_of_a_living_run_stay(self, adding: LakeIOManager) -> None:
        record = Record()
        self.write(adding, numbers(1), "alive", recorded=record)
        noted = self.append(adding, numbers(2), "r2", record)
        assert self.read(adding, noted).num_rows == 2

    def test_rows_of_others_stay(self, adding: LakeIOManager) -> None:
        record = Record()
        self.append(adding, numbers(1), "r1", record)
        self.foreign(adding, numbers(50))
        noted = self.append(adding, numbers(2), "r2", record)
        assert sorted(self.read(adding, noted)["n"].to_pylist()) == [1, 2, 50]

    def test_goes_on_from_a_restored_version(self, adding: LakeIOManager) -> None:
        record = Record()
        first = self.append(adding, numbers(1), "r1", record)
        self.append(adding, numbers(2), "r2", record)
        record.versions, record.metadata = ["r1"], first  # %restore orders@1
        noted = self.append(adding, numbers(3), "r3", record)
        assert sorted(self.read(adding, noted)["n"].to_pylist()) == [1, 3]
        noted = self.append(adding, numbers(4), "r4", record)
        assert sorted(self.read(adding, noted)["n"].to_pylist()) == [1, 3, 4]

    def test_dead_rows_below_others_are_told(self, adding: LakeIOManager) -> None:
        record = Record()
        self.append(adding, numbers(1), "r1", record)
        self.write(adding, numbers(2), "r2", recorded=record)
        record.ended.add("r2")
        self.foreign(adding, numbers(50))
        with pytest.raises(ConflictError, match=r"has rows of run r2.*\nBring the table back"):
            self.append(adding, numbers(3), "r3", record)

    def test_another_table_is_not_gone_on_with(self, adding: LakeIOManager) -> None:
        record = Record()
        self.append(adding, numbers(1), "r1", record)
        self.drop(adding)
        with pytest.raises(ConflictError, match="its latest version is not in the table"):
            self.append(adding, numbers(2), "r2", record)

    def make_partitioned(self, manager: LakeIOManager, rows: pa.Table, by: str) -> None:
        """Another program makes the table, with a part for each value of a column."""
        raise NotImplementedError

    @pytest.mark.parametrize("mode", ["append", "snapshot"])
    def test_partitioned_tables_take_rows(self, manager: LakeIOManager, mode: str) -> None:
        self.make_partitioned(manager, self.values[1], "city")
        noted = self.write(manager, ROWS, definition_metadata={"mode": mode})
        there = self.values[1].to_pylist() if mode == "append" else []
        for wanted in (pa.Table, pl.LazyFrame):
            found = as_arrow(self.read(manager, noted, wanted)).to_pylist()
            assert sorted(found, key=str) == sorted([*ROWS.to_pylist(), *there], key=str)

    @pytest.mark.parametrize(
        ("value", "match"),
        [
            (pa.table({"n": [1], "m": [1]}), "column `m` is not in the table"),
            (pa.table({"n": ["x"]}), "column `n` is string, but int64 in the table"),
            (pa.table({"m": [1]}), "column `m` is not in the table"),
        ],
    )
    def test_other_columns_are_not_appended(
        self, adding: LakeIOManager, value: pa.Table, match: str
    ) -> None:
        self.write(adding, numbers(1), "r0")
        with pytest.raises(UnstorableValueError, match=match):
            self.write(adding, value)

    def test_columns_are_appended_by_name(self, adding: LakeIOManager) -> None:
        self.write(adding, pa.table({"a": [1], "b": [2]}), "r0")
        noted = self.write(adding, pa.table({"b": [4], "a": [3]}))
        found = sorted(self.read(adding, noted).to_pylist(), key=lambda row: row["a"])
        assert found == [{"b": 2, "a": 1}, {"b": 4, "a": 3}]

    def test_a_counted_index_is_not_appended(self, adding: LakeIOManager) -> None:
        frame = pd.DataFrame({"n": [1, 2]}, index=pd.RangeIndex(5, 7))
        with pytest.raises(UnstorableValueError, match=r"reset_index\(drop=True\)"):
            self.write(adding, frame)
        for run_id in ("r1", "r2"):
            noted = self.write(adding, frame.reset_index(drop=True), run_id)
        pd.testing.assert_frame_equal(
            self.read(adding, noted, None), pd.DataFrame({"n": [1, 2, 1, 2]})
        )

    # what arrives

    @pytest.mark.parametrize(
        "wanted",
        [
            pd.DataFrame,
            pl.DataFrame,
            pl.LazyFrame,
            pa.Table,
            pa.RecordBatchReader,
            pads.Dataset,
            duckdb.DuckDBPyRelation,
            TableSource,
        ],
    )
    def test_arrives_as_what_is_asked_for(self, manager: LakeIOManager, wanted: Any) -> None:
        noted = self.write(manager, ROWS.to_pandas())
        found = self.read(manager, noted, wanted)
        if wanted is TableSource:
            found = found.scanned
        else:
            assert isinstance(found, wanted)
        assert as_arrow(found).to_pydict() == ROWS.to_pydict()

    @pytest.mark.parametrize("value", [ROWS, ROWS.to_pandas(), pl.from_arrow(ROWS)], ids=type)
    def test_arrives_as_what_it_was(self, manager: LakeIOManager, value: Any) -> None:
        found = self.read(manager, self.write(manager, value), None)
        assert type(found) is type(value)
        assert as_arrow(found).to_pydict() == ROWS.to_pydict()

    # streams

    def test_a_generator_is_streamed(self, manager: LakeIOManager) -> None:
        parts = (pd.DataFrame({"n": [day, day]}) for day in range(3))
        noted = self.write(manager, parts)
        assert noted["dagster/row_count"]["value"] == 6
        assert sorted(self.read(manager, noted)["n"].to_pylist()) == [0, 0, 1, 1, 2, 2]

    @pytest.mark.parametrize(
        "stream",
        [
            lambda: ROWS.to_reader(),
            lambda: pl.from_arrow(ROWS).lazy(),
            lambda: pads.dataset(ROWS),
            lambda: duckdb.from_arrow(ROWS),
        ],
    )
    def test_streams_are_stored(self, manager: LakeIOManager, stream: Any) -> None:
        found = self.read(manager, self.write(manager, stream()))
        assert found.to_pydict() == ROWS.to_pydict()

    def test_a_streams_own_error_is_raised(self, manager: LakeIOManager) -> None:
        def parts() -> Iterator[pa.Table]:
            yield numbers(1)
            raise ZeroDivisionError("day two")

        before = self.write(manager, numbers(7), "r0")
        with pytest.raises(ZeroDivisionError, match="day two"):
            self.write(manager, parts())
        with manager.tables() as tables:
            assert next(tables("raw/orders").lineage()).run_id == "r0"
        assert self.read(manager, before) == numbers(7)

    # types

    def check_round_trip(self, manager: LakeIOManager, value: Any) -> None:
        """The columns that the lake says it holds come back as they were."""
        value = self.what_fits(manager, value)
        if value is None:
            return
        form = TableForm.of(value, asked="it")
        schema = form.hand_over(pa.Table).schema
        if not all(self.holds(manager, field) for field in schema):  # an index that pandas adds
            return
        noted = self.write(manager, value, key=AssetKey(f"t{secrets.token_hex(4)}"))
        found, was = self.read(manager, noted), form.hand_over(pa.Table)
        assert found.schema.types == was.schema.types
        assert found.schema.names == was.schema.names
        assert table_data_version(found) == table_data_version(was)
        assert type(self.read(manager, noted, None)) is type(form.hand_over(None))

    def what_fits(self, manager: LakeIOManager, value: Any) -> Any:
        """The value without the columns that are refused; None if nothing is left."""
        is_pandas = isinstance(value, pd.DataFrame)
        try:
            stored = TableForm.of(value, asked="it").hand_over(pa.Table)
        except UnstorableValueError:  # by every manager
            return None
        held = [field.name for field in stored.schema if self.holds(manager, field)]
        if is_pandas and not set(stored.schema.names) - set(value.columns) <= set(held):
            value = value.reset_index(drop=True)
        names = [name for name in held if name in (value.columns if is_pandas else held)]
        seen: dict[str, str] = {}
        for name in names:
            seen.setdefault(name if manager.lake_types.same_letters else name.lower(), name)
        if not seen:
            return None
        return value[list(seen.values())] if is_pandas else value.select(list(seen.values()))

    def holds(self, manager: LakeIOManager, column: pa.Field) -> bool:
        try:
            manager.lake_types.check(pa.schema([column]), asked="it")
        except UnstorableValueError as error:
            assert error.remedy
            return False
        return True

    @pytest.mark.parametrize(
        ("column", "match"),
        [
            (pa.array([1], pa.uint8()), r"for uint8\nReturn signed numbers: `df\['x'\]"),
            (pa.array(["a"]).dictionary_encode(), "categories<string>\nReturn the categories'"),
            (pa.array([1], pa.timestamp("ns")), r"timestamp\[ns\]\nReturn microseconds"),
            (pa.array([1], pa.timestamp("us", "Europe/Paris")), "tz_convert"),
            (pa.array([1], pa.duration("s")), "Return a number of seconds"),
            (pa.array([None]), "null\nGive the column a type"),
            (pa.array([[{"a": [1]}]], pa.list_(pa.struct([("a", pa.list_(pa.uint8()))]))), "uint8"),
        ],
    )
    def test_other_types_are_refused(
        self, manager: LakeIOManager, column: pa.Array, match: str
    ) -> None:
        with pytest.raises(UnstorableValueError, match=f"(?s)column `x` .*{match}"):
            self.write(manager, pa.table({"x": column}))
        assert list(self.files(manager)) == []

    def test_other_values_are_refused(self, manager: LakeIOManager) -> None:
        with pytest.raises(UnstorableValueError, match="it is a list\nReturn a table"):
            self.write(manager, [1])
        with pytest.raises(UnstorableValueError, match="it has no column"):
            self.write(manager, pa.table({}))

    # places

    @pytest.mark.parametrize(
        "parts",
        [
            [".."],
            ["..", "..", "etc"],
            ["a/../../b"],
            ["/abs"],
            ["."],
            ["a%2F..%2Fb"],
            ["é b?*;'\""],
        ],
    )
    def test_hostile_names_stay_inside(self, manager: LakeIOManager, parts: list[str]) -> None:
        key = AssetKey(parts)
        manager.handle_output(output(key), ROWS)
        assert manager.load_input(reading(key)) == ROWS
        assert list(self.files(manager))
        top = self.root(manager)
        assert {each.name for each in top.parent.iterdir()} == {top.name}

    def root(self, manager: LakeIOManager) -> Path:
        """The folder that holds all tables, alone in another one."""
        raise NotImplementedError

    def test_a_moved_table_is_found(self, manager: LakeIOManager) -> None:
        noted = self.write(manager, numbers(1))
        self.move(manager, "raw/orders", "clean/orders")
        context = reading(
            AssetKey(["clean", "orders"]), upstream_metadata=noted, python_type=pa.Table
        )
        assert manager.load_input(context) == numbers(1)

    def move(self, manager: LakeIOManager, old: str, new: str) -> None:
        raise NotImplementedError


@st.composite
def tables_of_all_types(draw: st.DrawFn) -> pa.Table:
    """A table with a column of each type that Arrow has."""
    kinds = arrow_columns(2)
    columns = [arrow_array(draw(values), kind) for kind, values in kinds]
    return pa.table(columns, names=[f"c{at}" for at in range(len(kinds))])


ANY_TABLE = arrow_tables() | pandas_frames() | polars_frames()
SETTINGS: dict[str, Any] = {
    "deadline": None,
    "suppress_health_check": [HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
}


def as_arrow(found: Any) -> pa.Table:
    """Any table as Arrow."""
    if isinstance(found, pl.LazyFrame):
        found = found.collect()
    if isinstance(found, pads.Dataset):
        return found.to_table()
    if isinstance(found, pd.DataFrame):
        return pa.Table.from_pandas(found)
    return pa.RecordBatchReader.from_stream(found).read_all()
