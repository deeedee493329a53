"""A notebook's file: its cells as they were saved, read without running anything."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Literal, TypeAlias

import msgspec

from assetbook.errors import MissingLibraryError, NotLoadedError, did_you_mean
from assetbook.notebook.lean_nbformat import lean_nbformat

CellKind: TypeAlias = Literal["code", "markdown", "raw"]

LOAD_TAG = "assetbook:load"
"""Marks a cell that loading the notebook runs, whoever needs it."""
SKIP_TAG = "assetbook:skip"
"""Marks a cell that loading the notebook never runs."""

_FORMAT = 4
_PYTHON = "python"
_KINDS: dict[str, CellKind] = {"code": "code", "markdown": "markdown", "raw": "raw"}
_GIVE = "Give the path of an .ipynb file, or of a .py file in percent format."


class SourceCell(msgspec.Struct, frozen=True):
    """One cell of a notebook's file."""

    number: int
    """Its position among all cells, from 1."""
    id: str
    kind: CellKind
    text: str
    tags: frozenset[str] = frozenset()

    def __str__(self) -> str:
        return f"cell {self.number}"

    @property
    def first_line(self) -> str:
        """Its first line that is not blank, as people know a cell by."""
        return next((line.strip() for line in self.text.splitlines() if line.strip()), "")


class Document(msgspec.Struct, frozen=True):
    """A notebook as it was saved."""

    path: Path
    cells: tuple[SourceCell, ...]
    kernel: str = "python3"
    """The name of the kernelspec that it wants."""
    language: str = _PYTHON
    """The language of its code, in small letters."""

    @property
    def code_cells(self) -> tuple[SourceCell, ...]:
        """The cells of code that are not empty, in their order."""
        return tuple(each for each in self.cells if each.kind == "code" and each.text.strip())

    def require_python(self) -> None:
        """Raises NotLoadedError if its cells are of another language."""
        if self.language != _PYTHON:
            raise NotLoadedError(
                f"the notebook {self.path}",
                f"its cells are {self.language}, for the kernel `{self.kernel}`; "
                "assets are defined in Python",
                "Choose a kernel of Python in Jupyter, and save the notebook.",
            )


def read_document(path: Path) -> Document:
    """The notebook at ``path``: an .ipynb file, or a .py file in percent format.

    Raises NotLoadedError if there is none, or if it cannot be read as one, and MissingLibraryError
    where jupytext is needed and not there.
    """
    return document_of(_read_text(path) if path.suffix == ".py" else _read_notebook(path), path)


def document_of(notebook: Any, path: Path) -> Document:
    """The notebook that was read from ``path`` as JSON; raises NotLoadedError if it is none."""
    try:
        metadata = notebook["metadata"]
        kernel = str(metadata.get("kernelspec", {}).get("name", "python3"))
        return Document(path, tuple(_cells(notebook["cells"])), kernel, _language(metadata))
    except (AttributeError, KeyError, TypeError, ValueError):
        raise _unreadable(path, "it is JSON, but not a notebook's") from None


def _language(metadata: Any) -> str:
    """The language that the file names, by its last run or by its kernel; Python by default."""
    by_run = metadata.get("language_info", {}).get("name")
    by_kernel = metadata.get("kernelspec", {}).get("language")
    named = str(by_run or by_kernel or _PYTHON).lower()
    return _PYTHON if named.startswith(("python", "ipython")) else named


def _cells(cells: Iterable[Any]) -> Iterable[SourceCell]:
    for number, cell in enumerate(cells, 1):
        known = cell["cell_type"] in _KINDS
        source = cell["source"] if known else cell.get("source", "")
        tags = cell["metadata"].get("tags", ())
        yield SourceCell(
            number,
            str(cell.get("id", f"#{number}")),
            _KINDS[cell["cell_type"]] if known else "raw",  # kinds of a later format
            source if isinstance(source, str) else "".join(source),
            frozenset(map(str, tags)) if isinstance(tags, list | tuple) else frozenset(),
        )


def _read_notebook(path: Path) -> Any:
    """The notebook as JSON has it; one of an older format converted."""
    try:
        notebook = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise _no_file(path) from None
    except OSError as error:
        raise _unreadable(path, error.strerror or str(error)) from None
    except (UnicodeDecodeError, json.JSONDecodeError):
        raise _unreadable(path, "it is not JSON") from None
    if isinstance(notebook, dict) and notebook.get("nbformat") == _FORMAT:
        return notebook
    nbformat = lean_nbformat()
    try:
        return nbformat.read(path, as_version=_FORMAT)
    except (nbformat.ValidationError, AttributeError, KeyError, TypeError, ValueError):
        raise _unreadable(path, "it is JSON, but not a notebook's") from None


def _read_text(path: Path) -> Any:
    try:
        import jupytext
    except ImportError as error:
        raise MissingLibraryError(
            f"the notebook {path}", "a notebook in a .py file needs jupytext",
            "pip install 'assetbook[jupytext]'",
        ) from error  # fmt: skip
    try:
        return jupytext.read(path, fmt="py:percent")
    except FileNotFoundError:
        raise _no_file(path) from None
    except OSError as error:
        raise _unreadable(path, error.strerror or str(error)) from None
    except UnicodeDecodeError:
        raise _unreadable(path, "it is not UTF-8") from None


def _unreadable(path: Path, why: str) -> NotLoadedError:
    return NotLoadedError(f"the notebook {path}", f"it cannot be read: {why}", _GIVE)


def _no_file(path: Path) -> NotLoadedError:
    near = [each.name for each in path.parent.glob("*.ipynb")] if path.parent.is_dir() else []
    return NotLoadedError(
        f"the notebook {path}", "there is no such file", did_you_mean(path.name, near) or _GIVE
    )
