"""How close two values are that are their bytes: any other byte is other data."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from assetbook.io.closeness import Closeness
from assetbook.io.description import BYTES, FILES, LENGTH, NAME

if TYPE_CHECKING:
    from assetbook.io.stored_value import StoredForm

WHOLE_KINDS: Final = frozenset({"bytes", "bytearray", "file", "folder"})
"""The kinds of values that are nothing but their bytes."""
_FACTS = {LENGTH: "bytes", BYTES: "bytes", FILES: "files"}


def closeness_of_wholes(before: StoredForm, after: StoredForm) -> Closeness:
    """How close two of ``WHOLE_KINDS`` are that have other data versions: never close.

    Names are not said, since they may be data.
    """
    was, now = before.describe(), after.describe()
    unlike = [
        f"{noun} {now[fact].value:,}, before {was[fact].value:,}"
        for fact, noun in _FACTS.items()
        if fact in was and was[fact] != now[fact]
    ]
    if was.get(NAME) != now.get(NAME):
        unlike.append("another name")
    return Closeness(unlike=unlike or ["as many bytes, other ones"])
