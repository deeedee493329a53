"""The bytes that snapshots and bundles of a notebook take: the first, and after one cell's edit."""

from __future__ import annotations

import shutil
import sqlite3
import sys
from contextlib import closing
from pathlib import Path

import msgspec
import nbformat
from measuring import HERE, PACKAGE, scratch_folder
from table import Row, run_alone

sys.path.insert(0, str(PACKAGE))

from assetbook.instance.bundles import keep_bundle
from assetbook.instance.bundling import bundle_of
from assetbook.instance.instance import Instance
from assetbook.notebook.document import read_document
from assetbook.notebook.local_imports import WorkTree
from assetbook.surfaces.code_location import CodeLocation, load_definitions

FLIGHTS = HERE.parent / "notebooks" / "flights.ipynb"
_OF_KIND = """
SELECT coalesce(sum(length(body) + length(parts) + 64), 0) FROM contents WHERE kind = ?
"""
_TEXTS = "SELECT coalesce(sum(length(CAST(body AS BLOB)) + 40), 0) FROM texts"


def measure(assets: int, rounds: int) -> list[Row]:
    """Rows for the example notebook, and for one of so many assets."""
    with scratch_folder() as folder:
        shutil.copyfile(FLIGHTS, Path(folder) / "flights.ipynb")
        rows = _rows("flights.ipynb", Path(folder) / "flights.ipynb", "@asset(")
    with scratch_folder() as folder:
        path = Path(folder) / "many.ipynb"
        cells = ["%load_ext assetbook\nimport assetbook"]
        cells += [_asset(number) for number in range(assets)]
        notebook = nbformat.v4.new_notebook()
        notebook.cells = [nbformat.v4.new_code_cell(cell) for cell in cells]
        nbformat.write(notebook, path)
        rows += _rows(f"{assets:,} assets", path, f"def asset_{assets // 2}(")
    return rows


def _asset(number: int) -> str:
    read = f"asset_{number - 1}" if number else ""
    return (
        f'@assetbook.asset(group_name="made")\ndef asset_{number}({read}):\n'
        f'    """What comes after the one before, as asset {number} sees it."""\n'
        f"    return {read or 0} and {number}"
    )


def _rows(what: str, path: Path, edited: str) -> list[Row]:
    (path.parent / "pyproject.toml").touch()
    whole = len(msgspec.json.encode(_kept(path).snapshot))
    first = _sizes(path.parent)
    _edit(path, edited)
    _kept(path)
    after = {name: size - first[name] for name, size in _sizes(path.parent).items()}
    found = []
    for which, sizes in (("the first", first), ("after one cell's edit", after)):
        for name, size in sizes.items():
            note = f"{whole:,} B as one text" if name == "snapshot" else ""
            notes = {"assetbook": note} if note else {}
            found.append(Row(f"{name} of {what}, {which}", {"assetbook": size}, "B", "", notes))
    return found


def _kept(path: Path) -> CodeLocation:
    """The location, loaded anew, with its snapshot and its bundle stored."""
    found = load_definitions(path, in_process=True)
    instance = Instance.get(path.parent)
    bundle = bundle_of(read_document(path), WorkTree(path.parent), path.name)
    keep_bundle(instance, bundle)
    instance.close()
    return found


def _edit(path: Path, marked: str) -> None:
    """Makes the cell that has ``marked`` return something else."""
    notebook = nbformat.read(path, as_version=4)
    cell = next(each for each in notebook.cells if marked in each.source)
    cell.source = cell.source.replace("    return ", "    print('edited')\n    return ", 1)
    nbformat.write(notebook, path)


def _sizes(folder: Path) -> dict[str, float]:
    """Bytes by what they are for, with 40 to 64 for a row's digest and the like."""
    with closing(sqlite3.connect(folder / ".assetbook" / "assetbook.db")) as database:
        parts = dict(database.execute("SELECT digest, length(body) + 40 FROM parts"))
        sizes = {}
        for kind in ("snapshot", "bundle"):
            ((own,),) = database.execute(_OF_KIND, (kind,))
            listed = database.execute("SELECT parts FROM contents WHERE kind = ?", (kind,))
            named = {digest for (text,) in listed for digest in text.split()}
            sizes[kind] = float(own + sum(parts[digest] for digest in named))
        ((texts,),) = database.execute(_TEXTS)
    return {**sizes, "texts of code, shared with versions,": float(texts)}


if __name__ == "__main__":
    run_alone(measure, assets=1_000, rounds=1)
