"""What Dagster's daemon and code server load: as many schedules as ``SCHEDULES`` says."""

from __future__ import annotations

import os
import time

import dagster


@dagster.asset
def one() -> float:
    """When its step began."""
    return time.time()


count = int(os.environ["SCHEDULES"])
job = dagster.define_asset_job("job", selection=[one])
defs = dagster.Definitions(
    assets=[one],
    jobs=[job],
    schedules=[
        dagster.ScheduleDefinition(
            name=f"s{number}",
            cron_schedule=f"{number % 60} * * * *" if count > 1 else "* * * * *",
            job=job,
            default_status=dagster.DefaultScheduleStatus.RUNNING,
        )
        for number in range(count)
    ],
)
