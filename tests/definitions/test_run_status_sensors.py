"""Sensors of runs: which they are told, and that each is told once."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from assetbook import (
    CodeLocationSelector,
    Instance,
    JobSelector,
    RunFailureSensorContext,
    RunRequest,
    RunStatusSensorContext,
    SensorResult,
    asset,
    build_run_status_sensor_context,
    build_sensor_context,
    define_asset_job,
    run_failure_sensor,
    run_status_sensor,
)
from assetbook.definitions.run_status_sensor_definition import RunStatusSensorDefinition
from assetbook.definitions.sensor_evaluation import SensorExecutionData
from assetbook.errors import DefinitionError
from assetbook.events.parts import Origin
from assetbook.events.run_events import RunEnded, RunQueued, RunStarted
from assetbook.instance.materializing import materialize_definitions
from assetbook.keys import new_run_id


@pytest.fixture
def instance() -> Iterator[Instance]:
    instance = Instance.ephemeral()
    yield instance
    instance.close()


def ran(
    instance: Instance, job: str = "nightly", status: str | None = "success", at: str = "shop.ipynb"
) -> str:
    """Records a run of a job; None leaves it on its way."""
    now, run_id = instance.clock.now(), new_run_id()
    origin = Origin(kind="schedule", notebook=at)
    begun = RunStarted(
        at=now, run_id=run_id, asked=job, steps=(), origin=origin, job=job, tags={"team": "data"}
    )
    ended = RunEnded(at=now, run_id=run_id, status=status or "success", message="why")  # type: ignore[arg-type]
    instance.store.commit([begun])
    if status is not None:
        instance.store.commit([ended])
    return run_id


class Watching:
    """A sensor with its cursor, evaluated again and again."""

    def __init__(self, instance: Instance, sensor: RunStatusSensorDefinition) -> None:
        self.instance, self.sensor, self.cursor = instance, sensor, None
        assert self.tick().skip_message == f"`{sensor.name}` is told of runs from now on"

    def tick(self) -> SensorExecutionData:
        context = build_sensor_context(self.instance, self.cursor)
        context.location = "shop.ipynb"
        found = self.sensor.evaluate_tick(context)
        self.cursor = found.cursor  # type: ignore[assignment]
        return found


def told_by(**given: object) -> tuple[list[str], RunStatusSensorDefinition]:
    told: list[str] = []

    def tell(context: RunStatusSensorContext) -> None:
        told.append(context.dagster_run.job_name)

    given = {"run_status": "success", **given}
    return told, run_status_sensor(name="tell", **given)(tell)  # type: ignore[arg-type]


def test_a_run_is_told_once(instance: Instance) -> None:
    ran(instance, "before")
    told, sensor = told_by()
    watching = Watching(instance, sensor)
    assert watching.tick().skip_message == "No run has succeeded"
    ran(instance, "first")
    ran(instance, "bad", "failed")
    ran(instance, "second")
    assert len(watching.tick().run_reactions) == 2 and told == ["first", "second"]
    assert watching.tick().run_reactions == () and told == ["first", "second"]


def test_more_runs_than_one_evaluation_looks_at_are_told_by_the_next(instance: Instance) -> None:
    told, sensor = told_by()
    watching = Watching(instance, sensor)
    names = [f"job{n}" for n in range(130)]
    for each in names:
        ran(instance, each)
    assert [len(watching.tick().run_reactions) for _ in range(3)] == [100, 30, 0]
    assert told == names


@pytest.mark.parametrize("status", ["queued", "started", "success", "failed", "canceled"])
def test_each_status_is_told(instance: Instance, status: str) -> None:
    told, sensor = told_by(run_status=status)
    watching = Watching(instance, sensor)
    if status == "queued":
        origin = Origin(kind="cli", notebook="shop.ipynb")
        queued = RunQueued(
            at=instance.clock.now(), run_id=new_run_id(), asked="nightly", steps=(), origin=origin
        )
        instance.store.commit([queued])
    else:
        ran(instance, status=None if status == "started" else status)
    watching.tick()
    assert told == ["nightly"]


def test_only_jobs_of_its_own_location_are_monitored(instance: Instance) -> None:
    told, sensor = told_by(monitored_jobs=[define_asset_job("nightly")])
    everything, any_run = told_by()
    watching, all_own = Watching(instance, sensor), Watching(instance, any_run)
    ran(instance, "weekly")
    ran(instance, "nightly", at="other.ipynb")
    ran(instance, "nightly")
    watching.tick()
    all_own.tick()
    assert (told, everything) == (["nightly"], ["weekly", "nightly"])


def test_selectors_monitor_other_locations(instance: Instance) -> None:
    one, of_job = told_by(monitored_jobs=[JobSelector("other.ipynb", "nightly")])
    two, of_place = told_by(monitored_jobs=[CodeLocationSelector("other.ipynb")])
    three, of_all = told_by(monitor_all_code_locations=True)
    every = [Watching(instance, each) for each in (of_job, of_place, of_all)]
    ran(instance, "nightly")
    ran(instance, "nightly", at="other.ipynb")
    ran(instance, "weekly", at="other.ipynb")
    for each in every:
        each.tick()
    assert one == ["nightly"] and two == ["nightly", "weekly"]
    assert three == ["nightly", "nightly", "weekly"]


def test_a_function_that_fails_for_a_run_does_not_stop_the_others(instance: Instance) -> None:
    def picky(context: RunStatusSensorContext) -> RunRequest:
        if context.dagster_run.job_name == "bad":
            raise ValueError("no mail server")
        return RunRequest(run_key=context.dagster_run.run_id, tags=context.dagster_run.tags)

    sensor = run_status_sensor("success", target="report")(picky)
    watching = Watching(instance, sensor)
    ids = [ran(instance, each) for each in ("a", "bad", "c")]
    found = watching.tick()
    assert [each.run_key for each in found.run_requests] == [ids[0], ids[2]]
    assert [str(each.error) for each in found.run_reactions] == ["None", "no mail server", "None"]
    assert watching.tick().run_reactions == ()


def test_a_cursor_of_the_function_is_refused(instance: Instance) -> None:
    sensor = run_status_sensor("success", name="s")(lambda context: SensorResult(cursor="x"))
    watching = Watching(instance, sensor)
    ran(instance)
    [reaction] = watching.tick().run_reactions
    assert "which this sensor keeps itself" in str(reaction.error)


def test_failures_have_the_steps_and_the_reason(instance: Instance) -> None:
    said: list[object] = []

    @run_failure_sensor
    def failed(context: RunFailureSensorContext) -> None:
        said.append((context.failure_event.event_type_value, context.partition_key))
        said.extend(
            (each.step_key, each.event_specific_data.error.cls_name, each.message)
            for each in context.get_step_failure_events()
        )

    @asset
    def orders() -> int:
        raise ValueError("no such file")

    run_id = materialize_definitions([orders], instance=instance, raise_on_error=False).run_id
    built = build_run_status_sensor_context("failed", None, instance, instance.run(str(run_id)))
    failed(built.for_run_failure())
    assert said == [("PIPELINE_FAILURE", None), ("orders", "ValueError", "no such file")]


@pytest.mark.parametrize(
    ("define", "match"),
    [
        (lambda: told_by(run_status="succes"), "Did you mean `success`"),
        (
            lambda: told_by(monitored_jobs=["nightly"]),
            "holds 'nightly', a str",
        ),
        (
            lambda: told_by(
                monitor_all_code_locations=True, monitored_jobs=[CodeLocationSelector("x")]
            ),
            "both monitored_jobs= and monitor_all_code_locations=",
        ),
        (lambda: run_status_sensor(lambda context: None), "does not say which status"),  # type: ignore[arg-type]
    ],
)
def test_what_cannot_be_meant_says_what_to_do(define: Callable[[], object], match: str) -> None:
    with pytest.raises(DefinitionError, match=match):
        define()
