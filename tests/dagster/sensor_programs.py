"""Small Dagster programs about sensors."""

from tests.dagster.programs import raises
from tests.dagster.schedule_programs import CONFIG, a_job

PROGRAMS = {}


def program(fn):
    PROGRAMS[fn.__name__] = fn
    return fn


def asked(tick):
    """What a tick asks for, as plain data."""
    return {
        "runs": [
            [each.run_key, _plain(each.run_config), dict(each.tags), each.partition_key]
            for each in tick.run_requests or ()
        ],
        "skipped": tick.skip_message,
        "cursor": tick.cursor,
        "partitions": [
            [type(each).__name__, each.partitions_def_name, [*each.partition_keys]]
            for each in tick.dynamic_partitions_requests or ()
        ],
    }


def _plain(config):
    return {name: dict(value) for name, value in config.items() if value}


def evaluated(dg, fn, *, cursor=None, **given):
    sensor = dg.sensor(**{"job": a_job(dg), "name": "s", **given})(fn)
    with dg.instance_for_test() as instance:
        context = dg.build_sensor_context(instance=instance, cursor=cursor)
        return asked(sensor.evaluate_tick(context))


def refused(dg, fn, **given):
    return raises(lambda: evaluated(dg, fn, **given), Exception)


@program
def sensors_have_names_and_defaults(dg):
    @dg.sensor(job=a_job(dg))
    def plain():
        pass

    def waits(context):
        return dg.SkipReason("no")

    running = dg.sensor(
        name="two",
        target=a_job(dg),
        minimum_interval_seconds=300,
        default_status=dg.DefaultSensorStatus.RUNNING,
        description="twice",
        required_resource_keys={"client"},
        tags={"team": "data"},
        metadata={"n": 1},
        owners=["team:data"],
    )(waits)
    made = dg.SensorDefinition("made", evaluation_fn=waits, jobs=[a_job(dg)])
    return [
        [
            each.name,
            each.job_name,
            each.job.name,
            each.minimum_interval_seconds,
            each.default_status.value,
            each.description,
            dict(each.tags),
            sorted(each.required_resource_keys),
            [*(each.owners or [])],
        ]
        for each in (plain, running, made)
    ]


@program
def sensors_give_what_they_like(dg):
    def moves(context):
        context.update_cursor("c1")
        return dg.SkipReason("nothing new")

    def moves_and_asks(context):
        context.update_cursor(str(int(context.cursor or 0) + 1))
        return dg.RunRequest(run_key="a")

    def yields(context):
        yield dg.RunRequest(run_key="a", tags={"x": "y"}, run_config=CONFIG)
        yield dg.RunRequest()

    def yields_nothing(context):
        yield from ()

    return [
        evaluated(dg, lambda context: dg.RunRequest(run_key="k")),
        evaluated(dg, lambda: [dg.RunRequest(), dg.RunRequest()]),
        evaluated(dg, yields),
        evaluated(dg, yields_nothing, cursor="old"),
        evaluated(dg, lambda context: dg.SkipReason("no file")),
        evaluated(dg, lambda context: [dg.SkipReason("alone")]),
        evaluated(dg, lambda context: None, cursor="kept"),
        evaluated(dg, lambda context: []),
        evaluated(dg, moves, cursor="c0"),
        evaluated(dg, moves_and_asks, cursor="4"),
        evaluated(dg, lambda context: dg.SensorResult(cursor="c2"), cursor="c1"),
        evaluated(dg, lambda context: dg.SensorResult(run_requests=[]), cursor="c1"),
        evaluated(dg, lambda context: [dg.SensorResult([dg.RunRequest("a")], cursor="c3")]),
        evaluated(dg, lambda context: dg.SensorResult(skip_reason="as text")),
        evaluated(dg, lambda context: dg.SensorResult(skip_reason=dg.SkipReason("no"), cursor="7")),
        evaluated(dg, lambda context: dg.SkipReason("without a job"), job=None),
    ]


@program
def sensors_that_give_no_answer(dg):
    request, skip = dg.RunRequest, dg.SkipReason

    def both_cursors(context):
        context.update_cursor("a")
        return dg.SensorResult(cursor="b")

    jobs = [a_job(dg), dg.define_asset_job("other")]
    return [
        refused(dg, lambda context: dg.SensorResult([request()], skip_reason="both")),
        refused(dg, lambda context: [dg.SensorResult([request()]), request()]),
        refused(dg, lambda context: [skip("a"), skip("b")]),
        refused(dg, lambda context: [skip("a"), request()]),
        refused(dg, lambda context: 5),
        refused(dg, lambda context: {"ops": {}}),
        refused(dg, lambda context: 1 / 0),
        refused(dg, both_cursors),
        refused(dg, lambda context: request(), job=None),
        refused(dg, lambda context: request(), job=None, jobs=jobs),
        refused(dg, lambda context: request(job_name="none"), job=None, jobs=jobs),
        refused(dg, lambda context: request(job_name="nightly"), job=None, jobs=jobs),
        refused(dg, lambda context: request(job_name="none")),
    ]


@program
def sensors_that_cannot_be_meant(dg):
    def define(**given):
        return raises(lambda: dg.sensor(**given)(lambda context: None), Exception)

    return [
        define(name="no name", job=a_job(dg)),
        define(name="s", job=a_job(dg), jobs=[a_job(dg)]),
        define(name="s", job=a_job(dg), target=a_job(dg)),
        define(name="s", job=a_job(dg), owners=["nobody"]),
    ]


@program
def sensors_are_called_directly(dg):
    @dg.sensor(job=a_job(dg))
    def counted(context):
        return dg.RunRequest(run_key=context.cursor, tags={"x": str(context.resources.client)})

    @dg.sensor(job=a_job(dg))
    def resourceful(context, client: dg.ResourceParam[str]):
        return dg.SkipReason(client)

    @dg.sensor(job=a_job(dg))
    def takes_none():
        return dg.SkipReason("none")

    context = dg.build_sensor_context(cursor="k", resources={"client": "abc"})
    request = counted(context)
    return [
        request.run_key,
        dict(request.tags),
        resourceful(context).skip_message,
        takes_none().skip_message,
        context.cursor,
        dg.build_sensor_context().cursor,
        dg.build_sensor_context().last_tick_completion_time,
        dg.build_sensor_context(last_sensor_start_time=5.0).last_sensor_start_time,
        dg.build_sensor_context(last_sensor_start_time=5.0).is_first_tick_since_sensor_start,
    ]


@program
def sensors_change_dynamic_partitions(dg):
    @dg.sensor(job=a_job(dg))
    def images(context):
        definition = dg.DynamicPartitionsDefinition(name="images")
        new = [
            key for key in ("a", "b") if not context.instance.has_dynamic_partition("images", key)
        ]
        return dg.SensorResult(
            cursor="x",
            dynamic_partitions_requests=[
                definition.build_add_request(new),
                definition.build_delete_request(["old"]),
            ],
        )

    with dg.instance_for_test() as instance:
        return asked(images.evaluate_tick(dg.build_sensor_context(instance=instance)))


@program
def asset_sensors_fire_once_per_materialization(dg):
    @dg.asset
    def orders():
        return 1

    @dg.asset
    def customers():
        return 1

    @dg.asset_sensor(asset_key=dg.AssetKey("orders"), job=a_job(dg))
    def told(context, asset_event):
        event = asset_event.dagster_event
        assert asset_event.asset_materialization.asset_key == event.asset_key
        keys = [event.asset_key.to_user_string(), event.materialization.asset_key.path[-1]]
        return dg.RunRequest(run_key="-".join([*keys, event.event_type_value]))

    with dg.instance_for_test() as instance:

        def tick(cursor):
            context = dg.build_sensor_context(instance=instance, cursor=cursor)
            found = told.evaluate_tick(context)
            ids[found.cursor] = len(ids)
            return found.cursor, [
                ids[found.cursor],
                [each.run_key for each in found.run_requests],
                bool(found.skip_message),
            ]

        ids = {None: 0}
        cursor, first = tick(None)
        dg.materialize([customers], instance=instance)
        cursor, other = tick(cursor)
        dg.materialize([orders], instance=instance)
        cursor, new = tick(cursor)
        cursor, again = tick(cursor)
        dg.materialize([orders], instance=instance)
        dg.materialize([orders], instance=instance)
        cursor, several = tick(cursor)
        return [first[1:], other[1:], new[1:], again[1:], several[1:], tick(cursor)[1][1:]]


@program
def asset_sensors_take_what_they_like(dg):
    @dg.asset
    def orders():
        return 1

    def decorated(fn):
        return dg.asset_sensor(dg.AssetKey("orders"), job=a_job(dg), name="s")(fn)

    def yields(context, event):
        yield dg.RunRequest("a")
        yield dg.RunRequest("b")

    every = [
        decorated(lambda context: dg.RunRequest("one parameter")),
        decorated(lambda context, event: [dg.RunRequest("listed")]),
        decorated(yields),
        decorated(lambda context, event: dg.SkipReason("not this one")),
        decorated(lambda context, event: None),
    ]
    found = []
    with dg.instance_for_test() as instance:
        dg.materialize([orders], instance=instance)
        for each in every:
            tick = each.evaluate_tick(dg.build_sensor_context(instance=instance))
            runs = [one.run_key for one in tick.run_requests or ()]
            found.append([runs, tick.skip_message, tick.cursor is not None])
    return found


@program
def multi_asset_sensors_fire_when_all_are_there(dg):
    @dg.asset
    def orders():
        return 1

    @dg.asset
    def customers():
        return 1

    keys = [dg.AssetKey("orders"), dg.AssetKey("customers")]

    @dg.multi_asset_sensor(monitored_assets=keys, job=a_job(dg))
    def both(context):
        found = context.latest_materialization_records_by_key()
        if all(found.values()):
            context.advance_all_cursors()
            return dg.RunRequest(run_key="-".join(sorted(key.to_user_string() for key in found)))
        return dg.SkipReason(str(sum(each is not None for each in found.values())))

    defs = dg.Definitions(assets=[orders, customers])
    with dg.instance_for_test() as instance:
        cursor = None

        def tick():
            nonlocal cursor
            context = dg.build_multi_asset_sensor_context(
                monitored_assets=keys, instance=instance, cursor=cursor, definitions=defs
            )
            found = both(context)
            found = [*found] if not isinstance(found, dg.RunRequest | dg.SkipReason) else [found]
            return found[0]

        first = tick().skip_message
        dg.materialize([orders], instance=instance)
        second = tick().skip_message
        dg.materialize([customers], instance=instance)
        return [first, second, tick().run_key]


@program
def run_status_sensors_are_called_directly(dg):
    @dg.op
    def breaks():
        raise ValueError("no such file")

    @dg.job
    def broken():
        breaks()

    said = []

    @dg.run_failure_sensor
    def failed(context):
        said.append([context.dagster_run.job_name, context.sensor_name])
        said.append(context.failure_event.event_type_value)
        said.append([each.step_key for each in context.get_step_failure_events()])

    @dg.run_status_sensor(run_status=dg.DagsterRunStatus.SUCCESS, request_job=a_job(dg))
    def succeeded(context):
        said.append([context.dagster_run.job_name, context.dagster_event.event_type_value])
        return dg.RunRequest(run_key=context.dagster_run.job_name)

    with dg.instance_for_test() as instance:
        good = a_job(dg).execute_in_process(instance=instance)
        bad = broken.execute_in_process(instance=instance, raise_on_error=False)
        request = succeeded(
            dg.build_run_status_sensor_context(
                "succeeded", good.get_run_success_event(), instance, good.dagster_run
            )
        )
        context = dg.build_run_status_sensor_context(
            sensor_name="failed",
            dagster_instance=instance,
            dagster_run=bad.dagster_run,
            dagster_event=bad.get_run_failure_event(),
        )
        failed(context.for_run_failure())
        return [said, request.run_key, failed.name, succeeded.name]
