"""Which named parts differ from those recorded: fields of a configuration, files that are read."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Collection, Mapping
from typing import Any

from assetbook.definitions.parts import Parts
from assetbook.dependencies.code_changes import shown_value

Manifests = Callable[[str], Mapping[str, str] | None]
"""Gives the text behind a recorded digest as a mapping: pieces of code, or named parts."""
_MOST_NAMED = 4
_ALL_OF_IT = ("all of it",)
_DAY = re.compile(r"\d{4}-\d\d-\d\d([ T][\d:.+]+)?")


def differing_parts(now: Parts | None, before: str | None, known: Manifests) -> str | None:
    """The names of the parts that differ from those recorded as ``before``; None if none does."""
    names = _differing(now, before, known)
    return _some(names) if names else None


def config_changes(
    now: Parts | None,
    before: str | None,
    known: Manifests,
    text: str | None,
    was: str | None,
    aside: Collection[str] = (),
) -> str | None:
    """The fields that differ, each as ``name old → new``; None if none does.

    ``text`` and ``was`` are the configuration as JSON for people, now and as recorded. A value
    that neither may be shown nor differs there (a secret, a variable's) leaves the name alone.
    Parts in ``aside`` do not count.
    """
    names = [name for name in _differing(now, before, known) if name not in aside]
    if not names:
        return None
    new, old = _fields(text), _fields(was)
    return _some([_change(name, old, new) for name in names])


def other_settings(now: Parts | None, before: str | None, known: Manifests) -> frozenset[str]:
    """The resources whose code is the recorded one and whose settings are not.

    A resource's part is written ``SETTINGS:CODE``.
    """
    parts = (known(before) if before is not None else None) or {}
    mine: Mapping[str, str] = json.loads(now.text) if now is not None else {}
    return frozenset(
        name
        for name, part in mine.items()
        if name in parts
        and parts[name] != part
        and ":" in part
        and parts[name].partition(":")[2] == part.partition(":")[2]
    )


def _differing(now: Parts | None, before: str | None, known: Manifests) -> tuple[str, ...]:
    if (now.digest if now is not None else None) == before:
        return ()
    parts = known(before) if before is not None else None
    names = now.differing(parts) if now is not None else tuple(parts or ())
    return names or _ALL_OF_IT  # what was recorded cannot be looked up


def _some(names: tuple[str, ...] | list[str]) -> str:
    more = len(names) - _MOST_NAMED
    return ", ".join(names[:_MOST_NAMED]) + (f" and {more} more" if more > 0 else "")


def _fields(text: str | None) -> dict[str, Any]:
    return json.loads(text) if text else {}


def _change(name: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> str:
    if name not in old or name not in new or old[name] == new[name]:
        return name
    return f"{name} {_shown(old[name])} → {_shown(new[name])}"


def _shown(value: Any) -> str:
    if isinstance(value, str) and _DAY.fullmatch(value):
        return value
    return shown_value(repr(value))
