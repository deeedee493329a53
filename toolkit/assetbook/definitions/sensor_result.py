"""``SensorResult``: all that one evaluation of a sensor may ask for at once."""

from __future__ import annotations

from collections.abc import Sequence

from assetbook.definitions.partitions import (
    AddDynamicPartitionsRequest,
    DeleteDynamicPartitionsRequest,
)
from assetbook.definitions.results import AssetMaterialization, AssetObservation
from assetbook.definitions.run_request import RunRequest, SkipReason
from assetbook.definitions.spec import Frozen, fields_of
from assetbook.errors import DefinitionError, with_article
from assetbook.named_arguments import named_arguments

DynamicPartitionsRequest = AddDynamicPartitionsRequest | DeleteDynamicPartitionsRequest
AssetEvent = AssetMaterialization | AssetObservation


@named_arguments
class SensorResult(Frozen):
    """What a sensor asks for: runs or why there are none, its cursor, and what it has learned.

    Changes of dynamic partitions and events of assets are stored together with the requests for
    runs, so before those are launched. Raises DefinitionError for runs beside a reason to skip, and
    for things of another kind.
    """

    __slots__ = (
        "asset_events",
        "cursor",
        "dynamic_partitions_requests",
        "run_requests",
        "skip_reason",
    )

    run_requests: tuple[RunRequest, ...]
    skip_reason: SkipReason | None
    cursor: str | None
    """How far the sensor came, in its own words; None for as far as before."""
    dynamic_partitions_requests: tuple[DynamicPartitionsRequest, ...]
    asset_events: tuple[AssetEvent, ...]

    def __init__(
        self,
        run_requests: Sequence[RunRequest] | None = None,
        skip_reason: SkipReason | str | None = None,
        cursor: str | None = None,
        dynamic_partitions_requests: Sequence[DynamicPartitionsRequest] | None = None,
        asset_events: Sequence[AssetEvent] | None = None,
    ) -> None:
        if run_requests and skip_reason:
            raise DefinitionError(
                "SensorResult(...)",
                "both run_requests= and skip_reason= are given",
                "Give runs, or why there are none.",
            )
        reason = SkipReason(skip_reason) if isinstance(skip_reason, str) else skip_reason
        put = object.__setattr__
        put(self, "run_requests", _all("run_requests", run_requests, RunRequest))
        put(self, "skip_reason", None if reason is None else _one("skip_reason", reason))
        put(self, "cursor", checked_cursor("SensorResult(cursor=...)", cursor))
        kinds = (AddDynamicPartitionsRequest, DeleteDynamicPartitionsRequest)
        changes = _all("dynamic_partitions_requests", dynamic_partitions_requests, *kinds)
        put(self, "dynamic_partitions_requests", changes)
        seen = _all("asset_events", asset_events, AssetMaterialization, AssetObservation)
        put(self, "asset_events", seen)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, SensorResult) and fields_of(self) == fields_of(other)

    __hash__ = None  # type: ignore[assignment]  # what it holds may be mutable

    def __repr__(self) -> str:
        said = {name: value for name, value in fields_of(self).items() if value}
        return f"SensorResult({', '.join(f'{name}={value!r}' for name, value in said.items())})"


def checked_cursor(asked: str, given: object) -> str | None:
    """The cursor; raises DefinitionError for what is no text."""
    if given is None or isinstance(given, str):
        return given
    raise DefinitionError(
        asked,
        f"it is {given!r}, {with_article(type(given).__name__)}",
        "Give text, as str(number) or json.dumps(...).",
    )


def _one(name: str, given: object) -> SkipReason:
    if isinstance(given, SkipReason):
        return given
    raise _other_kind(name, given, SkipReason)


def _all(name: str, given: Sequence[object] | None, *kinds: type) -> tuple[object, ...]:
    found = tuple(given or ())
    for each in found:
        if not isinstance(each, kinds):
            raise _other_kind(name, each, *kinds)
    return found


def _other_kind(name: str, given: object, *kinds: type) -> DefinitionError:
    return DefinitionError(
        f"SensorResult({name}=...)",
        f"it holds {given!r}, {with_article(type(given).__name__)}",
        f"It takes {' and '.join(kind.__name__ for kind in kinds)}.",
    )
