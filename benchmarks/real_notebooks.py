"""Loads the notebooks that real projects ship, and prints what loading says of each.

``python benchmarks/real_notebooks.py`` downloads the source distributions with pip and keeps them
below ``benchmarks/.peers``. None of these notebooks defines an asset, so each is sliced twice: as
it is, and with a last cell in which an asset reads each name that the notebook binds.
"""

from __future__ import annotations

import argparse
import ast
import multiprocessing
import re
import subprocess
import sys
import tarfile
import traceback
from collections import Counter
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory

import nbformat
from msgspec.structs import replace
from peers import PEERS

from assetbook import errors
from assetbook.errors import AssetbookError
from assetbook.notebook.document import Document, SourceCell, read_document
from assetbook.notebook.slicing import slice_of
from assetbook.notebook.statements import code_cells

PROJECTS = (
    *("colorcet==3.2.1", "datashader==0.19.1", "geoviews==1.15.1", "holoviews==1.23.2"),
    *("hvplot==0.12.2", "jupytext==1.19.6", "lmfit==1.3.4", "nbclient==0.11.0"),
    *("nbconvert==7.17.2", "nbdime==4.0.4", "nbformat==5.11.1", "nbsphinx==0.9.8"),
    *("nbstripout==0.9.1", "nbval==0.11.0", "papermill==2.7.0", "scrapbook==0.5.0"),
    *("seaborn==0.13.2", "xarray==2026.9.0"),
)
"""Source distributions that hold notebooks: examples, documentation, cases of tests."""

KINDS = {
    "it cannot be read": "no notebook",
    "assets are defined in Python": "another language",
    "it is no Python": "no Python",
    "may define": "a magic: load or skip?",
    "further down": "read above its binding",
}
"""What an error's words tell, by a part of them."""
SLICED, LOADED, OTHER, CRASH = "sliced", "loaded", "told otherwise", "crash"
ANSWERS = (SLICED, *KINDS.values(), OTHER, CRASH)
LIMIT = 60
"""Seconds after which a notebook counts as one that hangs: a crash."""


def main() -> None:
    """Prints one row for each project, and every crash."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--say", action="store_true", help="print each notebook with its answer")
    parser.add_argument("--load", type=int, default=0, metavar="N", help="also load N of them")
    given = parser.parse_args()
    rows = []
    with multiprocessing.Pool(1, maxtasksperchild=200) as pool:
        for project in PROJECTS:
            found = []
            for path in notebooks(project):
                found.append(_within_limit(pool, path))
                if given.say or CRASH in {answer for answer, _ in found[-1]}:
                    print(path, found[-1], sep="\n  ")
            rows.append((project.replace("==", " "), found))
    print(_markdown(rows))
    if given.load:
        _load_some(given.load, say=given.say)


def _load_some(most: int, *, say: bool) -> None:
    """Loads notebooks whose imports are installed, each by ``assetbook plan``; prints a count."""
    every = [path for project in PROJECTS for path in notebooks(project)]
    fit = [path for path in every if imports_are_here(path)]
    found = Counter[str]()
    for path in fit[:: max(1, len(fit) // most)]:
        answer, said = _loaded(path)
        found[answer] += 1
        if say or answer == CRASH:
            print(path, answer, said, sep="\n  ")
    print(f"Of {len(fit)} notebooks with installed imports, {found.total()} loaded in a process:")
    print(", ".join(f"{answer} {count}" for answer, count in found.most_common()))


def imports_are_here(path: Path) -> bool:
    """Whether the notebook slices, and all that it imports is installed here."""
    if _answer(path, probed=True)[0] != SLICED:
        return False
    cells = code_cells(read_document(path))
    imported = [
        source.partition(":")[0].partition(".")[0]
        for cell in cells
        for each in cell.statements
        for source in (*each.names.imports.values(), *each.names.star_imports)
    ]
    return bool(imported) and all(name and find_spec(name) for name in imported)


def _loaded(path: Path) -> tuple[str, str]:
    """What `assetbook plan` says of a copy of the notebook with the assets in its last cell."""
    document = _with_probes(read_document(path))
    cells = [nbformat.v4.new_code_cell(each.text) for each in document.code_cells]
    with TemporaryDirectory() as folder:
        copy = Path(folder) / "copy.ipynb"
        nbformat.write(nbformat.v4.new_notebook(cells=cells), copy)
        command = [sys.executable, "-m", "assetbook", "plan", "--force", copy.name]
        try:
            done = subprocess.run(
                command, cwd=folder, capture_output=True, text=True, timeout=LIMIT, check=False
            )
        except subprocess.TimeoutExpired:
            return CRASH, "it hangs"
    if done.returncode == 0:
        return LOADED, done.stdout
    if "no asset is defined here" in done.stderr:
        return "nothing to define", ""
    name = done.stderr.partition(":")[0]
    told = name in vars(errors) and "Traceback" not in done.stderr
    return (name if told else CRASH), done.stderr


Answers = tuple[tuple[str, str], tuple[str, str]]
"""As it is, and with an asset that reads each name: the answer, and the words of an error."""


def _within_limit(pool: multiprocessing.pool.Pool, path: Path) -> Answers:
    try:
        return pool.apply_async(answers, [path]).get(LIMIT)
    except multiprocessing.TimeoutError:
        return (CRASH, "it hangs"), (CRASH, "it hangs")


def notebooks(project: str) -> list[Path]:
    """The notebooks of a project's source distribution, which is downloaded if it is not here."""
    folder = PEERS / "sources" / project
    if not (folder / "ready").exists():
        command = ["download", "-q", "--no-deps", "--no-binary", project.partition("==")[0]]
        pip = [sys.executable, "-m", "pip", *command, "-d", str(folder), project]
        subprocess.run(pip, check=True)
        for archive in folder.glob("*.tar.gz"):
            _unpack(archive, folder)
        (folder / "ready").touch()
    return sorted(folder.rglob("*.ipynb"))


def _unpack(archive: Path, folder: Path) -> None:
    with tarfile.open(archive) as tar:
        members = [each for each in tar if each.isfile() and each.name.endswith((".ipynb", ".py"))]
        tar.extractall(folder, members, filter="data")


def answers(path: Path) -> Answers:
    """What slicing the notebook says, as it is and with assets that read its names."""
    plain = _answer(path, probed=False)
    return plain, _answer(path, probed=True) if plain[0] != KINDS["it cannot be read"] else plain


def _answer(path: Path, *, probed: bool) -> tuple[str, str]:
    try:
        document = read_document(path)
        document.require_python()
        slice_of(_with_probes(document) if probed else document)
    except AssetbookError as error:
        kinds = (kind for words, kind in KINDS.items() if words in str(error))
        return next(kinds, OTHER), str(error)
    except Exception:  # noqa: BLE001  that is what is looked for
        return CRASH, traceback.format_exc()
    return SLICED, ""


def _with_probes(document: Document) -> Document:
    """The notebook with one more cell, of an asset for each name that its other cells bind."""
    names = sorted({name for cell in _plain_cells(document) for name in cell})
    text = "from assetbook import asset\n" + "".join(map(_probe, names))
    probe = SourceCell(len(document.cells) + 1, "probes", "code", text)
    return replace(document, cells=(*document.cells, probe))


def _plain_cells(document: Document) -> Iterator[frozenset[str]]:
    for cell in code_cells(document):
        for statement in cell.statements:
            if not isinstance(statement.node, ast.Import | ast.ImportFrom):
                yield frozenset(name for name in statement.binds if re.fullmatch(r"\w+", name))


def _probe(name: str) -> str:
    return f"@asset\ndef probe_{name}():\n    return {name}\n"


def _markdown(rows: list[tuple[str, list[Answers]]]) -> str:
    lines = [
        "| project | notebooks | " + " | ".join(ANSWERS) + " |",
        "| --- " * (len(ANSWERS) + 2) + "|",
    ]
    total: list[Answers] = [each for _, found in rows for each in found]
    for name, found in [*rows, ("all", total)]:
        lines.append(f"| {name} | {len(found)} | " + " | ".join(_counts(found)) + " |")
    return "\n".join(lines)


def _counts(found: list[Answers]) -> Iterator[str]:
    """For each answer, of notebooks as they are and, after a comma, with assets."""
    plain = Counter(each[0][0] for each in found)
    probed = Counter(each[1][0] for each in found)
    for answer in ANSWERS:
        pair = (plain[answer], probed[answer])
        yield str(pair[0]) if len(set(pair)) == 1 else f"{pair[0]}, {pair[1]}"


if __name__ == "__main__":
    main()
