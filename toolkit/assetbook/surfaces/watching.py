"""``attach`` and ``logs --follow``: a run that goes on elsewhere, shown here until it ends.

Looking is all that is done: an interrupt ends the look and leaves the run alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from assetbook.errors import SelectionError
from assetbook.instance.following import follow
from assetbook.instance.instance import Instance
from assetbook.instance.log_tail import follow_output
from assetbook.named_arguments import named_arguments
from assetbook.storage.store import RunRecord
from assetbook.surfaces.desk import Desk, current_desk
from assetbook.surfaces.display.formatting import short_id
from assetbook.surfaces.display.log_view import LogView
from assetbook.surfaces.display.run_end import RunEnd
from assetbook.surfaces.log_lines import LogLines
from assetbook.surfaces.progress import NotebookProgress
from assetbook.surfaces.retelling import Retelling
from assetbook.surfaces.suggestion import typed


class LeftAloneError(KeyboardInterrupt):
    """An interrupt that ended a look at a run, not the run."""

    def _render_traceback_(self) -> list[str]:
        return [f"KeyboardInterrupt: {self}"]


@named_arguments
def attach(run: str = "", *, desk: Desk | None = None) -> RunEnd:
    """Shows a run's progress from any kernel or terminal until it ends, also after the fact; how
    it ended.

    ``run`` is the beginning of its id (empty: the newest). Raises KeyboardInterrupt if interrupted,
    which leaves the run alone.
    """
    at = desk or current_desk()
    record = run_named(at.instance, run)
    retelling = Retelling(at.instance, record.id, NotebookProgress(at.instance))
    if record.status == "queued":
        print(f"run {short_id(record.id)} waits for its turn; `{typed('runs')}` says for what")
    with leaving_alone(record):
        for news in follow(at.instance, record.id, idle=True):
            retelling.tell(news.events)
            retelling.look()
    return RunEnd(at.instance.run(record.id))


def follow_log(instance: Instance, record: RunRecord, step: str | None) -> None:
    """Prints the log of a run, a line each, until the run has ended."""
    lines = LogLines(step)
    with leaving_alone(record):
        for news in follow_output(instance, record.id, step):
            for line in lines.lines(news):
                print(line, flush=True)


class FollowedLog(LogView):
    """The log of a run whose lines have been printed: of it only the end is shown."""

    def __str__(self) -> str:
        return str(RunEnd(self.run))

    def html(self) -> str:  # type: ignore[override]
        """How the run ended."""
        return RunEnd(self.run).html()


def run_named(instance: Instance, beginning: str) -> RunRecord:
    """The run whose id begins so; empty stands for the newest. Raises SelectionError if none."""
    if beginning:
        return instance.run(beginning)
    newest = instance.runs(1)
    if not newest:
        raise SelectionError(
            "the newest run", "nothing has run here yet", "`%materialize` makes the first run."
        )
    return newest[0]


@contextmanager
def leaving_alone(run: RunRecord) -> Iterator[None]:
    """Says of an interrupt that the run goes on without the one who looked."""
    __tracebackhide__ = True
    try:
        yield
    except KeyboardInterrupt:
        again, end = (typed(f"{verb} {short_id(run.id)}") for verb in ("attach", "cancel"))
        raise LeftAloneError(
            f"run {short_id(run.id)} goes on; `{again}` shows it again, `{end}` ends it"
        ) from None
