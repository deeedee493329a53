"""What breaks a table's rules: the column, the rule, how many rows, and a few of them.

A description is stored with the failed step, so text in it is only counted; the samples, with the
values as they are, are for whoever raised the failure.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from assetbook.types.value_type import TypeCheck

SAMPLES = 5
"""Rows that are named of each violation."""
_LONGEST = 60


@dataclass(frozen=True, slots=True)
class Violation:
    """One rule that one column, or the table as a whole, breaks."""

    column: str
    """Empty for the table as a whole."""
    rule: str
    count: int | None = None
    """Rows that break it; None where it is not a matter of rows."""
    rows: tuple[tuple[object, object], ...] = ()
    """Some of them: the row's number, from 0, and the value there."""
    found: str = ""
    """What was found, where it is not a matter of rows."""

    @property
    def text(self) -> str:
        """For a person and for the store: without texts out of the data."""
        return self._said([f"row {number}: {_safe(value)}" for number, value in self.rows])

    @property
    def sample(self) -> str:
        """The values as they are; empty where no row is named."""
        if not self.rows:
            return ""
        shown = ", ".join(f"row {number}: {_shortened(value)}" for number, value in self.rows)
        return f"{self._place}{shown}"

    @property
    def _place(self) -> str:
        return f"`{self.column}`: " if self.column else ""

    def _said(self, rows: Sequence[str]) -> str:
        said = f"{self._place}{self.rule}"
        if self.found:
            return f"{said}; {self.found}"
        count = self.count or 0
        breaks = f"{count:,} rows break it" if count != 1 else "1 row breaks it"
        return f"{said}; {breaks}" + (f" ({', '.join(rows)})" if rows else "")


def failed(violations: Sequence[Violation]) -> TypeCheck:
    """The check that found these; it passed if there are none."""
    texts = [each.text for each in violations]
    said = texts[0] if len(texts) == 1 else "\n".join(f"  {text}" for text in texts)
    several = f"{len(texts)} rules are broken\n{said}" if len(texts) > 1 else said
    samples = tuple(each.sample for each in violations if each.sample)
    return TypeCheck(not texts, several if texts else None, {}, samples)


def _safe(value: object) -> str:
    if value is None or isinstance(value, bool | int | float | Decimal | dt.date | dt.timedelta):
        return str(value)
    text = value if isinstance(value, str) else repr(value)
    return f"{len(text)} characters"


def _shortened(value: object) -> str:
    text = repr(value)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}..."
