"""``@multi_asset_sensor``: a function that looks at the materializations of several assets."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, ClassVar

from assetbook.definitions.multi_asset_context import MultiAssetSensorEvaluationContext
from assetbook.definitions.sensor_context import SensorEvaluationContext
from assetbook.definitions.sensor_definition import DefaultSensorStatus, SensorDefinition
from assetbook.definitions.sensor_evaluation import drawn, result_of
from assetbook.definitions.sensor_targets import Job
from assetbook.definitions.spec import key_of
from assetbook.definitions.tick_context import TickContext
from assetbook.errors import DefinitionError, UsageError
from assetbook.keys import AssetKey
from assetbook.named_arguments import named_arguments, named_options


@named_arguments
class MultiAssetSensorDefinition(SensorDefinition):
    """A sensor whose function looks at the materializations of several assets.

    ``evaluation_fn`` takes a MultiAssetSensorEvaluationContext and resources, and consumes what it
    has dealt with by ``context.advance_cursor``. The other parameters are as for
    :class:`SensorDefinition`.
    """

    __slots__ = ("monitored_assets",)

    _contexts: ClassVar[type[TickContext]] = MultiAssetSensorEvaluationContext

    monitored_assets: tuple[AssetKey, ...]

    def __init__(
        self,
        name: str | None = None,
        *,
        monitored_assets: Iterable[object],
        evaluation_fn: Callable[..., Any],
        **options: Any,
    ) -> None:
        put = object.__setattr__
        super().__init__(name, evaluation_fn=evaluation_fn, **options)
        put(self, "monitored_assets", _monitored(f"the sensor `{self.name}`", monitored_assets))

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """What the author's function returns for a context of
        ``build_multi_asset_sensor_context``, or one of ``build_sensor_context`` with its assets.

        Raises UsageError for arguments that do not fit, and for runs that are asked for without
        having consumed anything, since the next evaluation would ask for the same.
        """
        several = tuple(self._several(each) for each in args)
        context, given = self.execution_fn.arguments(self.name, several, kwargs)
        answer = drawn(self.execution_fn.compute(**given))
        if context is not None:
            self._consume(context, answer)
            if args and args[0] is not context and context.cursor_updated:
                args[0].update_cursor(context.cursor)
        return answer

    def _several(self, context: object) -> object:
        if isinstance(context, MultiAssetSensorEvaluationContext) or not isinstance(
            context, SensorEvaluationContext
        ):
            return context
        made = MultiAssetSensorEvaluationContext(self.monitored_assets, **context.told())
        made.resources = context.resources
        return made

    def _consume(self, context: MultiAssetSensorEvaluationContext, answer: object) -> None:
        """Moves the context's cursor past what was consumed."""
        where = f"the sensor `{self.name}`"
        result = result_of(where, answer)
        if result.cursor is not None:
            raise UsageError(
                where,
                "it gave a cursor, which this sensor keeps itself",
                "Call context.advance_cursor(...) or context.advance_all_cursors().",
            )
        if result.run_requests and not context.cursor_updated:
            raise UsageError(
                where,
                "it asks for runs and has consumed nothing, so that it would ask for them again",
                "Call context.advance_cursor(...) or context.advance_all_cursors().",
            )
        context.consume()


def _monitored(where: str, given: Iterable[object]) -> tuple[AssetKey, ...]:
    if isinstance(given, str | AssetKey):
        given = [given]
    if not isinstance(given, Iterable):
        raise DefinitionError(
            where,
            f"monitored_assets= is {given!r}, and not the keys of assets",
            'Give keys or assets, as monitored_assets=["raw/orders", customers].',
        )
    found = tuple(dict.fromkeys(key_of(each) for each in given))
    if not found:
        raise DefinitionError(where, "it monitors no asset", "Give monitored_assets=[...].")
    return found


@named_options
def multi_asset_sensor(
    monitored_assets: Iterable[object],
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
) -> Callable[[Callable[..., Any]], MultiAssetSensorDefinition]:
    """The sensor whose decorated function looks at the materializations of several assets.

    ``monitored_assets`` are keys, their texts, or assets. The others are as for
    :class:`MultiAssetSensorDefinition`. Raises DefinitionError as that does.
    """

    def decorate(fn: Callable[..., Any]) -> MultiAssetSensorDefinition:
        return MultiAssetSensorDefinition(
            name,
            monitored_assets=monitored_assets,
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
