"""``@asset_sensor``: a function that is called once an asset was materialized anew."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, ClassVar

from assetbook.definitions.event_log_entry import EventLogEntry, entry_of
from assetbook.definitions.run_request import SkipReason
from assetbook.definitions.sensor_context import SensorEvaluationContext
from assetbook.definitions.sensor_definition import DefaultSensorStatus, SensorDefinition
from assetbook.definitions.sensor_evaluation import drawn, result_of
from assetbook.definitions.sensor_targets import Job
from assetbook.definitions.spec import key_of
from assetbook.errors import UsageError
from assetbook.events.asset_events import AssetMaterialized
from assetbook.keys import AssetKey
from assetbook.named_arguments import named_arguments, named_options


@named_arguments
class AssetSensorDefinition(SensorDefinition):
    """A sensor that is asked when there is a new materialization of an asset.

    ``evaluation_fn`` takes the context and the materialization, an :class:`EventLogEntry`; where
    there were several since it was asked last, the newest. Its cursor is that one's place in the
    log, which it moves itself. The other parameters are as for :class:`SensorDefinition`.
    """

    __slots__ = ("asset_key",)

    _takes_event: ClassVar[bool] = True

    asset_key: AssetKey

    def __init__(
        self,
        name: str | None = None,
        *,
        asset_key: object,
        evaluation_fn: Callable[..., Any],
        **options: Any,
    ) -> None:
        object.__setattr__(self, "asset_key", key_of(asset_key))
        super().__init__(name, evaluation_fn=evaluation_fn, **options)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """What the author's function returns for the newest materialization since the context's
        cursor; a SkipReason without one.

        Raises UsageError for arguments that do not fit.
        """
        context, given = self.execution_fn.arguments(self.name, args, kwargs)
        if context is None:
            raise UsageError(
                f"calling the sensor `{self.name}`",
                "there is no context",
                "Give what build_sensor_context(instance=...) returns.",
            )
        entry = self._newest(context)
        if entry is None:
            return SkipReason(f"No new materialization of `{self.asset_key}`")
        if self.execution_fn.event_name is not None:
            given[self.execution_fn.event_name] = entry
        answer = drawn(self.execution_fn.compute(**given))
        if result_of(f"the sensor `{self.name}`", answer).cursor is None:
            context.update_cursor(str(entry.storage_id))
        return answer

    def _newest(self, context: SensorEvaluationContext) -> EventLogEntry | None:
        found = context.instance.events(
            key=self.asset_key,
            kinds=(AssetMaterialized,),
            after=event_id(self.name, context.cursor),
            newest_first=True,
            limit=1,
        )
        return entry_of(found[0]) if found else None


def event_id(name: str, cursor: str | None) -> int:
    """The event that a cursor names, 0 for None; raises UsageError for one that names none."""
    if cursor is None:
        return 0
    if cursor.isascii() and cursor.isdigit():
        return int(cursor)
    raise UsageError(
        f"the cursor of the sensor `{name}`",
        f"it is `{cursor}`, and this sensor keeps the id of an event there",
        "Set it to such an id, or to nothing.",
    )


@named_options
def asset_sensor(
    asset_key: object,
    *,
    job: Job | None = None,
    jobs: Iterable[Job] | None = None,
    target: object = None,
    name: str | None = None,
    minimum_interval_seconds: int | None = None,
    default_status: DefaultSensorStatus = DefaultSensorStatus.STOPPED,
    required_resource_keys: Iterable[str] | None = None,
    tags: Mapping[str, str] | None = None,
    metadata: Mapping[str, Any] | None = None,
    owners: Sequence[str] | None = None,
    description: str | None = None,
) -> Callable[[Callable[..., Any]], AssetSensorDefinition]:
    """The sensor that asks the decorated function when an asset was materialized; nothing runs.

    The parameters are as for :class:`AssetSensorDefinition`; ``asset_key`` may be a key, its text,
    or the asset. Raises DefinitionError as that does.
    """

    def decorate(fn: Callable[..., Any]) -> AssetSensorDefinition:
        return AssetSensorDefinition(
            name,
            asset_key=asset_key,
            evaluation_fn=fn,
            job=job,
            jobs=jobs,
            target=target,
            minimum_interval_seconds=minimum_interval_seconds,
            default_status=default_status,
            required_resource_keys=required_resource_keys,
            tags=tags,
            metadata=metadata,
            owners=owners,
            description=description,
        )

    return decorate
