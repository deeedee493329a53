"""Asking a code location's own process, which is started for one question."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from assetbook.errors import error_from
from assetbook.notebook.location_source import LocationSource


def ask_process(source: LocationSource, asked: Mapping[str, Any]) -> dict[str, Any]:
    """What the process of a location answers; raises the error that it ended with."""
    from assetbook.kernels.own_process import LOCATION_PROCESS, call_in_process

    answered: dict[str, Any] = call_in_process(source, LOCATION_PROCESS, asked)
    if error := answered.get("error"):
        raise error_from(error)
    return answered
