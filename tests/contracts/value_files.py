"""What value files promise wherever they are. Inherit ``ValueFilesContract``, supply ``files``."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pandas as pd
import polars as pl
import pytest

from assetbook.errors import ConflictError, CorruptStoreError
from assetbook.events.parts import ValueRef
from assetbook.io.built_in import built_in_form
from assetbook.io.copied_path import CopiedPath
from assetbook.io.file_check import problem_of
from assetbook.io.forms import stored_form
from assetbook.io.value_files import ValueFiles
from assetbook.keys import AssetKey

ORDERS = AssetKey(["raw", "orders"])
FRAME = pd.DataFrame({"n": range(1000), "s": ["x", None] * 500})
LARGE = list(range(20_000))


class ValueFilesContract:
    """Tests of a place that is empty; ``forget`` drops what is here only to be quick."""

    @pytest.fixture
    def files(self, tmp_path: Path) -> ValueFiles:
        raise NotImplementedError

    def forget(self, files: ValueFiles) -> None:
        shutil.rmtree(files.remote.cache.root, ignore_errors=True)

    def put(self, files: ValueFiles, value: Any, **others: Any) -> ValueRef:
        form = stored_form(value, asked="it") if not hasattr(value, "write") else value
        named = {"key": ORDERS, "run_id": "a1b2c3d4e5f6", **others}
        reference = files.write(form, **named)
        self.forget(files)
        return reference

    @pytest.mark.parametrize("manager", ["io_manager", "arrow", "pickle"])
    def test_values_come_back(self, files: ValueFiles, manager: str) -> None:
        reference = self.put(files, built_in_form(manager, FRAME, asked="it"))
        for _ in range(2):
            found = files.open(reference).hand_over(None)
            pd.testing.assert_frame_equal(found, FRAME)  # type: ignore[arg-type]

    def test_tables_are_scanned(self, files: ValueFiles) -> None:
        reference = self.put(files, FRAME)
        lazy = files.open(reference).hand_over(pl.LazyFrame)
        source = files.source(reference)
        assert lazy.select(pl.col("n").sum()).collect().item() == 499_500  # type: ignore[attr-defined]
        assert source is not None
        assert source.scanned.to_table(columns=["n"]).num_rows == 1000  # type: ignore[union-attr]

    def test_folders_come_back(self, files: ValueFiles, tmp_path: Path) -> None:
        (tmp_path / "given" / "below").mkdir(parents=True)
        (tmp_path / "given" / "below" / "a.txt").write_text("hello")
        reference = self.put(files, CopiedPath.of(tmp_path / "given", asked="it"))
        found = files.open(reference).hand_over(None)
        assert isinstance(found, Path)
        assert (found.name, (found / "below" / "a.txt").read_text()) == ("orders", "hello")

    def test_small_values_get_no_file(self, files: ValueFiles) -> None:
        reference = self.put(files, {"total": 7})
        assert (reference.path, files.open(reference).hand_over(None)) == (None, {"total": 7})

    def test_nothing_is_replaced(self, files: ValueFiles) -> None:
        first = self.put(files, LARGE)
        with pytest.raises(ConflictError, match="has stored a value already"):
            self.put(files, LARGE[1:])
        assert files.open(first).hand_over(None) == LARGE
        second = self.put(files, LARGE[1:], attempt=2)
        assert files.open(second).hand_over(None) == LARGE[1:]

    def test_whole_files_have_a_path(self, files: ValueFiles) -> None:
        reference = self.put(files, FRAME)
        path = files.whole_file(reference, asked="it")
        assert (path.stat().st_size, len(pd.read_parquet(path))) == (reference.size, 1000)
        assert problem_of(files, reference) is None

    def test_removed_files_are_gone(self, files: ValueFiles) -> None:
        reference = self.put(files, LARGE)
        assert not files.is_gone(str(reference.path))
        files.remove(str(reference.path))
        files.remove(str(reference.path))
        with pytest.raises(CorruptStoreError, match="its file is gone"):
            files.open(reference)
        assert files.is_gone(str(reference.path))
        assert "its file is gone" in str(problem_of(files, reference))

    def test_another_store_reads_them(self, files: ValueFiles, tmp_path: Path) -> None:
        reference = self.put(files, LARGE)
        other = ValueFiles(files.root, identity="f" * 16)
        assert other.open(reference).hand_over(None) == LARGE
        assert files.is_own(str(reference.path))
        assert other.is_own(str(reference.path)) is ("://" not in str(reference.path))

    def test_strange_names_stay_apart(self, files: ValueFiles) -> None:
        keys = [AssetKey(["a", "b"]), AssetKey(["a/b"]), AssetKey([".."]), AssetKey(["é ~", "%2F"])]
        given = {key: [*LARGE, at] for at, key in enumerate(keys)}
        found = {key: self.put(files, value, key=key) for key, value in given.items()}
        assert {key: files.open(each).hand_over(None) for key, each in found.items()} == given
