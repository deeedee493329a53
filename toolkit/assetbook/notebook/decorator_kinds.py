"""What a decorator means for a function's version, by what its name stands for."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Mapping
from types import ModuleType
from typing import Any, Literal

from assetbook.notebook.code_facts import chain_of
from assetbook.notebook.local_modules import is_framework, is_local_module

DecoratorKind = Literal["framework", "plain", "local", "foreign"]
"""assetbook's own, which is left out; one that reads no docstring; the project's; any other."""

_PLAIN = frozenset(
    ("builtins", "functools", "contextlib", "abc", "typing", "typing_extensions", "dataclasses")
)


def decorator_kind(decorator: ast.expr, namespace: Mapping[str, Any]) -> DecoratorKind:
    """The kind of a decorator that is looked up in ``namespace``."""
    name, path = chain_of(decorator.func if isinstance(decorator, ast.Call) else decorator)
    value = namespace.get(name, vars(builtins).get(name))
    for attribute in path:
        value = vars(value).get(attribute, value) if isinstance(value, ModuleType) else value
    home = value.__name__ if isinstance(value, ModuleType) else getattr(value, "__module__", None)
    if not isinstance(home, str):
        return "foreign"
    if is_framework(home):
        return "framework"
    if home.partition(".")[0] in _PLAIN:
        return "plain"
    return "local" if is_local_module(home) else "foreign"
