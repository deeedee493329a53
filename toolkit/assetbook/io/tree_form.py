"""The stored form of lists, tuples and dicts that hold tables, arrays, series, bytes or figures.

One file holds them: a zip archive without compression, which any tool opens. ``tree.json`` is the
plain part (see :mod:`assetbook.io.json_text`), with the number of a member in place of each value
that has no text; ``members.json`` says of what kind each member is and where it stands; the members
follow in their own formats.
"""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any, BinaryIO
from zipfile import ZipFile

import msgspec

from assetbook.errors import CorruptStoreError
from assetbook.io.archive import BROKEN, written_archive, written_member
from assetbook.io.data_version import content_data_version
from assetbook.io.description import CHANGES, MEMBERS, SCHEMA, storing_changes
from assetbook.io.json_text import decode
from assetbook.io.stored_value import StoredForm
from assetbook.io.wanted_types import fitting
from assetbook.metadata import MetadataValue

_TREE = "tree.json"
_MEMBERS = "members.json"


class Member(msgspec.Struct, frozen=True):
    """A value inside a tree."""

    place: str
    """Where it stands, as it is written after the value: ``['train'][0]``."""
    form: StoredForm


class TreeForm:
    """Plain text with members beside it, each in a stored form of its own."""

    kind = "tree"

    def __init__(self, text: str, members: Sequence[Member], notes: tuple[str, ...] = ()) -> None:
        self._text = text
        self._members = members
        self._notes = notes

    @classmethod
    def read(
        cls, data: bytes, form_of: Callable[[str, bytes], StoredForm], *, asked: str
    ) -> TreeForm:
        """The form whose file's bytes these are; ``form_of`` reads a member of a kind.

        Raises CorruptStoreError if they are none.
        """
        try:
            with ZipFile(io.BytesIO(data)) as archive:
                text = archive.read(_TREE).decode("ascii")
                listed = json.loads(archive.read(_MEMBERS))
                members = [
                    Member(place, form_of(kind, archive.read(str(at))))
                    for at, (place, kind) in enumerate(listed)
                ]
            decode(text, members.__getitem__)
        except (*BROKEN, TypeError) as error:
            raise CorruptStoreError(
                asked, f"its file is no archive of values ({error})", "Materialize it again."
            ) from error
        return cls(text, members)

    @property
    def members(self) -> Mapping[str, StoredForm]:
        """The form of each member, by its place."""
        return {each.place: each.form for each in self._members}

    @property
    def outline(self) -> object:
        """The list, tuple or dict with each member's kind in its place."""
        return decode(self._text, lambda number: f"<{self._members[number].form.kind}>")

    @property
    def size(self) -> int:
        """Bytes of the text and of all members."""
        return len(self._text) + sum(member.form.size for member in self._members)

    def data_version(self) -> str:
        """The version of the text and of each member."""
        parts = [f"{each.form.kind} {each.form.data_version()}" for each in self._members]
        return content_data_version(
            self.kind, self._text.encode("ascii"), *(part.encode("ascii") for part in parts)
        )

    def describe(self) -> Mapping[str, MetadataValue[Any]]:
        """The members with what is to be said of each, and what storing changes."""
        said = {each.place: _said(each.form) for each in self._members}
        notes = list(self._notes)
        for each in self._members:
            changes = each.form.describe().get(CHANGES)
            notes += [f"{each.place}: {note}" for note in (changes.value if changes else ())]
        return {MEMBERS: MetadataValue.json(said), **storing_changes(notes)}

    def hand_over(self, wanted: object | None) -> object:
        """A new list, tuple or dict with new members; raises UsageError if it is no ``wanted``."""
        value = decode(self._text, lambda number: self._members[number].form.hand_over(None))
        return fitting(value, wanted, f"{type(value).__name__} of tables and other values")

    def write(self, file: BinaryIO) -> None:
        """Writes the archive."""
        listed = [[each.place, each.form.kind] for each in self._members]
        with written_archive(file) as archive:
            for name, text in ((_TREE, self._text), (_MEMBERS, json.dumps(listed))):
                with written_member(archive, name) as member:
                    member.write(text.encode("ascii"))
            for at, each in enumerate(self._members):
                with written_member(archive, str(at)) as member:
                    each.form.write(member)

    def inline(self) -> str | None:
        """None: the members need a file."""
        return None


def _said(form: StoredForm) -> dict[str, object]:
    """A member's kind and metadata by their short names, but for schemas and changes."""
    metadata = form.describe()
    return {
        "kind": form.kind,
        **{
            name.rpartition("/")[2]: value.value
            for name, value in metadata.items()
            if name not in (SCHEMA, CHANGES)
        },
    }
