"""Parameters as they are typed on a line: ``day=2026-01-01`` becomes the value that fits."""

from __future__ import annotations

import ast
import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from assetbook.errors import UsageError


def typed_parameters(model: Any, words: Iterable[str]) -> dict[str, Any]:
    """The values by name of words such as ``day=2026-01-01``, ``top=5`` and ``names=["a", "b"]``,
    for the fields of a Config class.

    What is JSON or a Python literal stands for itself where that fits the parameter, all else for
    text. Raises UsageError for a word without ``=``; whether there is such a parameter, and whether
    the value fits, is for the configuration to say.
    """
    return {name: _value(model, name, text) for name, text in _split(words)}


def _split(words: Iterable[str]) -> Iterator[tuple[str, str]]:
    for word in words:
        name, sign, text = word.partition("=")
        if not sign or not name.strip():
            raise UsageError(
                f"the parameter `{word}`", "it has no value", "Write NAME=VALUE, as in top=5."
            )
        yield name.strip(), text


def _value(model: Any, name: str, text: str) -> Any:
    fields: Mapping[str, Any] = model.__pydantic_fields__
    wanted = fields[name].annotation if name in fields else Any
    if wanted is str:
        return text
    return next((each for each in _readings(text) if _fits(wanted, each)), text)


def _readings(text: str) -> Iterator[Any]:
    for read in (json.loads, ast.literal_eval):
        try:
            yield read(text)
        except (ValueError, SyntaxError, MemoryError, RecursionError):
            continue


def _fits(wanted: Any, value: object) -> bool:
    import pydantic

    try:
        adapter = pydantic.TypeAdapter(wanted, config={"arbitrary_types_allowed": True})
    except pydantic.PydanticUserError:  # a model has a configuration of its own
        adapter = pydantic.TypeAdapter(wanted)
    try:
        adapter.validate_python(value)
    except pydantic.ValidationError:
        return False
    return True
