"""Small Dagster programs about jobs with partitions, and schedules of them."""

import datetime

from tests.dagster.programs import raises

PROGRAMS = {}


def program(fn):
    PROGRAMS[fn.__name__] = fn
    return fn


def own(tags):
    """Without the tag of Dagster's partition sets, which are here no more than there."""
    return {name: each for name, each in tags.items() if name != "dagster/partition_set"}


@program
def jobs_of_partitions_see_their_key(dg):
    seen = []

    @dg.op
    def look(context):
        found = [context.has_partition_key, context.op_config]
        if context.has_partition_key:
            window = context.partition_time_window
            keys = context.partition_key_range
            found += [context.partition_key, list(context.partition_keys)]
            found += [keys.start, keys.end, window.start.isoformat()[:19]]
        seen.append(found)

    @dg.job(partitions_def=dg.DailyPartitionsDefinition("2026-01-01"))
    def daily():
        look()

    @dg.graph
    def looks():
        look()

    fixed = looks.to_job(
        name="fixed",
        partitions_def=dg.DailyPartitionsDefinition("2026-01-01"),
        config={"ops": {"look": {"config": {"a": 1}}}},
    )
    daily.execute_in_process(partition_key="2026-01-05")
    daily.execute_in_process()
    fixed.execute_in_process(partition_key="2026-01-06")
    return {
        "seen": seen,
        "unknown": raises(
            lambda: daily.execute_in_process(partition_key="2025-01-01"),
            dg.DagsterUnknownPartitionError,
        ),
    }


@program
def configuration_by_partition(dg):
    seen = []

    @dg.daily_partitioned_config(
        start_date="2026-01-01",
        tags_for_partition_fn=lambda start, end: {"month": f"{start:%m}"},
    )
    def by_day(start, end):
        return {"ops": {"look": {"config": {"day": f"{start:%d}", "until": f"{end:%d}"}}}}

    @dg.static_partitioned_config(["red", "blue"])
    def by_color(color):
        return dg.RunConfig(ops={"look": {"config": {"color": color}}})

    made = dg.PartitionedConfig(
        partitions_def=dg.StaticPartitionsDefinition(["a"]),
        run_config_for_partition_key_fn=lambda key: {"ops": {"look": {"config": {"key": key}}}},
        tags_for_partition_key_fn=lambda key: {"key": key},
    )

    @dg.op
    def look(context):
        seen.append(context.op_config)

    jobs = []
    for config in (by_day, by_color, made):

        @dg.job(name=f"job_{len(jobs)}", config=config)
        def one():
            look()

        jobs.append(one)
    jobs[0].execute_in_process(partition_key="2026-01-05")
    jobs[0].execute_in_process(
        partition_key="2026-01-05", run_config={"ops": {"look": {"config": {"mine": True}}}}
    )
    jobs[1].execute_in_process(partition_key="blue")
    jobs[2].execute_in_process(partition_key="a")

    @dg.dynamic_partitioned_config(partition_fn=lambda now=None: ["p", "q"])
    def listed(key):
        return {}

    return {
        "seen": seen,
        "called": by_day(datetime.datetime(2026, 1, 1), datetime.datetime(2026, 1, 2)),
        "config": by_day.get_run_config_for_partition_key("2026-01-05"),
        "tags": [by_day.get_tags_for_partition_key("2026-01-05"), own(jobs[2].tags)],
        "keys": list(by_day.get_partition_keys(datetime.datetime(2026, 1, 4, tzinfo=datetime.UTC))),
        "listed": list(listed.get_partition_keys()),
        "made": made.get_tags_for_partition_key("a"),
    }


def a_job(dg, **given):
    @dg.op
    def nothing():
        pass

    @dg.job(**given)
    def divided():
        nothing()

    return divided


def asked(dg, schedule, hour=6):
    when = datetime.datetime(2026, 3, 5, hour, tzinfo=datetime.UTC)
    tick = schedule.evaluate_tick(dg.build_schedule_context(scheduled_execution_time=when))
    runs = [[each.run_key, each.partition_key, own(each.tags)] for each in tick.run_requests]
    zone = schedule.execution_timezone
    return [schedule.name, schedule.cron_schedule, zone, runs]


def divisions(dg):
    days = dg.DailyPartitionsDefinition("2026-01-01")
    colors = dg.StaticPartitionsDefinition(["red", "blue"])
    return {
        "daily": days,
        "offset": dg.DailyPartitionsDefinition(
            "2026-01-01", hour_offset=3, minute_offset=10, timezone="Europe/Berlin"
        ),
        "hourly": dg.HourlyPartitionsDefinition("2026-01-01-00:00"),
        "weekly": dg.WeeklyPartitionsDefinition("2026-01-01", day_offset=2),
        "monthly": dg.MonthlyPartitionsDefinition("2026-01-01", day_offset=5),
        "working_days": dg.TimeWindowPartitionsDefinition(
            start="2026-01-01", fmt="%Y-%m-%d", cron_schedule="0 0 * * 1-5"
        ),
        "going_on": dg.DailyPartitionsDefinition("2026-01-01", end_offset=1),
        "to_come": dg.DailyPartitionsDefinition("2036-01-01"),
        "colors": colors,
        "both": dg.MultiPartitionsDefinition({"color": colors, "day": days}),
        "dynamic": dg.DynamicPartitionsDefinition(name="customers"),
        "no_time": dg.MultiPartitionsDefinition({"color": colors, "size": colors}),
    }


@program
def schedules_of_partitioned_jobs_run_the_last_window(dg):
    divided = divisions(dg)
    offsets = [
        ("daily", {}),
        ("daily", {"hour_of_day": 4, "minute_of_hour": 30}),
        ("offset", {"minute_of_hour": 5}),
        ("hourly", {"minute_of_hour": 15}),
        ("weekly", {"hour_of_day": 4}),
        ("weekly", {"day_of_week": 3}),
        ("monthly", {"hour_of_day": 4}),
        ("monthly", {"day_of_month": 3}),
        ("working_days", {}),
        ("going_on", {}),
        ("to_come", {}),
        ("colors", {"cron_schedule": "0 3 * * *", "execution_timezone": "Europe/Berlin"}),
        ("both", {"hour_of_day": 2, "tags": {"team": "data"}}),
    ]
    build = dg.build_schedule_from_partitioned_job
    found = [
        asked(dg, build(a_job(dg, partitions_def=divided[name]), **given))
        for name, given in offsets
    ]

    @dg.daily_partitioned_config(start_date="2026-01-01")
    def by_day(start, end):
        return {"ops": {"nothing": {"config": {"day": f"{start:%d}"}}}}

    schedule = build(a_job(dg, config=by_day), name="named", description="each day")
    when = datetime.datetime(2026, 3, 5, tzinfo=datetime.UTC)
    tick = schedule.evaluate_tick(dg.build_schedule_context(scheduled_execution_time=when))
    config = [{"ops": each.run_config["ops"]} for each in tick.run_requests]

    @dg.asset(partitions_def=divided["daily"])
    def weather():
        return 1

    of_assets = build(dg.define_asset_job("of_assets", [weather], partitions_def=divided["daily"]))
    return [found, schedule.name, schedule.description, config, asked(dg, of_assets)]


@program
def schedules_of_partitioned_jobs_that_cannot_be_meant(dg):
    divided = divisions(dg)
    wrong = [
        ("hourly", {"hour_of_day": 3}),
        ("daily", {"day_of_week": 3}),
        ("daily", {"day_of_month": 3}),
        ("daily", {"hour_of_day": 25}),
        ("daily", {"cron_schedule": "0 1 * * *"}),
        ("working_days", {"hour_of_day": 4}),
        ("colors", {}),
        ("colors", {"hour_of_day": 4}),
        ("dynamic", {}),
        ("no_time", {}),
    ]
    build = dg.build_schedule_from_partitioned_job

    def refused(name, given):
        job = a_job(dg, partitions_def=divided[name])
        return raises(lambda: build(job, **given), Exception)

    found = [refused(name, given) for name, given in wrong]
    return [*found, raises(lambda: build(a_job(dg)), Exception)]
