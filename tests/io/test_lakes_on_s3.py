"""Lake tables in an object store, emulated on this machine."""

from __future__ import annotations

import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from typing import Any
from urllib.error import URLError
from urllib.request import Request, urlopen

import polars as pl
import pyarrow as pa
import pytest
from tests.contracts.io_manager import output, reading
from tests.io.lake_suite import ROWS, numbers

from assetbook.io.delta import DeltaIOManager

_PATIENCE = 60.0  # seconds
KEY = {"AWS_ACCESS_KEY_ID": "not-for-show", "AWS_SECRET_ACCESS_KEY": "not-for-show-either"}


@pytest.fixture(scope="module")
def store() -> Iterator[dict[str, str]]:
    """What reaches an empty bucket ``lake``; in another process, as deltalake keeps the GIL."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    program = [sys.executable, "-W", "ignore", "-m", "moto.server", "-p", str(port)]
    server = subprocess.Popen(program, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    url = f"http://127.0.0.1:{port}"
    try:
        _make_bucket(f"{url}/lake")
        yield {
            **KEY,
            "AWS_ENDPOINT_URL": url,
            "AWS_REGION": "us-east-1",
            "AWS_ALLOW_HTTP": "true",
        }
    finally:
        server.terminate()
        server.wait()


def _make_bucket(url: str) -> None:
    """Asks for it until the server answers."""
    until = time.monotonic() + _PATIENCE
    while True:
        try:
            with urlopen(Request(url, method="PUT")):
                return
        except URLError:
            if time.monotonic() > until:
                raise
            time.sleep(0.1)


def test_delta_keeps_versions_there(store: dict[str, str]) -> None:
    manager = DeltaIOManager("s3://lake/tables", storage_options=store)
    for run_id, value in (("r1", ROWS), ("r2", ROWS.slice(1))):
        context = output(run_id=run_id)
        manager.handle_output(context, value)
    shown = str(dict(context.output_metadata))
    assert "s3://lake/tables/raw/orders" in shown
    assert "not-for-show" not in shown + repr(manager)
    for wanted in (pa.Table, pl.LazyFrame):
        found: Any = manager.load_input(reading(run_id="r1", python_type=wanted))
        assert found.collect().height == 3 if wanted is pl.LazyFrame else found == ROWS


@pytest.mark.long
def test_writers_at_once_lose_nothing_there(store: dict[str, str]) -> None:
    manager = DeltaIOManager("s3://lake/appended", storage_options=store, mode="append")
    manager.handle_output(output(run_id="r0"), numbers(0))

    def write(number: int) -> None:
        manager.handle_output(output(run_id=f"w{number}"), numbers(number))

    threads = [threading.Thread(target=write, args=(number,)) for number in (1, 2, 3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with manager.tables() as tables:
        table = tables("raw/orders")
        newest = next(table.lineage()).version
        assert sorted(table.at(newest).table()["n"].to_pylist()) == [0, 1, 2, 3]
