"""How long a run or a step may take, as its tags say it."""

from __future__ import annotations

import re
from collections.abc import Mapping

from assetbook.errors import ConfigError

MAX_RUNTIME = "assetbook/max_runtime"
"""The tag of a run, or of an asset: ``10m``, or seconds."""
_NAMES = (MAX_RUNTIME, "dagster/max_runtime")
_TIME = re.compile(r"(\d+(?:\.\d+)?)([smhd]?)")
_UNITS = {"": 1, "s": 1, "m": 60, "h": 3600, "d": 86400}
_WORDS = ((86400, "d"), (3600, "h"), (60, "min"))


def seconds_of(text: str) -> float | None:
    """The seconds of ``90``, ``90s``, ``10m``, ``6h`` or ``2d``; None for what is no such time."""
    found = _TIME.fullmatch(text)
    return None if found is None else float(found[1]) * _UNITS[found[2]]


def time_limit(tags: Mapping[str, str], of: str) -> float | None:
    """The seconds that ``of``, a run or step, may take by its tags; None for as long as it takes.

    Raises ConfigError for a tag that says no time.
    """
    for name in _NAMES:
        if name in tags:
            seconds = seconds_of(tags[name])
            if not seconds:
                raise ConfigError(
                    f"the time limit of {of}",
                    f"its tag {name} is {tags[name]!r}, which is no time",
                    "Write seconds, or 90s, 10m, 6h, 2d.",
                )
            return seconds
    return None


def limit_text(seconds: float) -> str:
    """``10 min``, ``1.5 s``: a limit as people read it."""
    for size, word in _WORDS:
        if seconds >= size and seconds % size == 0:
            return f"{seconds / size:g} {word}"
    return f"{seconds:g} s"
