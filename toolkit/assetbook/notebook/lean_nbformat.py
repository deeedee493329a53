"""nbformat, imported without what it never uses: a parser of international addresses, whose grammar
jsonschema reads for more than a second where it is installed."""

from __future__ import annotations

import importlib
import sys
from types import ModuleType
from typing import Any, cast

_ADDRESSES = "rfc3987_syntax"
_VALIDATION = "jsonschema"


def lean_nbformat() -> ModuleType:
    """The module nbformat. Whoever imports jsonschema later gets all of that, addresses too."""
    if {"nbformat", _ADDRESSES, _VALIDATION} & sys.modules.keys():
        return importlib.import_module("nbformat")
    modules = cast(dict[str, Any], sys.modules)
    modules[_ADDRESSES] = None  # its import fails, which jsonschema expects
    try:
        return importlib.import_module("nbformat")
    finally:
        del modules[_ADDRESSES]
        for name in [each for each in modules if each.partition(".")[0] == _VALIDATION]:
            del modules[name]
