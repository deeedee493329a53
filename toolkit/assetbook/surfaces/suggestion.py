"""Commands that are suggested, written so that they run where they are read.

In a notebook that is ``%materialize orders``, in a shell ``assetbook materialize NOTEBOOK orders``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from assetbook.errors import AssetbookError

NOTEBOOK: Final = "NOTEBOOK"
"""Stands for the notebook where nobody knows which one is meant."""
NEED_NOTEBOOK: Final = frozenset(
    {"plan", "materialize", "backfill", "observe", "launch", "promote"}
)
"""Verbs that a shell gives the notebook first, since they need living definitions."""
_MAGIC: Final = re.compile(
    r"(?<![%\w])%(assets|show|lineage|why|plan|materialize|observe|launch|runs|logs|attach|cancel|value"
    r"|versions|restore|keep|export|resume|retry|backfills|backfill|schedules|sensors|daemon"
    r"|reproduce|sql|rename|wipe|diff|doctor|store|reload|promote|pools|validate|dashboard|assetbook)\b"
)
_shells: list[str] = []


@contextmanager
def in_shell(notebook: str = "") -> Iterator[None]:
    """While it lasts, suggestions are for a shell; errors that pass through have theirs rewritten.

    ``notebook`` is what to type for the notebook; empty where it is not known.
    """
    _shells.append(notebook or NOTEBOOK)
    try:
        yield
    except AssetbookError as error:
        error.remedy = as_typed(error.remedy)
        raise
    finally:
        _shells.pop()


def typed(words: str, *, shell: bool = False) -> str:
    """``show orders`` as it is typed here, or always in a shell if ``shell``."""
    if not _shells and not shell:
        return f"%{words}"
    verb, space, rest = words.partition(" ")
    if verb == "assetbook":
        return words
    notebook = f" {_shells[-1] if _shells else NOTEBOOK}" if verb in NEED_NOTEBOOK else ""
    return f"assetbook {verb}{notebook}{space}{rest}"


def as_typed(text: str) -> str:
    """Our own ``text`` with each magic in it as it is typed here."""
    return _MAGIC.sub(lambda found: typed(found[1]), text) if _shells else text
