"""The command line as tests call it, and notebooks for it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import nbformat
from click.testing import CliRunner, Result

from assetbook.kernels.host.address import FOLDER_VARIABLE
from assetbook.surfaces.cli import cli

CELLS = (
    "%load_ext assetbook",
    "%%asset numbers\nprint('counting')\n[1, 2]",
    "@asset\ndef total(numbers):\n    return sum(numbers)",
    "%materialize total",
)


def told(*words: str) -> Result:
    return CliRunner().invoke(cli, words)


def program(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """The real program in a process of its own."""
    environment = {
        name: value
        for name, value in os.environ.items()
        if name[:9] != "ASSETBOOK" or name == FOLDER_VARIABLE
    }
    return subprocess.run(
        [sys.executable, "-m", "assetbook", *words],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def saved(folder: Path, *cells: str, name: str = "numbers.ipynb") -> Path:
    (folder / "pyproject.toml").touch()
    notebook = nbformat.v4.new_notebook()
    notebook.cells = [nbformat.v4.new_code_cell(cell) for cell in cells]
    nbformat.write(notebook, folder / name)
    return folder / name
