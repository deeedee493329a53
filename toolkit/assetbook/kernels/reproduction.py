"""The copy of a notebook that reproduces one of its runs: what ran, with what it showed, below a
cell that sets up the run's world."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from assetbook.kernels.cell_runs import CellRun
from assetbook.kernels.exchange import EXCHANGE, PUBLISHED, Exchange
from assetbook.kernels.exchange import VARIABLE as EXCHANGE_VARIABLE
from assetbook.kernels.kept_notebook import KeptNotebook
from assetbook.kernels.output_log import LOG, cell_lines
from assetbook.kernels.prelude import STRICT_SYSTEM
from assetbook.kernels.run_reads import INPUTS_VARIABLE, RunRead, reads_told
from assetbook.kernels.run_source import RunSource
from assetbook.notebook.lean_nbformat import lean_nbformat
from assetbook.notebook.local_imports import write_module
from assetbook.notebook.notebook_path import DEFINE_ONLY, REPRODUCES_VARIABLE, RUN_VARIABLE
from assetbook.project import STORE_VARIABLE

if TYPE_CHECKING:
    from nbformat import NotebookNode

TAG, FAILED_TAG = "assetbook:reproduce", "assetbook:failed"
"""Of the cells above those that ran, and of the one that failed."""
MODULES, PACKAGES = "modules", "environment.txt"
"""The folder of the run's modules, and the list of its packages, beside the copy."""
_MASK = "***"
_VARIABLE = re.compile(r'\.environ\["(\w+)"\]')
_WORLD = f"""
def _assetbook_world(folder, beside, variables):
    import importlib.metadata, os, pathlib, platform, subprocess, sys
    os.environ.update(variables)
    os.chdir(folder)
    sys.path.insert(0, os.path.join(beside, "{MODULES}"))
    pathlib.Path(beside, "{EXCHANGE}", "{PUBLISHED}").unlink(missing_ok=True)  # of the last time
    listed = pathlib.Path(beside, "{PACKAGES}")
    for line in listed.read_text().splitlines() if listed.exists() else ():
        name, _, then = line.partition("==")
        try:
            version = importlib.metadata.version
            now = platform.python_version() if name == "python" else version(name)
        except importlib.metadata.PackageNotFoundError:
            print(name, then, "is not here")
        else:
            if now != then:
                print(name, then, "was there,", now, "is here")
{STRICT_SYSTEM}
"""


class Reproduction(msgspec.Struct, frozen=True):
    """The copy of one run's notebook."""

    run_id: str
    run: str
    """The run as people name it: ``run 4f2a1c of report.ipynb``."""
    ended: str
    """How it ended, and when."""
    kept: KeptNotebook
    source: RunSource | None
    reads: Sequence[RunRead]
    store: Path
    """The folder of the store that the run was of."""

    @property
    def missing(self) -> list[str]:
        """The environment variables that the parameters are read from."""
        return list(dict.fromkeys(_VARIABLE.findall(self.kept.parameters)))

    @property
    def folder(self) -> str:
        """Where its cells run."""
        return self.source.folder if self.source is not None else str(self.kept.origin.parent)

    def notebook(self, beside: Path) -> NotebookNode:
        """The copy, which is to be in the folder ``beside``."""
        from nbformat import v4

        found = _as_it_ran(self.kept)
        found.metadata.pop("papermill", None)
        for number, cell in enumerate(found.cells, 1):
            cell.metadata.pop("papermill", None)
            if self.kept.bad is not None and number == self.kept.bad.number:
                cell.metadata.tags = [*cell.metadata.get("tags", ()), FAILED_TAG]
        tags = {"tags": [TAG]}
        about = v4.new_markdown_cell(self._about(), id="assetbook-reproduce", metadata=tags)
        found.cells.insert(0, about)
        if found.metadata.get("kernelspec", {}).get("language", "python") == "python":
            world = self._world(beside)
            made = v4.new_code_cell(world, id="assetbook-world", metadata=tags)
            found.cells.insert(1, made)
        return found

    def write(self, folder: Path, beside: Path, name: str) -> None:
        """Writes the copy as ``name``, the modules and the list of packages into ``folder``, which
        is there and is to become ``beside``. Raises OSError."""
        nbformat = lean_nbformat()
        (folder / name).write_text(nbformat.writes(self.notebook(beside)), encoding="utf-8")
        if self._exchange is not None:
            self._exchange.copy_inputs(folder / EXCHANGE, beside / EXCHANGE)
        if self.source is None:
            return
        for module, each in self.source.modules.items():
            write_module(folder / MODULES, module, each)
        if self.source.python:
            lines = [f"python=={self.source.python}", *self.source.packages]
            (folder / PACKAGES).write_text("\n".join(lines) + "\n", encoding="utf-8")

    @property
    def _exchange(self) -> Exchange | None:
        """What a run that failed was given to make assets of; None for other runs."""
        folder = self.kept.folder / EXCHANGE
        return Exchange(folder) if folder.is_dir() else None

    def _world(self, beside: Path) -> str:
        variables = {
            STORE_VARIABLE: str(self.store),
            REPRODUCES_VARIABLE: self.run_id,
            RUN_VARIABLE: self.run_id,
            DEFINE_ONLY: "1",
            INPUTS_VARIABLE: reads_told(self.reads),
        }
        if self._exchange is not None:
            variables[EXCHANGE_VARIABLE] = str(beside / EXCHANGE)
        read = "".join(f"# It reads {_one_line(str(each))}.\n" for each in self.reads)
        given = ", ".join(json.dumps(each) for each in (self.folder, str(beside)))
        call = f"_assetbook_world({given}, {variables!r})"
        said = (
            f"# What {_one_line(self.run)} had around it. Run this cell first, then all below it."
        )
        return f"{said}{_WORLD}{read}{call}\ndel _assetbook_world"

    def _about(self) -> str:
        bad = self.kept.bad
        lines = [f"**This is {_plain(self.run)}**, which {self.ended}.", ""]
        if bad is not None:
            lines += [_indented(_error_of(bad)), ""]
        lines.append(
            "Run all cells: it stops where the run did. The modules, parameters and versions of"
            " assets are those of the run; what cells made then is read, and nothing is made anew."
            " It is a copy: change it as you like, and throw it away."
        )
        lines += ["", *(f"- {_plain(each)}" for each in self.notes)]
        return "\n".join(lines).rstrip()

    @property
    def notes(self) -> list[str]:
        """What is not as it was in the run, or that the person has to see to."""
        found = []
        if self.source is None:
            found.append("Its modules and packages were not kept: they are those of now.")
        else:
            for name, why in self.source.not_kept.items():
                found.append(f"The module {name} was not kept: {why}. It is that of now.")
        if any(_MASK in each for each in self.kept.sources):
            found.append(f"Literals that look like secrets are {_MASK} in its cells.")
        if self.missing:
            names = ", ".join(self.missing)
            found.append(f"Parameters are read from environment variables: {names}.")
        return found


def _as_it_ran(kept: KeptNotebook) -> NotebookNode:
    """The notebook as it was kept; of a run whose runner was killed its cells without outputs."""
    nbformat = lean_nbformat()
    if kept.path is not None:
        read: NotebookNode = nbformat.read(kept.path, as_version=4)
        return read
    head: Mapping[str, object] = next(cell_lines(kept.folder / LOG))["notebook"]
    found: NotebookNode = nbformat.from_dict(head)
    return found


def _error_of(cell: CellRun) -> str:
    return "\n".join([f"{cell}: {cell.first_line}", cell.error])


def _indented(text: str) -> str:
    """The text as Markdown shows it letter by letter."""
    return "\n".join(f"    {line}" for line in text.splitlines())


def _plain(text: str) -> str:
    """The text without what Markdown or HTML would make of it."""
    return re.sub(r"([\\`*_\[\]<>&#])", r"\\\1", _one_line(text))


def _one_line(text: str) -> str:
    """The text without what ends a line, of Python or of Markdown."""
    return re.sub(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]", " ", text)
