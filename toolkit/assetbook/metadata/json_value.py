"""Values that JSON can hold, copied exactly; and which of them a strict JSON encoder can take."""

from __future__ import annotations

import math
from typing import Any

from assetbook.errors import DefinitionError, with_article

_LARGEST = 2**63


def json_value(raw: Any, where: str = "$") -> Any:
    """A copy of ``raw`` in JSON's own types; tuples become lists, numpy scalars numbers.

    NaN, infinities and whole numbers of any size stay. Raises DefinitionError that names the
    place (``$.rows[2]``) and the type of what JSON cannot hold.
    """
    kind = type(raw)
    if raw is None or kind is str or kind is int or kind is bool or kind is float:
        return raw
    if isinstance(raw, dict):
        return {_name(key, where): json_value(each, f"{where}.{key}") for key, each in raw.items()}
    if isinstance(raw, list | tuple):
        return [json_value(each, f"{where}[{index}]") for index, each in enumerate(raw)]
    if is_scalar_box(raw):
        return json_value(raw.item(), where)
    for plain in (str, bool, int, float):
        if isinstance(raw, plain):
            return plain.__str__(raw) if plain is str else plain(raw)
    raise DefinitionError(
        f"a JSON value with {with_article(kind.__name__)} at {where}",
        "JSON holds text, numbers, booleans, None, lists and dicts",
        "Turn it into one of these, for instance by str(...).",
    )


def is_scalar_box(raw: object) -> bool:
    """Whether ``raw`` is a numpy scalar (or like one) whose ``item()`` is a plain number or text.

    Told without importing numpy; its dates and durations are none.
    """
    if getattr(raw, "shape", None) != () or not callable(getattr(raw, "item", None)):
        return False
    return getattr(getattr(raw, "dtype", None), "kind", "") in tuple("biufUS")


def is_strict(value: Any) -> bool:
    """Whether every strict JSON encoder takes this JSON value and gives it back the same."""
    if isinstance(value, str):
        return value.isascii() or not any("\ud800" <= char <= "\udfff" for char in value)
    if isinstance(value, float):
        return math.isfinite(value)
    if isinstance(value, int):
        return -_LARGEST <= value < _LARGEST
    if isinstance(value, dict):
        return all(is_strict(key) and is_strict(each) for key, each in value.items())
    if isinstance(value, list):
        return all(is_strict(each) for each in value)
    return True


def _name(key: object, where: str) -> str:
    if not isinstance(key, str):
        raise DefinitionError(
            f"a JSON value with the key {key!r} at {where}",
            f"it is {with_article(type(key).__name__)}, and JSON's keys are text",
            "Use text for keys.",
        )
    return str.__str__(key)
