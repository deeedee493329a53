"""Loads a notebook, or has nbclient or papermill run all of it; each task is a fresh process.

``payload`` 0 is a notebook of a hundred cells, 1 is ``flights.ipynb``.
"""

from __future__ import annotations

import gc
import os
import shutil
import time
from collections.abc import Callable
from pathlib import Path

import msgspec
import nbformat
from hundred_cells import write_notebook
from task import Answer, Stopwatch, Task, perform

FLIGHTS = Path(__file__).parent.parent / "notebooks" / "flights.ipynb"


def _given(task: Task) -> Path:
    """The notebook, in a project of its own."""
    path = task.folder / "given.ipynb"
    (task.folder / "pyproject.toml").touch()
    if task.payload:
        shutil.copyfile(FLIGHTS, path)
    else:
        write_notebook(path)
    return path


def slicing(task: Task) -> Answer:
    """Finds what loading would run, a second time in this process."""
    from assetbook.notebook.document import read_document
    from assetbook.notebook.slicing import slice_of

    path = _given(task)
    slice_of(read_document(path))
    with Stopwatch() as watch:
        slice_of(read_document(path))
    return watch.answer()


def here(task: Task) -> Answer:
    """Loads into this process: at first, again, and beyond what is imported by the way.

    Another small notebook is loaded before, which imports what loading needs.
    """
    from assetbook.surfaces.code_location import load_definitions

    path = _given(task)
    before = path.with_name("before.ipynb")
    imports = [each for each in nbformat.read(path, 4).cells if "import " in each.source][:1]
    small = [nbformat.v4.new_code_cell("@asset\ndef one():\n    return 1")]
    nbformat.write(nbformat.v4.new_notebook(cells=imports + small), before)
    load_definitions(before, in_process=True)
    gc.collect()  # what imports owe it would come due in the first load
    with Stopwatch() as first:
        found = load_definitions(path, in_process=True)
    with Stopwatch() as again:
        load_definitions(path, in_process=True)
    if not found.snapshot.assets:
        raise RuntimeError(repr(found))
    size = len(msgspec.json.encode(found.snapshot))
    return {**first.answer(), **again.answer("again_"), "snapshot": size}


def compared(task: Task) -> Answer:
    """Compares what is loaded with what the store knows of a run of all cells, as plan does."""
    from assetbook.notebook.location_source import source_of
    from assetbook.surfaces.code_location import load_definitions
    from assetbook.surfaces.loading import load_into, new_shell
    from assetbook.surfaces.parity_check import compare_load

    path = _given(task)
    load_definitions(path, load="all")
    live = load_into(new_shell(), source_of(path))
    with Stopwatch() as watch:
        answers = compare_load(live, path, dict)
    if any(each.answer != "proven" for each in answers.values()):
        raise RuntimeError(repr(answers))
    return watch.answer()


def apart(task: Task) -> Answer:
    """Loads in a process of its own, and waits for it."""
    from assetbook.surfaces.code_location import load_definitions

    path = _given(task)
    load_definitions(path)
    return _with_children(lambda: load_definitions(path))


def kernel(task: Task) -> Answer:
    """Runs all of it in a kernel by nbclient, with asset cells defining only."""
    from nbclient import NotebookClient

    path = _given(task)
    notebook = nbformat.read(path, as_version=4)
    os.environ["ASSETBOOK_DEFINE_ONLY"] = "1"
    client = NotebookClient(notebook, resources={"metadata": {"path": str(task.folder)}})
    return _with_children(client.execute)


def papermill(task: Task) -> Answer:
    """The same by papermill, which writes the notebook as it goes."""
    from papermill import execute_notebook

    path = _given(task)
    os.environ["ASSETBOOK_DEFINE_ONLY"] = "1"
    done = path.with_name("done.ipynb")
    return _with_children(
        lambda: execute_notebook(path, done, cwd=str(task.folder), progress_bar=False)
    )


def _with_children(work: Callable[[], object]) -> Answer:
    """Seconds of wall time, and of CPU time of this process and those that it started."""
    started, before = time.perf_counter(), os.times()
    work()
    wall, after = time.perf_counter() - started, os.times()
    cpu = sum(after[:4]) - sum(before[:4])
    return {"wall": wall, "cpu": cpu}


if __name__ == "__main__":
    perform({each.__name__: each for each in (slicing, here, compared, apart, kernel, papermill)})
