"""The line after a run that says what assets read that their code does not show."""

from __future__ import annotations

from assetbook.instance.states import Standing
from assetbook.surfaces.display.asset_words import observed_text


def newly_observed(before: Standing | None, now: Standing) -> list[str]:
    """A line for each asset that was seen to read other names than when ``before`` was taken."""
    found = []
    for key, defined in now.defined.items():
        observed = defined.code.observed if defined.code is not None else {}
        was = before.defined.get(key) if before is not None else None
        known = was.code.observed if was is not None and was.code is not None else {}
        if observed and observed != known:
            count = "they count" if len(observed) > 1 else "it counts"
            found.append(f"`{key}` {observed_text(observed)}: {count} from now on")
    return found
