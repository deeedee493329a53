"""Value files: one immutable file for each version of an asset, below a store's ``values`` folder.

A file is written under a temporary name in its own folder, synced, linked to its final name (which
must not exist yet), and its folder is synced; only then is there a reference to commit. Nothing
here deletes a value: an older version stays as it is, whatever happens to a newer one.
"""

from __future__ import annotations

import errno
import hashlib
import os
import secrets
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from assetbook.errors import ConflictError, CorruptStoreError
from assetbook.events.records import ValueRef
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
from assetbook.io.hashing_file import HashingFile, integrity_of
from assetbook.io.stored_file import StoredFile
from assetbook.io.stored_value import StoredForm, Writable
from assetbook.keys import AssetKey, folder_name

if TYPE_CHECKING:
    import pyarrow as pa

    from assetbook.io.table_source import TableSource

BUILT_IN = "io_manager"
"""The key under which the built-in manager's values are recorded."""

_LONGEST_NAME = 200  # bytes, without the suffix; a temporary name adds some, file systems allow 255
_NEW = os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
_CANNOT_LINK = frozenset({errno.EPERM, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK})


class ValueFiles:
    """The value files below ``root``, which is made when the first value is written."""

    def __init__(self, root: Path) -> None:
        self.root = root

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

        Raises StoreError if the disk is full or the folder cannot be written, ConflictError if
        this attempt of the run has a file already, SourceError if what the value is made from
        fails. None leaves a file behind.
        """
        text = form.inline()
        if text is not None:
            integrity = integrity_of(text.encode("ascii"))
            return ValueRef(
                io_manager=io_manager,
                kind=form.kind,
                inline=text,
                integrity=integrity,
                size=len(text),
            )
        parts = key.folder.split("/")
        name = file_name(run_id, partition, attempt) + suffix_of(form.kind)
        try:
            with opened_folder(self.root, parts, make=True) as folder:
                integrity, size = _write_file(form, folder, name)
        except FileExistsError as error:
            raise ConflictError(
                f"storing `{key}`",
                f"attempt {attempt} of run {run_id} has stored a value already ({name})",
                "Run it again: each attempt writes a file of its own.",
            ) from error
        except OSError as error:
            raise unwritten(error, f"storing `{key}`", self.root) from error
        return ValueRef(
            io_manager=io_manager,
            kind=form.kind,
            path="/".join([*parts, name]),
            integrity=integrity,
            size=size,
        )

    def open(self, reference: ValueRef, *, check: bool = True) -> StoredForm:
        """The stored form of a version, read from its file, whose every byte is checked.

        An Arrow file is mapped, and checked once a process (:mod:`assetbook.io.mapped_file`).
        ``check=False`` trusts a file that this process has just written. Raises CorruptStoreError
        if the file is gone or does not hold what was written.
        """
        if reference.inline is not None:
            return _read_inline(reference, reference.inline.encode("utf-8", "surrogatepass"))
        if reference.path is None:
            raise CorruptStoreError(
                "a stored value", "its record names no file", "Materialize it again."
            )
        file = StoredFile(self.root, reference.path)
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

        file = StoredFile(self.root, reference.path)
        data, integrity = file.mapped()
        if integrity != reference.integrity:
            raise file.corrupt(f"its file {reference.path} was changed or damaged")
        return TableSource.of_file(data, asked=file.asked)

    def remove(self, path: str) -> bool:
        """Whether there was a file at ``path``, which now is gone. Its version stays recorded.

        Raises StoreError if the folder cannot be written.
        """
        *parts, name = path.split("/")
        try:
            with opened_folder(self.root, parts) as folder:
                os.unlink(name, dir_fd=folder)
        except (FileNotFoundError, NotADirectoryError):
            return False
        except OSError as error:
            raise unwritten(error, f"removing {path}", self.root) from error
        return True

    def settle(self, paths: Iterable[str]) -> None:
        """Returns when it lasts that the files at ``paths`` were removed."""
        for folder in {path.rpartition("/")[0] for path in paths}:
            with suppress(FileNotFoundError), opened_folder(self.root, folder.split("/")) as here:
                _sync_folder(here)


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


def _write_file(form: Writable, folder: int, name: str) -> tuple[str, int]:
    """Writes, syncs and publishes; gives the integrity hash and the size in bytes."""
    temporary = f".{name}.{secrets.token_hex(4)}.tmp"
    descriptor = os.open(temporary, _NEW, 0o600, dir_fd=folder)
    try:
        written = _write_temporary(form, descriptor)
        _sync(descriptor)
        _publish(temporary, name, folder)
    finally:
        os.close(descriptor)
        with suppress(OSError):  # what went wrong is being raised already
            os.unlink(temporary, dir_fd=folder)
    _sync_folder(folder)
    return written


def _write_temporary(form: Writable, descriptor: int) -> tuple[str, int]:
    file = HashingFile(descriptor)
    form.write(file)  # type: ignore[arg-type]
    return file.integrity, file.size


def _sync(descriptor: int) -> None:
    os.fsync(descriptor)


def _publish(temporary: str, name: str, folder: int) -> None:
    """Gives the file its final name; raises FileExistsError rather than replace another."""
    try:
        os.link(temporary, name, src_dir_fd=folder, dst_dir_fd=folder, follow_symlinks=False)
    except OSError as error:
        if error.errno not in _CANNOT_LINK:
            raise
        _claim_and_rename(temporary, name, folder)


def _claim_and_rename(temporary: str, name: str, folder: int) -> None:
    """The same where the file system has no links: replaces only a file made here for it."""
    os.close(os.open(name, _NEW, 0o600, dir_fd=folder))
    os.rename(temporary, name, src_dir_fd=folder, dst_dir_fd=folder)


def _sync_folder(folder: int) -> None:
    os.fsync(folder)
