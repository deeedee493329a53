"""The assets that every contestant defines: trivial ones, each below up to three before it."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any


def parents_of(number: int) -> list[int]:
    """The numbers of the assets that asset ``number`` reads; every tenth reads none."""
    if number % 10 == 0:
        return []
    return [number - back for back in (1, 2, 7) if number >= back]


def source_of(assets: int) -> str:
    """A module of so many functions ``a0, a1, ...``, each of which returns its own number."""
    functions = []
    for number in range(assets):
        parameters = ", ".join(f"a{parent}: int" for parent in parents_of(number))
        functions.append(f"def a{number}({parameters}) -> int:\n    return {number}\n")
    return "\n\n".join(functions)


def functions_in(folder: Path, assets: int) -> list[Callable[..., Any]]:
    """The functions of such a module, which is written into ``folder`` and imported from there."""
    module = module_in(folder, assets)
    return [getattr(module, f"a{number}") for number in range(assets)]


def module_in(folder: Path, assets: int) -> ModuleType:
    """Such a module, written into ``folder`` and imported from there."""
    path = folder / f"trivial_{assets}.py"
    path.write_text(source_of(assets), encoding="utf-8")
    spec = importlib.util.spec_from_file_location(path.stem, path)
    if spec is None or spec.loader is None:
        raise ImportError(f"{path} cannot be imported")
    module = importlib.util.module_from_spec(spec)
    sys.modules[path.stem] = module
    spec.loader.exec_module(module)
    return module
