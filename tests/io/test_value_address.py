"""Addresses of value files are told from paths, and taken apart where they were put together."""

from __future__ import annotations

from pathlib import Path

import pytest

from assetbook.io.value_address import ValueAddress, local_folder, place_of_store

IDENTITY = "0123456789abcdef"


@pytest.mark.parametrize(
    ("values", "place"),
    [
        ("s3://bucket", f"s3://bucket/store-{IDENTITY}"),
        ("s3://bucket/a b/team/", f"s3://bucket/a b/team/store-{IDENTITY}"),
        ("memory://", f"memory:///store-{IDENTITY}"),
        ("sftp://me@host/values", f"sftp://me@host/values/store-{IDENTITY}"),
        ("/data/values", f"file:///data/values/store-{IDENTITY}"),
    ],
)
def test_addresses_come_apart(values: str, place: str) -> None:
    assert place_of_store(values, IDENTITY) == place
    address = ValueAddress(place, "raw/orders/a1.a1.parquet")
    assert ValueAddress.of(str(address)) == address
    assert address.identity == IDENTITY


@pytest.mark.parametrize(
    "path", ["raw/orders/a1.a1.parquet", "store-0123456789abcdef/x", "s3/x", "s3://bucket/x", ""]
)
def test_paths_are_no_addresses(path: str) -> None:
    assert ValueAddress.of(path) is None


def test_only_files_are_local() -> None:
    assert local_folder(place_of_store("/data", IDENTITY)) == Path(f"/data/store-{IDENTITY}")
    assert local_folder(place_of_store("s3://data", IDENTITY)) is None
