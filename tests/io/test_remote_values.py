"""Value files in every kind of place keep one contract."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import fsspec
import pytest
from fsspec.implementations.memory import MemoryFileSystem
from tests.contracts.value_files import LARGE, ORDERS, ValueFilesContract
from tests.io.s3_server import S3Server, s3_server

from assetbook.errors import CorruptStoreError, StoreError
from assetbook.events.parts import ValueRef
from assetbook.io.forms import stored_form
from assetbook.io.value_files import ValueFiles


@pytest.fixture(scope="module")
def s3() -> Iterator[S3Server]:
    with s3_server() as server:
        yield server


class TestBucket(ValueFilesContract):
    @pytest.fixture
    def files(self, tmp_path: Path, s3: S3Server) -> ValueFiles:
        return ValueFiles(tmp_path / "values", setting=f"s3://{s3.bucket()}/team")


class TestMemory(ValueFilesContract):
    @pytest.fixture
    def files(self, tmp_path: Path) -> ValueFiles:
        return ValueFiles(tmp_path / "values", setting=f"memory://{uuid4().hex}/")


class TestFolder(ValueFilesContract):
    @pytest.fixture
    def files(self, tmp_path: Path) -> ValueFiles:
        return ValueFiles(tmp_path / "values", setting=str(tmp_path / "elsewhere"))


class TestStore(ValueFilesContract):
    @pytest.fixture
    def files(self, tmp_path: Path) -> ValueFiles:
        return ValueFiles(tmp_path / "values")


class TearingFiles(MemoryFileSystem):
    """A file system that loses the end of what it is given, and says nothing."""

    protocol = "tearing"

    def put_file(self, lpath: str, rpath: str, **options: object) -> None:
        self.pipe_file(rpath, Path(lpath).read_bytes()[:-1])


def large_value(files: ValueFiles) -> ValueRef:
    return files.write(stored_form(LARGE, asked="it"), key=ORDERS, run_id="a1")


def test_a_torn_upload_is_no_value(tmp_path: Path) -> None:
    fsspec.register_implementation("tearing", TearingFiles, clobber=True)
    files = ValueFiles(tmp_path / "values", setting="tearing://x/values")
    with pytest.raises(StoreError, match=r"what arrived as tearing://x/values/store-0.* is not"):
        large_value(files)
    assert list(files.remote.all(str(files.place))) == []
    assert [each for each in tmp_path.rglob("*") if each.is_file()] == []


@pytest.mark.parametrize("path", ["../x", "raw//x", "raw/../../x"])
def test_hostile_addresses_are_refused(tmp_path: Path, path: str) -> None:
    files = ValueFiles(tmp_path / "values", setting="memory://x")
    reference = ValueRef(io_manager="io_manager", kind="json", path=f"{files.place}/{path}")
    with pytest.raises(CorruptStoreError, match="which is no value file"):
        files.open(reference)


def test_two_stores_share_a_place(tmp_path: Path) -> None:
    setting = f"memory://{uuid4().hex}"
    one, other = (
        ValueFiles(tmp_path / digit / "values", setting=setting, identity=digit * 16)
        for digit in "ab"
    )
    first, second = large_value(one), large_value(other)
    assert first.path != second.path
    assert [path for path, _ in one.remote.all(str(one.place))] == [first.path]
