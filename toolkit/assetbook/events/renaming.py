"""How an event reads once an asset has another name."""

from __future__ import annotations

from typing import Any, NamedTuple, TypeVar

from msgspec import structs

from assetbook.events.asset_events import AssetMaterialized, AssetWiped, CheckEvaluated, VersionKept
from assetbook.events.parts import CodeRef, InputVersion
from assetbook.events.records import Event

E = TypeVar("E", bound=Event)


class Renaming(NamedTuple):
    """An asset's old and new key as text, and by how much the new one's own versions move on.

    Those are numbered after the old one's, whose history comes first.
    """

    old: str
    new: str
    before: int = 0
    code_before: str | None = None
    code: CodeRef | None = None
    """What takes the place of the old one's code version ``code_before``; None: nothing."""

    def event(self, event: E) -> E:
        """The event under the new name; the same object if it does not speak of either."""
        changes: dict[str, Any] = {}
        key = getattr(event, "key", None)
        if key == self.old:
            changes["key"] = self.new
        elif key == self.new and self.before:
            changes.update(self._moved_on(event))
        if isinstance(event, AssetMaterialized):
            inputs = {name: self._input(read) for name, read in event.inputs.items()}
            if inputs != event.inputs:
                changes["inputs"] = inputs
            if key == self.old and self.code is not None and event.code.digest == self.code_before:
                changes["code"] = structs.replace(
                    event.code, digest=self.code.digest, manifest=self.code.manifest
                )
        return structs.replace(event, **changes) if changes else event

    def _moved_on(self, event: Event) -> dict[str, Any]:
        """The numbers of versions in an event about the asset that had the new name before."""
        if isinstance(event, CheckEvaluated | VersionKept) and event.version is not None:
            return {"version": event.version + self.before}
        if isinstance(event, AssetWiped):
            return {"versions": tuple(number + self.before for number in event.versions)}
        if isinstance(event, AssetMaterialized) and event.restored_from is not None:
            return {"restored_from": event.restored_from + self.before}
        return {}

    def _input(self, read: InputVersion) -> InputVersion:
        if read.store is not None:  # there it has the name that it had
            return read
        if read.key == self.old:
            return structs.replace(read, key=self.new)
        if read.key == self.new and read.version is not None:
            return structs.replace(read, version=read.version + self.before)
        return read
