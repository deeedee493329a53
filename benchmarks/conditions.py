"""One evaluation of the conditions of many assets, and the cursor that it leaves, in wall time.

Dagster evaluates fewer of them, by ``evaluate_automation_conditions``: the table says how many.
"""

from __future__ import annotations

import sys
from datetime import timedelta
from pathlib import Path
from statistics import median

from automation_graph import DAYS, NOON, above
from measuring import PACKAGE, of_dagster, scratch_folder
from table import Row, run_alone
from task import Stopwatch

sys.path.insert(0, str(PACKAGE))

from assetbook.automation.conditions.cursor import AutomationCursor
from assetbook.automation.conditions.evaluate_definitions import conditions_of
from assetbook.automation.conditions.evaluation import evaluate
from assetbook.automation.conditions.instance_view import InstanceView
from assetbook.definitions.asset_decorator import asset
from assetbook.definitions.automation import AutomationCondition
from assetbook.definitions.partitions import DailyPartitionsDefinition
from assetbook.events.asset_events import AssetMaterialized
from assetbook.instance.instance import Instance
from assetbook.instance.loaded import load

OF_DAGSTER, OF_DAGSTER_BY_DAY = 200, 50


def measure(assets: int, rounds: int) -> list[Row]:
    """Rows for so many eager assets, each below the one before but for every tenth."""
    whole = _row(f"evaluate {assets:,} eager assets", assets, rounds, None)
    days = _row(
        f"evaluate {assets:,} eager assets of 100 days",
        assets,
        rounds,
        DailyPartitionsDefinition(DAYS),
    )
    return [*whole, *days]


def _row(
    work: str, assets: int, rounds: int, partitions: DailyPartitionsDefinition | None
) -> list[Row]:
    with scratch_folder() as folder:
        instance = Instance.open(Path(folder) / "store")
        loaded = load(_assets(assets, partitions), instance)
        conditions = conditions_of(loaded.graph)
        keys = [None] if partitions is None else partitions.keys_at(NOON)
        for day in keys:
            instance.store.commit([_made(key.text, day) for key in loaded.graph.order])
        cursor: AutomationCursor | None = None
        spent, sizes = [], []
        for number in range(rounds + 1):
            now = NOON + timedelta(minutes=number)
            with Stopwatch() as watch:
                found = evaluate(InstanceView(instance, loaded, now), conditions, cursor, now)
                text = found.cursor.to_json()
                cursor = AutomationCursor.from_json(text)
            spent.append(watch.wall)
            sizes.append(len(text) / assets)
        instance.close()
    count = OF_DAGSTER if partitions is None else OF_DAGSTER_BY_DAY
    script = "peer_dagster_automation.py"
    dagster = of_dagster(script, "conditions", count, payload=int(partitions is not None))
    each = {"assetbook": median(spent[1:]) / assets, "Dagster": dagster["wall"] / count}
    cursors = {"assetbook": sizes[-1], "Dagster": dagster["cursor"] / count}
    notes = {"Dagster": f"of {count}"}
    return [
        Row(f"{work}, each", each, "ms", "", notes),
        Row("the same: bytes of the cursor an asset", cursors, "B", "", notes),
    ]


def _assets(count: int, partitions: DailyPartitionsDefinition | None) -> list[object]:
    found = []
    for number in range(count):

        @asset(
            name=f"asset_{number}",
            deps=above(number),
            partitions_def=partitions,
            automation_condition=AutomationCondition.eager(),
        )
        def made() -> None: ...

        found.append(made)
    return found


def _made(key: str, day: str | None) -> AssetMaterialized:
    return AssetMaterialized(at=NOON, run_id="", key=key, partition=day, data_version="1")


if __name__ == "__main__":
    run_alone(measure, assets=1_000, rounds=5)
