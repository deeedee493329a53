"""Workers are forked from a process that has imported what this one has, as far as that is safe."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
import threading
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
from tests.process_tree import fork_servers_of, workers_of

from assetbook import Instance, asset
from assetbook.execution.processes import forking
from assetbook.execution.processes.death import death_of
from assetbook.execution.processes.executor import ProcessExecutor
from assetbook.execution.processes.forking import ForkServer, WorkerEnd
from assetbook.execution.processes.pool import pool
from assetbook.execution.processes.preloads import PRELOADABLE, preloads
from assetbook.execution.processes.worker_process import WorkerProcess
from assetbook.instance.materializing import MaterializeOutcome, materialize_definitions

LONGEST = 20  # seconds

USES = {
    "numpy": "a = np.ones((400, 400)); assert (a @ a)[0, 0] == 400; np.linalg.svd(a)",
    "pandas": """
        frame = pd.DataFrame({"a": range(100_000), "b": ["x", "y"] * 50_000})
        assert frame.groupby("b")["a"].sum().sum() == 4_999_950_000
    """,
    "pyarrow": """
        import pyarrow.parquet, pyarrow.compute, pyarrow.dataset, pyarrow.ipc
        table = pa.table({"a": range(1_000_000), "b": ["x", "y"] * 500_000})
        assert table.group_by("b").aggregate([("a", "sum")]).num_rows == 2
        pa.parquet.write_table(table, "t.parquet", row_group_size=50_000)
        assert pa.parquet.read_table("t.parquet", use_threads=True).num_rows == 1_000_000
        assert pa.dataset.dataset("t.parquet").to_table(use_threads=True).num_rows == 1_000_000
        pa.feather = __import__("pyarrow.feather").feather
        pa.feather.write_feather(table, "t.arrow")
        assert pa.compute.sum(table["a"]).as_py() == 499_999_500_000
    """,
    "pydantic": """
        class Row(pydantic.BaseModel):
            a: int
        assert Row(a="1").a == 1
    """,
    "xxhash": "assert len(xxhash.xxh3_128(b'abc').digest()) == 16",
}
"""What a worker does with each distribution of the list, on its threads where it has any."""


@pytest.fixture
def instance(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Instance]:
    (tmp_path / "pyproject.toml").touch()
    monkeypatch.chdir(tmp_path)
    pool.close()
    instance = Instance.get(tmp_path)
    yield instance
    instance.close()
    pool.close()


def make(instance: Instance, *assets: object, workers: int = 2) -> MaterializeOutcome:
    return materialize_definitions(
        assets, instance=instance, executor=ProcessExecutor(workers), raise_on_error=False
    )


def test_each_use_is_of_the_list() -> None:
    assert set(USES) == {name.partition(".")[0] for name in PRELOADABLE}


@pytest.mark.parametrize("name", USES)
def test_a_library_of_the_list_works_after_the_fork(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    short = {"numpy": "np", "pandas": "pd", "pyarrow": "pa"}.get(name, name)
    text = f"def use():\n    import {name} as {short}\n"
    text += textwrap.indent(textwrap.dedent(USES[name]), "    ")
    assert after_fork(tmp_path, monkeypatch, text, f"import {name}") == 0


def test_a_library_whose_threads_do_not_survive_it_hangs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = """
        import polars as pl
        def use():
            frame = pl.DataFrame({"a": range(100_000), "b": ["x", "y"] * 50_000})
            frame.lazy().group_by("b").agg(pl.col("a").sum()).collect()
        use()
    """
    monkeypatch.setattr(f"{__name__}.LONGEST", 3)
    assert after_fork(tmp_path, monkeypatch, textwrap.dedent(text), "import polars") is None
    assert not any(name.startswith("polars") for name in PRELOADABLE)


def after_fork(
    folder: Path, monkeypatch: pytest.MonkeyPatch, text: str, imports: str
) -> int | None:
    """The exit code of a child that calls ``use`` of the text, forked after the imports; None if it
    hangs."""
    (folder / "used.py").write_text(f"{imports}\n{text}", encoding="utf-8")
    (folder / "child.py").write_text(
        "import os, used\npid = os.fork()\nif not pid:\n    used.use()\n    os._exit(0)\n"
        "os._exit(os.waitstatus_to_exitcode(os.wait()[1]))\n",
        encoding="utf-8",
    )
    started = subprocess.Popen([sys.executable, "child.py"], cwd=folder, start_new_session=True)
    try:
        return started.wait(LONGEST)
    except subprocess.TimeoutExpired:
        os.killpg(started.pid, signal.SIGKILL)
        started.wait()
        return None


def test_a_worker_has_imported_what_this_process_has(instance: Instance) -> None:
    @asset
    def found() -> list[str]:
        return [name for name in ("numpy", "pandas", "pyarrow", "polars") if name in sys.modules]

    import_module("pandas")
    import_module("polars")
    assert make(instance, found).success
    assert instance.value("found") == ["numpy", "pandas", "pyarrow"]


def test_a_module_of_the_projects_own_is_not_taken_for_a_library(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    own = ModuleType("numpy")
    own.__file__ = str(tmp_path / "numpy.py")
    monkeypatch.setitem(sys.modules, "numpy", own)
    assert "numpy" not in preloads()


def test_workers_draw_different_numbers(instance: Instance) -> None:
    barrier = Path("both")

    def drawn(other: str) -> float:
        Path(f"{barrier}-{os.getpid()}").touch()
        while len(list(Path.cwd().glob("both-*"))) < 2:
            threading.Event().wait(0.01)
        return float(np.random.random())

    @asset
    def one() -> float:
        return drawn("two")

    @asset
    def two() -> float:
        return drawn("one")

    assert make(instance, one, two).success
    assert instance.value("one") != instance.value("two")


def test_a_new_server_is_started_for_another_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    server = ForkServer(["numpy"])
    assert server.serves(["numpy"]) and not server.serves(["numpy", "pandas"])
    monkeypatch.setenv("OPENBLAS_NUM_THREADS", "1")
    assert not server.serves(["numpy"])


def test_a_server_ends_with_the_last_who_needs_it(instance: Instance) -> None:
    @asset
    def one() -> int:
        return 1

    before = fork_servers_of(os.getpid())  # of workers that others still hold
    assert make(instance, one).success
    [server] = set(fork_servers_of(os.getpid())) - set(before)
    assert workers_of(os.getpid())
    pool.close()
    assert not Path(f"/proc/{server}").exists()


def test_a_server_that_was_killed_is_replaced(instance: Instance) -> None:
    @asset
    def one() -> int:
        return 1

    @asset
    def two() -> int:
        return 2

    before = fork_servers_of(os.getpid())
    assert make(instance, one, workers=1).success
    [server] = set(fork_servers_of(os.getpid())) - set(before)
    os.kill(server, signal.SIGKILL)
    worker = pool.take()  # the idle one, whose server is gone
    pool_is_empty = pool.take()
    assert worker.end() == WorkerEnd(None, 0)
    assert pool_is_empty.end().code == -signal.SIGKILL
    assert make(instance, two, workers=1).success


def test_a_death_that_nobody_saw_is_said_to_be_one() -> None:
    said = str(death_of("orders", WorkerEnd(None, 0), 0))
    assert (
        "the step `orders`: its process ended, and so did the one that it was forked from" in said
    )


def test_an_import_that_fails_keeps_no_worker_from_starting() -> None:
    worker = WorkerProcess(ForkServer(["no_such_module"]))
    assert worker.end().code == -signal.SIGKILL


def test_a_server_that_hangs_in_an_import_is_given_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "hangs.py").write_text("import time\ntime.sleep(600)\n", encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setattr(forking, "PATIENCE", 1.0)
    with pytest.raises(EOFError):
        WorkerProcess(ForkServer(["hangs"]))
