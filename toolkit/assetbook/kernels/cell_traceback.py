"""The traceback of a failed cell, as IPython writes it, for a log and for a person."""

from __future__ import annotations

import re

from assetbook.kernels.prelude import PRELUDE

_COLOURS = re.compile(r"\x1b\[[0-9;]*m")
_FRAME = re.compile(r"(?P<cell>Cell In\[\d+\], line \d+)|File (?P<file>.+)")
_ARROW = re.compile(r"-+> *\d")
_OURS = f", in {PRELUDE}."


def plain(traceback: str) -> str:
    """It without colours."""
    return _COLOURS.sub("", traceback)


def short(traceback: str) -> list[str]:
    """Its lines without those of installed libraries, but for the frame that raised, and without
    ours; ``traceback`` has no colours."""
    blocks = [each.splitlines() for each in re.split(r"\n\s*\n", traceback.strip())]
    frames = [each for each in blocks if _FRAME.match(_head(each)) and _OURS not in _head(each)]
    last = blocks[-1] if blocks else []
    found: list[str] = []
    for number, block in enumerate(frames):
        lines = block[_first(block) :]
        if lines[0].startswith("Cell In"):
            found += lines
        elif number == len(frames) - 1:
            found += [lines[0], *(line for line in lines[1:] if _ARROW.match(line.strip()))]
    return found + ([] if last in frames else last)


def _first(block: list[str]) -> int:
    """Where a block's frame begins: the first stands below the traceback's head."""
    return next((at for at, line in enumerate(block) if _FRAME.match(line)), 0)


def _head(block: list[str]) -> str:
    return block[_first(block)] if block else ""
