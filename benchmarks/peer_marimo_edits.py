"""marimo and the table of edits: each cell is a cell, each asset is cached on disk.

In one form the asset's function is decorated with `mo.persistent_cache`, in the other it is called
in a block `with mo.persistent_cache(name)`; the asset's name is bound to what came. The application
is written by marimo's own code generator, and run as a program. The cells of assets come last, as
the assets of a notebook are made after its cells ran.
"""

from __future__ import annotations

import functools
import runpy
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import marimo  # noqa: F401  loaded once, before the processes fork
import pandas  # noqa: F401
from edit_runs import perform
from marimo._ast import codegen
from marimo._ast.cell import CellConfig

OUTCOMES: dict[str, dict[str, Any]] = {}


def attempt(name: str, cached: Any, *inputs: Any) -> Any:
    """What the cached function gives, noted with whether it was computed; None where it fails."""
    misses = cached.cache_info().misses
    try:
        value = cached(*inputs)
    except Exception as error:  # noqa: BLE001  what a notebook's own code raises
        OUTCOMES[name] = {"error": f"{type(error).__name__}: {error}"}
        return None
    note(name, value, computed=cached.cache_info().misses > misses)
    return value


def note(name: str, value: Any, *, computed: bool) -> None:
    """Keeps what an asset gave, the first time."""
    OUTCOMES.setdefault(name, {"value": repr(value), "computed": computed})


def run(form: str, state: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Runs the state's program as an application with its cache in the current folder.

    A cell that fails ends the application: it is then run again without that cell.
    """
    import peer_marimo_edits  # this program is another module of that name

    outcomes = peer_marimo_edits.OUTCOMES
    cells = _decorated if form == "decorator" else _block
    left = list(state["program"]["functions"])
    while left:
        codes = ["import marimo as mo\nfrom peer_marimo_edits import attempt, note"]
        codes += [*state["program"]["plain"], *(code for each in left for code in cells(each))]
        names, settings = ["_"] * len(codes), [CellConfig() for _ in codes]
        Path("book.py").write_text(codegen.generate_filecontents(codes, names, settings))
        try:
            runpy.run_path("book.py", run_name="__main__")
        except Exception as error:  # noqa: BLE001  what a notebook's own code raises
            failed = next(each["name"] for each in left if _is_next(each, outcomes))
            outcomes[failed] = {"error": f"{type(error).__name__}: {error}"}
            left = [each for each in left if failed not in (each["name"], *each["inputs"])]
        else:
            break
    return outcomes


def _is_next(function: Mapping[str, Any], outcomes: Mapping[str, Any]) -> bool:
    return function["name"] not in outcomes and outcomes.keys() >= {*function["inputs"]}


def _decorated(function: Mapping[str, Any]) -> list[str]:
    name = function["name"]
    call = f"{name} = attempt({', '.join([repr(name), f'compute_{name}', *function['inputs']])})"
    return ["\n".join(["@mo.persistent_cache", *_function(function), call])]


def _block(function: Mapping[str, Any]) -> list[str]:
    name, inputs = function["name"], ", ".join(function["inputs"])
    lines = (
        f"with mo.persistent_cache({name!r}) as cached_{name}:",
        f"    {name} = compute_{name}({inputs})",
        f"note({name!r}, {name}, computed=not cached_{name}.hit)",
    )
    return ["\n".join(_function(function)), "\n".join(lines)]


def _function(function: Mapping[str, Any]) -> list[str]:
    head = f"def compute_{function['name']}({', '.join(function['inputs'])}):"
    return [*function["above"], head, *function["body"]]


if __name__ == "__main__":
    perform(functools.partial(run, sys.argv[1]))
