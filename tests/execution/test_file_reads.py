"""What a running asset reads is seen by Python's audit events."""

from __future__ import annotations

import contextvars
import importlib
import os
import socket
import sqlite3
import subprocess
import sys
import threading
import time
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from assetbook.execution.file_reads import observe_reads


@pytest.fixture
def data(tmp_path: Path) -> Path:
    path = tmp_path / "data.csv"
    path.write_text("a\n1\n")
    return path


def test_files_opened_for_reading_are_seen_once(data: Path) -> None:
    with observe_reads() as seen:
        data.read_text()
        with data.open() as file:
            file.read()
    assert seen.files == (str(data),)
    assert seen


def test_relative_paths_are_seen_in_full(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(data.parent)
    with observe_reads() as seen:
        os.close(os.open("data.csv", os.O_RDONLY))
    assert seen.files == (str(data),)


def test_files_only_written_are_not_seen(tmp_path: Path) -> None:
    with observe_reads() as seen:
        (tmp_path / "out.txt").write_text("x")
        with (tmp_path / "out.txt").open("a") as file:
            file.write("y")
    assert seen.files == ()
    assert not seen


def test_files_opened_for_both_are_seen(data: Path) -> None:
    with observe_reads() as seen, data.open("r+"):
        pass
    assert seen.files == (str(data),)


def test_listed_directories_are_seen(data: Path) -> None:
    with observe_reads() as seen:
        os.listdir(data.parent)  # noqa: PTH208
        list(os.scandir(data.parent))
    assert seen.directories == (str(data.parent),)


def test_connections_are_seen() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        with observe_reads() as seen, socket.create_connection(("127.0.0.1", port)):
            pass
    assert seen.connections == (f"127.0.0.1:{port}",)


def test_programs_and_databases_are_seen(tmp_path: Path) -> None:
    with observe_reads() as seen:
        subprocess.run([sys.executable, "-c", ""], check=True)
        sqlite3.connect(tmp_path / "a.db").close()
        sqlite3.connect(":memory:").close()
    assert seen.programs == (sys.executable,)
    assert seen.files == (str(tmp_path / "a.db"),)


def test_code_of_python_and_packages_is_not_seen(tmp_path: Path) -> None:
    with observe_reads() as seen:
        Path(os.__file__).read_text()
        (Path(os.__file__).parent / "LICENSE.txt").exists()
        Path("/proc/self/status").read_text()
        Path(os.devnull).read_text()
        __import__("this_module_is_missing_" if False else "colorsys")
    assert seen.files == ()


def test_what_an_installed_package_brings_is_its_version(tmp_path: Path) -> None:
    import matplotlib

    path = Path(matplotlib.__file__).parent / "mpl-data" / "matplotlibrc"
    with observe_reads() as seen:
        path.read_text()
    assert seen.files == ()


def test_the_database_of_time_zones_is_not_seen() -> None:
    with observe_reads() as seen:
        ZoneInfo.no_cache("America/New_York")
    assert not seen


def test_the_store_is_not_seen(data: Path, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path)
    with observe_reads([tmp_path]) as seen:
        data.read_text()
        (tmp_path / "link" / "data.csv").read_text()
        os.listdir(tmp_path)  # noqa: PTH208
    assert not seen


def test_another_context_is_not_seen_and_a_copied_one_is(data: Path) -> None:
    with observe_reads() as seen:
        bare = threading.Thread(target=data.read_text)
        bare.start()
        bare.join()
        assert not seen
        copied = threading.Thread(target=contextvars.copy_context().run, args=(data.read_text,))
        copied.start()
        copied.join()
    assert seen.files == (str(data),)


def test_blocks_may_be_nested(data: Path) -> None:
    with observe_reads() as outer:
        with observe_reads() as inner:
            data.read_text()
        data.read_text()
    assert inner.files == outer.files == (str(data),)


def test_nothing_is_seen_after_the_block(data: Path) -> None:
    with observe_reads() as seen:
        pass
    data.read_text()
    assert not seen


def test_an_idle_hook_costs_next_to_nothing() -> None:
    with observe_reads():
        pass
    started = time.process_time()
    for _ in range(100_000):
        sys.audit("assetbook.test", 1)
    assert (time.process_time() - started) / 100_000 < 5e-6


def test_what_an_own_module_reads_while_it_is_imported_is_seen(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "reads_as_it_comes.py").write_text(
        f"from pathlib import Path\nTEXT = Path({str(data)!r}).read_text()\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    with observe_reads() as seen:
        importlib.import_module("reads_as_it_comes")
    assert seen.files == (str(data),)


def test_a_program_that_a_library_starts_as_it_is_imported_is_its_own_affair(
    tmp_path: Path,
) -> None:
    code = (
        "from assetbook.execution.file_reads import observe_reads\n"
        "with observe_reads() as seen:\n"
        "    import matplotlib.pyplot\n"
        "assert seen.names == (), seen.names\n"
    )
    # a new folder of settings: the list of fonts is made, for which matplotlib starts programs
    environment = {**os.environ, "MPLCONFIGDIR": str(tmp_path), "MPLBACKEND": "agg"}
    made = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=False
    )
    assert made.returncode == 0, made.stderr
    assert any(tmp_path.glob("fontlist*"))
