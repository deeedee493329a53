"""Dagster's public names for what assetbook has, with Dagster's defaults and meanings.

``from assetbook.dagster import asset, Definitions, materialize`` in place of ``from dagster import
...``: a project's file then runs on assetbook. Each name is loaded on first use. One that is not
in assetbook raises an ImportError that says what to use in its place.
"""

from __future__ import annotations

from typing import Any

from assetbook.dagster.missing_names import MISSING, missing
from assetbook.dagster.name_table import HOMES
from assetbook.errors import did_you_mean

__all__ = sorted(HOMES)


def __getattr__(name: str) -> Any:
    home = HOMES.get(name)
    if home is None:
        if name in MISSING:
            raise missing(name)
        raise AttributeError(
            f"module 'assetbook.dagster' has no attribute {name!r}. "
            f"{did_you_mean(name, [*HOMES, *MISSING])}".strip()
        )
    from importlib import import_module

    import assetbook

    assetbook.tell_value_reader()
    module, _, attribute = home.partition(":")
    found = getattr(import_module(module), attribute)
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    return list(__all__)
