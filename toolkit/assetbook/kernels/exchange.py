"""The folder in which a notebook's run and its kernel hand each other values.

What the notebook reads lies there before its kernel begins, or is named where the store has it;
what it publishes lies there when the cell that does so has ended. A value has the form of a value
file; tables made here are Arrow files, which are mapped, not read.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from assetbook.errors import UsageError, did_you_mean
from assetbook.events.parts import ValueRef
from assetbook.io.file_failures import unwritten
from assetbook.io.forms import StoredForm, stored_form, written_at_once
from assetbook.io.stored_value import Writable
from assetbook.io.table_form import TableForm
from assetbook.io.value_files import ValueFiles
from assetbook.kernels.kernel_reads import SEEN
from assetbook.kernels.output_log import whole_lines
from assetbook.keys import AssetKey
from assetbook.metadata import MetadataValue
from assetbook.metadata.wire import from_wire, to_wire

EXCHANGE = "exchange"
"""Its name in the folder of what is kept of a notebook."""
VARIABLE = "ASSETBOOK_EXCHANGE"
"""Set in the kernel of a notebook that makes assets: the folder."""
PUBLISHED = "published.jsonl"
"""The list of what was published, in the folder."""
_GIVEN = "given.json"
_BEFORE = "before"


_Of = TypeVar("_Of")


class _Given(msgspec.Struct):
    """A value that the notebook reads."""

    root: str
    """The folder of the value files among which it is."""
    value: ValueRef


class Told(msgspec.Struct):
    """What the kernel is told before it begins."""

    outputs: tuple[str, ...]
    """What the notebook may publish."""
    given: dict[str, _Given]
    run_id: str = ""
    """Empty for a run that is not recorded."""
    partition: str | None = None
    """The key of the partition that it makes; None for what has none."""


class _Line(msgspec.Struct):
    name: str
    value: ValueRef
    metadata: dict[str, dict[str, Any]]


class Published(msgspec.Struct, frozen=True):
    """What a notebook published under one name."""

    value: object
    metadata: Mapping[str, MetadataValue[Any]]


class Exchange:
    """The exchange in ``folder``, on either side."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._files = ValueFiles(folder / "values")

    # -- the run's side

    def begin(
        self,
        outputs: Collection[str],
        inputs: Mapping[str, StoredForm],
        run_id: str = "",
        partition: str | None = None,
    ) -> None:
        """Makes the folder: the notebook may publish ``outputs``, and reads ``inputs``, which are
        called as their assets."""
        self.folder.mkdir(parents=True)
        given = {name: self._giving(name, form) for name, form in inputs.items()}
        told = Told(tuple(outputs), given, run_id, partition)
        (self.folder / _GIVEN).write_bytes(msgspec.json.encode(told))

    def _giving(self, name: str, form: StoredForm) -> _Given:
        there = getattr(form, "file", None)
        if there is not None:  # it stays in the store's file
            reference = ValueRef(io_manager="", kind=form.kind, path=there.place)
            return _Given(str(there.root), reference)
        return _Given(str(self._files.root), self._written(name, form, "given"))

    def go_on_with(self, before: Exchange) -> None:
        """What the run before published and read is this one's, too."""
        (self.folder / _BEFORE).write_text(str(before.folder), encoding="utf-8")

    def begin_anew(self) -> None:
        """It is this run's no more."""
        (self.folder / _BEFORE).unlink(missing_ok=True)

    @property
    def every(self) -> list[Exchange]:
        """Those of the runs that this one goes on with, the first one first, and itself."""
        try:
            before = (self.folder / _BEFORE).read_text(encoding="utf-8")
        except FileNotFoundError:
            return [self]
        return [*Exchange(Path(before)).every, self]

    def published(self) -> dict[str, Published]:
        """What the notebook published, by name; with what the runs before had."""
        return {name: each for one in self.every for name, each in one._published().items()}

    def reads(self) -> list[tuple[str, str]]:
        """What it read of the world outside, as ``note_reads`` takes it; likewise."""
        return [each for one in self.every for each in one._read(SEEN, tuple[str, str])]

    def _published(self) -> dict[str, Published]:
        return {
            each.name: Published(
                self._files.open(each.value, check=False).hand_over(None),
                {name: from_wire(wire) for name, wire in each.metadata.items()},
            )
            for each in self._lines()
        }

    def copy_inputs(self, new: Path, place: Path) -> None:
        """Copies what the notebook reads into the folder ``new``, which is to become ``place``."""
        told, own = self.told, str(self._files.root)
        there = Exchange(place)._files.root
        (new / there.name).mkdir(parents=True)
        for given in told.given.values():
            if given.root == own:
                given.root = str(there)
                if given.value.path is not None:
                    _copy(self._files.root / given.value.path, new / there.name / given.value.path)
        (new / _GIVEN).write_bytes(msgspec.json.encode(told))

    # -- the kernel's side

    def is_given(self, asset: str) -> bool:
        """Whether the run reads a version of that asset."""
        return asset in self.told.given

    def given(self, asset: str, as_type: object) -> Any:
        """That version, as ``as_type``; None for what it was."""
        given = self.told.given[asset]
        files = ValueFiles(Path(given.root))
        return files.open(given.value, check=False).hand_over(as_type)

    def publish(self, name: str, value: object, metadata: Mapping[str, MetadataValue[Any]]) -> None:
        """Puts a value there; raises UsageError for a name that the run does not expect, or that
        has a value already, UnstorableValueError for what cannot be stored, and StoreError where it
        cannot be written."""
        asked = f"publish({name!r}, ...)"
        outputs = self.told.outputs
        if name not in outputs:
            known = ", ".join(outputs) or "none"
            raise UsageError(
                asked,
                "the asset that this notebook is has no such output",
                did_you_mean(name, outputs) or f"Its outputs are: {known}.",
            )
        if any(each.name == name for each in self._lines()):
            raise UsageError(asked, "it is published already", "Publish each output once.")
        form = written_at_once(value, asked=asked) or stored_form(value, asked=asked)
        wire = {each: to_wire(said) for each, said in metadata.items()}
        line = msgspec.json.encode(_Line(name, self._written(name, form, "published"), wire))
        try:
            with (self.folder / PUBLISHED).open("ab") as file:
                file.write(line + b"\n")
        except OSError as error:
            raise unwritten(error, asked, self.folder) from error

    # -- both

    @property
    def told(self) -> Told:
        """What the kernel was told."""
        return msgspec.json.decode((self.folder / _GIVEN).read_bytes(), type=Told)

    def _lines(self) -> list[_Line]:
        return self._read(PUBLISHED, _Line)

    def _read(self, name: str, each: type[_Of]) -> list[_Of]:
        """The lines of a list; none of one that is not there."""
        path = self.folder / name
        if not path.exists():
            return []
        with path.open("rb") as file:
            return [msgspec.json.decode(line, type=each) for line in whole_lines(file)]

    def _written(self, name: str, form: Writable, run_id: str) -> ValueRef:
        if type(form) is TableForm:
            from assetbook.io.arrow_form import ArrowForm

            form = ArrowForm.of_table(form)
        return self._files.write(form, key=AssetKey(name), run_id=run_id)


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    (shutil.copytree if source.is_dir() else shutil.copyfile)(source, target)


def remove_exchanged(notebooks: Path, assets: Collection[str]) -> None:
    """Removes what runs that failed have left of those assets, which they read or were to make,
    below the folder of all that is kept of notebooks. Raises OSError."""
    outputs = {each.rpartition("/")[2] for each in assets}
    for folder in notebooks.glob(f"*/*/{EXCHANGE}"):
        told = Exchange(folder).told
        if told.given.keys() & set(assets) or outputs & set(told.outputs):
            shutil.rmtree(folder)


def exchange_here() -> Exchange | None:
    """The exchange of the run that this process is the kernel of; None for none."""
    folder = os.environ.get(VARIABLE)
    return Exchange(Path(folder)) if folder else None
