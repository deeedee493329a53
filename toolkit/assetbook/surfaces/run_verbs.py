"""``runs``, ``pools`` and ``logs``: what ran, what runs, and what it said."""

from __future__ import annotations

from assetbook.instance.pool_standing import pools_of
from assetbook.instance.run_logs import in_files_alone
from assetbook.named_arguments import named_arguments
from assetbook.surfaces.desk import Desk, current_desk
from assetbook.surfaces.display.log_view import LogView
from assetbook.surfaces.display.pool_table import PoolTable
from assetbook.surfaces.display.run_table import RunTable
from assetbook.surfaces.display.view import Sentence
from assetbook.surfaces.watching import FollowedLog, follow_log, run_named
from assetbook.surfaces.whole_logs import print_whole, refuse_unknown_step, stream_asked

_SOME = 20  # runs that a list has unless told


@named_arguments
def runs(limit: int = _SOME, *, desk: Desk | None = None) -> RunTable:
    """The newest runs, newest first."""
    at = desk or current_desk()
    table = RunTable(tuple(at.instance.runs(limit)))
    return table.living(at, "runs") if limit == _SOME else table.living(at, "runs", limit=limit)


@named_arguments
def pools(*, desk: Desk | None = None) -> PoolTable:
    """The pools of steps: how many slots each has, who has them, and who waits."""
    return PoolTable(pools_of((desk or current_desk()).instance))


@named_arguments
def logs(
    run: str = "",
    step: str | None = None,
    *,
    follow: bool = False,
    stdout: bool = False,
    stderr: bool = False,
    log: bool = False,
    desk: Desk | None = None,
) -> LogView | Sentence:
    """What a run printed, logged and displayed; ``run`` is the beginning of its id (empty: the
    newest), ``step`` narrows it to one step.

    ``follow`` prints it as it comes, until the run has ended. Raises KeyboardInterrupt if
    interrupted meanwhile, which leaves the run alone. ``stdout``, ``stderr`` and ``log`` print one
    of the run's log files whole, piece by piece, and give back how much that was. Raises UsageError
    for several of these, SelectionError for a step that the run does not have.
    """
    at = desk or current_desk()
    instance = at.instance
    record = run_named(instance, run)
    whole = stream_asked({"stdout": stdout, "stderr": stderr, "log": log}, follow=follow)
    if whole is not None:
        return print_whole(instance, record, step, whole)
    refuse_unknown_step(instance, record, step)
    if follow:
        follow_log(instance, record, step)
        record = instance.run(record.id)
    events = tuple(stored.event for stored in instance.events(run_id=record.id))
    lines = tuple(stored.record for stored in instance.logs(record.id, step))
    if follow:
        return FollowedLog(record, lines, events, step)
    more = in_files_alone(instance, record.id, lines, step)
    view = LogView(record, lines, events, step, in_files=more)
    return view.living(at, "logs", run=record.id, step=step or "")
