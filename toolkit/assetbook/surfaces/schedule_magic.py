"""``%schedule``: a definition like any other, which says when assets or a job are to run."""

from __future__ import annotations

from typing import Any

import click

from assetbook.automation.known_schedules import KnownSchedule, turned
from assetbook.definitions.collection import Job
from assetbook.definitions.partitions.definition import PartitionsDefinition
from assetbook.definitions.schedule_definition import ScheduleDefinition
from assetbook.dependencies.asset_graph import AssetGraph
from assetbook.dependencies.selection import AssetSelection, SelectionGraph
from assetbook.errors import UsageError, did_you_mean
from assetbook.instance.schedule_record import (
    PARTITION,
    STALE_ONLY,
    schedule_id,
    schedule_records,
)
from assetbook.notebook.reachable import KINDS
from assetbook.surfaces.asking import select
from assetbook.surfaces.inside_run import nothing_here
from assetbook.surfaces.live import LiveNotebook
from assetbook.surfaces.magics import Magic, run_command
from assetbook.surfaces.own_notebook import define_own_job, own_notebook
from assetbook.surfaces.scheduling import schedule_lines

_HELP = """Defines a schedule: when a selection of assets, or a job, is to run.

It is off until it is turned on in a store: --on, or `%schedules on NAME`.

\b
Examples:
  %schedule nightly "0 6 * * *" +delays --tz Europe/Berlin --on
  %schedule "@hourly" +weather --partition last
  %schedule weekly "0 7 * * 1" --job report_job
  %schedule weekly "0 7 * * 1" --notebook top=5"""
_MOST_IN_A_NAME = 40
_OTHERS = tuple(each for each in KINDS if each is not ScheduleDefinition)


def schedule_magic(live: LiveNotebook) -> Magic:
    """``%schedule`` in one notebook."""

    def run(made: Magic, line: str, cell: str | None) -> Any:
        __tracebackhide__ = True
        options = run_command(made.command, line, "%schedule")
        if options is not None:
            _define(live, **options)

    return Magic("%schedule", _command, run)


def _command() -> click.Command:
    return click.Command(
        "schedule",
        callback=lambda **options: options,
        help=_HELP,
        context_settings={"help_option_names": ["-h", "--help"]},
        params=[
            click.Argument(["words"], nargs=-1, required=True, metavar="[NAME] CRON SELECTION"),
            click.Option(["--job"], metavar="NAME", help="The job that runs, for a selection."),
            click.Option(
                ["--notebook"],
                is_flag=True,
                help="This whole notebook runs, with parameters as NAME=VALUE.",
            ),
            click.Option(["--tz", "timezone"], metavar="ZONE", help="Of its cron lines; else UTC."),
            click.Option(
                ["--partition"], metavar="KEY", help="Which its runs make: `last`, `first`, a key."
            ),
            click.Option(
                ["--on-missed"],
                type=click.Choice(["skip", "last", "all"]),
                default="last",
                help="Which ticks run later that nobody was there for.",
            ),
            click.Option(
                ["--stale-only"], is_flag=True, help="Read the world outside only where stale."
            ),
            click.Option(
                ["--tag", "tags"], multiple=True, metavar="KEY=VALUE", help="Of its runs."
            ),
            click.Option(["--on"], is_flag=True, help="Turn it on in this store."),
        ],
    )


def _define(
    live: LiveNotebook,
    words: tuple[str, ...],
    job: str | None,
    notebook: bool,
    timezone: str | None,
    partition: str | None,
    on_missed: Any,
    stale_only: bool,
    tags: tuple[str, ...],
    on: bool,
) -> None:
    __tracebackhide__ = True
    said = nothing_here("`%schedule`")
    if said is not None:
        print(said)
        return
    name, cron, target = _target(live, words, job, notebook=notebook)
    defining_only = live.loading is not None or live.define_only
    _refuse_target(live, name, target, partition, known=not defining_only)
    schedule = ScheduleDefinition(
        name,
        cron_schedule=cron,
        target=target,
        execution_timezone=timezone,
        tags=dict(_tag(each) for each in tags),
        metadata=_metadata(partition, stale_only=stale_only),
        on_missed=on_missed,
    )
    live.session.define(schedule, schedule.name)
    if not defining_only:
        _show(live, schedule, on=on)


def _target(
    live: LiveNotebook, words: tuple[str, ...], job: str | None, *, notebook: bool
) -> tuple[str, str, str | Job]:
    """The schedule's name and its cron line, and what it runs: a selection, or a job."""
    of_this = own_notebook(live) if notebook else None
    name, cron, rest = _read(words, job or (of_this.stem if of_this else None))
    _refuse_unless_one(words, bool(rest) and not notebook, job is not None, notebook)
    _refuse_taken(live, name)
    if of_this is not None:
        job = define_own_job(live, of_this, rest.split())
    return name, cron, rest if job is None else _job(live, job)


def _refuse_unless_one(words: tuple[str, ...], selection: bool, job: bool, notebook: bool) -> None:
    """Raises UsageError unless one thing says what runs."""
    told = {"a selection": selection, "--job": job, "--notebook": notebook}
    given = [each for each, is_given in told.items() if is_given]
    if len(given) != 1:
        found = f"both {given[0]} and {given[1]} are given" if given else "nothing says what runs"
        remedy = "Name assets, or --job NAME, or --notebook."
        raise UsageError(f"%schedule {' '.join(words)}", found, remedy)


def _refuse_target(
    live: LiveNotebook, name: str, target: str | Job, partition: str | None, *, known: bool
) -> None:
    """Raises for a selection that means nothing, if all assets are ``known``, and for partitions
    of which nobody says which."""
    if not isinstance(target, str):
        if target.partitions_def is not None and partition is None:
            raise _without_partition(name, target.name, target.partitions_def)
    elif known:
        now, _, _ = live.standing()
        select(now, target, live.instance)
        if partition is None:
            _refuse_without_partition(now.graph, name, target)


def _show(live: LiveNotebook, schedule: ScheduleDefinition, *, on: bool) -> None:
    """Prints how the schedule stands, turned on first where ``on``."""
    name, location = schedule.name, live.location
    (record,) = schedule_records([(schedule, "")])
    if location is None:
        if on:
            raise UsageError(
                f"%schedule {name} --on",
                "this notebook's file is not known, and nobody else could load it",
                "Set ASSETBOOK_NOTEBOOK before the kernel starts.",
            )
        print("\n".join(schedule_lines(live.instance, None, record)))
        return
    state = live.instance.own.automation(schedule_id(location, record.name))
    known = KnownSchedule(location, record, state)
    if on:
        now, _, _ = live.standing()
        sources = live.run_sources(live.loaded(), now, needed=True)
        at = live.instance.clock.now()
        pinned = {"bundle": sources.bundle, "snapshot": sources.snapshot}
        turned_on = turned(live.instance.own, known, at, on=True, **pinned)
        known = KnownSchedule(location, record, turned_on)
    print("\n".join(schedule_lines(live.instance, known, record)))


def _refuse_without_partition(graph: AssetGraph, name: str, selection: str) -> None:
    """Raises UsageError where a tick could only be refused: an asset with partitions is named, and
    none of these."""
    facts = SelectionGraph(graph.dag, graph.facts())
    named = AssetSelection.from_string(selection).named(facts)
    for key in graph.order:
        definition = graph.specs[key].partitions_def
        if key in named and definition is not None:
            raise _without_partition(name, str(key), definition)


def _without_partition(name: str, of: str, divided: PartitionsDefinition) -> UsageError:
    return UsageError(
        f"%schedule {name}",
        f"`{of}` has partitions ({divided.describe()}), and none is named",
        "Say which its runs make: --partition last, or a key.",
    )


def _read(words: tuple[str, ...], job: str | None) -> tuple[str, str, str]:
    """The name, the cron line and the selection among the words."""
    at = next((i for i, word in enumerate(words) if " " in word or word.startswith("@")), None)
    if at is None or at > 1:
        raise UsageError(
            f"%schedule {' '.join(words)}",
            "there is no cron line behind the name",
            'Write it in quotes: %schedule nightly "0 6 * * *" +delays, or @daily.',
        )
    selection = " ".join(words[at + 1 :])
    name = words[0] if at == 1 else _name_for(job or selection)
    if not name.isidentifier():
        raise UsageError(
            f"%schedule {name}",
            "it is not a Python name",
            "It names a variable: letters, digits, _.",
        )
    return name, words[at], selection


def _name_for(target: str) -> str:
    plain = "".join(each if each.isalnum() else "_" for each in target).strip("_")
    return f"{plain[:_MOST_IN_A_NAME]}_schedule"


def _job(live: LiveNotebook, name: str) -> Job:
    jobs = {each.name: each for each in live.session.jobs}
    if name in jobs:
        return jobs[name]
    near = did_you_mean(name, jobs) or f"There are: {', '.join(jobs) or 'none'}."
    raise UsageError(f"%schedule --job {name}", "no cell here defines that job", near)


def _refuse_taken(live: LiveNotebook, name: str) -> None:
    if isinstance(live.session.namespace.get(name), _OTHERS):
        raise UsageError(
            f"%schedule {name}",
            f"`{name}` is another definition of this notebook",
            f"Give the schedule a name of its own, like {name}_schedule.",
        )


def _metadata(partition: str | None, *, stale_only: bool) -> dict[str, Any]:
    found: dict[str, Any] = {PARTITION: partition} if partition else {}
    return found | ({STALE_ONLY: True} if stale_only else {})


def _tag(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals:
        raise UsageError(f"--tag {text}", "it is not KEY=VALUE", "Write it so.")
    return name, value
