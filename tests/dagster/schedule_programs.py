"""Small Dagster programs about schedules."""

import datetime

from tests.dagster.programs import raises

PROGRAMS = {}


def program(fn):
    PROGRAMS[fn.__name__] = fn
    return fn


def a_job(dg):
    @dg.op
    def nothing():
        pass

    @dg.job
    def nightly():
        nothing()

    return nightly


def a_context(dg, **given):
    when = datetime.datetime(2026, 3, 1, 6, tzinfo=datetime.UTC)
    return dg.build_schedule_context(scheduled_execution_time=when, **given)


def asked(tick):
    """What a tick asks for, as plain data."""
    return {
        "runs": [
            [each.run_key, _plain(each.run_config), dict(each.tags), each.partition_key]
            for each in tick.run_requests
        ],
        "skipped": tick.skip_message,
    }


def _plain(config):
    return {name: dict(value) for name, value in config.items() if value}


CONFIG = {"ops": {"nothing": {"config": {"day": "today"}}}}


@program
def schedules_ask_for_one_run(dg):
    plain = dg.ScheduleDefinition(job=a_job(dg), cron_schedule="0 6 * * *")
    fixed = dg.ScheduleDefinition(
        name="fixed",
        job=a_job(dg),
        cron_schedule=["0 6 * * *", "@weekly"],
        run_config=CONFIG,
        tags={"team": "data"},
    )
    made = dg.ScheduleDefinition(
        name="made",
        target=a_job(dg),
        cron_schedule="@daily",
        run_config_fn=lambda context: {"execution": {"config": {"n": 1}}},
        tags_fn=lambda context: {"hour": str(context.scheduled_execution_time.hour)},
    )
    choosy = dg.ScheduleDefinition(
        name="choosy",
        job=a_job(dg),
        cron_schedule="@daily",
        should_execute=lambda context: context.scheduled_execution_time.hour != 6,
    )
    return [asked(each.evaluate_tick(a_context(dg))) for each in (plain, fixed, made, choosy)]


@program
def schedules_have_names_and_defaults(dg):
    plain = dg.ScheduleDefinition(job=a_job(dg), cron_schedule="0 6 * * *")
    running = dg.ScheduleDefinition(
        name="two",
        job=a_job(dg),
        cron_schedule=["0 6 * * *", "0 7 * * *"],
        execution_timezone="Europe/Berlin",
        default_status=dg.DefaultScheduleStatus.RUNNING,
        description="twice",
        owners=["team:data"],
    )
    return [
        [
            each.name,
            each.job_name,
            each.job.name,
            [each.cron_schedule] if isinstance(each.cron_schedule, str) else [*each.cron_schedule],
            each.execution_timezone,
            each.default_status.value,
            each.description,
            dict(each.tags),
            sorted(each.required_resource_keys),
        ]
        for each in (plain, running)
    ]


@program
def schedules_that_cannot_be_meant(dg):
    def define(**given):
        complete = {"job": a_job(dg), "cron_schedule": "@daily", **given}
        return raises(lambda: dg.ScheduleDefinition(**complete), dg.DagsterInvalidDefinitionError)

    return [
        define(cron_schedule="sometimes"),
        define(cron_schedule="* * * *"),
        define(cron_schedule="0 0 * * * *"),
        define(cron_schedule=["@daily", "61 * * * *"]),
        define(execution_timezone="Mars/Olympus"),
        define(run_config=CONFIG, run_config_fn=lambda context: {}),
        define(tags={"a": "b"}, tags_fn=lambda context: {}),
        define(target=a_job(dg), name="both"),
        define(name="no name"),
        define(owners=["nobody"]),
        define(execution_fn=lambda context: None, run_config=CONFIG),
    ]


@program
def decorated_schedules_give_what_they_like(dg):
    def of(fn, **given):
        return dg.schedule("0 6 * * *", job=a_job(dg), name="s", **given)(fn)

    def yields(context):
        yield dg.RunRequest(run_key="a")
        yield dg.RunRequest(run_key="b", tags={"x": "y"}, run_config=CONFIG)

    def yields_nothing(context):
        yield from ()

    every = [
        of(lambda context: dg.RunRequest(run_key=context.scheduled_execution_time.isoformat())),
        of(lambda context: [dg.RunRequest(run_key="a"), dg.RunRequest(run_key="b")]),
        of(lambda context: dg.RunRequest(partition_key=None, tags={"own": "1"}), tags={"t": "1"}),
        of(lambda context: dg.SkipReason("a holiday")),
        of(lambda context: dg.SkipReason()),
        of(lambda context: CONFIG, tags={"t": "1"}),
        of(lambda context: CONFIG, tags_fn=lambda context: {"t": "2"}),
        of(lambda context: None),
        of(lambda context: []),
        of(lambda context: [dg.SkipReason("alone in a list")]),
        of(lambda: dg.RunRequest()),
        of(yields),
        of(yields_nothing),
        of(lambda context: dg.RunRequest(), should_execute=lambda context: False),
    ]
    return [asked(each.evaluate_tick(a_context(dg))) for each in every]


@program
def decorated_schedules_that_give_no_answer(dg):
    def tick(fn):
        made = dg.schedule("@daily", job=a_job(dg), name="s")(fn)
        given = raises(lambda: asked(made.evaluate_tick(a_context(dg))), Exception)
        return given is True

    return [
        tick(lambda context: [dg.RunRequest(), dg.RunRequest()]),
        tick(lambda context: [dg.RunRequest(run_key="a"), dg.RunRequest()]),
        tick(lambda context: [dg.RunRequest(run_key="a"), dg.SkipReason("no")]),
        tick(lambda context: 5),
        tick(lambda context: 1 / 0),
    ]


@program
def decorated_schedules_are_called_directly(dg):
    class Store(dg.ConfigurableResource):
        url: str

    @dg.schedule("@daily", job=a_job(dg))
    def by_context(context):
        return {"ops": {"n": {"config": {"hour": context.scheduled_execution_time.hour}}}}

    @dg.schedule("@daily", job=a_job(dg))
    def by_another_name(tick):
        return dg.SkipReason(str(tick.scheduled_execution_time.day))

    @dg.schedule("@daily", job=a_job(dg))
    def without():
        return dg.RunRequest(run_key="k")

    @dg.schedule("@daily", job=a_job(dg))
    def with_store(context, store: Store):
        return dg.RunRequest(run_key=store.url)

    @dg.schedule("@daily", job=a_job(dg), required_resource_keys={"store"})
    def in_context(context):
        return dg.RunRequest(run_key=context.resources.store.url)

    store = a_context(dg, resources={"store": Store(url="u")})
    plain = dg.ScheduleDefinition(job=a_job(dg), cron_schedule="@daily")
    wrong = (dg.DagsterInvalidInvocationError, dg.DagsterInvalidDefinitionError)
    return [
        by_context(a_context(dg)),
        by_context(context=a_context(dg)),
        by_another_name(tick=a_context(dg)).skip_message,
        without().run_key,
        without(a_context(dg)).run_key,
        with_store(store).run_key,
        asked(in_context.evaluate_tick(store)),
        asked(with_store.evaluate_tick(store)),
        sorted(with_store.required_resource_keys),
        sorted(in_context.required_resource_keys),
        raises(by_context, wrong),
        raises(lambda: plain(a_context(dg)), wrong),
        raises(lambda: dg.build_schedule_context().scheduled_execution_time, Exception),
        raises(lambda: dg.build_schedule_context().instance, dg.DagsterInvariantViolationError),
    ]
