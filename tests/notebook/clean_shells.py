"""A notebook run whole and run by its slice, each in a new process with a shell of IPython.

What one leaves behind in its process (seeds, settings, patched modules) must not help the other.
Run as a program it answers, for each line of JSON, one line; heavy libraries are imported once.
"""

from __future__ import annotations

import gc
import io
import json
import os
import signal
import subprocess
import sys
import tempfile
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).resolve().parents[2]
LIMIT = 60
"""Seconds after which a notebook counts as one that hangs."""


class Came(NamedTuple):
    """What came out of a notebook."""

    values: dict[str, str]
    """Of each asset, what its function gives, as text."""
    versions: dict[str, str]
    """Of each asset, the version of its code."""
    refused: str = ""
    """Why the notebook was not loaded."""
    failed: str = ""
    """Why a function failed."""


class CleanShells:
    """Runs notebooks, given as the texts of their cells."""

    def __init__(self) -> None:
        self._folder = tempfile.TemporaryDirectory()
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.notebook.clean_shells"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            cwd=ROOT,
            env={**os.environ, "MPLBACKEND": "agg", "TMPDIR": self._folder.name},
            text=True,
        )

    def run(self, cells: list[str], *, whole: bool) -> Came:
        """What comes out of the whole notebook, or of its slice."""
        assert self._process.stdin and self._process.stdout
        self._process.stdin.write(json.dumps([cells, whole]) + "\n")
        self._process.stdin.flush()
        return Came(**json.loads(self._process.stdout.readline()))

    def close(self) -> None:
        """Ends the process."""
        assert self._process.stdin and self._process.stdout
        self._process.stdin.close()
        self._process.wait()
        self._process.stdout.close()
        self._folder.cleanup()


@contextmanager
def clean_shells() -> Iterator[CleanShells]:
    """Shells for as long as the block lasts."""
    shells = CleanShells()
    try:
        yield shells
    finally:
        shells.close()


def main() -> None:
    """Answers until the input ends."""
    shell = _shell()
    for line in sys.stdin:
        cells, whole = json.loads(line)
        came = _in_child(lambda cells=cells, whole=whole: _came(shell, cells, whole))
        print(json.dumps(came._asdict()), flush=True)


def _shell() -> Any:
    import matplotlib.pyplot
    import pandas
    import polars
    import sklearn.linear_model
    import sklearn.preprocessing
    from IPython.core.interactiveshell import InteractiveShell
    from traitlets.config import Config

    import assetbook.notebook.slicing
    import assetbook.notebook.versioner

    del assetbook, matplotlib, pandas, polars, sklearn
    settings = Config()
    settings.HistoryManager.enabled = False
    settings.InteractiveShell.xmode = "Minimal"
    shell = InteractiveShell.instance(config=settings)
    shell.user_ns["__name__"] = "__main__"
    return shell


def _in_child(call: Callable[[], Came]) -> Came:
    gc.freeze()  # a collection in the child would copy all of memory
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        signal.alarm(LIMIT)  # ends a notebook that hangs
        try:
            os.close(reading)
            with os.fdopen(writing, "wb") as stream:
                stream.write(json.dumps(call()._asdict()).encode())
        except BaseException:  # noqa: BLE001  said, and the child ends
            traceback.print_exc(file=sys.__stderr__)
        finally:
            os._exit(0)
    os.close(writing)
    with os.fdopen(reading, "rb") as stream:
        text = stream.read()
    os.waitpid(child, 0)
    return Came(**json.loads(text)) if text else Came({}, {}, "the process died, or took too long")


def _came(shell: Any, cells: list[str], whole: bool) -> Came:
    with redirect_stdout(io.StringIO()), redirect_stderr(io.StringIO()):
        from assetbook.errors import AssetbookError

        try:
            for text in cells if whole else _sliced(cells):
                result = shell.run_cell(text, store_history=True)
                error = result.error_before_exec or result.error_in_exec
                if error is not None:
                    return Came({}, {}, f"`{text}`: {error!r}")
        except AssetbookError as error:
            return Came({}, {}, str(error))
        return _of_assets(shell.user_ns)


def _sliced(cells: list[str]) -> Iterator[str]:
    from assetbook.notebook.document import Document, SourceCell
    from assetbook.notebook.slice_text import slice_text
    from assetbook.notebook.slicing import slice_of

    made = [SourceCell(at, f"c{at}", "code", text) for at, text in enumerate(cells, 1)]
    found = slice_of(Document(Path("/nowhere/a.ipynb"), tuple(made)))
    for cell in found.cells:
        if taken := found.taken(cell):
            yield slice_text(cell, taken)


def _of_assets(names: dict[str, Any]) -> Came:
    from assetbook.definitions.asset_definition import AssetsDefinition
    from assetbook.notebook.reachable import Cell, reachable_in
    from assetbook.notebook.versioner import Versioner

    versioner = Versioner(definition_of=lambda found: None, project_root=None)
    found = [each.definition for each in reachable_in(names, Cell("x", 1)).values()]
    assets = [each for each in found if isinstance(each, AssetsDefinition)]
    values, versions, failed = {}, {}, ""
    for each in assets:
        version = versioner.version(each.compute)
        versions[str(each.key)] = f"{version.digest} {[one.name for one in version.unknowns]}"
    for each in assets:
        try:
            values[str(each.key)] = repr(each())
        except Exception as error:  # noqa: BLE001  what a notebook's own code raises
            failed = f"{each.key}: {error!r}"
    return Came(values, versions, "", failed)


if __name__ == "__main__":
    main()
