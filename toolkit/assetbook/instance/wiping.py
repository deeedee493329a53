"""Wiping versions: what would go, and letting it go for good, from files and database alike.

The tables lose it in one transaction, which dooms the files; these are removed after it, and then
the database is written anew, so that nothing of it is left in free space. A wipe is a run: one that
was killed in the middle is found failed, and wiping again completes it.
"""

from __future__ import annotations

import shutil
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Literal, TypeAlias

import msgspec
from msgspec import structs

from assetbook.errors import SelectionError
from assetbook.events.asset_events import AssetObserved, AssetWiped, CheckEvaluated
from assetbook.events.parts import Origin
from assetbook.events.run_events import RunEnded, RunStarted, StepEnded
from assetbook.events.wiping import WIPED, Wiping, graph_of, sharing_values
from assetbook.execution.live_runs import counted_as_live
from assetbook.execution.notebook_keeping import all_tries
from assetbook.instance.disk_use import StrayFile, local_files, remote_files
from assetbook.instance.instance import Instance
from assetbook.instance.store_folder import DATABASE
from assetbook.instance.version_copies import Copies, every_version
from assetbook.io.value_address import ValueAddress
from assetbook.keys import AssetKey, RunId, folder_name, new_run_id
from assetbook.storage.run_record import ON_THEIR_WAY
from assetbook.storage.version import Version

_NAMED = 5
_End: TypeAlias = Literal["success", "failed", "canceled"]


class WipePlan(msgspec.Struct, frozen=True):
    """What goes with the values of some versions of one asset, and what does not."""

    key: AssetKey
    versions: tuple[Version, ...]
    """Those whose data go, oldest first."""
    whole: bool
    """Whether what failed runs and observations say of the asset goes too."""
    kept: tuple[int, ...]
    """Numbers of versions that stay since somebody keeps them."""
    copies: tuple[Version, ...]
    """Versions of other assets that were made from these, and stay."""
    strays: tuple[StrayFile, ...]
    """Files of no version, as killed processes leave them, that hold such data."""
    outputs: tuple[StrayFile, ...]
    """What the ops of a graph that makes it gave each other, as long as that is kept."""
    notes: int
    """How many failed steps and observations of the asset say more than that they happened."""
    finishes: bool
    """Whether an earlier wipe of the asset did not come to its end."""

    @property
    def elsewhere(self) -> tuple[Version, ...]:
        """Those whose values an I/O manager of one's own keeps, which has to let them go."""
        values = ((each, each.event.value) for each in self.versions)
        return tuple(each for each, value in values if value and value.kind == "custom")

    @property
    def size(self) -> int:
        """Bytes of values."""
        values = [each.event.value for each in self.versions]
        files = {each.path or str(at): each.size for at, each in enumerate(values) if each}
        return sum(files.values()) + sum(each.size for each in (*self.strays, *self.outputs))

    @property
    def is_empty(self) -> bool:
        """Whether nothing is left to wipe."""
        return not (self.versions or self.strays or self.outputs or self.notes or self.finishes)


def plan_wipes(
    instance: Instance,
    asked: Mapping[AssetKey, Collection[int] | None],
    *,
    kept: bool = False,
) -> list[WipePlan]:
    """What a wipe of those versions (None: of the whole asset) takes; changes nothing.

    Kept versions go if they are named, or with ``kept``. Raises SelectionError for a version that
    has its value in common with a kept one that is not.
    """
    copies = Copies.of(every_version(instance.own))
    plans = [_plan(instance, key, numbers, kept, copies) for key, numbers in asked.items()]
    going = {(plan.key, each.number) for plan in plans for each in plan.versions}
    return [
        structs.replace(
            plan,
            copies=tuple(each for each in plan.copies if (each.key, each.number) not in going),
        )
        for plan in plans
    ]


def _plan(
    instance: Instance,
    key: AssetKey,
    numbers: Collection[int] | None,
    kept: bool,
    copies: Copies,
) -> WipePlan:
    known = {each.number: each for each in instance.own.versions(key)}
    events = {number: each.event for number, each in known.items()}
    held = frozenset() if kept else instance.own.kept([key]).get(key, frozenset())
    if numbers is None:
        left = sharing_values(events, held)
        going = frozenset(known).difference(left)
    else:
        left = frozenset()
        going = sharing_values(events, numbers)
        _refuse_kept(key, numbers, going, held)
    unfinished = unfinished_wipes(instance, key)
    fresh = [known[number] for number in sorted(going) if events[number].wiped_at is None]
    return WipePlan(
        key,
        tuple(fresh),
        numbers is None,
        tuple(sorted(left)),
        copies.made_from(key, going),
        tuple(_strays(instance, key, fresh, copies.paths, whole=numbers is None)),
        tuple(_outputs(instance, key, known, going, whole=numbers is None)),
        _notes(instance, key, known.values()) if numbers is None else 0,
        any(numbers is None or going.intersection(each.versions) for each in unfinished),
    )


def wipe(instance: Instance, plans: Sequence[WipePlan], origin: Origin) -> tuple[AssetWiped, ...]:
    """What went, for each plan; it is gone from the disk when this returns.

    Raises ConflictError, and nothing has changed, if a run on its way makes or reads one of the
    assets; StoreError if the disk is full or somebody reads without end: then wipe again.
    """
    instance.end_dead_runs()
    run_id = new_run_id()
    started = RunStarted(
        at=instance.clock.now(),
        run_id=run_id,
        asked=f"wipe {' '.join(map(_name, plans))}",
        steps=tuple(str(plan.key) for plan in plans),
        origin=origin,
        keys=tuple(plan.key.text for plan in plans),
    )
    with counted_as_live(run_id):
        events = [_event(instance, each, run_id, origin) for each in plans]
        steps = {step for event in events for step in _steps(instance, event)}
        instance.own.commit([started, *events])
        try:
            _remove_files(instance, plans)
            _remove_logs(instance, steps)
            if instance.notebook_files is not None:
                from assetbook.kernels.exchange import remove_exchanged  # loads forms of values

                remove_exchanged(instance.notebook_files, [str(each.key) for each in plans])
            instance.own.expunge()
        except BaseException as error:
            status: _End = "canceled" if isinstance(error, KeyboardInterrupt) else "failed"
            _end(instance, run_id, status, f"not wiped to the end: {type(error).__name__}")
            raise
        found = [stored.event for stored in instance.events(run_id=run_id, kinds=[AssetWiped])]
        gone = tuple(each for each in found if isinstance(each, AssetWiped))
        _end(instance, run_id, "success", f"{sum(each.size for each in gone):,} bytes of values")
    return gone


def unfinished_wipes(instance: Instance, key: AssetKey | None = None) -> list[AssetWiped]:
    """Wipes of the asset (None: of any) that did not come to their end, nor were completed."""
    open_: dict[str, list[AssetWiped]] = {}
    for stored in instance.events(key=key, kinds=[AssetWiped]):
        event = stored.event
        if not isinstance(event, AssetWiped):
            continue
        before = open_.setdefault(event.key, [])
        if not _ended_well(instance, event.run_id):
            before.append(event)
            continue
        done = set(event.versions)
        before[:] = [each for each in before if not done.issuperset(each.versions)]
    return [each for some in open_.values() for each in some]


def _ended_well(instance: Instance, run_id: str) -> bool:
    return any(run.status == "success" for run in instance.own.runs(beginning=run_id, limit=1))


def _name(plan: WipePlan) -> str:
    if plan.whole or not plan.versions:
        return str(plan.key)
    names = [f"{plan.key}@{each.number}" for each in plan.versions]
    more = len(names) - _NAMED
    return " ".join(names[:_NAMED]) + (f" and {more} more" if more > 0 else "")


def _event(instance: Instance, plan: WipePlan, run_id: RunId, origin: Origin) -> AssetWiped:
    before = (each.versions for each in unfinished_wipes(instance, plan.key))
    numbers = {each.number for each in plan.versions}.union(*(before if plan.finishes else ()))
    return AssetWiped(
        at=instance.clock.now(),
        run_id=run_id,
        key=plan.key.text,
        versions=tuple(sorted(numbers)),
        whole=plan.whole,
        origin=origin,
    )


def _remove_files(instance: Instance, plans: Iterable[WipePlan]) -> None:
    """Removes what is doomed, and what killed processes left of these assets."""
    doomed = list(instance.own.doomed())
    strays = [each.path for plan in plans for each in plan.strays]
    for path in (*doomed, *strays):
        instance.values.remove(path)
    instance.values.settle((*doomed, *strays))
    outputs = [each.path for plan in plans for each in plan.outputs]
    for path in outputs:
        instance.op_files.remove(path)
    instance.op_files.settle(outputs)
    for copy in older_copies(instance):
        copy.unlink(missing_ok=True)


def _steps(instance: Instance, event: AssetWiped) -> Collection[tuple[str, str]]:
    """The runs and their steps whose logs go with that event."""
    key = AssetKey.from_text(event.key)
    versions = {each.number: each.event for each in instance.own.versions(key)}
    checks = [stored.event for stored in instance.own.events(key=key, kinds=[CheckEvaluated])]
    runs = [stored.event for stored in instance.own.events(kinds=[RunStarted])]
    return Wiping.of(
        event,
        versions,
        [each for each in checks if isinstance(each, CheckEvaluated)],
        [each for each in runs if isinstance(each, RunStarted)],
    ).steps


def _remove_logs(instance: Instance, steps: Iterable[tuple[str, str]]) -> None:
    """Removes the log files of those runs and their steps, and notebooks kept. Raises OSError."""
    for run_id, step in steps:
        if instance.log_files is not None:
            instance.log_files.remove_step(run_id, step)
        if instance.notebook_files is not None:
            run = instance.notebook_files / folder_name(run_id)
            for kept in all_tries(run, folder_name(step)):
                shutil.rmtree(kept)


def older_copies(instance: Instance) -> list[Path]:
    """Copies of the database as it was before upgrades, which hold all that was in it then."""
    return sorted(instance.values.root.parent.glob(f"{DATABASE}.before-*"))


def _end(instance: Instance, run_id: RunId, status: _End, message: str) -> None:
    ended = RunEnded(at=instance.clock.now(), run_id=run_id, status=status, message=message)
    instance.own.commit([ended], fence=run_id)


def _refuse_kept(
    key: AssetKey, named: Collection[int], going: Collection[int], kept: Collection[int]
) -> None:
    for number in going:
        if number in kept and number not in named:
            raise SelectionError(
                f"wipe `{key}@{min(named)}`",
                f"`{key}@{number}` has the same value and is kept",
                f"Name `{key}@{number}` too, or wipe with --kept.",
            )


def _notes(instance: Instance, key: AssetKey, versions: Iterable[Version]) -> int:
    names = {str(key), *(each.event.step for each in versions)}
    ended = (stored.event for stored in instance.events(kinds=[StepEnded]))
    failed = [
        each
        for each in ended
        if isinstance(each, StepEnded) and each.status == "failed" and each.step in names
        if each.message != WIPED
    ]
    seen = (stored.event for stored in instance.events(key=key, kinds=[AssetObserved]))
    told = [each for each in seen if isinstance(each, AssetObserved) and each.metadata | each.tags]
    return len(failed) + len(told)


def _strays(
    instance: Instance,
    key: AssetKey,
    versions: Sequence[Version],
    named: Collection[str],
    *,
    whole: bool,
) -> Iterator[StrayFile]:
    """Files in the folders of the asset that no version names and that nobody is writing."""
    live = {run.id for run in instance.own.runs(statuses=ON_THEIR_WAY)}
    runs = {run for each in versions for run in (each.event.run_id, each.event.written_by)}
    values = [each.event.value for each in versions]
    folders = {_folder(each.path) for each in values if each and each.path}
    folders |= {key.folder} if whole else set()
    here = (each for folder in sorted(folders) for each in local_files(instance.values, folder))
    there = (each for each in remote_files(instance.values) if _folder(each.path) in folders)
    for each in (*here, *there):
        run = each.path.rpartition("/")[2].lstrip(".").partition(".")[0]
        if each.path not in named and run not in live and (whole or run in runs):
            yield each


def _outputs(
    instance: Instance,
    key: AssetKey,
    known: Mapping[int, Version],
    going: Collection[int],
    *,
    whole: bool,
) -> Iterator[StrayFile]:
    """The files of ops of graphs that made those versions or, for the whole, were to make one."""
    events = {number: each.event for number, each in known.items()}
    made = {
        (run, graph_of(events[number].step))
        for number in going
        for run in (events[number].run_id, events[number].written_by)
    }
    starts = {(run, f"{graph}.") for run, graph in made if graph}
    if whole:
        graphs = {graph.partition("[")[0] for _, graph in made} or {key.parts[-1]}
        spared = {event.run_id for number, event in events.items() if number not in going}
        begun = (stored.event for stored in instance.events(kinds=[RunStarted]))
        runs = (each for each in begun if isinstance(each, RunStarted) and each.job is None)
        about = {each.run_id for each in runs if key.text in each.keys} - spared
        starts |= {(run, f"{graph}{sign}") for run in about for graph in graphs for sign in ".["}
    folders = tuple(AssetKey([run, start]).folder for run, start in starts if run)
    for each in local_files(instance.op_files) if folders else ():
        if each.path.startswith(folders):
            yield each


def _folder(path: str) -> str:
    """The folder of an asset's files in a record's path."""
    address = ValueAddress.of(path)
    return (path if address is None else address.path).rpartition("/")[0]
