"""What must be the same on each Python: what cells read and bind, slices, code versions.

``python -m tests.notebook.each_python`` writes it to ``each_python.txt``, which the tests compare
with what they find on their own Python.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from tests.notebook.live_notebook import version_of
from tests.notebook.test_cell_names import CASES as CELLS
from tests.notebook.test_hard_notebooks import CASES as HARD
from tests.notebook.test_slicing import cases, document

from assetbook.errors import AssetbookError
from assetbook.notebook.cell_names import cell_names
from assetbook.notebook.slicing import slice_of

RECORD = Path(__file__).with_name("each_python.txt")


def found() -> Iterator[str]:
    """Each as a line: what it is of, and what was found."""
    yield from (f"cell {name}: {_names(text)}" for name, text, *_ in CELLS)
    yield from (f"slice {each.name}: {_slice(each.cells)}" for each in cases())
    yield from (f"hard slice {name}: {_slice(cells)}" for name, cells in HARD.items())
    yield from (f"version {name}: {_version(cells)}" for name, cells in version_cases())


def version_cases() -> Iterator[tuple[str, list[str]]]:
    """Of each case its name and cells, the last of which need not define ``f``."""
    text = Path(__file__).with_name("version_cases.txt").read_text(encoding="utf-8")
    for part in re.split(r"^=== ", text, flags=re.MULTILINE)[1:]:
        name, _, body = part.partition("\n")
        yield name, [each.strip("\n") for each in re.split(r"^---$", body, flags=re.MULTILINE)]


def _names(text: str) -> str:
    names = cell_names(text)
    kinds = {
        "reads": names.reads,
        "later": names.reads_later,
        "annotations": names.annotation_reads,
        "binds": names.binds,
        "mutates": names.mutates,
    }
    return ", ".join(f"{kind} {_listed(each)}" for kind, each in kinds.items() if each)


def _slice(cells: list[str]) -> str:
    """The taken statements, each by its number."""
    try:
        return _listed(map(str, slice_of(document(cells)).why), key=int)
    except AssetbookError as error:
        return str(error).replace("\n", " ")


def _version(cells: list[str]) -> str:
    version = version_of(*cells)
    unknowns = [f"{each.name} ({each.why})" for each in version.unknowns]
    return ", unknown ".join([version.digest, *unknowns])


def _listed(names: Iterable[str], key: type[int] | None = None) -> str:
    return " ".join(sorted(names, key=key))


def main() -> None:
    """Writes the record."""
    RECORD.write_text("\n".join(found()) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
