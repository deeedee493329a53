"""Sensors: what looks at the world every so often, and says what is to run."""

from __future__ import annotations

import enum
from collections.abc import Callable, Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, ClassVar

from assetbook.definitions.labels import validate_name, validate_owner, validate_tags
from assetbook.definitions.parameters import own_name
from assetbook.definitions.place import Place, note_made
from assetbook.definitions.sensor_context import SensorEvaluationContext
from assetbook.definitions.sensor_evaluation import SensorExecutionData, evaluate
from assetbook.definitions.sensor_targets import Job, sensor_targets
from assetbook.definitions.spec import Frozen
from assetbook.definitions.tick_call import TickFunction, tick_function
from assetbook.definitions.tick_context import TickContext
from assetbook.errors import DefinitionError
from assetbook.named_arguments import named_arguments

SECONDS = 30
"""Between two evaluations of a sensor that does not say."""


class DefaultSensorStatus(enum.Enum):
    """Whether a sensor is on in a store where nobody has turned it on or off."""

    RUNNING = "RUNNING"
    STOPPED = "STOPPED"


@named_arguments
class SensorDefinition(Frozen):
    """A function that is asked every so often whether something is to run.

    ``evaluation_fn`` takes the context, if it takes anything, and resources. What runs is ``job``,
    one of ``jobs``, or ``target``: a job, jobs, or what ``define_asset_job`` takes as selection;
    without any it may skip, move its cursor and change partitions. ``tags`` and ``metadata`` are
    the sensor's own. Raises DefinitionError for names, tags, owners and intervals that are none,
    and for more than one of ``job``, ``jobs`` and ``target``.
    """

    __slots__ = (
        "__weakref__",
        "default_status",
        "description",
        "execution_fn",
        "metadata",
        "minimum_interval_seconds",
        "name",
        "owners",
        "place",
        "required_resource_keys",
        "tags",
        "targets",
    )

    _contexts: ClassVar[type[TickContext]] = SensorEvaluationContext
    _takes_event: ClassVar[bool] = False

    name: str
    targets: tuple[object, ...]
    """The jobs, or the parts of a selection of assets; empty if it runs nothing."""
    minimum_interval_seconds: int
    """How long it rests at least between two evaluations."""
    default_status: DefaultSensorStatus
    required_resource_keys: frozenset[str]
    """The resources that its function needs, parameters and those of ``context.resources``."""
    tags: Mapping[str, str]
    metadata: Mapping[str, Any]
    owners: tuple[str, ...]
    description: str | None
    execution_fn: TickFunction
    """The author's function."""
    place: Place

    def __init__(
        self,
        name: str | None = None,
        *,
        evaluation_fn: Callable[..., Any],
        job: Job | None = None,
        jobs: Iterable[Job] | None = None,
        target: object = None,
        minimum_interval_seconds: int | None = None,
        default_status: DefaultSensorStatus = DefaultSensorStatus.STOPPED,
        required_resource_keys: Iterable[str] | None = None,
        tags: Mapping[str, str] | None = None,
        metadata: Mapping[str, Any] | None = None,
        owners: Sequence[str] | None = None,
        description: str | None = None,
    ) -> None:
        put = object.__setattr__
        put(self, "name", validate_name(name or own_name(evaluation_fn), "a sensor"))
        where = f"the sensor `{self.name}`"
        put(self, "targets", sensor_targets(where, job, jobs, target))
        put(self, "minimum_interval_seconds", _interval(where, minimum_interval_seconds))
        put(self, "default_status", _status(where, default_status))
        made = tick_function(
            "sensor", self.name, evaluation_fn, self._contexts, takes_event=self._takes_event
        )
        put(self, "execution_fn", made)
        keys = {*(required_resource_keys or ()), *made.resource_names}
        put(self, "required_resource_keys", frozenset(keys))
        put(self, "tags", MappingProxyType(validate_tags(tags or {})))
        put(self, "metadata", MappingProxyType(dict(metadata or {})))
        put(self, "owners", tuple(validate_owner(each) for each in owners or ()))
        put(self, "description", description or evaluation_fn.__doc__)
        put(self, "place", made.place)
        note_made(self)

    @property
    def jobs(self) -> tuple[Job, ...]:
        """The jobs that it may run; empty if it runs assets, or nothing."""
        return tuple(each for each in self.targets if isinstance(each, Job))

    @property
    def job(self) -> Job:
        """The job that it runs; raises DefinitionError if there is none, or a choice."""
        if len(self.jobs) == 1:
            return self.jobs[0]
        found = f"it has {len(self.jobs)}" if self.jobs else "it runs none"
        raise DefinitionError(
            f"the job of the sensor `{self.name}`", found, "Ask for its `jobs`, or `targets`."
        )

    @property
    def job_name(self) -> str | None:
        """The name of the job that it runs; None if there is none, or a choice."""
        return self.jobs[0].name if len(self.jobs) == 1 else None

    def evaluate_tick(self, context: SensorEvaluationContext) -> SensorExecutionData:
        """What it asks for now: requests for runs, or why there are none, and its cursor.

        Calls the author's function, and raises what it raises; stores and launches nothing. Raises
        DefinitionError if that gives what is no answer.
        """
        return evaluate(self, context)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """What the author's function returns for a context that was built for it.

        Raises UsageError for arguments that do not fit.
        """
        return self.execution_fn(self.name, args, kwargs)

    def __repr__(self) -> str:
        return f"<sensor {self.name}: every {self.minimum_interval_seconds} s>"

    def __reduce__(self) -> Any:
        raise TypeError(f"the definition {self.name} cannot be pickled: send its notebook instead")


def _interval(where: str, given: object) -> int:
    if given is None:
        return SECONDS
    if isinstance(given, int) and not isinstance(given, bool) and given >= 0:
        return given
    raise DefinitionError(
        where, f"minimum_interval_seconds= is {given!r}", "Give whole seconds, as 30."
    )


def _status(where: str, status: object) -> DefaultSensorStatus:
    if isinstance(status, DefaultSensorStatus):
        return status
    members = " or ".join(f"DefaultSensorStatus.{each.name}" for each in DefaultSensorStatus)
    raise DefinitionError(where, f"default_status= is {status!r}", f"Give {members}.")
