"""Places where code can be read: a line of a file, or an address."""

from __future__ import annotations

from typing import NamedTuple


class LocalFileCodeReference(NamedTuple):
    """A line of a file on this computer; ``line_number`` counts from 1, None is the whole file."""

    file_path: str
    line_number: int | None = None
    label: str | None = None


class UrlCodeReference(NamedTuple):
    """An address where the code can be read."""

    url: str
    label: str | None = None
