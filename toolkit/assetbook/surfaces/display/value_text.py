"""One cell of a table, or one part of a plain value, as a short text that tells two apart."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

_LONGEST = 60


def value_text(value: Any, longest: int = _LONGEST) -> str:
    """The value as text, floats with all their digits; cut beyond ``longest`` characters."""
    if value is None:
        return "null"
    if isinstance(value, float):
        return "NaN" if value != value else repr(value)
    if isinstance(value, datetime):
        return str(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, bytes):
        return _cut(f"0x{value[:longest].hex()}", longest)
    return _cut(value if isinstance(value, str) else str(value), longest)


def pair_text(before: Any, after: Any) -> tuple[str, str]:
    """Two values that differ as texts that do: one that reads like the other has quotes."""
    texts = value_text(before), value_text(after)
    return texts if texts[0] != texts[1] else (_cut(repr(before)), _cut(repr(after)))


def _cut(text: str, longest: int = _LONGEST) -> str:
    return text if len(text) <= longest else f"{text[: longest - 1]}…"
