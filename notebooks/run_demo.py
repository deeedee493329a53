"""Runs flights.ipynb in a kernel, keeps what it made, and writes the executed notebook as HTML."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbconvert import HTMLExporter

from assetbook import Instance

HERE = Path(__file__).resolve().parent
NOTEBOOK = HERE / "flights.ipynb"
PAGE = HERE / "flights.html"


class TellingClient(NotebookClient):
    """Tells the kernel which cell runs, as a front end does."""

    async def async_execute_cell(self, cell, cell_index, **options):
        first = cell.source.strip().splitlines()[0] if cell.source.strip() else ""
        if cell.cell_type == "code":
            print(f"  {first[:70]}", flush=True)
        return await super().async_execute_cell(cell, cell_index, **options)


def main() -> None:
    """Executes the notebook and says where its store and its page are."""
    print(f"running {NOTEBOOK.name}")
    started = time.monotonic()
    before = Instance.get(NOTEBOOK).runs(limit=None)
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    os.environ["ASSETBOOK_NOTEBOOK"] = str(NOTEBOOK)
    client = TellingClient(notebook, kernel_name="python3", resources={"metadata": {"path": HERE}})
    client.execute()
    page, _ = HTMLExporter().from_notebook_node(notebook)
    PAGE.write_text(page, encoding="utf-8")
    instance = Instance.get(NOTEBOOK)
    after = instance.runs(limit=None)
    new = len(after) - len(before)
    assets = len(instance.store.latest())
    print(f"done in {time.monotonic() - started:.0f} s")
    if new:
        print(f"{new} runs; {assets} assets have a value")
    else:
        print(f"everything is fresh: nothing was recomputed ({assets} assets)")
    print(f"the store: {instance.project.store}")
    print(f"the page:  {PAGE}")
    if any(run.status != "success" for run in after[:new]):
        sys.exit("a run did not succeed: see the page")


if __name__ == "__main__":
    main()
