"""How code differs from the code that made a version, or two versions' code: the texts."""

from __future__ import annotations

import difflib
import json
from collections.abc import Mapping

import msgspec

from assetbook.definitions.code import CodeVersion
from assetbook.dependencies.code_changes import pieces_in
from assetbook.execution.recording import shown_text
from assetbook.instance.instance import Instance
from assetbook.storage.version import Version


class Difference(msgspec.Struct, frozen=True):
    """One piece that differs; ``lines`` are a unified difference without file headers."""

    name: str
    kind: str
    lines: tuple[str, ...]

    def __str__(self) -> str:
        return "\n".join([f"{self.kind} {self.name}", *self.lines])


def code_differences(
    instance: Instance, version: Version | None, code: CodeVersion
) -> tuple[Difference, ...]:
    """Every piece of ``code`` that differs from what made ``version``.

    Empty if nothing differs, if there is no version, or if its code was not recorded.
    """
    before = _recorded(instance, version) if version is not None else None
    if before is None:
        return ()
    now = {name: piece.digest for name, piece in code.pieces.items()}
    # a remembered piece has no text of its own: a snapshot has stored it
    known = {piece.digest: shown_text(piece) for piece in code.pieces.values()}
    return _between(instance, before, now, known)


def recorded_differences(
    instance: Instance, before: Version, after: Version
) -> tuple[Difference, ...]:
    """Every piece that differs between the code that made ``before`` and that of ``after``.

    Empty if nothing differs, or if the code of one of them was not recorded.
    """
    return manifest_differences(instance, before.event.code.manifest, after.event.code.manifest)


def manifest_differences(
    instance: Instance, before: str | None, after: str | None
) -> tuple[Difference, ...]:
    """Every piece that differs between the code of two stored manifests, by their digests.

    Empty if nothing differs, or if one of them is not there.
    """
    old, new = _pieces(instance, before), _pieces(instance, after)
    if old is None or new is None:
        return ()
    return _between(instance, old, new)


def _recorded(instance: Instance, version: Version) -> dict[str, str] | None:
    """The pieces that made a version with their digests; None if they were not recorded."""
    return _pieces(instance, version.event.code.manifest)


def _pieces(instance: Instance, manifest: str | None) -> dict[str, str] | None:
    text = instance.store.texts([manifest]).get(manifest) if manifest is not None else None
    if text is None:
        return None
    return {name: entry.split(" ", 1)[0] for name, entry in pieces_in(json.loads(text)).items()}


def _between(
    instance: Instance,
    before: Mapping[str, str],
    now: Mapping[str, str],
    known: Mapping[str, str] = {},
) -> tuple[Difference, ...]:
    """The pieces that differ; ``known`` has texts by digest, beside those that are stored."""
    names = [name for name in {**before, **now} if before.get(name) != now.get(name)]
    digests = {each[name] for name in names for each in (before, now) if name in each}
    texts = {**known, **instance.store.texts(digests)}
    return tuple(
        difference_of(name, texts.get(before.get(name, ""), ""), texts.get(now.get(name, ""), ""))
        for name in names
    )


def difference_of(name: str, before: str, now: str) -> Difference:
    """How a piece called ``kind:name`` differs between two texts."""
    kind, _, short = name.partition(":")
    lines = difflib.unified_diff(before.splitlines(), now.splitlines(), lineterm="", n=2)
    return Difference(short, kind, tuple(list(lines)[2:]))
