"""Python values that go into SQL as bound parameters."""

from __future__ import annotations

import datetime
import decimal
import uuid
from typing import Any

from assetbook.errors import DefinitionError, with_article

_PLAIN = (
    bool,
    int,
    float,
    str,
    bytes,
    type(None),
    decimal.Decimal,
    datetime.date,
    datetime.time,
    datetime.timedelta,
    uuid.UUID,
)
_LARGEST = 2**127


def bound(name: str, value: Any, *, asked: str) -> object:
    """The value as a database takes it: numpy's scalars and arrays as Python's, tuples as lists.

    Raises DefinitionError, naming the parameter, for what is no plain value.
    """
    if hasattr(value, "tolist") and hasattr(value, "dtype"):  # numpy's scalars, arrays, Series
        value = value.tolist()
    if isinstance(value, list | tuple):
        return [bound(name, each, asked=asked) for each in value]
    if isinstance(value, dict) and all(isinstance(key, str) for key in value):
        return {key: bound(name, each, asked=asked) for key, each in value.items()}
    if not isinstance(value, _PLAIN):
        raise _refusal(name, value, asked)
    if isinstance(value, int) and not -_LARGEST < value < _LARGEST:
        raise DefinitionError(asked, f"`:{name}` is an int of more than 128 bits", "Bind its text.")
    return value


def _refusal(name: str, value: object, asked: str) -> DefinitionError:
    kind = with_article(type(value).__name__)
    if hasattr(value, "__arrow_c_stream__"):
        return DefinitionError(
            asked, f"`:{name}` is {kind}", f"A table is named in FROM, without the colon: `{name}`."
        )
    return DefinitionError(
        asked,
        f"`:{name}` is {kind}",
        "A parameter is a number, text, a date or time, or a list or dict of these.",
    )
