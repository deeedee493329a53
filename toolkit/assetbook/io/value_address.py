"""Where a value file is that lies outside its store's folder: a URL, in two parts.

The first, its place, is the folder that one store alone writes to and clears: whoever shares a
bucket with others must not take their values for leftovers. Its name, ``store-`` and 16 hexadecimal
digits, also tells where the first part ends. The second is what the file is called below it.
"""

from __future__ import annotations

import re
from pathlib import Path

import msgspec

LOCAL = "file://"
"""How the places begin that are folders of this computer."""
_ADDRESS = re.compile(r"([a-z][a-z0-9+.-]*://.*?/store-[0-9a-f]{16})/(.+)", re.DOTALL)


class ValueAddress(msgspec.Struct, frozen=True):
    """A value file outside the store's folder."""

    place: str
    """The store's own folder: ``s3://bucket/values/store-0123456789abcdef``."""
    path: str
    """The file below it: ``raw/orders/a1b2c3d4e5f6.a1.parquet``."""

    @classmethod
    def of(cls, path: str) -> ValueAddress | None:
        """The address that a version's record holds; None for a path below the store's folder."""
        found = _ADDRESS.fullmatch(path)
        return cls(*found.groups()) if found is not None else None

    @property
    def identity(self) -> str:
        """The 16 hexadecimal digits of the store that wrote it."""
        return self.place[-16:]

    def __str__(self) -> str:
        return f"{self.place}/{self.path}"


def place_of_store(values: str, identity: str) -> str:
    """The place below ``values`` (a URL, or the absolute path of a folder) of one store.

    ``identity`` is 16 hexadecimal digits, which no other store has.
    """
    scheme, _, base = (values if "://" in values else f"{LOCAL}{values}").partition("://")
    return f"{scheme}://{base.rstrip('/')}/store-{identity}"


def local_folder(place: str) -> Path | None:
    """The folder of a place on this computer; None for one that is remote."""
    return Path(place.removeprefix(LOCAL)) if place.startswith(LOCAL) else None
