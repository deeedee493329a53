"""An earlier run as it is done again: what it was asked, and how each of its steps ended."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

import msgspec

from assetbook.errors import ConflictError, SelectionError
from assetbook.events.asset_events import AssetMaterialized, AssetObserved, CheckEvaluated
from assetbook.events.parts import Reexecution, RunRequest
from assetbook.events.records import Event
from assetbook.events.run_events import RunQueued, RunStarted, StepEnded, StepStarted, StepSucceeded
from assetbook.instance.instance import Instance
from assetbook.instance.kept_notebooks import failed_in_a_cell
from assetbook.keys import AssetKey
from assetbook.planning.dynamic_steps import template_name
from assetbook.planning.re_execution import HowEnded, Kind
from assetbook.storage.resuming import resumes
from assetbook.storage.run_record import ON_THEIR_WAY, RunRecord


class EndedStep(msgspec.Struct, frozen=True):
    """How one step ended, and in which run."""

    ended: HowEnded
    run: RunRecord

    @property
    def is_left(self) -> bool:
        """Whether it did not do what it was to do."""
        return self.ended not in ("done", "skipped")


class FormerRun(msgspec.Struct, frozen=True):
    """A run that has ended, with those before it that it goes on with."""

    record: RunRecord
    started: RunStarted
    steps: Mapping[str, EndedStep]
    """By name, in the order of the plan; of a run that goes on with others, theirs too."""
    made: Mapping[AssetKey, AssetMaterialized]
    """What these runs made last of each asset."""

    @property
    def name(self) -> str:
        """Its id, as people name it."""
        return short_name(self.record)

    @property
    def request(self) -> RunRequest:
        """What it was given beside its selection."""
        return self.started.request or RunRequest()

    @property
    def was_broken_off(self) -> bool:
        """Whether it ended before all of its steps had."""
        own = (each.ended for each in self.steps.values() if each.run.id == self.record.id)
        return any(each in ("begun", "unreached", "canceled") for each in own)

    def again(self, kind: Kind, selection: str = "", retry_number: int = 0) -> Reexecution:
        """What the record of a run says that does this one again."""
        before = self.record.reexecution
        return Reexecution(
            kind=kind,
            parent_run_id=self.record.id,
            root_run_id=before.root_run_id if before is not None else self.record.id,
            selection=selection,
            retry_number=retry_number,
        )


def short_name(run: RunRecord) -> str:
    """The beginning of the run's id, as people name it."""
    return run.id[:6]


def how_it_ended(run: RunRecord) -> str:
    """What became of a run: ``was interrupted``, ``was canceled``, ``broke off``, ``ended``."""
    if run.status == "canceled":
        interrupted = run.message.startswith("interrupted")
        return "was interrupted" if interrupted else "was canceled"
    return "broke off" if run.status == "failed" else "ended"


def former_run(instance: Instance, beginning: str, asked: str) -> FormerRun:
    """The run whose id begins so; runs whose process is gone are marked failed before.

    Raises SelectionError if none or several do, ConflictError if it has not ended.
    """
    instance.end_dead_runs()
    record = instance.run(beginning)
    if record.status in ON_THEIR_WAY:
        name, waits = short_name(record), record.status == "queued"
        raise ConflictError(
            f"{asked} {name}",
            f"it {'waits for its turn' if waits else 'is still running'}, in {record.owner}",
            f"See how far it is: `%attach {name}`. Then wait for it, or `%cancel {name}`.",
        )
    return _read(instance, record)


def run_to_resume(instance: Instance, beginning: str) -> FormerRun:
    """The run that goes on with the one whose id begins so and was broken off last, or that itself.

    One that failed in a cell of a notebook is gone on with there. Raises ConflictError if it still
    runs, SelectionError if there is nothing to go on with.
    """
    former = former_run(instance, beginning, "resume")
    if failed_in_a_cell(instance, former.record):
        return former
    while (follower := _follower(instance, former)) is not None:
        former = former_run(instance, follower, "resume")
    if not former.was_broken_off:
        raise _came_to_its_end(former)
    return former


def _came_to_its_end(former: FormerRun) -> SelectionError:
    failed = [name for name, step in former.steps.items() if step.ended == "failed"]
    asked = f"resume {former.name}"
    if failed:
        names = ", ".join(f"`{name}`" for name in failed[:3])
        return SelectionError(
            asked,
            f"it came to its end, and {names} failed",
            f"Run what failed and what follows: `%retry {former.name} --from-failure`.",
        )
    return SelectionError(
        asked,
        "all of its steps had ended: nothing is left",
        f"All once more: `%retry {former.name}`.",
    )


def _follower(instance: Instance, former: FormerRun) -> str | None:
    """The run that goes on with it; None if there is none."""
    [first] = instance.events(run_id=former.record.id, kinds=_BEGINNINGS, limit=1)
    for stored in instance.events(after=first.id, kinds=[RunStarted]):
        if resumes(stored.event, former.record.id):
            return stored.event.run_id
    return None


def _read(instance: Instance, record: RunRecord) -> FormerRun:
    events = [stored.event for stored in instance.events(run_id=record.id)]
    started = next(_begun(event) for event in reversed(events) if isinstance(event, _BEGINNINGS))
    made = [event for event in events if isinstance(event, AssetMaterialized)]
    own = {AssetKey.from_text(event.key).at(event.partition): event for event in made}
    ends = dict(_ends(record, events))
    again = record.reexecution
    if again is None or again.kind != "resume":
        return FormerRun(record, started, ends, own)
    before = _read(instance, instance.run(again.parent_run_id))
    return FormerRun(record, started, {**before.steps, **ends}, {**before.made, **own})


_BEGINNINGS = (RunQueued, RunStarted)


def _begun(event: RunQueued | RunStarted) -> RunStarted:
    """The start of a run; of one that has waited in vain, as it would have been."""
    if isinstance(event, RunStarted):
        return event
    return RunStarted(
        at=event.at,
        run_id=event.run_id,
        asked=event.asked,
        steps=event.steps,
        origin=event.origin,
        keys=event.keys,
        tags=event.tags,
        request=event.request,
        reexecution=event.reexecution,
    )


def _ends(run: RunRecord, events: Iterable[Event]) -> Iterator[tuple[str, EndedStep]]:
    """How each of the run's steps ended, in the order of its plan."""
    found: dict[str, HowEnded] = {}
    made: set[str] = set()
    """Steps whose checks their own function answered: those are done."""
    for event in events:
        if isinstance(event, StepStarted):
            found[event.step] = "begun"
        elif isinstance(event, StepEnded):
            found[event.step] = event.status
        elif isinstance(event, AssetMaterialized):
            found[event.step] = "done"
            made.add(event.step)
        elif isinstance(event, AssetObserved | StepSucceeded):
            found[event.step] = "done"
        elif isinstance(event, CheckEvaluated) and event.step not in made:
            failed = _has_failed(event) or found.get(event.step) == "failed"
            found[event.step] = "failed" if failed else "done"
    for name in run.steps:
        own = found.get(name)
        mapped = [] if own else [each for each in found if template_name(each) == name]
        for each in mapped or [name]:
            yield each, EndedStep(found.get(each, "unreached"), run)


def _has_failed(event: CheckEvaluated) -> bool:
    stops = event.blocking and not event.passed and event.severity == "error"
    return stops or event.error is not None
