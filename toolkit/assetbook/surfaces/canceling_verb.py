"""``cancel``: ends a run, wherever it runs."""

from __future__ import annotations

from assetbook.instance.canceling import GRACE, Means, cancel_run
from assetbook.instance.materializing import origin_of
from assetbook.named_arguments import named_arguments
from assetbook.storage.run_record import ON_THEIR_WAY
from assetbook.surfaces.desk import Desk, current_desk
from assetbook.surfaces.display.run_end import RunEnd
from assetbook.surfaces.runs_meant import refuse_unnamed


@named_arguments
def cancel(
    run: str = "", *, kill: bool = False, grace: float = GRACE, desk: Desk | None = None
) -> RunEnd:
    """Ends a run wherever it runs; what it has committed stays.

    ``run`` is the beginning of its id. Its process is interrupted, and if it does not react within
    ``grace`` seconds, terminated, then killed, each step said in a line; a kernel, or a program of
    somebody's, only with ``kill``. Raises ConflictError for a run that has ended,
    UsageError for none, with those that are on their way.
    """
    at = desk or current_desk()
    refuse_unnamed(at.instance, "cancel", run)
    found = at.instance.run(run)
    means = Means(kill, grace)
    ended = cancel_run(at.instance, found.id, origin_of(*at.origin), means, print)
    on_its_way = ended.status in ON_THEIR_WAY
    said = "it is to end, and goes on so far" if on_its_way else ""
    return RunEnd(ended, said, wanted="canceled")
