"""Cron lines as people write them: which can be read, and what is wrong with the others."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache

from assetbook.errors import DefinitionError, did_you_mean, with_article

_SHORTHANDS = {
    "@hourly": "0 * * * *",
    "@daily": "0 0 * * *",
    "@midnight": "0 0 * * *",
    "@weekly": "0 0 * * 0",
    "@monthly": "0 0 1 * *",
    "@yearly": "0 0 1 1 *",
    "@annually": "0 0 1 1 *",
}
_MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
_DAYS = ("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT")
_FIELDS: dict[str, tuple[int, int, tuple[str, ...]]] = {
    "minute": (0, 59, ()),
    "hour": (0, 23, ()),
    "day-of-month": (1, 31, ("L", "LW")),
    "month": (1, 12, _MONTHS),
    "day-of-week": (0, 7, _DAYS),
}
_LOOKED_FROM = datetime(2000, 1, 1)


def checked_lines(lines: str | Sequence[str]) -> tuple[str, ...]:
    """One line or several, each with single spaces, and none twice.

    Raises DefinitionError where there is none, or one that cannot be read or is never due.
    """
    given = [lines] if isinstance(lines, str) else lines
    if not isinstance(given, Sequence) or not given:
        raise DefinitionError(
            f"cron lines {lines!r}", "they are neither a text nor a list of texts", _EXAMPLE
        )
    for line in given:
        if not isinstance(line, str):
            raise DefinitionError(f"cron line {line!r}", "it is no text", _EXAMPLE)
    return tuple(dict.fromkeys(_checked(line) for line in given))


def expanded(line: str) -> str:
    """The five fields of a line: itself, or those that ``@daily`` and the like stand for."""
    return _SHORTHANDS.get(line.lower(), line)


def described(line: str) -> str:
    """The line in English: ``at 06:00 every day``."""
    from cronsim import CronSim

    said = CronSim(expanded(line), _LOOKED_FROM).explain()
    return said[0].lower() + said[1:]


@lru_cache(maxsize=256)
def _checked(line: str) -> str:
    line = " ".join(line.split())
    if line.startswith("@"):
        _refuse_unknown_shorthand(line)
    fields = expanded(line).split()
    if len(fields) != len(_FIELDS):
        raise _wrong_number(line, fields)
    _refuse_unreadable(line, fields)
    return line


def _refuse_unknown_shorthand(line: str) -> None:
    if line.lower() not in _SHORTHANDS:
        known = ", ".join(f"`{each}`" for each in _SHORTHANDS)
        offered = did_you_mean(line.lower(), _SHORTHANDS) or f"Known are {known}."
        raise DefinitionError(f"cron line `{line}`", "there is no such shorthand", offered)


def _wrong_number(line: str, fields: list[str]) -> DefinitionError:
    if len(fields) == len(_FIELDS) + 1:
        return DefinitionError(
            f"cron line `{line}`",
            "it has six fields, and one for seconds is not supported",
            f"Write it without the first field: `{' '.join(fields[1:])}`.",
        )
    return DefinitionError(
        f"cron line `{line}`",
        f"it has {len(fields)} field{'' if len(fields) == 1 else 's'} in place of five",
        _EXAMPLE,
    )


def _refuse_unreadable(line: str, fields: list[str]) -> None:
    from cronsim import CronSim, CronSimError

    for index, (name, field) in enumerate(zip(_FIELDS, fields, strict=True)):
        _refuse_long_step(line, name, field)
        alone = ["*"] * len(fields)
        alone[index] = field
        try:
            CronSim(" ".join(alone), _LOOKED_FROM)
        except (CronSimError, ValueError):
            raise _bad_field(line, name, field) from None
    try:
        next(CronSim(" ".join(fields), _LOOKED_FROM))
    except (CronSimError, StopIteration):
        found = f"it is never due: day `{fields[2]}` of month `{fields[3]}` never comes"
        if fields[4] != "*":
            found += f" on day-of-week `{fields[4]}`"
        raise DefinitionError(f"cron line `{line}`", found, _LAST_DAY) from None


def _refuse_long_step(line: str, name: str, field: str) -> None:
    """Raises DefinitionError for ``*/90``, which would be due once an hour."""
    lowest, highest, _ = _FIELDS[name]
    for part in field.split(","):
        _, _, step = part.partition("/")
        if step.isascii() and step.isdigit() and int(step[:9]) > highest - lowest:
            raise DefinitionError(
                f"cron line `{line}`",
                f"the step of its {name} `{part}` is longer than the field, which begins again",
                f"The longest step of {with_article(name)} is {highest - lowest}; "
                "give several lines for other times.",
            )


def _bad_field(line: str, name: str, field: str) -> DefinitionError:
    lowest, highest, names = _FIELDS[name]
    allowed = f"{lowest} to {highest}"
    if names:
        allowed += f" or {', '.join(names)}"
    return DefinitionError(
        f"cron line `{line}`",
        f"its {name} `{field}` cannot be read",
        f"Give {with_article(name)} as {allowed}, or `*`; lists (`1,2`), ascending ranges (`1-5`) "
        f"and steps (`*/2`) are made of them.{_nearest(field, lowest, highest, names)}",
    )


def _nearest(field: str, lowest: int, highest: int, names: tuple[str, ...]) -> str:
    """A sentence with the nearest that is allowed; empty where nothing is near."""
    if field.isascii() and field.isdigit():
        return f" The nearest is `{min(max(int(field[:9]), lowest), highest)}`."
    if field == "?":
        return " Did you mean `*`?"
    first, dash, last = field.upper().partition("-")
    begin, end = _number(first, lowest, names), _number(last, lowest, names)
    if dash and begin is not None and end is not None and end < begin <= highest:
        return f" Did you mean `{first}-{highest},{lowest}-{last}`?"
    if names is _DAYS and first[:1] == "L" and _number(first[1:], lowest, names) is not None:
        return f" Did you mean `{first[1:]}L`?"
    guess = did_you_mean(first[:3], names)
    return f" {guess}" if guess else ""


def _number(text: str, lowest: int, names: tuple[str, ...]) -> int | None:
    """What a number or a name stands for; None for anything else."""
    if text.isascii() and text.isdigit():
        return int(text[:9])
    return names.index(text) + lowest if text in names else None


_EXAMPLE = (
    "Give minute, hour, day of month, month and day of week, as in `0 6 * * *` "
    "(six o'clock every day), or `@daily`."
)
_LAST_DAY = "Write a date that comes; `L` as the day of month is the last day of each."
