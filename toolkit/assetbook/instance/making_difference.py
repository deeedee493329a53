"""What differs in how two versions were made: code, configuration, inputs, what they read."""

from __future__ import annotations

import msgspec

from assetbook.events.parts import InputVersion
from assetbook.instance.code_difference import Difference, recorded_differences
from assetbook.instance.instance import Instance
from assetbook.keys import AssetKey, version_name
from assetbook.storage.version import Version


class FactDifference(msgspec.Struct, frozen=True):
    """One fact that differs, before and after, as text; None where there was none."""

    name: str
    before: str | None
    after: str | None


class InputDifference(msgspec.Struct, frozen=True):
    """An input that differs; ``same_data`` tells another version of the same data apart."""

    name: str
    before: str | None
    """``orders@3``; None if it was no input."""
    after: str | None
    same_data: bool


class MakingDifference(msgspec.Struct, frozen=True):
    """What differs in how two versions were made; what is empty does not differ."""

    facts: tuple[FactDifference, ...]
    inputs: tuple[InputDifference, ...]
    code: tuple[Difference, ...]

    @property
    def nothing(self) -> bool:
        """Whether nothing that was recorded differs."""
        return not (self.facts or self.inputs or self.code)


def making_difference(instance: Instance, before: Version, after: Version) -> MakingDifference:
    """What was recorded of the making of ``before`` and ``after`` and differs."""
    return MakingDifference(
        tuple(_facts(before, after)),
        tuple(_inputs(before, after)),
        recorded_differences(instance, before, after),
    )


def _facts(before: Version, after: Version) -> list[FactDifference]:
    old, new = _facts_of(before), _facts_of(after)
    return [
        FactDifference(name, old[name][1], new[name][1])
        for name in old
        if old[name][0] != new[name][0]
    ]


def _facts_of(version: Version) -> dict[str, tuple[str | None, str | None]]:
    """By name what tells whether a fact differs, and what is shown of it."""
    event = version.event
    as_of = event.as_of.isoformat(" ", "seconds") if event.as_of is not None else None
    readers = ", ".join(sorted(event.readers)) or None
    return {
        "code_version": (event.code.authored, event.code.authored),
        "code": (event.code.digest, _short(event.code.digest)),
        "config": (event.config, event.config_text),
        "reads": (event.reads, _short(event.reads)),
        "sources": (readers, readers),
        "sources read": (as_of, as_of),
    }


def _inputs(before: Version, after: Version) -> list[InputDifference]:
    old, new = before.event.inputs, after.event.inputs
    return [
        InputDifference(
            name,
            _input(old.get(name)),
            _input(new.get(name)),
            name in old and name in new and old[name].data_version == new[name].data_version,
        )
        for name in dict.fromkeys([*old, *new])
        if old.get(name) != new.get(name)
    ]


def _input(version: InputVersion | None) -> str | None:
    if version is None:
        return None
    number = "" if version.version is None else f"@{version_name(version.version, version.store)}"
    return f"{AssetKey.from_text(version.key)}{number}"


def _short(digest: str | None) -> str | None:
    return None if digest is None else digest.rpartition(":")[2][:8]
