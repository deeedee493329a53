"""Objects at any URL that fsspec knows a file system for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from assetbook.errors import MissingLibraryError
from assetbook.io.object_store import BLOCK, ObjectFacts, one_line

_CHANGED = ("mtime", "LastModified", "last_modified", "updated", "modified", "created")
"""Under which names file systems say when a file was written."""


class FsspecObjects:
    """The files below ``place``, as ``sftp://host/values``."""

    def __init__(self, place: str) -> None:
        try:
            from fsspec.core import url_to_fs
        except ModuleNotFoundError as error:
            raise _missing(place, "fsspec is not installed here") from error
        try:
            with _as_os_error():
                self._files, root = url_to_fs(place, skip_instance_cache=True)
        except ImportError as error:  # it names the package of this protocol
            raise _missing(place, one_line(error)) from error
        self._root = root.rstrip("/")

    def put_new(self, name: str, file: Path) -> str | None:
        """Uploads the file; there is no tag that every file system has."""
        path = self._path(name)
        with _as_os_error():
            if self._files.exists(path):
                raise FileExistsError(name)
            self._files.makedirs(path.rpartition("/")[0], exist_ok=True)
            self._files.put_file(str(file), path)
        return None

    def facts(self, name: str) -> ObjectFacts | None:
        """What the file system says of the file, not what it remembers."""
        with _as_os_error():
            self._files.invalidate_cache()
            try:
                return _facts(self._files.info(self._path(name)))
            except FileNotFoundError:
                return None

    def read(self, name: str) -> Iterator[bytes]:
        """The content, a block at a time."""
        with _as_os_error(), self._files.open(self._path(name), "rb") as file:
            while block := file.read(BLOCK):
                yield block

    def all(self) -> Iterator[tuple[str, ObjectFacts]]:
        """Every file with its name; none where the folder is not there yet."""
        with _as_os_error():
            self._files.invalidate_cache()
            if not self._files.exists(self._root):
                return
            for path, info in self._files.find(self._root, detail=True).items():
                yield path.removeprefix(self._root).lstrip("/"), _facts(info)

    def remove(self, name: str) -> None:
        """Removes the file."""
        with _as_os_error():
            try:
                self._files.rm_file(self._path(name))
            except FileNotFoundError:
                return

    def _path(self, name: str) -> str:
        return f"{self._root}/{name}"


def _missing(place: str, found: str) -> MissingLibraryError:
    return MissingLibraryError(
        f"the values at {place}",
        found,
        "Install it: pip install 'assetbook[fsspec]'; some protocols need a package of their own.",
    )


def _facts(info: Mapping[str, Any]) -> ObjectFacts:
    return ObjectFacts(int(info["size"]), _changed(info))


def _changed(info: Mapping[str, Any]) -> float | None:
    found = next((info[name] for name in _CHANGED if info.get(name) is not None), None)
    if isinstance(found, str):
        try:
            found = datetime.fromisoformat(found)
        except ValueError:
            return None
    if isinstance(found, datetime):
        return found.timestamp()
    return float(found) if isinstance(found, int | float) else None


@contextmanager
def _as_os_error() -> Iterator[None]:
    """Raises what a file system's own library raises as an OSError that says the same."""
    try:
        yield
    except (FileNotFoundError, FileExistsError, PermissionError) as error:
        raise type(error)(one_line(error)) from error
    except ImportError:
        raise
    except Exception as error:
        raise OSError(one_line(error)) from error
