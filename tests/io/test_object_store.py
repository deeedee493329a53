"""Objects by obstore and by fsspec: one contract, and what only one of them does."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from tests.contracts.object_store import ObjectStoreContract
from tests.io.s3_server import S3Server, environment, s3_server

from assetbook.errors import MissingLibraryError
from assetbook.io import cloud_objects
from assetbook.io.cloud_objects import CloudObjects
from assetbook.io.fsspec_objects import FsspecObjects
from assetbook.io.object_store import ObjectStore, object_store, one_line


@pytest.fixture(scope="module")
def s3() -> Iterator[S3Server]:
    with s3_server() as server:
        yield server


class TestCloudObjects(ObjectStoreContract):
    @pytest.fixture
    def store(self, s3: S3Server) -> ObjectStore:
        return CloudObjects(f"s3://{s3.bucket()}/a b/team%20é")


class TestCloudObjectsInParts(ObjectStoreContract):
    @pytest.fixture
    def store(self, s3: S3Server, monkeypatch: pytest.MonkeyPatch) -> ObjectStore:
        monkeypatch.setattr(cloud_objects, "LARGEST_SINGLE", 6 << 20)
        monkeypatch.setattr(cloud_objects, "_PART", 5 << 20)
        return CloudObjects(f"s3://{s3.bucket()}/team")


class TestMemory(ObjectStoreContract):
    @pytest.fixture
    def store(self) -> ObjectStore:
        return FsspecObjects(f"memory://{uuid4().hex}/values")


class TestFolder(ObjectStoreContract):
    @pytest.fixture
    def store(self, tmp_path: Path) -> ObjectStore:
        return FsspecObjects(f"file://{tmp_path}/values")


def test_the_scheme_chooses_the_library(s3: S3Server) -> None:
    assert isinstance(object_store("s3://bucket/x"), CloudObjects)
    assert isinstance(object_store("memory://x"), FsspecObjects)
    assert object_store("memory://x") is object_store("memory://x")


def test_other_credentials_are_taken_at_once(s3: S3Server) -> None:
    bucket = s3.bucket()
    before = object_store(f"s3://{bucket}/x")
    nobody = environment({"AWS_ENDPOINT_URL": "http://127.0.0.1:9"})
    with nobody, pytest.raises(OSError, match=r"127\.0\.0\.1:9"):
        object_store(f"s3://{bucket}/x").facts("a")
    assert object_store(f"s3://{bucket}/x") is before
    assert before.facts("a") is None


FORKED = """
import os
from assetbook.io.object_store import object_store
object_store("s3://bucket/x")
if os.fork() == 0:
    try:
        object_store("s3://bucket/x")
    except OSError as error:
        print(error, flush=True)
    os._exit(0)
os.wait()
"""


def test_a_fork_is_refused_instead_of_hanging(s3: S3Server) -> None:
    arguments = [sys.executable, "-W", "ignore", "-c", FORKED]
    done = subprocess.run(arguments, capture_output=True, text=True, check=True, timeout=60)
    assert "spawn it instead" in done.stdout


@pytest.mark.parametrize(
    ("place", "library", "says"),
    [
        ("s3://bucket/x", "obstore", r"assetbook\[cloud\]"),
        ("memory://x", "fsspec.core", r"assetbook\[fsspec\]"),
    ],
)
def test_a_missing_library_is_named(
    monkeypatch: pytest.MonkeyPatch, place: str, library: str, says: str
) -> None:
    monkeypatch.setitem(sys.modules, library, None)
    cls = CloudObjects if library == "obstore" else FsspecObjects
    with pytest.raises(MissingLibraryError, match=says):
        cls(place)


def test_an_unknown_protocol_is_an_error() -> None:
    with pytest.raises(OSError, match="nowhere"):
        FsspecObjects("nowhere://x/y")


def test_a_bucket_that_is_not_there_is_told(s3: S3Server, tmp_path: Path) -> None:
    (tmp_path / "sent").write_bytes(b"x")
    with pytest.raises(FileNotFoundError, match="NoSuchBucket"):
        CloudObjects("s3://no-such-bucket/x").put_new("a", tmp_path / "sent")


def test_the_profile_of_the_user_serves(s3: S3Server, tmp_path: Path) -> None:
    (tmp_path / "credentials").write_text(
        "[team]\naws_access_key_id = AKIATEAM\naws_secret_access_key = secret\n"
    )
    (tmp_path / "sent").write_bytes(b"x")
    bucket = s3.bucket()
    variables = {
        "AWS_ACCESS_KEY_ID": "",
        "AWS_SECRET_ACCESS_KEY": "",
        "AWS_PROFILE": "team",
        "AWS_SHARED_CREDENTIALS_FILE": str(tmp_path / "credentials"),
    }
    with environment(variables):
        CloudObjects(f"s3://{bucket}/x").put_new("a", tmp_path / "sent")
    assert s3.objects(bucket) == ["x/a"]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("cannot open sftp://me:pw@host/x", "cannot open sftp://***@host/x"),
        ("GET https://h/x?sig=abc&X-Amz-Signature=1 failed", "GET https://h/x failed"),
        ("403: <Error><Code>No</Code><Key>AKIA</Key></Error>", "403: No"),
        ("a\nb\n\nDebug source:\nsecret", "a b"),
        ("", "ValueError"),
    ],
)
def test_errors_are_told_without_credentials(text: str, says: str) -> None:
    assert one_line(ValueError(text)) == says
