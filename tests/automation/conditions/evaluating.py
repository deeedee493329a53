"""Conditions evaluated again and again on one store, as a daemon would."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta

from assetbook.automation.conditions.cursor import AutomationCursor
from assetbook.automation.conditions.evaluate_definitions import (
    EvaluateAutomationConditionsResult,
    evaluate_automation_conditions,
)
from assetbook.clock import ManualClock
from assetbook.events.asset_events import AssetMaterialized, CheckEvaluated
from assetbook.events.parts import InputVersion, Origin
from assetbook.events.records import Event
from assetbook.events.run_events import RunEnded, RunStarted, StepEnded
from assetbook.execution.live_runs import counted_as_live
from assetbook.instance.instance import Instance
from assetbook.keys import AssetKey, RunId, new_run_id

START = datetime(2026, 1, 20, 0, 30, tzinfo=UTC)
_ORIGIN = Origin(kind="test")


class Evaluated:
    """Definitions, a store and a clock; each evaluation goes on from the one before."""

    def __init__(self, *definitions: object, start: datetime = START) -> None:
        self.definitions = list(definitions)
        self.clock = ManualClock(start)
        self.instance = Instance.ephemeral(self.clock)
        self.cursor: AutomationCursor | None = None
        self.result: EvaluateAutomationConditionsResult
        self._live: dict[RunId, ExitStack] = {}

    def again(self, **passed: float) -> dict[str, set[str | None]]:
        """What is requested, by name, after that time has passed; the cursor goes through JSON."""
        self.clock.advance(timedelta(**passed or {"seconds": 1}).total_seconds())
        self.result = evaluate_automation_conditions(
            self.definitions, self.instance, cursor=self.cursor
        )
        self.cursor = AutomationCursor.from_json(self.result.cursor.to_json())
        found = self.result.evaluation.requests
        return {str(key): set(subset) for key, subset in found.items()}

    def at(self, instant: datetime) -> dict[str, set[str | None]]:
        """The same as of that instant."""
        return self.again(seconds=(instant - self.clock.now()).total_seconds())

    def updated(
        self,
        key: str,
        partition: str | None = None,
        data: str | None = None,
        read: Mapping[str, str] = {},
    ) -> None:
        """Says that an asset was materialized, by no run of ours, from that data of others."""
        self._commit(
            AssetMaterialized(
                at=self.clock.now(),
                run_id="",
                key=key,
                partition=partition,
                data_version=data or new_run_id(),
                inputs={
                    each: InputVersion(key=each, data_version=seen) for each, seen in read.items()
                },
            )
        )

    def started(self, *steps: str, job: str | None = None, **tags: str) -> RunId:
        """A run of those steps that has not ended, as this process runs it."""
        run_id = new_run_id()
        stack = self._live[run_id] = ExitStack()
        stack.enter_context(counted_as_live(run_id))
        self._commit(
            RunStarted(
                at=self.clock.now(),
                run_id=run_id,
                asked="*",
                steps=steps,
                origin=_ORIGIN,
                job=job,
                tags=tags,
            )
        )
        return run_id

    def made(self, run_id: RunId, *nodes: AssetKey) -> None:
        """Says that the run made those."""
        self._commit(
            *(
                AssetMaterialized(
                    at=self.clock.now(),
                    run_id=run_id,
                    key=node.text,
                    partition=node.partition,
                    data_version=new_run_id(),
                )
                for node in nodes
            )
        )

    def failed(self, run_id: RunId, node: AssetKey) -> None:
        """Says that the step failed that was to make it."""
        self._commit(
            StepEnded(
                at=self.clock.now(),
                run_id=run_id,
                step=str(node),
                status="failed",
                keys=(node.text,),
                partitions=() if node.partition is None else (node.partition,),
            )
        )

    def checked(self, key: str, check: str, *, passed: bool, version: int = 1) -> None:
        """Says what a check said of a version."""
        now = self.clock.now()
        self._commit(
            CheckEvaluated(at=now, key=key, check=check, passed=passed, version=version, run_id="")
        )

    def ended(self, run_id: RunId, status: str = "success") -> None:
        """Ends the run."""
        self._commit(RunEnded(at=self.clock.now(), run_id=run_id, status=status))  # type: ignore[arg-type]
        self._live.pop(run_id).close()

    def ran(self, *nodes: AssetKey, **tags: str) -> None:
        """A whole run that made those."""
        run_id = self.started(*map(str, nodes), **tags)
        self.made(run_id, *nodes)
        self.ended(run_id)

    def _commit(self, *events: Event) -> None:
        self.instance.store.commit(events)

    def close(self) -> None:
        """Lets go of what this process says it runs."""
        for stack in self._live.values():
            stack.close()
        self.instance.close()
