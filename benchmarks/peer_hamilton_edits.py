"""Hamilton and the table of edits: the assets are nodes of a driver with its cache on disk.

The notebook's other statements are module code beside them, as `ad_hoc_utils` takes functions out
of a notebook's cells. Types are `object`; each node is asked for by itself, so that one that fails
takes no other with it.
"""

from __future__ import annotations

import sys
import types
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas  # noqa: F401  loaded once, before the processes fork
from edit_runs import perform
from hamilton import ad_hoc_utils, driver

_EXECUTED = "execute_node"


def run(state: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Executes each node of the state's program with the cache in the current folder."""
    program = state["program"]
    names = _module(program)
    functions = [names[each["name"]] for each in program["functions"]]
    module = ad_hoc_utils.create_temporary_module(*functions, module_name="book_assets")
    built = driver.Builder().with_modules(module).with_cache(path="cache").build()
    computed: set[str] = set()
    values = {}
    for each in program["functions"]:
        values[each["name"]] = _value(built, each["name"], computed)
    for name, found in values.items():
        found["computed"] = name in computed
    return values


def _value(built: Any, name: str, computed: set[str]) -> dict[str, Any]:
    try:
        value = built.execute([name])[name]
    except Exception as error:  # noqa: BLE001  what a notebook's own code raises
        return {"error": f"{type(error).__name__}: {error}"}
    events = built.cache.logs(built.cache.last_run_id, level="debug")
    computed |= {node for node, all_ in events.items() if any(_executed(each) for each in all_)}
    return {"value": repr(value)}


def _executed(event: Any) -> bool:
    return str(event.event_type.value) == _EXECUTED


def _module(program: Mapping[str, Any]) -> dict[str, Any]:
    texts = [*program["plain"], *map(_function, program["functions"])]
    file = Path("book.py").resolve()
    file.write_text("\n\n\n".join(texts) + "\n")
    module = types.ModuleType("__main__")
    sys.modules["__main__"] = module
    exec(compile(file.read_text(), str(file), "exec"), module.__dict__)
    return module.__dict__


def _function(function: Mapping[str, Any]) -> str:
    parameters = ", ".join(f"{name}: object" for name in function["inputs"])
    head = f"def {function['name']}({parameters}) -> object:"
    return "\n".join([*function["above"], head, *function["body"]])


if __name__ == "__main__":
    perform(run)
