"""``reload``: the project's locations are loaded, whether their files have changed or not."""

from __future__ import annotations

from assetbook.errors import NotLoadedError
from assetbook.named_arguments import named_arguments
from assetbook.notebook.configured_locations import configured_locations, named_location
from assetbook.surfaces.desk import Desk, current_desk
from assetbook.surfaces.display.findings_view import FindingsView
from assetbook.surfaces.display.formatting import clock_text, counted
from assetbook.surfaces.health import Finding
from assetbook.surfaces.locations import KnownLocation, up_to_date


@named_arguments
def reload(location: str = "", *, desk: Desk | None = None) -> FindingsView:
    """Loads the project's locations again, or one, and stores what they define; a line for each.

    Their ``is_well`` is true if all could be loaded. One that cannot be keeps what it defined when
    it last could. Raises NotLoadedError if [tool.assetbook] names no locations.
    """
    instance = (desk or current_desk()).instance
    project = instance.project
    sources = []
    if project is not None:
        one = [named_location(project, location)] if location else None
        sources = one or configured_locations(project)
    if not sources:
        raise NotLoadedError(
            "the project's locations",
            "there are none",
            'Write `locations = ["notebooks/"]` under [tool.assetbook] in pyproject.toml.',
        )
    known = up_to_date(instance, sources, force=True)
    wrong = sum(bool(each.broken) for each in known)
    said = f"{counted(wrong, 'location')} cannot be loaded" if wrong else "all are loaded"
    now = instance.clock.now()
    found = [_finding(each, clock_text(each.snapshot.at, now)) for each in known]
    return FindingsView("Locations", said, found)


def _finding(known: KnownLocation, as_of: str) -> Finding:
    count = counted(len(known.snapshot.assets), "asset")
    if known.broken:
        first, _, rest = known.broken.partition("\n")
        kept = f"Shown is what it defined at {as_of}: {count}." if known.snapshot.assets else ""
        return Finding(str(known.source), first, "bad", " ".join(filter(None, [rest, kept])))
    said = "; ".join(known.warnings)
    return Finding(str(known.source), count, "warn" if said else "good", said)
