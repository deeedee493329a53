"""Which version a person means: ``orders@41``, ``orders@2026-11-17``, ``orders@run:9f2``.

The name of a store may stand before it: ``orders@prod:41``; alone it means the latest one there.

The part after the last ``@`` is a version's number; a day or a time, which means the latest version
at or before its end, in this computer's zone unless it says another; or ``run:`` and the beginning
of the id of the run that made it. A key may itself contain ``@``: a name that is an asset's is that
asset.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import TypeAlias

from assetbook.errors import SelectionError, did_you_mean
from assetbook.keys import AssetKey
from assetbook.storage.version import Version

Reference: TypeAlias = int | str
"""A version's number, or the text after ``@``."""

RUN = "run:"
_MOMENT = re.compile(
    r"(?P<day>\d{4}-\d\d-\d\d)"
    r"(?:[T ](?P<time>\d\d:\d\d(?P<seconds>:\d\d(?P<fraction>\.\d{1,6})?)?)"
    r"(?P<zone>Z|[+-]\d\d:?\d\d)?)?"
)
_WORD = re.compile(r"[A-Za-z][\w-]*")
_FORMS = "a number, a date (2026-11-17), a time (2026-11-17T09:30) or run:ID"
_SHOWN = 10


def split_name(text: str, is_asset: Callable[[str], bool]) -> tuple[str, str | None]:
    """The asset's name and the text after ``@`` in what was typed; None without a version.

    ``is_asset`` tells whether a name with an ``@`` in it is an asset's own.
    """
    name, sign, reference = text.rpartition("@")
    if not sign or not name or is_asset(text):
        return text, None
    return name, reference


def split_store(
    asked: str, reference: Reference | None, stores: Collection[str]
) -> tuple[str | None, Reference | None]:
    """The store and the version in it that ``prod:41`` or ``prod`` (its latest: None) names.

    No store stands for where an asset is read from anyway. Raises SelectionError, which begins with
    ``asked``, for a word that is none of ``stores``.
    """
    name, colon, rest = str(reference or "").partition(":")
    if name in stores:
        return name, rest or None
    if stores and _WORD.fullmatch(name) and f"{name}{colon}" != RUN:
        known = did_you_mean(name, stores) or f"The stores are {', '.join(sorted(stores))}."
        raise SelectionError(asked, f"there is no store `{name}`", known)
    return None, reference


def is_reference(text: str) -> bool:
    """Whether ``text`` is written as a version is, behind an ``@``."""
    return text.isdecimal() or text.startswith(RUN) or _MOMENT.fullmatch(text) is not None


def find_version(key: AssetKey, reference: Reference, versions: Sequence[Version]) -> Version:
    """The version of ``key`` that is meant among its ``versions``, newest first.

    Raises SelectionError that says which there are.
    """
    text = str(reference)
    asked = f"the version `{key}@{text}`"
    if text.startswith(RUN):
        return _of_run(asked, text.removeprefix(RUN), versions)
    if _MOMENT.fullmatch(text):
        return _as_of(key, asked, end_of(text, asked), versions)
    if not text.isdecimal():
        raise SelectionError(
            asked, f"`{text}` is not a version: give {_FORMS}", f"`%versions {key}` lists them."
        )
    number = int(text)
    for version in versions:
        if version.number == number:
            return version
    raise SelectionError(asked, "there is no such version", _there_are(versions))


def end_of(text: str, asked: str) -> datetime:
    """The first instant after the day, minute or second that ``text`` names, in UTC.

    Raises SelectionError, which begins with ``asked``, for a day or time that no calendar has.
    """
    found = _MOMENT.fullmatch(text)
    try:
        if found is None:
            raise ValueError(f"it is not {_FORMS}")
        day = date.fromisoformat(found["day"])
        if found["time"] is None:
            return _in_utc(datetime.combine(day, time()) + timedelta(days=1))
        moment = datetime.fromisoformat(f"{found['day']}T{found['time']}{found['zone'] or ''}")
        return _in_utc(moment + _length(found))
    except (ValueError, OverflowError) as error:
        raise SelectionError(asked, f"`{text}`: {error}", f"Give {_FORMS}.") from None


def _length(found: re.Match[str]) -> timedelta:
    """How long the time lasts that is written: a minute, a second, or an instant."""
    if found["fraction"] is not None:
        return timedelta(microseconds=1)
    return timedelta(minutes=1) if found["seconds"] is None else timedelta(seconds=1)


def _in_utc(moment: datetime) -> datetime:
    return moment.astimezone(UTC)  # one without a zone is in this computer's


def _as_of(key: AssetKey, asked: str, end: datetime, versions: Sequence[Version]) -> Version:
    """The newest version that was the latest before ``end``."""
    oldest: Version | None = None
    for version in versions:
        if version.event.overridden:
            continue
        if version.at < end:
            return version
        oldest = version
    if oldest is None:
        raise SelectionError(asked, "none ever was the latest", _there_are(versions))
    raise SelectionError(
        asked,
        f"the oldest version is {oldest.number}, of {oldest.at.astimezone():%Y-%m-%d %H:%M}",
        f"`%versions {key}` lists them.",
    )


def _of_run(asked: str, beginning: str, versions: Sequence[Version]) -> Version:
    """The newest version that the run whose id begins so made."""
    made = [each for each in versions if each.run_id and each.run_id.startswith(beginning)]
    runs = list(dict.fromkeys(version.run_id for version in made))
    if len(runs) == 1 and beginning:
        return made[0]
    known = runs or list(dict.fromkeys(each.run_id for each in versions if each.run_id))
    raise SelectionError(
        asked,
        f"{len(runs)} runs that made it begin so" if runs else "no run that begins so made it",
        f"These made it: {', '.join(known[:_SHOWN])}." if known else _there_are(versions),
    )


def _there_are(versions: Sequence[Version]) -> str:
    numbers = ", ".join(str(each.number) for each in versions[:_SHOWN])
    more = f" and {len(versions) - _SHOWN} more" if len(versions) > _SHOWN else ""
    return f"There are: {numbers}{more}."
