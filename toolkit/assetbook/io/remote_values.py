"""Value files in remote places: sent once to a new name, looked at there, and only then recorded.

A value is finished as a local file first, which stays as the copy that readers use. What cannot be
proved to have arrived, by its size and the store's tag or by reading it back, is no value.
"""

from __future__ import annotations

import contextvars
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import TypeVar

from assetbook.events.parts import ValueRef
from assetbook.io.file_failures import unwritten
from assetbook.io.hashing_file import named_hash
from assetbook.io.object_store import ObjectFacts, ObjectStore, object_store
from assetbook.io.remote_failures import unproved, unreached
from assetbook.io.value_address import ValueAddress
from assetbook.io.value_cache import CachedFile, ValueCache

Result = TypeVar("Result")


class RemoteValues:
    """Value files at URLs, with their copies in ``cache``."""

    def __init__(self, cache: ValueCache) -> None:
        self.cache = cache
        self._gone: set[str] = set()

    def send(self, address: ValueAddress, reference: ValueRef, *, asked: str) -> None:
        """Returns when the file that is finished in the cache has arrived, whole.

        Raises StoreError if it cannot be sent or is not what arrived, FileExistsError if something
        else has its name. Then the local file is gone too.
        """
        local = self.cache.folder(address.place) / address.path
        try:
            _apart(lambda: _send(address, reference, local, asked))
        except BaseException:
            self.cache.drop(address)
            raise
        self.cache.added(reference.size, local)

    def file(self, address: ValueAddress, reference: ValueRef, *, check: bool = True) -> CachedFile:
        """The local copy of a value file, fetched if it has to be, and whole.

        ``check=False`` trusts one that this process has just sent. Raises CorruptStoreError if the
        object is gone or changed, StoreError if it cannot be reached.
        """

        def fetch() -> None:
            _apart(lambda: self._fetch(address, reference, file))

        file = CachedFile(self.cache, address, fetch)
        if check and not file.is_whole(reference.integrity):
            fetch()
        return file

    def _fetch(self, address: ValueAddress, reference: ValueRef, file: CachedFile) -> None:
        if any(part in ("", ".", "..") for part in address.path.split("/")):
            raise file.corrupt(f"its record names {address}, which is no value file")
        try:
            whole = self.cache.fill(address, self._blocks(address, file), reference.integrity)
        except OSError as error:
            raise unwritten(error, f"a copy of {file.asked}", self.cache.root) from error
        if not whole:
            raise file.corrupt(f"its file {address} was changed or damaged")

    def _blocks(self, address: ValueAddress, file: CachedFile) -> Iterator[bytes]:
        """The object's content; raises CorruptStoreError if it is gone, StoreError."""
        try:
            yield from object_store(address.place).read(address.path)
        except FileNotFoundError as error:
            self._gone.add(str(address))
            raise file.corrupt(f"its file is gone ({address})") from error
        except OSError as error:
            raise unreached(error, file.asked, address.place) from error

    def integrity(self, address: ValueAddress, file: CachedFile) -> str:
        """``xxh3_128:<hex>`` of the object where it is, not of its copy; raises as ``file``."""
        import xxhash

        hasher = xxhash.xxh3_128()
        for block in self._blocks(address, file):
            hasher.update(block)
        return named_hash(hasher)

    def is_gone(self, address: ValueAddress) -> bool:
        """Whether this process has looked for the object and not found it; asks nobody."""
        return str(address) in self._gone

    def remove(self, address: ValueAddress) -> None:
        """Removes object and copy; raises StoreError if it cannot be reached."""
        self.cache.drop(address)
        try:
            object_store(address.place).remove(address.path)
        except OSError as error:
            raise unreached(error, f"removing {address}", address.place) from error

    def all(self, place: str) -> Iterator[tuple[str, ObjectFacts]]:
        """The path in records of every object of a place; raises StoreError."""
        try:
            for name, facts in object_store(place).all():
                yield str(ValueAddress(place, name)), facts
        except OSError as error:
            raise unreached(error, "looking at the values", place) from error


def _send(address: ValueAddress, reference: ValueRef, local: Path, asked: str) -> None:
    try:
        store = object_store(address.place)
        try:
            tag = store.put_new(address.path, local)
        except FileExistsError:
            # an answer that got lost, and the library asked again
            if not _has_arrived(store, address, reference, None):
                raise
            return
        if not _has_arrived(store, address, reference, tag):
            with suppress(OSError):  # what cannot be removed is collected later
                store.remove(address.path)
            raise unproved(asked, address)
    except FileExistsError:
        raise
    except OSError as error:
        raise unreached(error, asked, address.place) from error


def _has_arrived(
    store: ObjectStore, address: ValueAddress, reference: ValueRef, tag: str | None
) -> bool:
    """Whether the object is what was sent: by size and tag, or else by its content."""
    facts = store.facts(address.path)
    if facts is None or facts.size != reference.size:
        return False
    if tag is not None and facts.tag == tag:
        return True
    import xxhash

    hasher = xxhash.xxh3_128()
    for block in store.read(address.path):
        hasher.update(block)
    return named_hash(hasher) == reference.integrity


def _apart(work: Callable[[], Result]) -> Result:
    """What ``work`` gives, in a context of its own: what it reaches nobody's code has read."""
    return contextvars.Context().run(work)
