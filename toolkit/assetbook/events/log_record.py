"""What a step printed, logged or displayed."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from assetbook.events.parts import Record


class LogRecord(Record, frozen=True, omit_defaults=True, kw_only=True):
    """One piece of what a step printed, logged or displayed."""

    run_id: str
    step: str
    at: datetime
    stream: Literal["stdout", "stderr", "log", "display"]
    text: str = ""
    """The text; for a display its plain form."""
    level: str = ""
    """The level's name, for ``log``."""
    bundle: dict[str, Any] | None = None
    """The mime bundle of a display, bytes as base64 text."""
    metadata: dict[str, Any] | None = None
    """What a display says of its bundle beside that, such as the size of a picture."""
    display_id: str = ""
    """The name by which a display can be updated; empty if it cannot."""
    update: bool = False
    """Whether it takes the place of the display of that name: it is shown, and not kept."""
    clears: Literal["", "now", "later"] = ""
    """Whether it clears what the cell shows, now or with what is shown next: done, and not kept."""
    logger: str = ""
    """The name of the logger, for ``log``; empty for ``context.log``."""
    extra: dict[str, Any] | None = None
    """What was logged beside the text, by ``extra=``."""
    omitted: dict[str, int] | None = None
    """Lines of each stream that stood here and are in the run's files alone; empty in what is said
    of the output otherwise, None in the output itself."""
    omitted_bytes: dict[str, int] | None = None
    """How many bytes of the run's files they are."""
