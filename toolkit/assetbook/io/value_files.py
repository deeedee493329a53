"""Value files: one immutable file for each version of an asset.

They are below the store's ``values`` folder, or in another place, in which case a version's record
holds the whole address: what was written there stays readable whatever the setting says later. A
file is finished under its own new name before there is a reference to commit (see
:mod:`assetbook.io.new_file`, and :mod:`assetbook.io.remote_values` for remote places). An older
version stays as it is, whatever happens to a newer one.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from assetbook.errors import ConflictError, CorruptStoreError, DoomedFileError
from assetbook.events.parts import ValueRef
from assetbook.io.file_failures import unwritten
from assetbook.io.folders import opened_folder
from assetbook.io.forms import (
    TABLE_KINDS,
    form_of_file,
    is_mapped,
    read_form,
    reads_from_file,
    suffix_of,
)
from assetbook.io.hashing_file import integrity_of
from assetbook.io.new_file import sync, write_new_file
from assetbook.io.remote_values import RemoteValues
from assetbook.io.stored_file import StoredFile
from assetbook.io.stored_value import StoredForm, Writable
from assetbook.io.value_address import ValueAddress, local_folder, place_of_store
from assetbook.io.value_cache import ValueCache
from assetbook.keys import AssetKey, folder_name

if TYPE_CHECKING:
    import pyarrow as pa

    from assetbook.io.table_source import TableSource

BUILT_IN = "io_manager"
"""The key under which the built-in manager's values are recorded."""

CACHE = "cache"
"""The folder, beside that of the values, of the copies of remote ones."""
_LONGEST_NAME = 200  # bytes, without the suffix; a temporary name adds some, file systems allow 255


class ValueFiles:
    """The value files of a store, whose folder for them is ``root``; made with the first value.

    ``setting`` is where new ones go instead: a URL or the absolute path of a folder, below which
    the store has a folder of its own, named by its ``identity`` of 16 hexadecimal digits.
    ``cache`` is the folder for copies of remote ones; None is one beside ``root``.
    """

    def __init__(
        self,
        root: Path,
        *,
        setting: str | None = None,
        identity: str = "0" * 16,
        cache: Path | None = None,
    ) -> None:
        self.root = root
        self.place = place_of_store(setting, identity) if setting is not None else None
        """The URL of that folder; None if new values go to ``root``."""
        self._identity = identity
        self.remote = RemoteValues(ValueCache(cache or root.parent / CACHE))
        self._written = root
        if self.place is not None:
            self._written = local_folder(self.place) or self.remote.cache.folder(self.place)

    @property
    def folders(self) -> list[Path]:
        """The local folders in which values are, and copies of them."""
        return list(dict.fromkeys([self.root, self._written, self.remote.cache.root]))

    def write(
        self,
        form: Writable,
        *,
        key: AssetKey,
        partition: str | None = None,
        run_id: str,
        attempt: int = 1,
        io_manager: str = BUILT_IN,
    ) -> ValueRef:
        """Where the value is, durable when this returns; small plain values get no file.

        Raises StoreError if the disk is full or the place cannot be written, ConflictError if this
        attempt of the run has a file already, DoomedFileError if a collection took the file while
        it was written, SourceError if what the value is made from fails. None leaves a file behind.
        """
        text = form.inline()
        if text is not None:
            return _inline_reference(form.kind, text, io_manager)
        parts = key.folder.split("/")
        name = file_name(run_id, partition, attempt) + suffix_of(form.kind)
        asked = f"storing `{key}`"
        try:
            with opened_folder(self._written, parts, make=True) as folder:
                integrity, size = write_new_file(form, folder, name)
            reference = ValueRef(
                io_manager=io_manager,
                kind=form.kind,
                path=self._recorded("/".join([*parts, name])),
                integrity=integrity,
                size=size,
            )
            address = _remote_address(reference)
            if address is not None:
                self.remote.send(address, reference, asked=asked)
        except FileExistsError as error:
            raise ConflictError(
                asked,
                f"attempt {attempt} of run {run_id} has stored a value already ({name})",
                "Run it again: each attempt writes a file of its own.",
            ) from error
        except FileNotFoundError as error:
            raise DoomedFileError(
                asked,
                f"what was being written below {self._written} was removed meanwhile",
                "Nothing was recorded, and earlier versions are intact. Run it again.",
            ) from error
        except OSError as error:
            raise unwritten(error, asked, self._written) from error
        return reference

    def _recorded(self, path: str) -> str:
        return path if self.place is None else str(ValueAddress(self.place, path))

    def open(self, reference: ValueRef, *, check: bool = True) -> StoredForm:
        """The stored form of a version, read from its file, whose every byte is checked.

        An Arrow file is mapped, and checked once a process (:mod:`assetbook.io.mapped_file`).
        ``check=False`` trusts a file that this process has just written. Raises CorruptStoreError
        if the file is gone or does not hold what was written, StoreError if its place cannot be
        reached.
        """
        if reference.inline is not None:
            return _read_inline(reference, reference.inline.encode("utf-8", "surrogatepass"))
        file = self._file(reference, check=check)
        if reads_from_file(reference.kind):
            if check and file.integrity() != reference.integrity:
                raise file.corrupt(f"its file {reference.path} was changed or damaged")
            return form_of_file(reference.kind, file)
        data: bytes | pa.Buffer
        if is_mapped(reference.kind):
            data, integrity = file.mapped()
        else:
            data = file.read()
            integrity = integrity_of(data)
        if integrity != reference.integrity:
            raise file.corrupt(f"its file {reference.path} was changed or damaged")
        return read_form(reference.kind, data, asked=file.asked)

    def source(self, reference: ValueRef) -> TableSource | None:
        """A stored table to be scanned from its file, whose every byte is checked, not decoded.

        None for what is no table file, or has to be decoded as a whole: ``open`` it. Raises
        CorruptStoreError as ``open`` does.
        """
        if reference.path is None or reference.kind not in TABLE_KINDS:
            return None
        from assetbook.io.table_source import TableSource

        file = self._file(reference)
        data, integrity = file.mapped()
        if integrity != reference.integrity:
            raise file.corrupt(f"its file {reference.path} was changed or damaged")
        return TableSource.of_file(data, asked=file.asked)

    def whole_file(self, reference: ValueRef, *, asked: str) -> Path:
        """The path of a value's file, every byte of which was hashed; libraries may read it.

        It stays as long as this process, or as the version. ``asked`` says in errors which value it
        is. Raises CorruptStoreError as ``open`` does.
        """
        file = self._file(reference)
        file.asked = asked
        if file.integrity() != reference.integrity:
            raise file.corrupt(f"its file {reference.path} was changed or damaged")
        return file.path

    def integrity_of(self, reference: ValueRef) -> str:
        """``xxh3_128:<hex>`` of a value's file as it is now, where it is, not of a copy.

        Raises CorruptStoreError if it is gone, StoreError if its place cannot be reached.
        """
        address = _remote_address(reference)
        if address is None:
            return self._file(reference).integrity()
        return self.remote.integrity(address, self.remote.file(address, reference, check=False))

    def is_gone(self, path: str) -> bool:
        """Whether there is no file at ``path`` of a record; remote ones are there until missed."""
        address = ValueAddress.of(path)
        if address is None:
            return not (self.root / path).exists()
        folder = local_folder(address.place)
        if folder is not None:
            return not (folder / address.path).exists()
        return self.remote.is_gone(address)

    def gone_among(self, paths: Iterable[str]) -> set[str]:
        """Those of the paths of records that ``is_gone``; each folder is looked at once."""
        by_folder: dict[str, list[str]] = {}
        for path in paths:
            by_folder.setdefault(path.rpartition("/")[0], []).append(path)
        return {
            path
            for folder, some in by_folder.items()
            for path in self._not_in(folder, some)
            if self.is_gone(path)
        }

    def _not_in(self, folder: str, paths: list[str]) -> Iterable[str]:
        """Those that a look at their folder below ``root`` does not show."""
        if len(paths) == 1:
            return paths
        try:
            with os.scandir(self.root / folder) as found:
                there = {f"{folder}/{each.name}" for each in found if not each.is_symlink()}
        except OSError:
            return paths
        return [path for path in paths if path not in there]

    def is_own(self, path: str) -> bool:
        """Whether this store alone decides about the file: it did not come with a copied store."""
        address = ValueAddress.of(path)
        return address is None or address.identity == self._identity

    def remove(self, path: str) -> None:
        """Removes the file at ``path`` of a record, if it is there. Its version stays recorded.

        Raises StoreError if the folder cannot be written or the place not be reached.
        """
        address = ValueAddress.of(path)
        folder = self.root if address is None else local_folder(address.place)
        if address is not None and folder is None:
            self.remote.remove(address)
        elif folder is not None:
            _unlink(folder, path if address is None else address.path)

    def settle(self, paths: Iterable[str]) -> None:
        """Returns when it lasts that the files at ``paths`` of records, or copies, are removed."""
        for root, folder in set(map(self._folder, paths)):
            with suppress(FileNotFoundError), opened_folder(root, folder.split("/")) as here:
                sync(here)

    def _folder(self, path: str) -> tuple[Path, str]:
        """The folder of a file here, or of its copy: where it begins, and the rest of it."""
        address = ValueAddress.of(path)
        if address is None:
            return self.root, path.rpartition("/")[0]
        root = local_folder(address.place) or self.remote.cache.folder(address.place)
        return root, address.path.rpartition("/")[0]

    def _file(self, reference: ValueRef, *, check: bool = True) -> StoredFile:
        """The file of a value on this computer; a remote one is fetched, and checked."""
        if reference.path is None:
            raise CorruptStoreError(
                "a stored value", "its record names no file", "Materialize it again."
            )
        address = ValueAddress.of(reference.path)
        if address is None:
            return StoredFile(self.root, reference.path)
        folder = local_folder(address.place)
        if folder is not None:
            return StoredFile(folder, address.path)
        return self.remote.file(address, reference, check=check)


def _remote_address(reference: ValueRef) -> ValueAddress | None:
    """Where a remote value is; None if it is on this computer."""
    address = ValueAddress.of(reference.path or "")
    return address if address is not None and local_folder(address.place) is None else None


def _unlink(root: Path, path: str) -> None:
    *parts, name = path.split("/")
    try:
        with opened_folder(root, parts) as folder:
            os.unlink(name, dir_fd=folder)
    except (FileNotFoundError, NotADirectoryError):
        return
    except OSError as error:
        raise unwritten(error, f"removing {path}", root) from error


def _inline_reference(kind: str, text: str, io_manager: str) -> ValueRef:
    return ValueRef(
        io_manager=io_manager,
        kind=kind,
        inline=text,
        integrity=integrity_of(text.encode("ascii")),
        size=len(text),
    )


def file_name(run_id: str, partition: str | None, attempt: int) -> str:
    """The name of the file that an attempt of a run writes for a partition, without its suffix.

    Safe for any text, and another one for any other run, partition or attempt.
    """
    names = [folder_name(run_id)] if partition is None else [folder_name(run_id), "p"]
    if partition is not None:
        names[-1] += folder_name(partition)
    name = ".".join([*names, f"a{attempt}"])
    if len(name) <= _LONGEST_NAME:
        return name
    whole = repr((run_id, partition, attempt)).encode("utf-8", "surrogatepass")
    return f"{name[: _LONGEST_NAME - 33]}~{hashlib.sha256(whole).hexdigest()[:32]}"


def _read_inline(reference: ValueRef, text: bytes) -> StoredForm:
    # the database does not notice a flipped bit inside a row
    if reference.integrity is not None and integrity_of(text) != reference.integrity:
        raise CorruptStoreError(
            "a stored value",
            "its text in the database was changed or damaged",
            "Restore the store from a backup, or materialize it again.",
        )
    return read_form(reference.kind, text, asked="a stored value")
