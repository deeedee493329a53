"""Tables in anonymous files that several processes map."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from assetbook.io.forms import stored_form
from assetbook.io.shared_table import SMALLEST, SharedTable, free_memory, shared_file
from assetbook.io.table_form import TableForm

ROWS = SMALLEST // 8 + 1
PLENTY = 1 << 30


def form_of(value: object) -> TableForm:
    form = stored_form(value, asked="the value of `t`")
    assert isinstance(form, TableForm)
    return form


def large() -> TableForm:
    return form_of(pa.table({"n": np.arange(ROWS)}))


@pytest.mark.parametrize("room", [PLENTY, 0], ids=["memory", "disk"])
@pytest.mark.parametrize("make", [pa.table, pl.DataFrame, pd.DataFrame])
def test_a_shared_table_is_what_its_parquet_file_would_give(
    tmp_path: Path, make: type, room: int
) -> None:
    columns = {"n": np.arange(ROWS), "text": [f"ü{each % 7}" for each in range(ROWS)]}
    form = form_of(make(columns))
    descriptor = shared_file(form, room=room, folder=tmp_path)
    assert descriptor is not None
    shared = SharedTable(form.kind, descriptor, asked="the value of `t`")
    assert shared.data_version() == form.data_version()
    given = shared.hand_over(None)
    assert type(given) is type(form.hand_over(None)) and given.shape == (ROWS, 2)  # type: ignore[attr-defined]


def test_it_has_no_name_and_ends_with_its_last_descriptor(tmp_path: Path) -> None:
    for room, place in ((PLENTY, "/memfd:"), (0, str(tmp_path))):
        descriptor = shared_file(large(), room=room, folder=tmp_path)
        assert descriptor is not None
        assert str(Path(f"/proc/self/fd/{descriptor}").readlink()).startswith(place)
        assert [*tmp_path.iterdir()] == []
        shared = SharedTable("arrow", descriptor, asked="it")
        del shared
        with pytest.raises(OSError, match="Bad file descriptor"):
            os.fstat(descriptor)


def test_nobody_can_change_it_in_memory(tmp_path: Path) -> None:
    descriptor = shared_file(large(), room=PLENTY, folder=tmp_path)
    assert descriptor is not None
    with pytest.raises(PermissionError):
        os.pwrite(descriptor, b"x", 0)
    with pytest.raises(PermissionError):
        os.ftruncate(descriptor, 0)
    os.close(descriptor)


def test_small_tables_and_other_values_are_not_shared(tmp_path: Path) -> None:
    small = form_of(pa.table({"n": [1]}))
    other = stored_form({"n": 1}, asked="it")
    assert shared_file(small, room=PLENTY, folder=tmp_path) is None
    assert shared_file(other, room=PLENTY, folder=tmp_path) is None


def test_who_only_passes_it_on_reads_nothing(tmp_path: Path) -> None:
    descriptor = shared_file(form_of(pl.DataFrame({"n": np.arange(ROWS)})), room=0, folder=tmp_path)
    assert descriptor is not None
    shared = SharedTable("polars", descriptor, asked="it")
    assert SMALLEST < shared.size < SMALLEST + 10_000
    assert str(tmp_path) not in Path("/proc/self/maps").read_text(encoding="utf-8")
    assert shared.table.num_rows == ROWS
    assert str(tmp_path) in Path("/proc/self/maps").read_text(encoding="utf-8")


def test_what_is_no_table_is_said_and_let_go(tmp_path: Path) -> None:
    from assetbook.errors import CorruptStoreError

    descriptor = os.memfd_create("no table")
    os.write(descriptor, b"no table")
    shared = SharedTable("arrow", descriptor, asked="it")
    with pytest.raises(CorruptStoreError, match="its file is no table"):
        shared.hand_over(None)
    del shared
    with pytest.raises(OSError, match="Bad file descriptor"):
        os.fstat(descriptor)


def test_the_free_memory_is_that_of_the_system() -> None:
    assert 1 << 24 < free_memory() < os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
