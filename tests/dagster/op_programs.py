"""Small Dagster programs of ops, graphs and jobs, as those of ``programs.py``."""

import enum
import os
import threading

from tests.dagster.programs import raises, steps_of

PROGRAMS = {}
OWN_MACHINERY = {"HOOK_SKIPPED", "ENGINE_EVENT", "LOGS_CAPTURED"}


def program(fn):
    PROGRAMS[fn.__name__] = fn
    return fn


def order_of(result):
    """Each event of the run with its step, in order, without those of Dagster's machinery."""
    left_out = {"STEP_INPUT", "RESOURCE_INIT_STARTED", "RESOURCE_INIT_SUCCESS", *OWN_MACHINERY}
    return [
        [each.event_type_value, each.step_key]
        for each in result.all_events
        if each.event_type_value not in left_out
    ]


def arithmetic(dg):
    """one, add(a, b), and a list's total."""

    @dg.op
    def one():
        return 1

    @dg.op
    def add(a, b):
        return a + b

    @dg.op
    def total(numbers):
        return sum(numbers)

    return one, add, total


@program
def op_outputs(dg):
    @dg.op(out={"x": dg.Out(), "y": dg.Out()})
    def by_tuple():
        return 1, 2

    @dg.op(out={"x": dg.Out(int), "y": dg.Out(int)})
    def by_yield():
        yield dg.Output(4, "y")
        yield dg.Output(3, "x")

    @dg.op(name="renamed", description="d", tags={"k": "v"}, code_version="3")
    def plain():
        return dg.Output(5, metadata={"n": 1})

    @dg.job
    def j():
        by_tuple()
        by_yield()
        plain()

    result = j.execute_in_process()
    return {
        "values": [result.output_for_node(n, o) for n in ("by_tuple", "by_yield") for o in "xy"],
        "result": result.output_for_node("renamed"),
        "said": [plain.name, plain.description, dict(plain.tags)],
        "order": order_of(result),
    }


@program
def op_defaults_and_descriptions(dg):
    @dg.op(ins={"n": dg.In(int, default_value=4, description="d")})
    def given(n):
        return n

    @dg.op
    def by_python(n=7):
        return n

    @dg.job
    def j():
        given()
        by_python()

    changed = {"ops": {"given": {"inputs": {"n": 9}}}}
    first, second = j.execute_in_process(), j.execute_in_process(run_config=changed)
    return [
        [each.output_for_node(name) for name in ("given", "by_python")] for each in (first, second)
    ]


@program
def optional_outputs_that_skip(dg):
    @dg.op(out={"x": dg.Out(is_required=False), "y": dg.Out(is_required=False)})
    def branch():
        yield dg.Output(1, "x")

    @dg.op
    def on_x(v):
        return v

    @dg.op
    def on_y(v):
        return v

    @dg.op
    def after_y(v):
        return v

    @dg.op
    def both(values):
        return values

    @dg.job
    def j():
        x, y = branch()
        left, right = on_x(x), on_y(y)
        after_y(right)
        both([left, right])

    result = j.execute_in_process()
    return {
        "success": result.success,
        "fan_in": result.output_for_node("both"),
        "skipped": [result.is_node_skipped(each) for each in ("on_x", "on_y", "after_y")],
        "untouched": [result.is_node_untouched(each) for each in ("on_x", "on_y")],
        "order": order_of(result),
    }


@program
def graphs_and_aliases(dg):
    one, add, _ = arithmetic(dg)

    @dg.graph
    def twice(n):
        return add(n, n)

    @dg.graph(out={"small": dg.GraphOut(), "large": dg.GraphOut()})
    def two_sizes():
        first = one()
        return {"small": first, "large": twice(first)}

    @dg.graph
    def whole():
        sizes = two_sizes()
        return add.alias("last")(twice.alias("double")(sizes.large), add(one(), one()))

    result = whole.execute_in_process()
    named = whole.to_job("renamed")
    return {
        "value": result.output_value(),
        "nodes": [
            result.output_for_node("two_sizes", "large"),
            result.output_for_node("two_sizes.twice.add"),
            result.output_for_node("double.add"),
            result.output_for_node("one_2"),
        ],
        "name": named.name,
        "steps": sorted({step for _, step in order_of(result) if step}),
        "large": two_sizes.execute_in_process().output_value("large"),
        "inputs": twice.execute_in_process(input_values={"n": 5}).output_value(),
    }


@program
def a_job_is_configured_and_given_values(dg):
    class Days(dg.Config):
        days: int = 1

    @dg.op
    def counted(config: Days):
        return config.days

    @dg.op
    def tagged(context, n, m):
        return [context.job_name, dict(context.run_tags).get("team"), n, m]

    @dg.op
    def two():
        return 2

    @dg.job(config={"ops": {"counted": {"config": {"days": 4}}}}, tags={"team": "etl"})
    def j():
        tagged(counted(), two())

    @dg.job(input_values={"m": 2})
    def given(m):
        tagged(counted(), m)

    again = {"ops": {"counted": {"config": {"days": 6}}}}
    wrong = {"ops": {"counted": {"config": {"dayz": 6}}}}
    return [
        j.execute_in_process().output_for_node("tagged"),
        j.execute_in_process(run_config=again, tags={"team": "b"}).output_for_node("tagged"),
        given.execute_in_process().output_for_node("tagged"),
        given.execute_in_process(input_values={"m": 3}).output_for_node("tagged"),
        raises(lambda: j.execute_in_process(run_config=wrong), dg.DagsterInvalidConfigError),
    ]


@program
def resources_of_a_job(dg):
    class Store(dg.ConfigurableResource):
        url: str

    @dg.op
    def typed(store: Store):
        return store.url

    @dg.op(required_resource_keys={"store"})
    def named(context):
        return context.resources.store.url

    @dg.job(resource_defs={"store": Store(url="u")})
    def j():
        typed()
        named()

    @dg.job
    def bare():
        named()

    changed = {"resources": {"store": {"config": {"url": "w"}}}}
    runs = [
        j.execute_in_process(),
        j.execute_in_process(resources={"store": Store(url="v")}),
        j.execute_in_process(run_config=changed),
    ]
    return [
        [each.output_for_node(name) for each in runs for name in ("typed", "named")],
        raises(lambda: bare.execute_in_process(), Exception),
    ]


@program
def fan_in_and_nothing(dg):
    one, _, total = arithmetic(dg)
    said = []

    @dg.op(out=dg.Out(dg.Nothing))
    def first():
        said.append("first")

    @dg.op(ins={"before": dg.In(dg.Nothing)})
    def second(n):
        said.append("second")
        return n

    @dg.job
    def j():
        total([one(), one(), second(before=first(), n=one())])

    result = j.execute_in_process()
    return [result.output_for_node("total"), said, steps_of(result)]


@program
def dynamic_outputs(dg):
    @dg.op(out=dg.DynamicOut())
    def numbers(context):
        for n in range(3):
            yield dg.DynamicOutput(n, mapping_key=f"num_{n}")

    @dg.op(out=dg.DynamicOut())
    def none():
        yield from ()

    @dg.op
    def echo(context, n):
        return [n, context.get_mapping_key()]

    @dg.op
    def gathered(values):
        return values

    @dg.job
    def j():
        gathered(numbers().map(lambda n: echo(n)).collect())

    @dg.job
    def nothing():
        gathered(none().map(echo).collect())

    @dg.op(out=dg.DynamicOut())
    def wrong():
        yield dg.DynamicOutput(1, mapping_key="a-b")

    @dg.job
    def bad():
        wrong()

    @dg.op(out=dg.DynamicOut())
    def twice():
        yield dg.DynamicOutput(1, mapping_key="a")
        yield dg.DynamicOutput(1, mapping_key="a")

    @dg.job
    def same():
        twice()

    result, empty = j.execute_in_process(), nothing.execute_in_process()
    return {
        "elements": result.output_for_node("numbers"),
        "mapped": result.output_for_node("echo"),
        "collected": [each.output_for_node("gathered") for each in (result, empty)],
        "order": [order_of(each) for each in (result, empty)],
        "untouched": empty.is_node_untouched("echo"),
        "bad key": raises(lambda: bad.execute_in_process(), Exception),
        "key twice": raises(lambda: same.execute_in_process(), Exception),
    }


@program
def dynamic_outputs_that_cannot_be_meant(dg):
    @dg.op(out=dg.DynamicOut())
    def numbers():
        yield dg.DynamicOutput(1, mapping_key="a")

    @dg.op(out=dg.DynamicOut())
    def more(n):
        yield dg.DynamicOutput(n, mapping_key="b")

    @dg.op
    def one():
        return 1

    @dg.op
    def add(a, b):
        return a + b

    def inside():
        numbers().map(more)

    def two():
        add(numbers(), numbers.alias("others")())

    def plain():
        one().map(more)

    wrong = dg.DagsterInvalidDefinitionError
    return {
        "within another": raises(lambda: dg.job(name="a")(inside), Exception) is not None,
        "of two": raises(lambda: dg.job(name="b")(two), wrong),
        "no dynamic output": raises(lambda: dg.job(name="c")(plain), Exception),
    }


@program
def op_selection(dg):
    @dg.op
    def a():
        return 1

    @dg.op
    def b(n: int):
        return n + 1

    @dg.op
    def c(n):
        return n + 1

    @dg.graph
    def inner(n):
        return c(b.alias("deep")(n))

    @dg.job
    def j():
        inner(b(a()))

    given = {"ops": {"b": {"inputs": {"n": 5}}}}
    found = {}
    for asked in (["*b"], ["a+"], ["a"], ["a", "b"], ["*"], ["b++", "a"]):
        result = j.execute_in_process(op_selection=asked)
        found["".join(asked)] = sorted({step for _, step in order_of(result) if step})
    value = j.execute_in_process(run_config=given, op_selection=["b"]).output_for_node("b")
    refused = raises(
        lambda: j.execute_in_process(op_selection=["nothing"]), dg.DagsterInvalidSubsetError
    )
    return [found, value, refused]


@program
def hooks_see_what_an_op_gave(dg):
    said = []

    @dg.success_hook
    def well(context):
        said.append([context.step_key, dict(context.op_output_values)])

    @dg.failure_hook
    def badly(context):
        said.append([context.step_key, dict(context.op_output_values)])

    @dg.op(out={"a": dg.Out(), "b": dg.Out(is_required=False)})
    def two():
        yield dg.Output(1, "a")

    @dg.op(out=dg.DynamicOut())
    def several():
        yield dg.DynamicOutput(1, mapping_key="x")
        yield dg.DynamicOutput(2, mapping_key="y")

    @dg.op
    def bad():
        raise RuntimeError("no")

    @dg.job(hooks={well, badly})
    def j():
        two()
        several()
        bad()

    j.execute_in_process(raise_on_error=False)
    return sorted(said)


_FOR_JOB = {}


def failing_once():
    """A job at the top of a module, as Dagster wants one that it executes by its own executor."""
    dg, tries = _FOR_JOB["dg"], _FOR_JOB["tries"]

    @dg.op
    def one():
        tries.append("one")
        return 1

    @dg.op
    def two(n):
        tries.append("two")
        if tries.count("two") < 2:
            raise RuntimeError("no")
        return n + 1

    @dg.op
    def three(n):
        tries.append("three")
        return n + 1

    @dg.job(executor_def=dg.in_process_executor)
    def j():
        three(two(one()))

    return j


@program
def jobs_are_executed_again_from_failure(dg):
    tries = []
    _FOR_JOB.update(dg=dg, tries=tries)
    made = dg.reconstructable(failing_once)
    with dg.instance_for_test() as instance:
        with dg.execute_job(made, instance=instance) as first:
            ended = first.success
        options = dg.ReexecutionOptions.from_failure(first.run_id, instance)
        with dg.execute_job(made, instance=instance, reexecution_options=options) as again:
            value = again.output_for_node("three")
        chosen = dg.ReexecutionOptions(again.run_id, ["three"])
        with dg.execute_job(made, instance=instance, reexecution_options=chosen) as last:
            whole = last.success
        with dg.execute_job(made, instance=instance, op_selection=["one"]) as part:
            given = part.output_for_node("one")
    return {"tries": tries, "first": ended, "value": value, "last": whole, "part": given}


@program
def assets_that_are_not_required_may_be_left_out(dg):
    made = []

    @dg.asset(output_required=False)
    def maybe(context):
        if made:
            yield dg.Output(len(made))

    @dg.asset
    def after(maybe):
        return maybe

    empty = dg.materialize([maybe, after])
    first = [empty.success, sorted(e.asset_key.path for e in materialized(empty))]
    made.append(1)
    full = dg.materialize([maybe, after])
    return {"empty": first, "full": sorted(e.asset_key.path for e in materialized(full))}


def materialized(result):
    return [each.materialization for each in result.get_asset_materialization_events()]


@program
def hooks(dg):
    said = []

    @dg.success_hook(required_resource_keys={"to"})
    def well(context):
        said.append(["well", context.op.name, context.step_key, context.resources.to])

    @dg.failure_hook
    def badly(context):
        said.append(["badly", context.op.name, type(context.op_exception).__name__])

    @dg.success_hook
    def broken(context):
        raise ValueError("no")

    @dg.op
    def good():
        return 1

    @dg.op
    def bad(n):
        raise RuntimeError("no")

    @dg.job(hooks={well, badly}, resource_defs={"to": "r"})
    def j():
        bad(good())

    @dg.job
    def one_hook():
        good.with_hooks({broken})()

    def misnamed(event):
        pass

    failed = j.execute_in_process(raise_on_error=False)
    green = one_hook.execute_in_process()
    return {
        "said": said,
        "order": order_of(failed),
        "broken": [green.success, order_of(green)],
        "misnamed": raises(lambda: dg.success_hook(misnamed), dg.DagsterInvalidDefinitionError),
    }


@program
def retries(dg):
    tried = {}

    def counted(context, name):
        tried[name] = [*tried.get(name, []), context.retry_number]

    @dg.op(retry_policy=dg.RetryPolicy(max_retries=3))
    def always(context):
        counted(context, "always")
        raise ValueError("no")

    @dg.op
    def by_job(context):
        counted(context, "by_job")
        if context.retry_number < 1:
            raise ValueError("once")
        return 1

    @dg.op(retry_policy=dg.RetryPolicy(max_retries=3))
    def forbidden(context):
        counted(context, "forbidden")
        raise dg.Failure("no", metadata={"n": 1}, allow_retries=False)

    @dg.op
    def asked(context):
        counted(context, "asked")
        if context.retry_number < 2:
            raise dg.RetryRequested(max_retries=2, seconds_to_wait=0)
        return 2

    @dg.job(op_retry_policy=dg.RetryPolicy(max_retries=1))
    def j():
        always()
        by_job()
        forbidden()

    @dg.job
    def other():
        asked()

    result = j.execute_in_process(raise_on_error=False)
    good = other.execute_in_process()
    return {
        "tried": tried,
        "attempts": [
            result.retry_attempts_for_node(each) for each in ("always", "by_job", "forbidden")
        ],
        "failed": sorted(result.get_failed_step_keys()),
        "steps": steps_of(result),
        "asked": [good.output_for_node("asked"), order_of(good)],
    }


@program
def retry_policies_of_calls_and_assets(dg):
    tried = []

    @dg.op
    def shaky(context):
        tried.append(context.op_def.name)
        if context.retry_number < 2:
            raise ValueError("no")
        return 1

    @dg.job
    def j():
        shaky.with_retry_policy(dg.RetryPolicy(max_retries=2))()

    @dg.asset(retry_policy=dg.RetryPolicy(max_retries=1))
    def a(context):
        tried.append("a")
        if context.retry_number < 1:
            raise ValueError("no")
        return 1

    made = dg.materialize([a])
    return [j.execute_in_process().success, made.success, steps_of(made), tried]


@program
def failures(dg):
    @dg.op
    def bad():
        raise dg.Failure("it failed", metadata={"n": 1})

    @dg.op
    def divides():
        return 1 / 0

    @dg.op
    def after(n):
        return n

    @dg.job
    def j():
        after(bad())
        after.alias("other")(divides())

    result = j.execute_in_process(raise_on_error=False)
    return {
        "success": result.success,
        "failed": sorted(result.get_failed_step_keys()),
        "untouched": result.is_node_untouched("after"),
        "cause": result.failure_data_for_node("divides").error.cause.cls_name,
        "said": [
            result.failure_data_for_node("bad").user_failure_data.description,
            result.failure_data_for_node("bad").user_failure_data.metadata["n"].value,
            result.failure_data_for_node("divides").user_failure_data,
        ],
        "none": result.failure_data_for_node("after"),
        "order": order_of(result),
        "raised": raises(lambda: j.execute_in_process(op_selection=["divides"]), ZeroDivisionError),
    }


@program
def events_that_an_op_tells(dg):
    @dg.op(out={"x": dg.Out(), "y": dg.Out()})
    def told(context):
        yield dg.AssetMaterialization("made", metadata={"n": 1})
        yield dg.AssetObservation("seen")
        context.log_event(dg.AssetMaterialization("logged"))
        yield dg.Output(1, "x")
        yield dg.Output(2, "y")

    @dg.op
    def reads(n):
        return n

    @dg.job
    def j():
        x, _ = told()
        reads(x)

    result = j.execute_in_process()
    made = result.asset_materializations_for_node("told")
    return [
        order_of(result),
        [each.asset_key.to_user_string() for each in made],
        [each.event_type_value for each in result.events_for_node("reads")][-1],
    ]


@program
def an_ops_types_are_checked(dg):
    @dg.op
    def text():
        return "x"

    @dg.op
    def number(n: int):
        return n

    @dg.op(out=dg.Out(int))
    def declared():
        return "x"

    even = dg.DagsterType(name="Even", type_check_fn=lambda _, value: value % 2 == 0)

    @dg.op(ins={"n": dg.In(even)})
    def of_own_type(n):
        return n

    unsure = dg.DagsterType(name="Unsure", type_check_fn=lambda _, value: "yes")

    @dg.op(out=dg.Out(unsure))
    def unclear():
        return 1

    @dg.job
    def inputs():
        number(text())

    def alone(op):
        @dg.job
        def alone_in_it():
            op()

        return alone_in_it

    @dg.job(input_values={"n": 3})
    def own(n):
        of_own_type(n)

    kind = dg.DagsterTypeCheckDidNotPass
    return {
        "input": raises(lambda: inputs.execute_in_process(), kind),
        "output": raises(lambda: alone(declared).execute_in_process(), kind),
        "own": raises(lambda: own.execute_in_process(), kind),
        "no bool": raises(
            lambda: alone(unclear).execute_in_process(), dg.DagsterInvariantViolationError
        ),
    }


@program
def a_type_check_with_a_description(dg):
    small = dg.DagsterType(
        name="Small",
        type_check_fn=lambda _, value: dg.TypeCheck(
            success=value < 3, description="too large", metadata={"seen": value}
        ),
    )

    class Given(dg.Config):
        n: int

    @dg.op(out=dg.Out(small))
    def made(config: Given):
        return config.n

    @dg.job
    def j():
        made()

    def run(n):
        return j.execute_in_process(run_config={"ops": {"made": {"config": {"n": n}}}})

    try:
        run(5)
    except dg.DagsterTypeCheckDidNotPass as error:
        said = "too large" in str(error)
    return [run(2).output_for_node("made"), said]


@program
def python_types(dg):
    cases = [
        (int, 1),
        (int, "x"),
        (float, 1.5),
        (bool, True),
        (str, "x"),
        (dict, {}),
        (dg.List[int], [1]),
        (dg.List[int], ["x"]),
        (dg.Optional[int], None),
        (dg.Any, object()),
        (tuple, (1,)),
        (set, {1}),
        (set, [1]),
        (dg.Tuple[int, str], (1, "x")),
        (dg.Tuple[int, str], (1, 2)),
        (dg.Dict[str, int], {"a": 1}),
    ]

    class Thing:
        pass

    @dg.usable_as_dagster_type(name="Named")
    class Named:
        pass

    own = [dg.check_dagster_type(kind, value).success for kind, value in cases]
    return [
        own,
        dg.check_dagster_type(Thing, Thing()).success,
        dg.check_dagster_type(Thing, 1).success,
        dg.check_dagster_type(Named, Named()).success,
        dg.check_dagster_type(Named, 1).success,
    ]


@program
def a_type_loader_reads_configuration(dg):
    @dg.dagster_type_loader(config_schema={"n": int})
    def loaded(context, config):
        return config["n"] * 2

    kind = dg.DagsterType(name="Doubled", type_check_fn=lambda _, v: v > 0, loader=loaded)

    @dg.op(ins={"n": dg.In(kind)})
    def taken(n):
        return n

    @dg.job
    def j():
        taken()

    given = {"ops": {"taken": {"inputs": {"n": {"n": 4}}}}}
    return j.execute_in_process(run_config=given).output_for_node("taken")


@program
def a_class_may_have_a_type_loader(dg):
    class Span:
        def __init__(self, days):
            self.days = days

    @dg.dagster_type_loader(config_schema=int)
    def of_days(context, config):
        return Span(config)

    def is_span(context, value):
        return isinstance(value, Span)

    kind = dg.DagsterType(name="Span", type_check_fn=is_span, loader=of_days)
    dg.make_python_type_usable_as_dagster_type(Span, kind)

    def length(span):
        return span.days

    length.__annotations__["span"] = Span
    op = dg.op(length)

    @dg.job
    def j():
        op()

    def run(**given):
        return j.execute_in_process(run_config={"ops": {"length": {"inputs": given}}})

    return [
        isinstance(of_days, dg.DagsterTypeLoader),
        run(span=3).output_for_node("length"),
        raises(lambda: run(span="x"), dg.DagsterInvalidConfigError),
        raises(run, dg.DagsterInvalidConfigError),
    ]


@program
def graphs_of_assets_whose_ops_nothing_gives_an_input(dg):
    @dg.op
    def add_one(n: int) -> int:
        return n + 1

    @dg.graph_asset
    def made():
        return add_one()

    def run(**given):
        console = {"console": {"config": {"log_level": "CRITICAL"}}}
        config = {"ops": {"made": {"ops": {"add_one": {"inputs": given}}}}, "loggers": console}
        return dg.materialize([made], run_config=config).asset_value("made")

    return [
        run(n=2),
        run(n={"value": 3}),
        raises(run, dg.DagsterInvalidConfigError),
        raises(lambda: run(n="x"), dg.DagsterInvalidConfigError),
    ]


@program
def a_console_logger_is_there_by_default(dg):
    @dg.op
    def o(context):
        context.log.info("heard by nobody")

    @dg.job
    def j():
        o()

    def run(level):
        config = {"loggers": {"console": {"config": {"log_level": level}}}}
        return j.execute_in_process(run_config=config).success

    return [sorted(dg.default_loggers()), run("CRITICAL")]


@program
def io_managers_of_ops(dg):
    said = []

    class Kept(dg.IOManager):
        def __init__(self):
            self.values = {}

        def handle_output(self, context, obj):
            said.append(["out", context.step_key, context.name, dict(context.metadata or {})])
            self.values[context.step_key, context.name] = obj

        def load_input(self, context):
            up = context.upstream_output
            said.append(["in", context.name, up.step_key, up.name])
            return self.values[up.step_key, up.name]

    @dg.op(out=dg.Out(io_manager_key="kept", metadata={"m": 1}))
    def one():
        return 1

    @dg.op
    def add(n):
        return n + 1

    @dg.job(resource_defs={"kept": Kept()})
    def j():
        add(one())

    return [j.execute_in_process().output_for_node("add"), said]


@program
def an_ops_context(dg):
    said = {}

    @dg.op
    def told(context: dg.OpExecutionContext):
        said["names"] = [context.op.name, context.op_def.name, context.job_name]
        said["run"] = bool(context.run_id)
        said["retry"] = context.retry_number
        said["config"] = context.op_config
        said["tag"] = [context.has_tag("k"), context.get_tag("k"), context.get_tag("none")]
        said["key"] = context.get_mapping_key()
        said["partition"] = context.has_partition_key
        said["kind"] = isinstance(context, dg.OpExecutionContext)
        context.log.info("line")
        context.add_output_metadata({"n": 1})
        return 1

    @dg.job(tags={"k": "v"})
    def j():
        told()

    j.execute_in_process(run_config={"ops": {"told": {"config": {"x": 1}}}})
    said["built"] = isinstance(dg.build_op_context(), dg.OpExecutionContext)
    return said


@program
def an_instance_keeps_the_runs_of_jobs(dg):
    @dg.op
    def one():
        return 1

    @dg.job
    def j():
        one()

    with dg.instance_for_test() as instance:
        result = j.execute_in_process(instance=instance, tags={"team": "etl"})
        run = instance.get_run_by_id(result.run_id)
        return [run is not None, len(instance.get_runs())]


@program
def asset_jobs_run_in_process(dg):
    @dg.asset
    def a():
        return 1

    @dg.asset
    def b(a):
        return a + 1

    defs = dg.Definitions(assets=[a, b], jobs=[dg.define_asset_job("nightly", selection="*")])
    result = defs.resolve_job_def("nightly").execute_in_process()
    return [result.success, result.asset_value("b"), result.output_for_node("a")]


@program
def results_of_jobs(dg):
    @dg.op
    def one():
        return 1

    @dg.op(out=dg.DynamicOut())
    def numbers(n):
        for each in range(2):
            yield dg.DynamicOutput(each + n, mapping_key=f"k{each}")

    @dg.op
    def picky(n):
        if n == 1:
            raise ValueError("no")
        return n

    @dg.graph
    def whole():
        numbers(one()).map(picky)

    result = whole.to_job().execute_in_process(raise_on_error=False)
    return {
        "success": result.success,
        "states": [
            [result.is_node_success(each), result.is_node_failed(each)]
            for each in ("one", "numbers", "picky")
        ],
        "failed": sorted(result.get_failed_step_keys()),
        "events": [each.event_type_value for each in result.events_for_node("one")],
        "succeeded": sorted(each.step_key for each in result.get_step_success_events()),
        "job": result.job_def.name,
        "not there": raises(lambda: result.output_for_node("none"), Exception),
        "no such output": raises(lambda: result.output_for_node("one", "x"), Exception),
    }


@program
def run_statuses(dg):
    @dg.op
    def one():
        return 1

    @dg.op
    def bad():
        raise ValueError("no")

    @dg.job
    def good_job():
        one()

    @dg.job
    def bad_job():
        bad()

    status = dg.DagsterRunStatus
    with dg.instance_for_test() as instance:
        runs = [
            each.execute_in_process(instance=instance, raise_on_error=False).run_id
            for each in (good_job, bad_job)
        ]
        found = [instance.get_run_by_id(each).status for each in runs]
    return [
        [each == status.SUCCESS for each in found],
        [each == status.FAILURE for each in found],
        [each in (status.STARTED, status.QUEUED, status.CANCELED) for each in found],
        sorted(each.name for each in status),
    ]


@program
def event_types(dg):
    kinds = dg.DagsterEventType
    names = """
        RUN_START RUN_SUCCESS RUN_FAILURE STEP_START STEP_OUTPUT STEP_SUCCESS STEP_FAILURE
        STEP_SKIPPED STEP_UP_FOR_RETRY STEP_RESTARTED LOADED_INPUT HANDLED_OUTPUT
        ASSET_MATERIALIZATION ASSET_OBSERVATION ASSET_CHECK_EVALUATION HOOK_COMPLETED HOOK_ERRORED
    """
    return {name: kinds[name].value for name in names.split()}


@program
def asset_jobs_have_hooks_and_retries(dg):
    said = []

    @dg.success_hook
    def well(context):
        said.append(["well", context.step_key])

    @dg.failure_hook
    def badly(context):
        said.append(["badly", context.step_key, type(context.op_exception).__name__])

    @dg.asset
    def a(context):
        if context.retry_number < 1:
            raise ValueError("once")
        return 1

    @dg.asset(retry_policy=dg.RetryPolicy(max_retries=0))
    def own(a):
        raise RuntimeError("never")

    nightly = dg.define_asset_job(
        "nightly",
        selection="*",
        hooks={well, badly},
        op_retry_policy=dg.RetryPolicy(max_retries=1),
    )
    defs = dg.Definitions(assets=[a, own], jobs=[nightly])
    result = defs.resolve_job_def("nightly").execute_in_process(raise_on_error=False)
    return [said, result.success, steps_of(result, {"STEP_RESTARTED", "STEP_FAILURE"})]


@program
def executor_of_a_run_in_process(dg):
    @dg.op
    def here():
        return threading.current_thread() is threading.main_thread()

    @dg.job(executor_def=dg.multiprocess_executor)
    def j():
        here()

    config = {"execution": {"config": {"max_concurrent": 2}}}
    return [
        j.execute_in_process().output_for_node("here"),
        j.execute_in_process(run_config=config).output_for_node("here"),
    ]


@program
def run_tags_of_a_job(dg):
    @dg.op
    def told(context):
        return dict(context.run_tags)["team"]

    @dg.job(tags={"team": "a"}, run_tags={"team": "b"})
    def both():
        told()

    @dg.job(tags={"team": "a"})
    def one():
        told()

    return [
        both.execute_in_process().output_for_node("told"),
        one.execute_in_process().output_for_node("told"),
        one.execute_in_process(tags={"team": "c"}).output_for_node("told"),
    ]


@program
def async_and_generator_ops(dg):
    @dg.op
    async def later():
        return 1

    @dg.op(out={"x": dg.Out(), "y": dg.Out()})
    async def stream():
        yield dg.Output(2, "x")
        yield dg.Output(3, "y")

    @dg.job
    def j():
        later()
        stream()

    result = j.execute_in_process()
    return [result.output_for_node("later"), result.output_for_node("stream", "y")]


@program
def op_outputs_that_do_not_fit(dg):
    @dg.op(out={"x": dg.Out(), "y": dg.Out()})
    def too_few():
        yield dg.Output(1, "x")

    @dg.op(out={"x": dg.Out(), "y": dg.Out()})
    def twice():
        yield dg.Output(1, "x")
        yield dg.Output(1, "x")

    @dg.op(out={"x": dg.Out(), "y": dg.Out()})
    def wrong_count():
        return 1, 2, 3

    @dg.op
    def unknown():
        yield dg.Output(1, "z")

    def alone(op):
        @dg.job
        def alone_in_it():
            op()

        return alone_in_it

    wrong = (dg.DagsterInvariantViolationError, dg.DagsterStepOutputNotFoundError)
    return {
        each.name: raises(lambda each=each: alone(each).execute_in_process(), wrong)
        for each in (too_few, twice, wrong_count, unknown)
    }


@program
def op_config_is_a_dict(dg):
    class Kind(enum.Enum):
        DAILY = "d"

    class Window(dg.Config):
        days: int = 1

    class Wanted(dg.Config):
        kind: Kind = Kind.DAILY
        window: Window = Window()
        windows: list[Window]
        path: str = dg.EnvVar("OP_CONFIG_PATH")

    said = []

    @dg.success_hook
    def noted(context):
        said.append(context.op_config)

    @dg.op
    def told(context: dg.OpExecutionContext, config: Wanted):
        said.append(context.op_config)
        return config.window.days

    @dg.job(hooks={noted})
    def j():
        told()

    os.environ["OP_CONFIG_PATH"] = "of the environment"
    try:
        run = {"ops": {"told": {"config": {"window": {"days": 3}, "windows": [{}]}}}}
        result = j.execute_in_process(run_config=run)
    finally:
        del os.environ["OP_CONFIG_PATH"]
    return [result.output_for_node("told"), *said]


@program
def graph_configuration_by_mapping(dg):
    class Outer(dg.Config):
        days: int

    @dg.op
    def told(context):
        return context.op_config

    @dg.config_mapping
    def mapped(config: Outer):
        return {"told": {"config": {"n": config.days * 2}}}

    @dg.graph(config=mapped)
    def inner():
        return told()

    @dg.job
    def j():
        inner()

    result = j.execute_in_process(run_config={"ops": {"inner": {"config": {"days": 4}}}})
    return result.output_for_node("inner.told")
