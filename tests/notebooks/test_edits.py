"""The table of edits, run against real kernels: one notebook a test, one kernel each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from tests.notebooks.edits import NOTEBOOKS
from tests.notebooks.edits.record import Edit, Expect, Notebook
from tests.notebooks.kernel import CellError, Kernel

SETTLE = "%materialize * --unknown --sources"
ROWS = """
import assetbook
answer = [
    {
        "key": row.key.to_user_string(),
        "state": row.state,
        "reasons": [reason.text for reason in row.reasons],
        "as_of": row.as_of is not None,
        "data_version": row.data_version,
    }
    for row in assetbook.assets()
]
"""


@dataclass(frozen=True, slots=True)
class Row:
    """What the notebook says of one asset."""

    key: str
    state: str
    reasons: list[str]
    as_of: bool
    data_version: str | None


@dataclass(slots=True)
class Reader:
    """A person at a notebook: runs cells, edits them, and notes whatever isn't as it should be."""

    kernel: Kernel
    notebook: Notebook
    cells: dict[str, str]
    troubles: list[str] = field(default_factory=list)
    step: str = "first run"

    def open(self) -> None:
        for path, text in self.notebook.files.items():
            self._write(path, text)
        self._load()
        self.kernel.save(self.cells)
        self._run_all()

    def take(self, number: int, edit: Edit) -> None:
        self.step = f"{number}. {edit.change}"
        if edit.settle:
            self._settle({*self.notebook.unsettled, *edit.unsettled})
        before = self._rows()
        self._apply(edit)
        after = self._rows()
        self._compare(edit.expected(), after)
        self._prove(edit.expected(), after)
        self._prove_moved(edit, before)

    def _settle(self, never: Iterable[str]) -> None:
        self._attempt(SETTLE)
        for row in self._rows().values():
            if row.state != "fresh" and row.key not in never:
                self._note(row.key, "before the edit: fresh after everything ran", row)

    def _apply(self, edit: Edit) -> None:
        for path, text in edit.files.items():
            self._write(path, text)
        if edit.restart:
            self.kernel.restart()
            self._load()
        self.cells = {**self.cells, **edit.cells}
        for name in edit.delete:
            del self.cells[name]
        self.kernel.save(self.cells)
        try:
            self._run_edit(edit)
        except CellError as error:
            if edit.fails == "no":
                self.troubles.append(f"{self.step}: a cell failed\n{error}")
        else:
            if edit.fails == "must":
                self.troubles.append(f"{self.step}: no cell failed")

    def _run_edit(self, edit: Edit) -> None:
        if edit.delete or edit.before:
            self.kernel.run(edit.before or "pass", "scratch-before", edit.delete)
        if edit.rerun == "all":
            self._run_all()
        for name, source in edit.cells.items():
            self.kernel.run(source, name)
        if edit.after:
            self.kernel.run(edit.after, "scratch-after")

    def _compare(self, wanted: Mapping[str, Expect], found: Mapping[str, Row]) -> None:
        for key in wanted.keys() - found.keys():
            self.troubles.append(f"{self.step}: {key}: wanted {wanted[key].state}, not listed")
        for key in found.keys() - wanted.keys():
            self._note(key, "not listed", found[key])
        for key in sorted(wanted.keys() & found.keys()):
            difference = _difference(wanted[key], found[key])
            if difference:
                self._note(key, difference, found[key])

    def _prove(self, wanted: Mapping[str, Expect], found: Mapping[str, Row]) -> None:
        """Forces all that is called fresh: a fresh asset must give the same data again."""
        claimed = [
            key
            for key, expect in wanted.items()
            if key in found and found[key].state == "fresh" and not expect.volatile
        ]
        forced = self._force(claimed)
        for key in claimed:
            if _data(forced, key) != found[key].data_version:
                self._note(key, "the same data when forced: it is falsely fresh", found[key])

    def _prove_moved(self, edit: Edit, before: Mapping[str, Row]) -> None:
        forced = self._force(edit.moved)
        for key in edit.moved:
            if key not in forced:
                self.troubles.append(f"{self.step}: {key}: wanted other data, not listed")
            elif forced[key].data_version == _data(before, key):
                self._note(key, "other data when forced: it gave the old data", forced[key])

    def _force(self, keys: Iterable[str]) -> Mapping[str, Row]:
        self._attempt("\n".join(f"%materialize {key} --force --only" for key in keys))
        return self._rows()

    def _attempt(self, source: str) -> None:
        try:
            self.kernel.run(source, "scratch-materialize")
        except CellError as error:
            self.troubles.append(f"{self.step}: {source}\n{error}")

    def _rows(self) -> dict[str, Row]:
        rows = [Row(**row) for row in self.kernel.ask(ROWS)]
        return {row.key: row for row in rows}

    def _load(self) -> None:
        self.kernel.run("%load_ext assetbook", "load")

    def _run_all(self) -> None:
        for name, source in self.cells.items():
            self.kernel.run(source, name)

    def _write(self, path: str, text: str | None) -> None:
        file = self.kernel.folder / path
        if text is None:
            file.unlink()
            return
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)

    def _note(self, key: str, wanted: str, row: Row) -> None:
        said = "; ".join(row.reasons) or "no reason"
        mark = ", as of" if row.as_of else ""
        self.troubles.append(
            f"{self.step}: {key}: wanted {wanted}; found {row.state}{mark} ({said})"
        )


def _data(rows: Mapping[str, Row], key: str) -> str | None:
    return rows[key].data_version if key in rows else None


def _difference(expect: Expect, row: Row) -> str:
    """What was wanted and isn't so; empty if all is as it should be."""
    if row.state not in expect.states:
        return expect.state
    if expect.names and not any(expect.names.lower() in text.lower() for text in row.reasons):
        return f"{expect.state} with {expect.names!r} in a reason"
    if expect.as_of is not None and row.as_of != expect.as_of:
        return f"{expect.state} {'with' if expect.as_of else 'without'} the mark as-of"
    return ""


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda notebook: notebook.name)
def test_each_edit_leaves_the_right_states(notebook: Notebook, tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text('[project]\nname = "book"\nversion = "1"\n')
    with Kernel(tmp_path, notebook.name) as kernel:
        reader = Reader(kernel, notebook, dict(notebook.cells))
        reader.open()
        for number, edit in enumerate(notebook.steps, start=1):
            reader.take(number, edit)
    assert not reader.troubles, f"{notebook.name}: " + "\n".join(["", *reader.troubles])
