"""Schedules: when a job or a selection of assets is to run, and with what."""

from __future__ import annotations

import enum
from collections.abc import Callable, Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, Literal, get_args

from assetbook.cron import Cron
from assetbook.definitions.asset_job import UnresolvedAssetJobDefinition
from assetbook.definitions.graph_body import GraphBody
from assetbook.definitions.job_definition import JobDefinition
from assetbook.definitions.labels import validate_name, validate_owner, validate_tags
from assetbook.definitions.place import Place, calling_place, note_made
from assetbook.definitions.run_config import RunConfig, sections
from assetbook.definitions.schedule_context import ScheduleEvaluationContext
from assetbook.definitions.schedule_evaluation import ScheduleExecutionData, evaluate
from assetbook.definitions.spec import Frozen, refuse_unselectable
from assetbook.definitions.tick_call import TickFunction, tick_function
from assetbook.errors import DefinitionError, UsageError, did_you_mean, with_article
from assetbook.named_arguments import named_arguments

OnMissed = Literal["skip", "last", "all"]
"""Which of the ticks that nobody was there for run later: none, the last one, or each."""


class DefaultScheduleStatus(enum.Enum):
    """Whether a schedule is on in a store where nobody has turned it on or off."""

    RUNNING = "RUNNING"
    STOPPED = "STOPPED"


@named_arguments
class ScheduleDefinition(Frozen):
    """When a job, or a selection of assets, is to run: at the ticks of cron lines in a time zone.

    ``cron_schedule`` is a cron line or several, as :class:`~assetbook.cron.Cron` takes them.
    Either ``job`` or ``target`` says what runs: a job, or for ``target`` also what
    ``define_asset_job`` takes as selection. ``run_config`` and ``tags`` hold for each run;
    ``run_config_fn`` and ``tags_fn`` make them from the tick's context instead, and a false
    ``should_execute`` skips the tick. ``execution_fn`` is what ``@schedule`` decorates.
    ``execution_timezone`` is an IANA name; None is UTC. ``on_missed`` says which ticks run later
    that nobody was there for. Raises DefinitionError for cron lines, zones, names, tags and owners
    that are none, and for two that exclude each other; ConfigError for a run_config that is none.
    """

    __slots__ = (
        "__weakref__",
        "cron",
        "default_status",
        "description",
        "execution_fn",
        "execution_timezone",
        "metadata",
        "name",
        "on_missed",
        "owners",
        "place",
        "required_resource_keys",
        "run_config",
        "run_config_fn",
        "should_execute",
        "tags",
        "tags_fn",
        "target",
    )

    name: str
    cron: Cron
    target: object
    """A job, or a selection of assets as it was given."""
    run_config: RunConfig | Mapping[str, Any] | None
    run_config_fn: Callable[..., Any] | None
    tags: Mapping[str, str]
    """Those of its runs; of a schedule with a function, of those that it gives configuration."""
    tags_fn: Callable[..., Any] | None
    should_execute: Callable[..., Any] | None
    execution_fn: TickFunction | None
    """The author's function; None for one that asks for one run at each tick."""
    execution_timezone: str | None
    default_status: DefaultScheduleStatus
    required_resource_keys: frozenset[str]
    """The resources that its functions need, parameters and those of ``context.resources``."""
    on_missed: OnMissed
    metadata: Mapping[str, Any]
    owners: tuple[str, ...]
    description: str | None
    place: Place

    def __init__(
        self,
        name: str | None = None,
        *,
        cron_schedule: str | Sequence[str],
        job: JobDefinition | UnresolvedAssetJobDefinition | None = None,
        target: object = None,
        run_config: RunConfig | Mapping[str, Any] | None = None,
        run_config_fn: Callable[..., Any] | None = None,
        tags: Mapping[str, str] | None = None,
        tags_fn: Callable[..., Any] | None = None,
        metadata: Mapping[str, Any] | None = None,
        should_execute: Callable[..., Any] | None = None,
        execution_timezone: str | None = None,
        execution_fn: Callable[..., Any] | None = None,
        description: str | None = None,
        default_status: DefaultScheduleStatus = DefaultScheduleStatus.STOPPED,
        required_resource_keys: Iterable[str] | None = None,
        owners: Sequence[str] | None = None,
        on_missed: OnMissed = "last",
    ) -> None:
        put = object.__setattr__
        put(self, "target", _target(name, job, target))
        put(self, "name", _name(name, self.target))
        where = f"the schedule `{self.name}`"
        _refuse_both(where, run_config=run_config, run_config_fn=run_config_fn)
        _refuse_both(where, tags=tags, tags_fn=tags_fn)
        _refuse_both(where, execution_fn=execution_fn, run_config=run_config)
        _refuse_both(where, execution_fn=execution_fn, run_config_fn=run_config_fn)
        sections(f"run_config= of {where}", run_config)
        put(self, "cron", Cron(cron_schedule, execution_timezone or "UTC"))
        put(self, "run_config", run_config)
        put(self, "run_config_fn", run_config_fn)
        put(self, "tags", MappingProxyType(validate_tags(tags or {})))
        put(self, "tags_fn", tags_fn)
        put(self, "metadata", MappingProxyType(dict(metadata or {})))
        put(self, "should_execute", should_execute)
        put(self, "execution_timezone", execution_timezone)
        made = None if execution_fn is None else _function(self.name, execution_fn)
        put(self, "execution_fn", made)
        put(self, "description", description)
        put(self, "default_status", _status(where, default_status))
        keys = {*(required_resource_keys or ()), *(made.resource_names if made else ())}
        put(self, "required_resource_keys", frozenset(keys))
        put(self, "owners", tuple(validate_owner(each) for each in owners or ()))
        put(self, "on_missed", _on_missed(where, on_missed))
        put(self, "place", made.place if made else calling_place())
        note_made(self)

    @property
    def cron_schedule(self) -> str | tuple[str, ...]:
        """The cron line, or the lines if there are several."""
        return self.cron.lines[0] if len(self.cron.lines) == 1 else self.cron.lines

    @property
    def job(self) -> JobDefinition | UnresolvedAssetJobDefinition:
        """The job that runs; raises DefinitionError if it is a selection of assets."""
        if isinstance(self.target, JobDefinition | UnresolvedAssetJobDefinition):
            return self.target
        raise DefinitionError(
            f"the job of the schedule `{self.name}`",
            "it runs a selection of assets, which is no job",
            "Ask for its `target`, or give it define_asset_job(...).",
        )

    @property
    def job_name(self) -> str | None:
        """The name of the job that runs; None if it is a selection of assets."""
        named = isinstance(self.target, JobDefinition | UnresolvedAssetJobDefinition)
        return self.job.name if named else None

    def evaluate_tick(self, context: ScheduleEvaluationContext) -> ScheduleExecutionData:
        """What it asks for at a tick: requests for runs, or a message why there is none.

        Calls the author's functions, and raises what they raise; launches nothing. Raises
        DefinitionError if they give what is no answer.
        """
        return evaluate(self, context)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """What the author's function returns for a context of ``build_schedule_context``.

        Raises UsageError for a schedule that has no function, and for arguments that do not fit.
        """
        if self.execution_fn is None:
            raise UsageError(
                f"calling the schedule `{self.name}`",
                "it has no function of its own",
                "Ask evaluate_tick(build_schedule_context(...)), or define it by @schedule.",
            )
        return self.execution_fn(self.name, args, kwargs)

    def __repr__(self) -> str:
        return f"<schedule {self.name}: {self.cron.describe()}>"

    def __reduce__(self) -> Any:
        raise TypeError(f"the definition {self.name} cannot be pickled: send its notebook instead")


def _function(name: str, fn: Callable[..., Any]) -> TickFunction:
    return tick_function("schedule", name, fn, ScheduleEvaluationContext)


def _target(name: str | None, job: object, target: object) -> object:
    asked = f"the schedule `{name}`" if name else "a schedule"
    if (job is None) == (target is None):
        found = "both job= and target= are given" if job is not None else "nothing says what runs"
        raise DefinitionError(asked, found, "Give job=, or target= with a job or assets.")
    given = target if job is None else job
    if isinstance(given, GraphBody) and not isinstance(given, JobDefinition):
        raise DefinitionError(asked, f"{given!r} is no job", "Give what its .to_job() returns.")
    if job is not None and not isinstance(job, JobDefinition | UnresolvedAssetJobDefinition):
        raise DefinitionError(
            asked,
            f"job= is {job!r}, {with_article(type(job).__name__)}",
            "Give a job; target= takes selections of assets, too.",
        )
    if not isinstance(given, JobDefinition | UnresolvedAssetJobDefinition):
        refuse_unselectable(asked, given)
    several = isinstance(given, Sequence) and not isinstance(given, str)
    return tuple(given) if several and isinstance(given, Sequence) else given


def _name(name: str | None, target: object) -> str:
    if name is not None:
        return validate_name(name, "a schedule")
    if isinstance(target, JobDefinition | UnresolvedAssetJobDefinition):
        return f"{target.name}_schedule"
    raise DefinitionError(
        "a schedule", "it runs a selection of assets, and has no name", 'Give it name="...".'
    )


def _refuse_both(where: str, **given: object) -> None:
    first, other = given
    if given[first] and given[other]:
        raise DefinitionError(where, f"both {first}= and {other}= are given", "Leave one out.")


def _status(where: str, status: object) -> DefaultScheduleStatus:
    if isinstance(status, DefaultScheduleStatus):
        return status
    members = " or ".join(f"DefaultScheduleStatus.{each.name}" for each in DefaultScheduleStatus)
    raise DefinitionError(where, f"default_status= is {status!r}", f"Give {members}.")


def _on_missed(where: str, given: object) -> str:
    known = get_args(OnMissed)
    if given in known:
        return str(given)
    remedy = did_you_mean(str(given), known) or f"Give one of {', '.join(known)}."
    raise DefinitionError(where, f"on_missed= is {given!r}", remedy)
