"""The steps of an earlier run by the assets that they make."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from tests.definitions.some_ops import add_one, load

from assetbook import asset, graph_asset
from assetbook.dependencies.asset_graph import AssetGraph
from assetbook.events.asset_events import AssetMaterialized
from assetbook.events.parts import Origin
from assetbook.events.run_events import RunStarted
from assetbook.instance.former_runs import EndedStep, FormerRun
from assetbook.instance.re_planning import steps_by_asset
from assetbook.keys import AssetKey, RunId
from assetbook.planning.re_execution import HowEnded
from assetbook.storage.process_identity import current_process
from assetbook.storage.run_record import RunRecord

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
ORIGIN = Origin(kind="test")
NAMES = ("plain", "orders.load", "orders.add_one")
RECORD = RunRecord(RunId("4f2a1c"), "failed", "*", ORIGIN, NAMES, NOON, NOON, "", current_process())


@asset
def plain() -> int:
    return 1


@graph_asset
def orders():  # type: ignore[no-untyped-def]
    return add_one(load())


def former(*ends: HowEnded, made: bool = False) -> FormerRun:
    event = AssetMaterialized(at=NOON, key="orders", step="orders.add_one")
    return FormerRun(
        RECORD,
        RunStarted(at=NOON, asked="*", steps=NAMES, origin=ORIGIN),
        {name: EndedStep(each, RECORD) for name, each in zip(NAMES, ends, strict=True)},
        {AssetKey("orders"): event} if made else {},
    )


@pytest.mark.parametrize(
    ("run", "ended"),
    [
        (former("done", "done", "failed"), "failed"),
        (former("done", "failed", "upstream_failed"), "failed"),
        (former("done", "done", "unreached"), "begun"),
        (former("done", "begun", "unreached"), "begun"),
        (former("failed", "unreached", "unreached"), "unreached"),
        (former("done", "done", "done", made=True), "done"),
        (former("done", "begun", "done", made=True), "done"),
        (former("done", "skipped", "skipped"), "skipped"),
        (former("done", "done", "skipped"), "begun"),
    ],
)
def test_the_ops_of_an_asset_are_one_step_of_it(run: FormerRun, ended: HowEnded) -> None:
    found = steps_by_asset(AssetGraph.build([plain, orders]), run)
    assert {name: step.ended for name, step in found.items()} == {
        "plain": run.steps["plain"].ended,
        "orders": ended,
    }
