"""The form in which a run holds a value: as it is stored, or in this process alone."""

from __future__ import annotations

from typing import ClassVar, TypeAlias, TypeGuard

import msgspec

from assetbook.io.forms import StoredForm


class MemoryForm(msgspec.Struct, frozen=True):
    """A value that only lives in this process: consumers get the object itself."""

    value: object
    kind: ClassVar[str] = "memory"

    def hand_over(self, wanted: object | None) -> object:
        """The object itself."""
        return self.value


AnyForm: TypeAlias = StoredForm | MemoryForm


def is_stored(form: AnyForm) -> TypeGuard[StoredForm]:
    """Whether the value has a file, or will have one."""
    return not isinstance(form, MemoryForm)
