"""What a run's record says of the code that it ran: which snapshot, which bundle."""

from __future__ import annotations

import msgspec


class RunSources(msgspec.Struct, frozen=True):
    """The digests of what a run's location defined and of the source it was loaded from."""

    snapshot: str | None = None
    """None for definitions given as objects."""
    bundle: str | None = None
    """None where none was kept, as for source with a literal that looks like a secret."""
    pinned: bool = False
    """Whether it was loaded from that bundle, whatever its files say."""


NO_SOURCES = RunSources()
"""Those of a run that has no location."""
