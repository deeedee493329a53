"""Notebooks as jobs beside papermill, nbclient, jupyter-scheduler, dagstermill and a warm kernel.

``python benchmarks/notebook_jobs.py``, perhaps with the number of rounds; it prints a table. All
have imported what they need before: those that cannot share our environment in a process of their
own, which stays. In each round everybody takes a turn.
"""

from __future__ import annotations

import asyncio
import logging
import os
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

import nbformat
import papermill
from nbclient import NotebookClient
from peers import peer_python
from served import Served

from assetbook import Instance, notebook_job
from assetbook.events.parts import Origin
from assetbook.instance.job_running import JobOptions, run_job
from assetbook.kernels.host import renting
from assetbook.kernels.rented_kernel import RentedKernel, kernel_for

_PAUSE = 1.0  # seconds between two turns, in which a host has its next kernel ready
_SPEC = {"name": "python3", "display_name": "Python", "language": "python"}


def notebook(path: Path, *cells: str) -> Path:
    """A notebook with parameters, and these cells behind it."""
    code = nbformat.v4.new_code_cell
    made = [code("x = 1", metadata={"tags": ["parameters"]}), *map(code, cells)]
    nbformat.write(nbformat.v4.new_notebook(cells=made, metadata={"kernelspec": _SPEC}), path)
    return path


def notebooks(folder: Path) -> dict[str, Path]:
    """What is run, by what it is."""
    small = [f"y{number} = x + {number}\nprint(y{number})" for number in range(19)]
    return {
        "5 cells": notebook(folder / "five.ipynb", *small[:4]),
        "20 cells": notebook(folder / "twenty.ipynb", *small),
        "100,000 printed lines": notebook(
            folder / "lines.ipynb", "for number in range(100_000): print('line', number)"
        ),
        "60 cells of 200 kB": notebook(folder / "large.ipynb", *["print('x' * 200_000)"] * 60),
    }


def ours(path: Path) -> None:
    """A job's run, recorded, with its output notebook."""
    job = notebook_job(path)
    config = {"ops": {job.name: {"config": {"x": 5}}}}
    found = run_job(job, Instance.get(path), JobOptions(config), origin=Origin(kind="python"))
    assert found.success


def by_papermill(path: Path) -> None:
    """papermill with its own engine."""
    out = path.with_suffix(".out.ipynb")
    papermill.execute_notebook(path, out, {"x": 5}, progress_bar=False)


def by_our_engine(path: Path) -> None:
    """papermill with our engine."""
    out = path.with_suffix(".out.ipynb")
    papermill.execute_notebook(path, out, {"x": 5}, "assetbook", progress_bar=False)


def by_nbclient(path: Path) -> None:
    """nbclient alone, which writes nothing."""
    found = nbformat.read(path, as_version=4)
    NotebookClient(found, kernel_name="python3").execute()


def by_peer(peer: str) -> Callable[[Path], None]:
    """By the process that has a peer's library."""
    return lambda path: _served[peer].run([path])


def on_a_warm_kernel(path: Path) -> None:
    """The raw limit: cells sent to a kernel that runs already, outputs dropped."""

    async def go() -> None:
        kernel = kernel_for("python3", path, path.parent, {})
        assert isinstance(kernel, RentedKernel)
        async with kernel:
            await kernel.start()
            for cell in nbformat.read(path, as_version=4).cells:
                await kernel.client.execute_interactive(cell.source, output_hook=lambda said: None)

    asyncio.run(go())


WAYS: dict[str, Callable[[Path], None]] = {
    "assetbook's job": ours,
    "papermill, our engine": by_our_engine,
    "papermill": by_papermill,
    "nbclient": by_nbclient,
    "jupyter-scheduler": by_peer("jupyter-scheduler"),
    "dagstermill": by_peer("dagstermill"),
    "a warm kernel": on_a_warm_kernel,
}
PEERS = {
    "jupyter-scheduler": "peer_jupyter_scheduler.py",
    "dagstermill": "peer_dagstermill.py",
}
_KERNEL = ("ipykernel",)  # the scheduler's release does not bring it
AT_ONCE = ("assetbook's job", "papermill, our engine", "papermill", "nbclient")
"""Those that run on threads of this process; dagstermill's runs wait for one another for ever on
threads, and are left out."""
_served: dict[str, Served] = {}


def measured(path: Path, rounds: int) -> dict[str, float]:
    """Wall seconds of each way in its best round: what else runs on the machine only adds."""
    spent: dict[str, list[float]] = {name: [] for name in WAYS}
    for _ in range(rounds):
        for name, way in WAYS.items():
            time.sleep(_PAUSE)
            began = time.perf_counter()
            way(path)
            spent[name].append(time.perf_counter() - began)
    return {name: min(each) for name, each in spent.items()}


def many_at_once(path: Path, count: int = 20) -> dict[str, float]:
    """Wall seconds of so many runs of one notebook at a time."""
    paths = [Path(f"{path.with_suffix('')}_{number}.ipynb") for number in range(count)]
    for each in paths:
        each.write_text(path.read_text())
    spent = {}
    for name in AT_ONCE:
        began = time.perf_counter()
        with ThreadPoolExecutor(count) as threads:
            list(threads.map(WAYS[name], paths))
        spent[name] = time.perf_counter() - began
    began = time.perf_counter()
    _served["jupyter-scheduler"].run(paths)
    return {**spent, "jupyter-scheduler": time.perf_counter() - began}


def row(what: str, figures: dict[str, float]) -> str:
    """A line of the table, with ratios to papermill's time."""
    base = figures["papermill"]
    cells = [
        f"{figures[name]:.2f} s ({base / figures[name]:.1f} ×)" if name in figures else "–"
        for name in WAYS
    ]
    return f"| {what} | {' | '.join(cells)} |"


def main() -> None:
    """Measures all of it."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 5
    logging.getLogger("papermill").setLevel(logging.ERROR)
    renting.IDLE_SECONDS = 60.0
    with tempfile.TemporaryDirectory() as name, ExitStack() as peers:
        folder = Path(name)
        for peer, script in PEERS.items():
            _served[peer] = peers.enter_context(Served(script, peer_python(peer, _KERNEL), folder))
        (folder / "pyproject.toml").touch()
        os.chdir(folder)
        print(f"| wall time (× faster than papermill) | {' | '.join(WAYS)} |")
        print("| --- " * (len(WAYS) + 1) + "|")
        found = notebooks(folder)
        for what, path in found.items():
            print(row(what, measured(path, rounds)), flush=True)
        print(row("20 runs of 5 cells at once", many_at_once(found["5 cells"])))
        Instance.get(folder).close()
        os.chdir("/")


if __name__ == "__main__":
    main()
