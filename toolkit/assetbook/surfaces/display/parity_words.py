"""What is said of a load beside a plan or a run: whether it gives what running it gave."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

from assetbook.keys import AssetKey
from assetbook.planning.parity import ANSWERS, Parity
from assetbook.surfaces.display.formatting import counted
from assetbook.surfaces.display.html import visible
from assetbook.surfaces.suggestion import typed

_MOST_SAID = 8


def answer_counts(answers: Iterable[str]) -> str:
    """``3 proven, 1 edited since``; one word if it is the same for all; empty without any."""
    counts = Counter(answers)
    if len(counts) == 1:
        return next(iter(counts))
    return ", ".join(f"{counts[answer]} {answer}" for answer in ANSWERS if counts[answer])


def parity_lines(answers: Mapping[AssetKey, Parity]) -> list[str]:
    """A line of counts, and one for each asset that is not proven."""
    if not answers:
        return []
    counts = answer_counts(each.answer for each in answers.values())
    lines = [f"loaded without running the notebook: {counts}"]
    others = {
        key: each for key, each in answers.items() if each.answer not in ("proven", "unproven")
    }
    for key, each in list(others.items())[:_MOST_SAID]:
        lines.append(visible(f"  {key}: {each.answer}: {each.reason}", one_line=True))
    if len(others) > _MOST_SAID:
        lines.append(f"  and {counted(len(others) - _MOST_SAID, 'asset')} more")
    if any(each.answer == "unproven" for each in answers.values()):
        lines.append(f"  unproven until its cells ran here, or `{typed('promote --dry-run')}` did")
    return lines
