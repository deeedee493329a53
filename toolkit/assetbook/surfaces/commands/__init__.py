"""The one table of verbs: names, options, help and examples, for magics and the CLI alike."""

from __future__ import annotations

from assetbook.surfaces.commands import keeping, making, seeing, timing, values
from assetbook.surfaces.verb import Verb

VERBS: dict[str, Verb] = {
    verb.name: verb
    for verb in (
        *seeing.VERBS,
        *making.VERBS,
        *values.VERBS,
        *timing.VERBS,
        *keeping.VERBS,
    )
}
"""Every verb by its name."""
