"""What is known of a loaded code location, as it passes between processes."""

from __future__ import annotations

from typing import Any

import msgspec

from assetbook.errors import NotLoadedError
from assetbook.instance.asset_record import SCRATCH, Snapshot
from assetbook.instance.snapshots import recall, snapshot_of
from assetbook.instance.states import standing
from assetbook.surfaces.live import LiveNotebook
from assetbook.surfaces.mapping_notice import idle_mappings


class LocationAnswer(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """A location as it was loaded; what is added to it later must have a default."""

    location: str
    """Its id; ``scratch`` for a notebook that is no location."""
    snapshot: Snapshot
    """What it defines: of each asset its spec, edges, code version, cell, unknowns and the places
    of the code that it reaches. Texts that it names by digest are in the store."""
    left_out: tuple[str, ...] = ()
    """The cells of which nothing was run, each with its first line."""
    warnings: tuple[str, ...] = ()
    """What a person should know: definitions that are wrong, that moved, that nobody can reach."""

    def to_json(self) -> dict[str, Any]:
        """Plain values."""
        found: dict[str, Any] = msgspec.to_builtins(self)
        return found


def answer_of(live: LiveNotebook) -> LocationAnswer:
    """What is known of the location that was loaded into ``live``."""
    snapshot = live.held
    if snapshot is None and live.location is not None:
        snapshot = recall(live.instance, live.location)
    loaded = live.loaded()
    if snapshot is None:
        now = standing(live.instance, loaded)
        snapshot, _ = snapshot_of(loaded, now, live.instance.clock.now())
    wrong = [f"`{key}`: {fault}" for key, fault in loaded.wrong.items()]
    idle = idle_mappings(loaded.graph).values()
    return LocationAnswer(
        location=live.location or SCRATCH,
        snapshot=snapshot,
        left_out=live.left_out,
        warnings=tuple(dict.fromkeys([*live.notices, *wrong, *idle])),
    )


def texts_of(live: LiveNotebook) -> dict[str, str]:
    """The texts that the loaded location's snapshot names by digest, with secrets masked."""
    loaded = live.loaded()
    return snapshot_of(loaded, standing(live.instance, loaded), live.instance.clock.now())[1]


def answer_from(given: object) -> LocationAnswer:
    """The answer that ``to_json`` gave; raises NotLoadedError for something else."""
    try:
        return msgspec.convert(given, LocationAnswer)
    except msgspec.ValidationError as error:
        raise NotLoadedError(
            "the location's answer",
            f"it cannot be read: {error}",
            "Is the same assetbook installed in the notebook's environment?",
        ) from None
