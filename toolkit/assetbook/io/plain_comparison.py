"""Two plain values compared place by place: dicts by key, lists by what stays in order."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping
from itertools import zip_longest

from assetbook.io.comparison import PlainChange, PlainDifference

LARGEST = 100
"""Changes that are kept; all are counted."""

_LONGEST_LIST = 2_000  # elements up to which moved ones are looked for, which takes their square
_ABSENT = object()


def compare_plain(before: object, after: object) -> PlainDifference:
    """What differs; numbers of another type (``1``, ``1.0``, ``True``) do, NaN equals NaN."""
    kept: list[PlainChange] = []
    count = 0
    for change in plain_changes(before, after):
        count += 1
        if len(kept) < LARGEST:
            kept.append(change)
    return PlainDifference(count, tuple(kept))


def plain_changes(before: object, after: object, place: str = "") -> Iterator[PlainChange]:
    """Each place that differs, in order; ``place`` is that of the two values themselves."""
    if before is _ABSENT:
        yield PlainChange("added", place, after=after)
    elif after is _ABSENT:
        yield PlainChange("removed", place, before=before)
    elif isinstance(before, Mapping) and isinstance(after, Mapping):
        for name in dict.fromkeys([*before, *after]):
            inside = before.get(name, _ABSENT), after.get(name, _ABSENT)
            yield from plain_changes(*inside, f"{place}[{name!r}]")
    elif isinstance(before, list | tuple) and type(before) is type(after):
        yield from _in_lists(before, list(after), place)
    elif not _equal(before, after):
        yield PlainChange("changed", place, before, after)


def _in_lists(
    before: list[object] | tuple[object, ...], after: list[object], place: str
) -> Iterator[PlainChange]:
    """Changes in two lists; places are those in the newer one, of what went those in the older."""
    if max(len(before), len(after)) > _LONGEST_LIST:
        blocks = [("replace", 0, len(before), 0, len(after))]
    else:
        texts = [_text(each) for each in before], [_text(each) for each in after]
        matcher = difflib.SequenceMatcher(None, *texts, autojunk=False)
        blocks = matcher.get_opcodes()  # type: ignore[assignment]
    for kind, old_start, old_end, new_start, new_end in blocks:
        if kind == "equal":
            continue
        pairs = zip_longest(before[old_start:old_end], after[new_start:new_end], fillvalue=_ABSENT)
        for at, (old, new) in enumerate(pairs):
            number = old_start + at if new is _ABSENT else new_start + at
            yield from plain_changes(old, new, f"{place}[{number}]")


def _text(value: object) -> str:
    """The same text for two values if nothing differs between them."""
    if isinstance(value, Mapping):
        parts = sorted(f"{name!r}: {_text(each)}" for name, each in value.items())
        return f"{{{', '.join(parts)}}}"
    if isinstance(value, list | tuple):
        return f"{type(value).__name__}[{', '.join(_text(each) for each in value)}]"
    return f"{type(value).__name__} {value!r}"


def _equal(before: object, after: object) -> bool:
    return _text(before) == _text(after)
