"""Assets made again of what their latest versions were made of: the same data, or told."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure
from tests.instance.making import make

from assetbook.definitions.asset_decorator import asset
from assetbook.definitions.multi_asset_decorator import multi_asset
from assetbook.definitions.ports import AssetOut
from assetbook.instance.data_parity import DataParity, data_parity
from assetbook.instance.instance import Instance
from assetbook.instance.loaded import load
from assetbook.instance.states import standing
from assetbook.io.manager import IOManager

SHIFT = [0.0]
RAN: list[str] = []


@asset
def source() -> list[int]:
    return [1, 2, 3]


@asset
def total(source: list[int]) -> int:
    return sum(source)


def shifted(make_value: Callable[[float], Any]) -> Any:
    """An asset whose value depends on what nobody versions."""

    @asset(name="made", ignore={"SHIFT", "make_value"})
    def made() -> Any:
        return make_value(SHIFT[0])

    return made


def table(shift: float) -> pd.DataFrame:
    return pd.DataFrame({"id": [1, 2], "amount": [0.1 + shift, 0.2]})


def reordered(shift: float) -> pd.DataFrame:
    return pd.DataFrame({"id": [2, 1] if shift else [1, 2]})


def longer(shift: float) -> pd.DataFrame:
    return pd.DataFrame({"id": range(3 if shift else 2)})


def indexed(shift: float) -> pd.DataFrame:
    return pd.DataFrame({"id": [1, 2]}, index=pd.RangeIndex(int(shift), 2 + int(shift)))


def drifted(shift: float) -> pd.DataFrame:
    return table(shift * 1e-16).set_index(pd.RangeIndex(int(shift), 2 + int(shift)))


def drawn(shift: float) -> Figure:
    figure = Figure()
    figure.subplots().plot([0, shift])
    return figure


def in_file(shift: float) -> Path:
    path = Path("ada.txt")
    path.write_text(f"{int(shift)}")
    return path


def renamed(shift: float) -> Path:
    path = Path(f"ada{int(shift)}.txt")
    path.write_text("same")
    return path


def in_folder(shift: float) -> Path:
    folder = Path("ada")
    folder.mkdir(exist_ok=True)
    for at in range(1 + int(shift)):
        (folder / f"{at}").write_text("a")
    return folder


@contextmanager
def silent(text: str) -> Iterator[None]:
    yield


def compared(instance: Instance, *assets: Any, only: str = "") -> dict[str, DataParity]:
    loaded = load(assets, instance)
    now = standing(instance, loaded)
    keys = [key for key in loaded.graph.order if str(key) == only or not only]
    found = data_parity(instance, loaded, now, keys, silent)
    return {str(key): each for key, each in found.items()}


def made_and_compared(instance: Instance, made: Any, shift: float = 1.0) -> DataParity:
    """The answer for an asset that makes another value the second time."""
    SHIFT[:] = [0.0]
    make(instance, made)
    SHIFT[:] = [shift]
    try:
        return compared(instance, made)["made"]
    finally:
        SHIFT[:] = [0.0]


def test_the_same_data_is_said_with_its_version(instance: Instance) -> None:
    make(instance, source, total)
    found = compared(instance, source, total)
    assert {each.answer for each in found.values()} == {"same"}
    assert found["total"].said == "same data as @1 (Python)"


def test_nothing_of_it_is_recorded(instance: Instance) -> None:
    make(instance, source, total)
    before = instance.events(), [each.id for each in instance.runs(None)]
    compared(instance, source, total)
    assert (instance.events(), [each.id for each in instance.runs(None)]) == before


def test_it_is_made_of_the_versions_that_were_read_then(instance: Instance) -> None:
    @asset(name="source")
    def newer() -> list[int]:
        return [10]

    make(instance, source, total)
    make(instance, newer)
    assert compared(instance, newer, total, only="total")["total"].answer == "same"


@pytest.mark.parametrize(
    ("value", "shift", "answer", "said"),
    [
        (table, 1e-16, "close", "2 rows, floats within 9.7e-16 (tolerance 1e-09)"),
        (table, 0.1, "other", "other values in `amount`; floats differ by up to 5.0e-01"),
        (longer, 1, "other", "rows 3, before 2"),
        (reordered, 1, "close", "the same schema and 2 rows, in another order"),
        (indexed, 1, "other", "its index or metadata"),
        (drifted, 1, "other", "its index or metadata"),
        (lambda shift: 0.1 + shift, 1e-16, "close", "floats within 9.7e-16"),
        (lambda shift: {"Ada Lovelace": shift}, 1, "other", "other values"),
        (lambda shift: np.array([0.1 + shift]), 1e-16, "close", "floats within"),
        (lambda shift: int(shift) or "none", 1, "other", "other values"),
        (lambda shift: None if shift else 1, 1, "other", "it gives no value, and did for @1"),
        (lambda shift: {"a": table(shift)}, 1e-16, "close", "floats within 9.7e-16"),
        (lambda shift: {"Ada": table(shift)}, 1, "other", "other values; floats differ by up to"),
        (lambda shift: {"a": longer(shift)}, 1, "other", "rows 3, before 2"),
        (lambda shift: [b"%d" % shift], 1, "other", "as many bytes, other ones"),
        (lambda shift: b"%d" % shift, 1, "other", "as many bytes, other ones"),
        (lambda shift: bytearray(2 + int(shift)), 1, "other", "bytes 3, before 2"),
        (drawn, 1, "close", "it is drawn otherwise, and what it shows was not compared"),
        (lambda shift: [drawn(shift)], 1, "close", "a figure in it is drawn otherwise"),
    ],
)  # fmt: skip
def test_other_data_is_told(
    value: Callable[[float], Any], shift: float, answer: str, said: str, instance: Instance
) -> None:
    found = made_and_compared(instance, shifted(value), shift)
    assert (found.answer, found.is_wrong) == (answer, answer == "other")
    assert said in found.said
    assert "Ada" not in found.said


@pytest.mark.parametrize(
    ("value", "shift", "said"),
    [
        (in_file, 0, "same data as @1 (Python)"),
        (in_file, 1, "other data than @1 (Python): as many bytes, other ones"),
        (renamed, 1, "other data than @1 (Python): another name"),
        (in_folder, 1, "other data than @1 (Python): bytes 2, before 1; files 2, before 1"),
    ],
)
def test_files_are_the_same_or_other_data(
    value: Callable[[float], Any],
    shift: float,
    said: str,
    instance: Instance,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    found = made_and_compared(instance, shifted(value), shift)
    assert (found.said, found.is_wrong) == (said, bool(shift))


def test_a_pickle_is_the_same_or_not_compared(instance: Instance) -> None:
    @asset(name="made", io_manager_key="pickle", ignore={"SHIFT"})
    def made() -> object:
        return {SHIFT[0]}

    found = made_and_compared(instance, made)
    assert (found.answer, found.is_wrong) == ("close", False)
    assert "its pickle is another one, and the object in it was not compared" in found.said


def test_tables_in_arrow_files_are_compared_as_tables(instance: Instance) -> None:
    @asset(name="made", io_manager_key="arrow", ignore={"SHIFT"})
    def made() -> pd.DataFrame:
        return table(SHIFT[0])

    found = made_and_compared(instance, made, 1e-16)
    assert found.answer == "close"
    assert "2 rows, floats within 9.7e-16" in found.said


def test_a_failure_is_told(instance: Instance) -> None:
    def fails(shift: float) -> float:
        return 1 / (1 - shift)

    found = made_and_compared(instance, shifted(fails))
    assert (found.answer, found.is_wrong) == ("failed", True)
    assert "it failed: " in found.said
    assert "division by zero" in found.said


def test_outputs_that_are_made_together_are_made_once(instance: Instance) -> None:
    @multi_asset(outs={"one": AssetOut(), "two": AssetOut()}, ignore={"RAN"})
    def both(source: list[int]) -> tuple[int, int]:
        RAN.append("both")
        return source[0], source[1]

    make(instance, source, both)
    RAN.clear()
    found = compared(instance, source, both)
    assert [found[name].answer for name in ("one", "two")] == ["same", "same"]
    assert RAN == ["both"]


class Warehouse(IOManager):
    def handle_output(self, context: Any, obj: Any) -> None:
        RAN.append("written")

    def load_input(self, context: Any) -> Any:
        return 0


def test_what_acts_outside_the_store_is_not_run(instance: Instance) -> None:
    @asset(ignore={"RAN"})
    def mailed(source: list[int]) -> None:
        RAN.append("mailed")

    @asset(io_manager_key="warehouse")
    def stock(source: list[int]) -> int:
        return 1

    every = (source, mailed, stock)
    make(instance, *every, resources={"warehouse": Warehouse()}, record=True)
    RAN.clear()
    loaded = load(every, instance, replacing={"warehouse": Warehouse()})
    now = standing(instance, loaded)
    found = data_parity(instance, loaded, now, loaded.graph.order, silent)
    said = {str(key): each.said for key, each in found.items() if each.answer == "not compared"}
    assert said == {
        "mailed": "data not compared: it is made for its effect, and has no value",
        "stock": "data not compared: its I/O manager `warehouse` keeps it outside the store",
    }
    assert not any(each.remedy for each in found.values())
    assert RAN == []


def test_what_reads_the_world_outside_is_not_compared(instance: Instance) -> None:
    @asset
    def user() -> str:
        return os.environ["PATH"][:1]

    make(instance, user)
    found = compared(instance, user)["user"]
    assert found.answer == "not compared"
    assert "it reads the world outside (" in found.said
    assert found.remedy == ""


def test_what_was_made_otherwise_is_not_compared(instance: Instance) -> None:
    @asset(name="total")
    def other(source: list[int]) -> int:
        return max(source)

    make(instance, source, total)
    found = compared(instance, source, other)["total"]
    assert found.said.startswith("data not compared: @1 was made otherwise: `other` is reached")
    assert "Materialize it" in found.remedy
    missing = compared(instance, source, total, shifted(table))["made"]
    assert missing.said == "data not compared: no version of it is recorded"


def test_an_input_that_is_gone_is_named(instance: Instance) -> None:
    @asset
    def large() -> bytes:
        return b"x" * 10

    @asset
    def size(large: bytes) -> int:
        return len(large)

    make(instance, large, size)
    version = instance.version("large")
    assert version.event.value is not None and version.event.value.path is not None
    (instance.values.root / version.event.value.path).unlink()
    found = compared(instance, large, size, only="size")["size"]
    assert found.said == "data not compared: the file of `large@1`, which it read, is gone"
