"""The key that matches rows: stated, an index, or the smallest set that is unique."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from tests.io.compared import compared, frame

from assetbook.io import key_choice


def test_the_index_of_a_frame_comes_first(tmp_path: Path) -> None:
    before = frame(name=["a", "b", "c"], x=[1.0, 2.0, 3.0], number=[7, 9, 8]).set_index("number")
    key = compared(tmp_path, before, before).key
    assert (key.columns, key.origin) == (("number",), "index")


def test_several_levels_of_an_index_are_one_key(tmp_path: Path) -> None:
    before = frame(s=["a", "a", "b"], d=[1, 2, 1], x=[1.0, 2.0, 3.0]).set_index(["s", "d"])
    assert compared(tmp_path, before, before).key.columns == ("s", "d")


def test_a_name_like_an_id_comes_before_other_columns(tmp_path: Path) -> None:
    before = frame(total=[5, 6, 7], order_id=[1, 2, 3])
    assert compared(tmp_path, before, before).key.columns == ("order_id",)


def test_text_comes_before_numbers(tmp_path: Path) -> None:
    before = frame(flights=[10, 20], carrier=["UA", "AA"])
    assert compared(tmp_path, before, before).key.columns == ("carrier",)


def test_the_smallest_set_that_is_unique_is_found(tmp_path: Path) -> None:
    stores, days = np.divmod(np.arange(60), 10)
    before = frame(x=np.ones(60), store=stores, day=days, half=days // 5)
    key = compared(tmp_path, before, before).key
    assert set(key.columns) == {"store", "day"}
    assert key.said == "unique in both tables, found at try 4"


def test_a_set_must_be_unique_in_both(tmp_path: Path) -> None:
    before = frame(id=[1, 2], name=["a", "b"])
    after = frame(id=[1, 1], name=["a", "b"])
    assert compared(tmp_path, before, after).key.columns == ("name",)


def test_floats_and_lists_are_no_key(tmp_path: Path) -> None:
    before = frame(x=[1.0, 2.0], parts=[[1], [2]])
    key = compared(tmp_path, before, before).key
    assert (key.columns, key.said) == ((), "no column in both can be one")


def test_a_column_whose_values_never_meet_is_no_key(tmp_path: Path) -> None:
    before = frame(run_id=["a1", "a2"], store=["x", "y"])
    after = frame(run_id=["b1", "b2"], store=["x", "y"])
    found = compared(tmp_path, before, after)
    assert found.key.columns == ("store",)
    assert found.changed == 2


def test_columns_that_repeat_late_are_found_out(tmp_path: Path) -> None:
    late = np.append(np.arange(150_000), 7)
    before = pd.DataFrame({"id": late, "name": np.arange(150_001).astype(str)})
    key = compared(tmp_path, before, before).key
    assert key.columns == ("name",)


def test_hashes_are_sorted_a_part_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(key_choice, "_AT_ONCE", 100)
    numbers = np.append(np.arange(1_000), [5, 5, 6])
    before = frame(id=numbers, name=np.arange(1_003).astype(str))
    assert compared(tmp_path, before, before).key.columns == ("name",)


def test_many_sets_without_a_unique_one_are_given_up(tmp_path: Path) -> None:
    one = frame(**{f"c{number}": [number % 3, number % 3] for number in range(20)})
    key = compared(tmp_path, one, one).key
    assert key.columns == ()
    assert key.said == "none of 100 sets of up to 3 columns is unique in both tables"
