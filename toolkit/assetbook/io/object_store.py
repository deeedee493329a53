"""Objects in a place that is reached by its URL: what value files need of it, and who does it.

S3, Google Cloud Storage and Azure are reached by obstore, every other URL by fsspec. Credentials
are what these find in the environment and in the usual files; nothing here holds any.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

import msgspec

from assetbook.definitions.secret import scrub

BLOCK = 4 << 20
"""Bytes that are read at a time, about."""
CLOUD = ("s3", "s3a", "gs", "az")
"""The schemes that obstore reaches."""


class ObjectFacts(msgspec.Struct, frozen=True):
    """What a store says of an object without sending it."""

    size: int
    """Bytes."""
    changed: float | None
    """When it was written: seconds since 1970; None if the store does not say."""
    tag: str | None = None
    """The store's own tag of this content, if it has tags."""


class ObjectStore(Protocol):
    """The objects of one place, by their names below it.

    Each method raises FileNotFoundError for a bucket or object that is not there, PermissionError
    if it is refused, and OSError, in one line without credentials, for whatever else goes wrong.
    """

    def put_new(self, name: str, file: Path) -> str | None:
        """Uploads a local file; gives the tag that the object now has to have.

        None where tags are no hashes of the content. Raises FileExistsError rather than replace an
        object.
        """
        ...

    def facts(self, name: str) -> ObjectFacts | None:
        """What is there under the name, as it is now; None if nothing is."""
        ...

    def read(self, name: str) -> Iterator[bytes]:
        """The content, a block at a time."""
        ...

    def all(self) -> Iterator[tuple[str, ObjectFacts]]:
        """Every object of the place with its name."""
        ...

    def remove(self, name: str) -> None:
        """Removes an object; one that is not there is no error."""
        ...


_reached: dict[tuple[int, int, str], ObjectStore] = {}
_CREDENTIALS = ("AWS_", "AZURE_", "GOOGLE_")
"""How the names of the variables begin that the services go by."""


def object_store(place: str) -> ObjectStore:
    """The store at a URL; nothing is sent yet.

    Raises MissingLibraryError naming the extra, and OSError for what the library cannot reach.
    """
    # connections do not cross a fork, and who was refused sets other credentials and tries again
    given = frozenset(each for each in os.environ.items() if each[0].startswith(_CREDENTIALS))
    named = os.getpid(), hash(given), place
    found = _reached.get(named)
    if found is None:
        found = _reached[named] = _opened(place)
    return found


def _opened(place: str) -> ObjectStore:
    if place.partition("://")[0] in CLOUD:
        from assetbook.io.cloud_objects import CloudObjects

        return CloudObjects(place)
    from assetbook.io.fsspec_objects import FsspecObjects

    return FsspecObjects(place)


def one_line(error: BaseException) -> str:
    """What a library's error says, short and without user names, passwords and signatures."""
    text = str(error).partition("\n\nDebug source")[0] or type(error).__name__
    answer = re.search(r"<Code>(.*?)</Code>(?:.*?<Message>(.*?)</Message>)?", text, re.DOTALL)
    if answer is not None:  # what follows may repeat the request, with its key
        said = ": ".join(part for part in answer.groups() if part)
        text = f"{text.partition('<')[0]}{said}"
    text = re.sub(r"://[^/@\s]*@", "://***@", text)
    text = re.sub(r"(://[^\s?]*)\?\S*", r"\1", text)
    return scrub(" ".join(text.split()))[:400]
