"""The cell that gives a notebook its parameters, as papermill puts one behind the cell that
declares them: plain Python which reads back as exactly the values that were given."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum
from pathlib import Path, PurePath
from types import MappingProxyType, ModuleType
from typing import Any
from uuid import UUID

import msgspec

from assetbook.definitions.secret import Secret, scrub
from assetbook.errors import ConfigError, with_article
from assetbook.kernels.asset_reference import AssetReference
from assetbook.kernels.parameters import DeclaredParameters

LONGEST = 100_000
"""Bytes of source that the parameters of one run may take."""
_NO_VARIABLES: Mapping[str, str] = MappingProxyType({})
_BY_TEXT = (UUID, Decimal, Path, PurePath, AssetReference)


class InjectedCell(msgspec.Struct, frozen=True):
    """What a run puts into the notebook, and into its kernel's environment."""

    source: str
    """Python; empty if no parameter was given."""
    secrets: Mapping[str, str]
    """Values that are no part of the source, by the environment variable that it reads."""


class Loaded(msgspec.Struct, frozen=True):
    """A stored value that a notebook gets in its kernel."""

    reference: AssetReference
    as_type: Any = None
    """A class; AssetReference for the reference itself, None for what the value was."""


_NO_INPUTS: Mapping[str, Loaded] = MappingProxyType({})


def injected_cell(
    declared: DeclaredParameters,
    values: Mapping[str, Any],
    variables: Mapping[str, str] = _NO_VARIABLES,
    inputs: Mapping[str, Loaded] = _NO_INPUTS,
) -> InjectedCell:
    """The cell that sets the parameters to ``values``, and gives ``inputs`` their names. Known
    secrets are read from the environment, and so are text and numbers that were given as the
    ``variables`` of those names.

    Raises ConfigError for a value that has no form in Python, and for more than 100 kB of them.
    """
    writer = _Writer(declared)
    texts = {name: writer.written(name, each, variables.get(name)) for name, each in values.items()}
    if declared.variable is None:
        lines = [f"{name} = {text}" for name, text in texts.items()]
    else:
        lines = [f"{declared.variable} = {writer.call(declared.model, texts)}"] if texts else []
    lines += [f"{name} = {writer.loaded(each)}" for name, each in inputs.items()]
    source = "\n".join(["# Parameters", *lines]) if lines else ""
    if len(source.encode()) > LONGEST:
        longest = max(values, key=lambda name: len(repr(values[name])))
        raise ConfigError(
            f"the parameter `{longest}`",
            f"the parameters take {len(source.encode()):,} bytes, and at most {LONGEST:,} are "
            "written into a notebook",
            "Make it an asset, and load that in the notebook.",
        )
    return InjectedCell(source, writer.secrets)


@dataclass
class _Writer:
    declared: DeclaredParameters
    secrets: dict[str, str] = field(default_factory=dict)
    _name: str = ""

    def written(self, name: str, value: object, variable: str | None = None) -> str:
        """The text of a parameter, which may have been given as an environment variable."""
        self._name = name
        if variable is not None and type(value) in (str, int, Secret):
            read = f"{self._import('os')}.environ[{json.dumps(variable)}]"
            return read if isinstance(value, str) else f"{self._named(type(value))}({read})"
        return self._literal(value)

    def call(self, cls: type, texts: Mapping[str, str]) -> str:
        """The text that makes an instance of a class, of those of its fields."""
        return f"{self._named(cls)}({', '.join(f'{name}={text}' for name, text in texts.items())})"

    def loaded(self, given: Loaded) -> str:
        """The text that gives a stored value."""
        reference = self._literal(given.reference)
        if given.as_type is AssetReference:
            return reference
        return f"{reference}.load({'' if given.as_type is None else self._named(given.as_type)})"

    def _literal(self, value: object) -> str:
        if isinstance(value, Enum):
            return f"{self._named(type(value))}.{value.name}"
        if isinstance(value, Secret):
            return f"{self._named(Secret)}({self._secret(value.get_value())})"
        if isinstance(value, str):
            return self._secret(value) if scrub(value) != value else repr(str.__str__(value))
        if value is None or type(value) in (bool, int, bytes):
            return repr(value)
        if isinstance(value, float):
            return repr(value) if math.isfinite(value) else f'float("{value}")'
        return self._of_parts(value)

    def _of_parts(self, value: object) -> str:
        """The text of a value that is made of others."""
        if type(value) in (list, tuple, set, frozenset):
            return self._collection(value)  # type: ignore[arg-type]
        if isinstance(value, dict):
            pairs = (f"{self._literal(key)}: {self._literal(each)}" for key, each in value.items())
            return f"{{{', '.join(pairs)}}}"
        if isinstance(value, _BY_TEXT):
            kind = next(each for each in _BY_TEXT if isinstance(value, each))
            return f"{self._named(kind)}({self._literal(str(value))})"
        if isinstance(value, date | time | timedelta):
            return self._instant(value)
        fields: Iterable[str] | None = getattr(type(value), "__pydantic_fields__", None)
        if fields is not None:
            return self.call(
                type(value), {name: self._literal(vars(value)[name]) for name in fields}
            )
        raise ConfigError(
            f"the parameter `{self._name}`",
            f"{with_article(type(value).__name__)} cannot be written as Python into the notebook",
            "Give plain values, dates, paths or enums.",
        )

    def _collection(self, value: Iterable[object]) -> str:
        inside = ", ".join(map(self._literal, value))
        if isinstance(value, list):
            return f"[{inside}]"
        if isinstance(value, tuple):
            return f"({inside},)" if inside else "()"
        if isinstance(value, set) and inside:
            return f"{{{inside}}}"
        return f"{type(value).__name__}([{inside}])"

    def _instant(self, value: date | time | timedelta) -> str:
        kind = next(each for each in (datetime, date, time, timedelta) if isinstance(value, each))
        named = self._named(kind)
        if isinstance(value, timedelta):
            parts = {name: getattr(value, name) for name in ("days", "seconds", "microseconds")}
            return f"{named}({', '.join(f'{name}={each}' for name, each in parts.items() if each)})"
        return f"{named}.fromisoformat({value.isoformat()!r})"

    def _secret(self, text: str) -> str:
        variable = f"ASSETBOOK_PARAMETER_{len(self.secrets) + 1}"
        self.secrets[variable] = text
        return f"{self._import('os')}.environ[{json.dumps(variable)}]"

    def _named(self, kind: type) -> str:
        """How the notebook names a class: as its own cells do, else by importing it in place."""
        if kind.__module__ == "builtins":
            return kind.__qualname__
        for name, known in self.declared.known.items():
            if known is kind:
                return name
        return f"{self._import(kind.__module__)}.{kind.__qualname__}"

    def _import(self, module: str) -> str:
        for name, known in self.declared.known.items():
            if isinstance(known, ModuleType) and known.__name__ == module:
                return name
        # binds no name that the notebook may use otherwise
        if "." not in module:
            return f'__import__("{module}")'
        return f'__import__("importlib").import_module("{module}")'
