"""How the daemon reaches the processes of locations: to evaluate a tick, and to launch a run."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any

from assetbook.automation.known_schedules import KnownSchedule
from assetbook.automation.known_sensors import KnownSensor
from assetbook.automation.launches import Launch, TickAnswer, assets_of_checks, own_launch
from assetbook.automation.leaving import LeftToAnother
from assetbook.automation.sensor_tick import SensorAnswer
from assetbook.errors import AssetbookError, SelectionError
from assetbook.instance.bundles import bundle_at
from assetbook.instance.instance import Instance
from assetbook.instance.pins import pinned
from assetbook.kernels.own_process import LOCATION_PROCESS, call_in_process
from assetbook.notebook.location_source import LocationSource, source_of
from assetbook.storage.automations import StoredRequest
from assetbook.surfaces.asked_limit import Asking, Limit
from assetbook.surfaces.detached_run import DetachedRun
from assetbook.surfaces.detaching import Asked, KeptLocation, Runner, start_detached
from assetbook.surfaces.kept_location import ask_kept
from assetbook.surfaces.proven_source import COMPARE, proven_bundle
from assetbook.surfaces.sensor_hands import sensors_evaluated


@dataclass(frozen=True)
class LocationHands:
    """Has a process for each question."""

    instance: Instance
    time_limit: float = 60.0
    """Seconds that the functions of a tick may take, the loading of their location with them."""
    runners: Callable[[], Runner] = Runner
    """What gives a process that is to run something."""
    refill: Callable[[], object] = lambda: None
    """Called once a run is on its way."""
    calling: Callable[..., Any] = call_in_process
    """What calls the process of a location that is loaded from a bundle."""
    asking: Asking = field(default_factory=Asking)

    def abandon(self) -> None:
        """Ends the processes that are asked something."""
        self.asking.end()

    def evaluate(self, known: KnownSchedule, at: datetime) -> TickAnswer:
        """What the functions ask for; a process that takes too long is killed, which the answer
        says."""
        asked = {"verb": "tick", "schedule": known.record.name, "at": at.isoformat()}
        try:
            answered = self.ask(known.location, known.bundle, asked)
        except AssetbookError as error:
            return TickAnswer(error=f"{error.asked}: {error.found}")
        return answer_of(known, answered)

    def evaluate_sensors(self, group: Sequence[KnownSensor]) -> Mapping[str, SensorAnswer]:
        """By name, what each says; they are of one location and one source."""
        return sensors_evaluated(self.instance, self.ask, group)

    def ask(self, location: str, bundle: str | None, asked: dict[str, Any]) -> dict[str, Any]:
        """What the location's process answers, or that it took too long; raises AssetbookError for
        a location that is gone, LeftToAnother once they are abandoned."""
        source, bundle = self._source(location, bundle)
        with Limit(self.time_limit, self.asking) as limit:
            answered = self._ask(source, bundle, asked, limit.watch)
        if self.asking.is_over and "error" in answered:
            raise LeftToAnother
        if limit.expired:
            return {"error": f"it took longer than {self.time_limit:g} s, and was ended"}
        return answered

    def _ask(
        self,
        source: LocationSource,
        bundle: str | None,
        asked: dict[str, Any],
        begun: Callable[[int], object],
    ) -> dict[str, Any]:
        try:
            if bundle is None:
                found: dict[str, Any] = call_in_process(
                    source, LOCATION_PROCESS, {**asked, "load": "slice"}, begun
                )
                return found
            kept = bundle_at(self.instance, bundle)
            return ask_kept(source, kept, asked, bundle, begun, calling=self.calling)
        except AssetbookError as error:
            return {"error": f"{error.asked}: {error.found}"}

    def launch(self, request: StoredRequest, launch: Launch) -> str:
        """Has a process that outlives this one run it; says so if there was nothing to do."""
        source, bundle = self._source(launch.location, launch.bundle)
        detached = DetachedRun(request.request.run_id, launch.kind)
        asked = Asked(launch.verb, launch.arguments)
        kept = KeptLocation(source, bundle)
        try:
            steps = start_detached(self.instance, kept, detached, asked, self.runners())
        finally:
            self.refill()
        return "" if steps else "all fresh: nothing ran"

    def _source(self, location: str, bundle: str | None) -> tuple[LocationSource, str | None]:
        """The location, and the bundle that it is run from: the one given, that of its pin, or of
        its file as it is; None for a module, which is run as it is."""
        source = source_of(self.instance.root / location)
        if source.module is not None:
            return source, None
        if bundle is None and (pin := pinned(self.instance, location)) is not None:
            bundle = pin.bundle
        if bundle is None:
            if not source.path.exists():
                raise SelectionError(
                    f"the location {location}", "its file is gone", "Turn its schedules off."
                )
            bundle = proven_bundle(self.instance, source, location, partial(self._compare, source))
        return source, bundle

    def _compare(self, source: LocationSource) -> None:
        with Limit(self.time_limit, self.asking) as limit:
            call_in_process(source, LOCATION_PROCESS, COMPARE, limit.watch)


def answer_of(known: KnownSchedule, answered: Mapping[str, Any]) -> TickAnswer:
    """What a process answered of a tick."""
    if said := answered.get("error"):
        text = said if isinstance(said, str) else f"{said['asked']}: {said['found']}"
        return TickAnswer(error=text, logs=answered.get("logs", ""))
    requests = [(each["run_key"], _launch_of(known, each)) for each in answered["requests"]]
    return TickAnswer(tuple(requests), answered["skip"], logs=answered["logs"])


def _launch_of(known: KnownSchedule, request: dict[str, Any]) -> Launch:
    own = own_launch(known)
    assets, checks = request["assets"], request["checks"]
    selection = " or ".join(f'key:"{name}"' for name in assets) if assets else own.selection
    selection = assets_of_checks(checks) or selection
    job = "" if assets or checks else request["job"] or own.job
    config = request["config"]
    return Launch(
        known.location,
        "" if job else selection,
        job,
        request["partition"] or own.partition,
        {**own.tags, **request["tags"]},
        config if job else dict(config.get("ops", {})),
        own.bundle,
        own.stale_only or request["stale_only"],
        checks=checks,
    )
