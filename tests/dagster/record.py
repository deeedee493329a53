"""Writes what Dagster itself has and does into ``recorded.json``; run by a Python that has it::

python -m tests.dagster.record
"""

import inspect
import json
import types
from pathlib import Path

import dagster
from tests.dagster import (
    op_programs,
    partition_programs,
    programs,
    schedule_programs,
    sensor_programs,
)

HERE = Path(__file__).parent


def public_names():
    """Each public name with its parameters, modules apart; None where there is no signature."""
    found = {}
    for name in sorted(dir(dagster)):
        value = getattr(dagster, name)
        if not name.startswith("_") and not isinstance(value, types.ModuleType):
            found[name] = parameters(value)
    return found


def parameters(value):
    if not callable(value):
        return None
    try:
        signature = inspect.signature(value)
    except (TypeError, ValueError):
        return None
    variadic = ("VAR_POSITIONAL", "VAR_KEYWORD")
    return [name for name, each in signature.parameters.items() if each.kind.name not in variadic]


if __name__ == "__main__":
    every = {
        **programs.PROGRAMS,
        **op_programs.PROGRAMS,
        **partition_programs.PROGRAMS,
        **schedule_programs.PROGRAMS,
        **sensor_programs.PROGRAMS,
    }
    results = {name: run(dagster) for name, run in every.items()}
    recorded = {"version": dagster.__version__, "names": public_names(), "results": results}
    text = json.dumps(recorded, indent=1, sort_keys=True)
    (HERE / "recorded.json").write_text(f"{text}\n", encoding="utf-8")
