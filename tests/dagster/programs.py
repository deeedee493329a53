"""Small Dagster programs: each takes the package, ``dagster`` or ``assetbook.dagster``, and gives
plain data that has to be the same for both."""

import asyncio
import contextlib
import logging
import os
import random
import tempfile
import warnings
from pathlib import Path

from upath import UPath

warnings.simplefilter("ignore")
PROGRAMS = {}


def program(fn):
    PROGRAMS[fn.__name__] = fn
    return fn


def raises(call, kind):
    """Whether ``call`` raises ``kind``; what it raises instead, or gives, as text."""
    try:
        given = call()
    except kind:
        return True
    except Exception as error:  # noqa: BLE001 - told, so that a difference can be understood
        return f"{type(error).__name__}: {error}"
    return f"gave {given!r}"


def keys_of(result):
    events = result.get_asset_materialization_events()
    return sorted("/".join(each.materialization.asset_key.path) for each in events)


def steps_of(result, kinds=None):
    """The kinds of events of each step, in order, without those of Dagster's machinery."""
    left_out = {"STEP_INPUT", "RESOURCE_INIT_STARTED", "RESOURCE_INIT_SUCCESS"}
    found = {}
    for each in result.all_events:
        name = each.event_type_value
        if each.step_key and name not in left_out and (kinds is None or name in kinds):
            found.setdefault(each.step_key, []).append(name)
    return dict(sorted(found.items()))


def letters(dg):
    """raw/a, then b and c, d, e; f is external."""

    @dg.asset(key_prefix="raw", group_name="g1", kinds={"pandas"}, tags={"tier": "gold", "k": ""})
    def a():
        return 1

    @dg.asset(
        ins={"a": dg.AssetIn(key=dg.AssetKey(["raw", "a"]))},
        group_name="g1",
        owners=["ann@example.com"],
    )
    def b(a):
        return a + 1

    @dg.asset(group_name="g2", deps=["f"])
    def c(b):
        return b + 1

    @dg.asset(group_name="g2", owners=["team:data"])
    def d(c):
        return c + 1

    @dg.asset(group_name="g2/inner")
    def e(c, d):
        return c + d

    return [a, b, c, d, e]


SELECTIONS = [
    "c",
    "+c",
    "c+",
    "++c",
    "c++",
    "*c",
    "c*",
    "+c+",
    "raw/a",
    "raw/a+",
    "key:c",
    "+key:c",
    "key:c+",
    "1+key:c",
    "key:c+1",
    "2+key:c+1",
    "key:raw/*",
    "*",
    "key:c and key:d",
    "key:c or key:d",
    "not key:c",
    "(key:c or key:d)+",
    "key:b+ and not key:d",
    "group:g2",
    'group:"g1*"',
    'group:"g2/*"',
    "tag:tier=gold",
    "tag:tier",
    "tag:k",
    "kind:pandas",
    "kind:<null>",
    'owner:"ann@example.com"',
    'owner:"team:data"',
    "sinks(*)",
    "roots(*)",
    "sinks(key:b or key:c)",
    "roots(group:g2)",
    "is:materializable",
    "key:nothing",
    '+key:"c" and (not key:"e")',
]


@program
def selections(dg):
    assets = letters(dg)
    asked = {}
    instance = dg.DagsterInstance.ephemeral()
    dg.materialize(assets, instance=instance)
    for text in SELECTIONS:
        with contextlib.suppress(Exception):
            asked[text] = keys_of(dg.materialize(assets, instance=instance, selection=text))
        asked.setdefault(text, "refused")
    return asked


@program
def selections_that_are_refused(dg):
    assets = letters(dg)
    texts = ["c and d", "not c", "1+c", "(c or d)+", "nothing", "sinks(key:c", "", "group:"]
    return {
        text: raises(lambda text=text: dg.materialize(assets, selection=text), Exception)
        for text in texts
    }


TERMS = [
    "key:b",
    "key:c",
    "key:d",
    "key:e",
    "key:raw/a",
    "key:raw/*",
    "key:*x",
    "key:none",
    "group:g1",
    "group:g2",
    'group:"g*"',
    "tag:tier=gold",
    "tag:k",
    "kind:pandas",
    "kind:<null>",
    'owner:"team:data"',
    "is:materializable",
    "*",
]


def random_selection(draw, depth):
    """An expression of Dagster's grammar, drawn by ``draw``."""
    if depth == 0 or draw.random() < 0.25:
        return draw.choice(TERMS)
    inner = random_selection(draw, depth - 1)
    kind = draw.randrange(7)
    if kind == 0:
        return f"{draw.choice(['+', '1+', '2+'])}({inner})"
    if kind == 1:
        return f"({inner}){draw.choice(['+', '+1', '+2'])}"
    if kind == 2:
        return f"{draw.choice(['sinks', 'roots'])}({inner})"
    if kind == 3:
        return f"not {inner}" if inner[:3] != "not" else f"not ({inner})"
    word = draw.choice([" and ", " or ", " AND ", " OR "])
    other = random_selection(draw, depth - 1)
    return f"({inner}){word}{other}" if kind == 4 else f"{inner}{word}({other})"


@program
def random_selections(dg):
    assets = letters(dg)
    instance = dg.DagsterInstance.ephemeral()
    dg.materialize(assets, instance=instance)
    draw = random.Random(7)
    found = {}
    for _ in range(80):
        text = random_selection(draw, draw.randrange(1, 4))
        found[text] = "refused"
        with contextlib.suppress(Exception):
            found[text] = keys_of(dg.materialize(assets, instance=instance, selection=text))
    return found


@program
def selections_as_objects(dg):
    assets = letters(dg)
    instance = dg.DagsterInstance.ephemeral()
    dg.materialize(assets, instance=instance)
    some = dg.AssetSelection
    asked = {
        "list of text": ["c", "d"],
        "list with layers": ["+c", "e"],
        "a definition": [assets[1]],
        "a key": [dg.AssetKey(["raw", "a"])],
        "groups": some.groups("g2"),
        "upstream": some.assets("c").upstream(),
        "upstream of a layer": some.assets("c").upstream(depth=1),
        "downstream without itself": some.assets("c").downstream(include_self=False),
        "both": some.assets("c") | some.assets("d"),
        "taken away": some.all() - some.assets("c"),
        "common": some.groups("g2") & some.assets("c", "b"),
        "prefix": some.key_prefixes("raw"),
        "tag": some.tag("tier", "gold"),
        "sinks": some.all().sinks(),
        "roots": some.groups("g2").roots(),
        "text": some.from_string("+c"),
    }
    return {
        name: keys_of(dg.materialize(assets, instance=instance, selection=each))
        for name, each in asked.items()
    }


@program
def materialize_runs_everything_selected(dg):
    assets = letters(dg)
    instance = dg.DagsterInstance.ephemeral()
    first = dg.materialize(assets, instance=instance, tags={"team": "etl"})
    again = dg.materialize(assets, instance=instance)
    return [keys_of(first), keys_of(again), again.asset_value("e")]


@program
def materialize_shares_nothing(dg):
    @dg.asset
    def a():
        return 1

    @dg.asset
    def b(a):
        return a + 1

    dg.materialize([a])
    return {
        "without a": raises(lambda: dg.materialize([b]), Exception),
        "a not stored": raises(lambda: dg.materialize([a, b], selection=[b]), Exception),
        "no raise": dg.materialize([a, b], selection=[b], raise_on_error=False).success,
    }


@program
def an_instance_keeps_values(dg):
    @dg.asset
    def a():
        return {1, 2}

    @dg.asset
    def b(a):
        return sorted(a)

    instance = dg.DagsterInstance.ephemeral()
    with dg.instance_for_test() as other:
        dg.materialize([a], instance=other)
        alone = dg.materialize([a, b], selection="b", instance=other).asset_value("b")
    before = instance.get_latest_materialization_event(dg.AssetKey("a"))
    return [before, alone, instance.has_asset_key(dg.AssetKey("a"))]


@program
def any_object_is_a_value(dg):
    @dg.asset
    def made():
        return (1, {2}, complex(1, 2))

    @dg.asset
    def read(made):
        return repr(made)

    return dg.materialize([made, read]).asset_value("read")


@program
def events_of_assets_and_checks(dg):
    @dg.asset
    def a():
        return 1

    @dg.asset(deps=[a])
    def ordered() -> None: ...

    @dg.asset(check_specs=[dg.AssetCheckSpec("inner", asset="c")])
    def c(a):
        return dg.MaterializeResult(value=a, check_results=[dg.AssetCheckResult(passed=True)])

    @dg.asset_check(asset=a)
    def positive(a):
        return dg.AssetCheckResult(passed=a > 0, metadata={"n": a})

    @dg.asset
    def bad(a):
        raise ValueError("no")

    @dg.asset
    def after_bad(bad):
        return 1

    @dg.multi_asset(outs={"x": dg.AssetOut(), "y": dg.AssetOut(key_prefix="p")})
    def both(a):
        return a, 2

    result = dg.materialize([a, ordered, c, positive, bad, after_bad, both], raise_on_error=False)
    return {
        "steps": steps_of(result),
        "ends": [result.all_events[0].event_type_value, result.all_events[-1].event_type_value],
        "success": result.success,
        "failed": sorted(result.get_failed_step_keys()),
        "untouched": result.is_node_untouched("after_bad"),
        "states": [
            result.is_node_success("a"),
            result.is_node_failed("bad"),
            result.is_node_skipped("after_bad"),
        ],
        "cause": result.failure_data_for_node("bad").error.cause.cls_name,
        "values": [result.output_for_node("both", "y"), result.output_for_node("c")],
        "for node": len(result.asset_materializations_for_node("both")),
    }


@program
def raise_on_error_raises_the_authors_exception(dg):
    @dg.asset
    def bad():
        return 1 / 0

    @dg.asset
    def other():
        return 1

    result = dg.materialize([bad, other], raise_on_error=False)
    return [
        raises(lambda: dg.materialize([bad]), ZeroDivisionError),
        result.success,
        keys_of(result),
    ]


@program
def results_with_metadata(dg):
    @dg.asset(metadata={"static": 1})
    def a(context):
        context.add_output_metadata({"added": 2.5})
        return dg.MaterializeResult(
            value=1, metadata={"rows": 3, "note": dg.MetadataValue.md("*x*")}, tags={"k": "v"}
        )

    @dg.asset
    def b(context, a):
        context.add_asset_metadata({"seen": a})
        return dg.Output(a, metadata={"flag": True}, data_version=dg.DataVersion("7"))

    result = dg.materialize([a, b])
    said = {}
    for each in result.get_asset_materialization_events():
        made = each.materialization
        said[made.asset_key.to_user_string()] = {
            name: [type(value).__name__, value.value]
            for name, value in made.metadata.items()
            if name in ("added", "rows", "note", "seen", "flag", "static")
        }
        tags = [(k, v) for k, v in made.tags.items() if k in ("k", "dagster/data_version")]
        said[f"{made.asset_key.to_user_string()} tags"] = sorted(
            (k, v) for k, v in tags if v in ("v", "7")
        )
    return said


@program
def multi_assets(dg):
    @dg.multi_asset(
        outs={"a": dg.AssetOut(is_required=False), "b": dg.AssetOut(is_required=False)},
        can_subset=True,
    )
    def both(context):
        for name in sorted(context.selected_output_names):
            yield dg.Output(name * 2, output_name=name)

    @dg.multi_asset(specs=[dg.AssetSpec("s"), dg.AssetSpec("t", deps=["s"])])
    def specs():
        yield dg.MaterializeResult(asset_key="s", metadata={"n": 1})
        yield dg.MaterializeResult(asset_key="t")

    result = dg.materialize([both, specs])
    only = dg.materialize([both], selection="b")
    return [keys_of(result), keys_of(only), only.asset_value("b"), steps_of(only)]


@program
def checks(dg):
    @dg.asset
    def a():
        return 1

    @dg.asset
    def after(a):
        return 2

    @dg.asset_check(asset=a)
    def warns(a):
        return dg.AssetCheckResult(passed=False, severity=dg.AssetCheckSeverity.WARN)

    @dg.asset_check(asset="a", description="no")
    def fails():
        return dg.AssetCheckResult(passed=False, description="why", metadata={"n": 1})

    @dg.asset_check(asset=a, blocking=True)
    def blocks():
        return dg.AssetCheckResult(passed=False)

    harmless = dg.materialize([a, after, warns, fails])
    stopped = dg.materialize([a, after, blocks], raise_on_error=False)
    return {
        "harmless": harmless.success,
        "found": sorted(
            [each.check_name, each.passed, each.severity.name, each.description, each.blocking]
            for each in harmless.get_asset_check_evaluations()
        ),
        "metadata": [
            each.metadata["n"].value
            for each in harmless.get_asset_check_evaluations()
            if each.check_name == "fails"
        ],
        "stopped": stopped.success,
        "made": keys_of(stopped),
        "steps": steps_of(stopped, {"STEP_START", "STEP_SUCCESS", "STEP_FAILURE"}),
    }


@program
def a_declared_check_needs_a_result(dg):
    @dg.asset(check_specs=[dg.AssetCheckSpec("c", asset="a")])
    def a():
        return dg.MaterializeResult(value=1)

    return raises(lambda: dg.materialize([a]), dg.DagsterInvariantViolationError)


@program
def configuration(dg):
    class Days(dg.Config):
        days: int = 7
        name: str

    @dg.asset(key_prefix="raw")
    def a(config: Days):
        return [config.days, config.name]

    def with_config(config):
        return dg.materialize([a], run_config={"ops": {"raw__a": {"config": config}}})

    wrong = dg.DagsterInvalidConfigError
    of_class = dg.RunConfig(ops={"raw__a": Days(days=2, name="n")})
    return {
        "dict": with_config({"name": "x"}).asset_value(["raw", "a"]),
        "class": dg.materialize([a], run_config=of_class).asset_value(["raw", "a"]),
        "missing": raises(lambda: dg.materialize([a]), wrong),
        "extra": raises(lambda: with_config({"name": "x", "more": 1}), wrong),
        "type": raises(lambda: with_config({"name": "x", "days": "3"}), wrong),
        "op": raises(lambda: dg.materialize([a], run_config={"ops": {"b": {"config": {}}}}), wrong),
        "section": raises(lambda: dg.materialize([a], run_config={"opps": {}}), wrong),
    }


@program
def all_config_errors_at_once(dg):
    class Days(dg.Config):
        days: int
        name: str

    @dg.asset
    def a(config: Days):
        return 1

    try:
        dg.materialize([a], run_config={"ops": {"a": {"config": {"more": 1}}}})
    except dg.DagsterInvalidConfigError as error:
        return [each in str(error) for each in ("days", "name", "more")]


@program
def resources(dg):
    log = []

    class Store(dg.ConfigurableResource):
        url: str = "u"

        def setup_for_execution(self, context):
            log.append(f"setup {self.url}")

        def teardown_after_execution(self, context):
            log.append("teardown")

    @dg.asset
    def a(store: Store, plain: dg.ResourceParam[dict]):
        log.append("run")
        return store.url + plain["x"]

    given = {"store": Store(), "plain": {"x": "!"}}
    first = dg.materialize([a], resources=given).asset_value("a")
    changed = dg.materialize(
        [a], resources=given, run_config={"resources": {"store": {"config": {"url": "v"}}}}
    ).asset_value("a")
    missing = raises(lambda: dg.materialize([a]), dg.DagsterInvalidDefinitionError)
    return [first, changed, log, missing is not None]


@program
def a_generator_tears_a_resource_down(dg):
    log = []

    class Store(dg.ConfigurableResource):
        @contextlib.contextmanager
        def yield_for_execution(self, context):
            log.append("before")
            yield self
            log.append("after")

    @dg.asset
    def a(store: Store) -> None:
        log.append("run")

    dg.materialize([a], resources={"store": Store()})
    return log


@program
def environment_variables(dg):
    class Store(dg.ConfigurableResource):
        url: str
        port: int = 1

    @dg.asset
    def a(store: Store):
        return [store.url, store.port]

    os.environ["DAGSTER_PROGRAMS_URL"] = "u"
    os.environ["DAGSTER_PROGRAMS_PORT"] = "5"
    given = Store(
        url=dg.EnvVar("DAGSTER_PROGRAMS_URL"), port=dg.EnvVar.int("DAGSTER_PROGRAMS_PORT")
    )
    missing = Store(url=dg.EnvVar("DAGSTER_PROGRAMS_NONE"))
    return [
        dg.materialize([a], resources={"store": given}).asset_value("a"),
        raises(
            lambda: dg.materialize([a], resources={"store": missing}), dg.DagsterInvalidConfigError
        ),
        dg.EnvVar("DAGSTER_PROGRAMS_URL").get_value(),
    ]


@program
def io_managers(dg):
    log = []

    class Kept(dg.IOManager):
        def __init__(self):
            self.values = {}

        def handle_output(self, context, obj):
            log.append(["out", context.asset_key.path, context.name, context.step_key])
            context.add_output_metadata({"kept": 1})
            self.values[tuple(context.asset_key.path)] = obj

        def load_input(self, context):
            up = context.upstream_output
            log.append(["in", context.asset_key.path, context.name, up.asset_key.path])
            return self.values[tuple(context.asset_key.path)]

    @dg.asset
    def a():
        return 1

    @dg.asset(io_manager_key="other")
    def b(a):
        return a + 1

    @dg.asset
    def c(b):
        return b + 1

    kept = Kept()
    result = dg.materialize([a, b, c], resources={"io_manager": kept, "other": Kept()})
    made = {
        each.materialization.asset_key.to_user_string(): "kept" in each.materialization.metadata
        for each in result.get_asset_materialization_events()
    }
    return [list(log), made, result.asset_value("c")]


@program
def an_io_manager_that_a_function_makes(dg):
    @dg.io_manager
    def kept(context):
        return dg.InMemoryIOManager()

    seen = []

    @dg.asset
    def a():
        return {1}

    @dg.asset
    def b(a):
        seen.append(a)

    return [dg.materialize([a, b], resources={"io_manager": kept}).success, len(seen[0])]


@program
def values_without_a_return_are_none(dg):
    log = []

    @dg.asset
    def a() -> None:
        log.append("a")

    @dg.asset(deps=[a])
    def b() -> None:
        log.append("b")

    dg.materialize([b, a])
    return log


@program
def types_are_checked(dg):
    @dg.asset
    def wrong() -> int:
        return "x"

    @dg.asset
    def text() -> str:
        return "x"

    @dg.asset
    def number(text: int):
        return text

    even = dg.DagsterType(name="Even", type_check_fn=lambda _, value: value % 2 == 0)

    @dg.asset(dagster_type=even)
    def odd():
        return 3

    @dg.asset(dagster_type=even)
    def fine():
        return 4

    kind = dg.DagsterTypeCheckDidNotPass
    return [
        raises(lambda: dg.materialize([wrong]), kind),
        raises(lambda: dg.materialize([text, number]), kind),
        raises(lambda: dg.materialize([odd]), kind),
        dg.materialize([fine]).asset_value("fine"),
    ]


@program
def materialize_to_memory_stores_nothing(dg):
    @dg.asset
    def a():
        return object

    @dg.asset
    def b(a):
        return a is object

    result = dg.materialize_to_memory([a, b])
    refused = raises(
        lambda: dg.materialize_to_memory([a], resources={"io_manager": dg.InMemoryIOManager()}),
        dg.DagsterInvariantViolationError,
    )
    return [result.asset_value("b"), keys_of(result), refused]


@program
def definitions_are_asked(dg):
    @dg.asset(key_prefix="p", group_name="g")
    def a():
        return 1

    job = dg.define_asset_job("nightly", selection="p/a")
    defs = dg.Definitions(assets=[a, dg.AssetSpec("outside")], jobs=[job], resources={"x": 1})
    dg.Definitions.validate_loadable(defs)
    twice = dg.Definitions(assets=[dg.asset(name="o")(lambda: 1), dg.asset(name="o")(lambda: 2)])
    mapped = dg.map_asset_specs(lambda spec: spec.replace_attributes(group_name="h"), [a])
    return {
        "keys": sorted(each.key.to_user_string() for each in defs.resolve_all_asset_specs()),
        "maker": defs.resolve_assets_def(dg.AssetKey(["p", "a"])) is not None,
        "job": defs.resolve_job_def("nightly").name,
        "twice": raises(lambda: dg.Definitions.validate_loadable(twice), Exception),
        "mapped": [spec.group_name for spec in mapped[0].specs],
        "merged": len(dg.Definitions.merge(defs, dg.Definitions(resources={"y": 2})).resources),
        "clash": raises(
            lambda: dg.Definitions.merge(defs, dg.Definitions(resources={"x": object()})),
            dg.DagsterInvariantViolationError,
        ),
    }


@program
def definitions_that_are_refused(dg):
    wrong = dg.DagsterInvalidDefinitionError

    def fn():
        return 1

    return {
        "owner": raises(lambda: dg.asset(owners=["nobody"])(fn), wrong),
        "group": raises(lambda: dg.asset(group_name="a b")(fn), wrong),
        "tag": raises(lambda: dg.asset(tags={"a b": "c"})(fn), wrong),
        "key and name": raises(lambda: dg.asset(key="a", name="b")(fn), wrong),
        "cycle": raises(
            lambda: dg.materialize(
                [dg.asset(name="a", deps=["b"])(fn), dg.asset(name="b", deps=["a"])(fn)]
            ),
            Exception,
        ),
        "same key": raises(
            lambda: dg.materialize([dg.asset(name="a")(fn), dg.asset(name="a")(fn)]), wrong
        ),
    }


@program
def keys(dg):
    key = dg.AssetKey
    return [
        key("a/b").path,
        key.from_user_string("a/b").path,
        key(["a", "b"]).to_user_string(),
        key("a") == key(["a"]),
        dg.AssetCheckKey(key("a"), "c").name,
        key("b").with_prefix("a").path,
    ]


@program
def specs(dg):
    spec = dg.AssetSpec("a", tags={"k": "v"}, kinds={"x"}, deps=["b"], owners=["team:t"])
    more = spec.merge_attributes(tags={"l": "w"}, deps=["c"])
    other = spec.replace_attributes(group_name="g", description="d")
    return [
        sorted(each.asset_key.to_user_string() for each in more.deps),
        [more.tags["k"], more.tags["l"]],
        [other.group_name, other.description],
        sorted(other.kinds),
        list(more.owners),
    ]


@program
def direct_calls_of_assets(dg):
    class Days(dg.Config):
        days: int = 1

    class Store(dg.ConfigurableResource):
        url: str = "u"

    @dg.asset
    def plain(x):
        return x + 1

    @dg.asset
    def told(context, x):
        return [context.asset_key.path, x]

    @dg.asset
    def typed(context: dg.AssetExecutionContext, config: Days, store: Store):
        return [config.days, store.url]

    @dg.asset
    def without(config: Days, store: Store):
        return [config.days, store.url]

    @dg.asset
    def result():
        return dg.MaterializeResult(metadata={"n": 1})

    @dg.multi_asset(outs={"a": dg.AssetOut(), "b": dg.AssetOut()})
    def several():
        yield dg.Output(1, output_name="a")
        yield dg.Output(2, output_name="b")

    @dg.asset
    async def later():
        return 5

    context = dg.build_asset_context(resources={"store": Store(url="v")})
    wrong = dg.DagsterInvalidInvocationError
    return {
        "value": plain(5),
        "by name": plain(x=5),
        "with a context": told(dg.build_asset_context(), 2),
        "everything by name": typed(context, config=Days(days=3)),
        "resource given": typed(dg.build_asset_context(), config=Days(days=2), store=Store()),
        "no context parameter": without(config=Days(), store=Store(url="w")),
        "from a context": typed(context, Days(days=4)),
        "default config": typed(context),
        "default config without context": without(store=Store(url="w")),
        "metadata": type(result()).__name__,
        "yields": [each.value for each in several()],
        "async": asyncio.run(later()),
        "no context": raises(lambda: told(x=1), wrong),
        "no input": raises(lambda: plain(), Exception),
        "too many": raises(lambda: plain(1, 2), wrong),
        "unknown": raises(lambda: plain(x=1, y=2), Exception),
        "no resource": raises(lambda: typed(dg.build_asset_context(), config=Days()), Exception),
        "resource twice": raises(lambda: typed(context, config=Days(), store=Store()), wrong),
    }


@program
def direct_calls_of_checks(dg):
    @dg.asset
    def a():
        return 1

    @dg.asset_check(asset=a)
    def positive(a):
        return dg.AssetCheckResult(passed=a > 0)

    @dg.asset_check(asset=a)
    def told(context, a):
        return dg.AssetCheckResult(passed=a > 0, metadata={"n": 1})

    @dg.asset_check(asset=a)
    def bare():
        return dg.AssetCheckResult(passed=True)

    found = told(dg.build_asset_check_context(), 1)
    return [positive(1).passed, positive(a=-1).passed, bare().passed, type(found).__name__]


@program
def contexts_for_tests(dg):
    context = dg.build_asset_context(resources={"db": "x"}, asset_config=None)
    output = dg.build_output_context(asset_key=dg.AssetKey(["a", "b"]), name="n")
    loaded = dg.build_input_context(upstream_output=output, asset_key=dg.AssetKey("u"))
    with dg.build_asset_context(resources={"db": "y"}) as inside:
        found = inside.resources.db
    return [
        context.resources.db,
        found,
        isinstance(context.log, logging.Logger) or hasattr(context.log, "info"),
        output.asset_key.path,
        output.name,
        loaded.asset_key.path,
        loaded.upstream_output.asset_key.path,
        output.get_asset_identifier() if hasattr(output, "get_asset_identifier") else None,
    ]


@program
def resources_for_tests(dg):
    log = []

    class Store(dg.ConfigurableResource):
        url: str = "u"

        def setup_for_execution(self, context):
            log.append("setup")

        def teardown_after_execution(self, context):
            log.append("teardown")

    with dg.build_resources({"store": Store(url="v"), "plain": 1}) as built:
        log.append([built.store.url, built.plain])
    context = dg.build_init_resource_context(config={"x": 1}, resources={"y": 2})
    return [log, context.resource_config, context.resources.y]


@program
def a_context_sets_its_resources_up(dg):
    log = []

    class Store(dg.ConfigurableResource):
        def setup_for_execution(self, context):
            log.append("setup")

        def teardown_after_execution(self, context):
            log.append("teardown")

    @dg.asset
    def a(context, store: Store):
        log.append("run")
        return 1

    with dg.build_asset_context(resources={"store": Store()}) as context:
        a(context)
    return log


@program
def context_log_lines(dg):
    @dg.asset
    def a(context):
        context.log.info("from %s", "a")
        for say in ("debug", "warning", "error", "critical", "exception"):
            getattr(context.log, say)("said by %s", say, extra={"how": say})
        dg.get_dagster_logger().info("too")
        return context.run_id != ""

    return dg.materialize([a]).asset_value("a")


@program
def files_beside(dg):
    return os.path.relpath(dg.file_relative_path("folder/module.py", "data.csv"))


@program
def graphs_of_assets_in_order(dg):
    order = []

    def made(name, *deps):
        def fn(**_):
            return 1

        @dg.asset(name=name, deps=list(deps))
        def one() -> None:
            order.append(name)

        return one

    dg.materialize([made("d", "b", "c"), made("c", "a"), made("b", "a"), made("a")])
    return [order[0], sorted(order[1:3]), order[3]]


@program
def a_context_says_what_runs(dg):
    said = {}

    @dg.asset(key_prefix="p", metadata={"m": 1})
    def a(context: dg.AssetExecutionContext):
        said["key"] = context.asset_key.path
        said["keys"] = [each.path for each in context.selected_asset_keys]
        said["outputs"] = sorted(context.selected_output_names)
        said["run"] = bool(context.run_id)
        said["retry"] = context.retry_number
        said["partition"] = context.has_partition_key
        said["config"] = context.op_config
        said["assets_def"] = [each.path for each in context.assets_def.keys]
        context.log.debug("d")
        context.log.warning("w")
        return 1

    dg.materialize([a])
    return said


@program
def a_parameter_may_be_annotated_as_the_context(dg):
    @dg.asset
    def a(context: dg.AssetExecutionContext, b):
        return [context.asset_key.path, b]

    @dg.asset
    def b():
        return 2

    return dg.materialize([a, b]).asset_value("a")


@program
def configurable_io_managers(dg):
    class Kept(dg.ConfigurableIOManager):
        prefix: str = "p"

        def handle_output(self, context, obj):
            stored["/".join([self.prefix, *context.asset_key.path])] = obj

        def load_input(self, context):
            return stored["/".join([self.prefix, *context.asset_key.path])]

    stored = {}

    @dg.asset
    def a():
        return 1

    @dg.asset
    def b(a):
        return a + 1

    dg.materialize([a, b], resources={"io_manager": Kept(prefix="q")})
    return stored


@program
def managers_of_files(dg):
    class Texts(dg.UPathIOManager):
        extension = ".txt"

        def dump_to_path(self, context, obj, path):
            path.write_text(obj)

        def load_from_path(self, context, path):
            return path.read_text()

    @dg.asset(key_prefix="p")
    def a():
        return "x"

    @dg.asset(ins={"a": dg.AssetIn(key_prefix="p")})
    def b(a):
        return a * 2

    with tempfile.TemporaryDirectory() as folder:
        dg.materialize([a, b], resources={"io_manager": Texts(base_path=UPath(folder))})
        found = sorted(Path(folder).rglob("*.txt"))
        return [[str(each.relative_to(folder)), each.read_text()] for each in found]


@program
def input_managers(dg):
    @dg.input_manager
    def loaded(context):
        return f"loaded for {context.name}"

    class Doubles(dg.IOManager):
        def handle_output(self, context, obj):
            raise AssertionError

        def load_input(self, context):
            return f"{context.asset_key.path} by another"

    @dg.asset
    def a():
        return 1

    @dg.asset(ins={"a": dg.AssetIn(input_manager_key="other")})
    def b(a):
        return a

    return [
        dg.materialize([a, b], resources={"other": loaded}).output_for_node("b"),
        dg.materialize([a, b], resources={"other": Doubles()}).output_for_node("b"),
    ]


@program
def outputs_and_generators(dg):
    @dg.asset
    def annotated() -> dg.Output[int]:
        return dg.Output(1, metadata={"n": 1})

    @dg.asset
    def yields():
        yield dg.Output(2)

    @dg.asset
    async def later():
        return 3

    @dg.asset
    def by_result() -> dg.MaterializeResult[int]:
        return dg.MaterializeResult(value=4)

    @dg.asset
    def sums(annotated, yields, later, by_result):
        return annotated + yields + later + by_result

    return dg.materialize([annotated, yields, later, by_result, sums]).output_for_node("sums")


@program
def nested_and_permissive_configuration(dg):
    class Inner(dg.Config):
        n: int = 1

    class Outer(dg.Config):
        inner: Inner = Inner()
        names: list[str]
        maybe: int | None = None

    class Open(dg.PermissiveConfig):
        n: int = 1

    @dg.asset
    def a(config: Outer):
        return [config.inner.n, config.names, config.maybe]

    @dg.asset
    def b(config: Open):
        return [config.n, config.more]

    given = {
        "a": {"config": {"inner": {"n": 2}, "names": ["x"]}},
        "b": {"config": {"more": True}},
    }
    result = dg.materialize([a, b], run_config={"ops": given})
    return [result.asset_value("a"), result.asset_value("b")]


@program
def configuration_of_a_multi_asset(dg):
    class Days(dg.Config):
        days: int = 1

    @dg.multi_asset(outs={"a": dg.AssetOut(), "b": dg.AssetOut()})
    def both(config: Days):
        return config.days, -config.days

    return dg.materialize(
        [both], run_config={"ops": {"both": {"config": {"days": 3}}}}
    ).asset_value("b")


@program
def data_versions(dg):
    @dg.asset(code_version="1")
    def a():
        return dg.Output(1, data_version=dg.DataVersion("x"))

    @dg.asset(code_version="2")
    def b(a):
        return 1

    result = dg.materialize([a, b])
    made = {
        each.materialization.asset_key.to_user_string(): each.materialization.tags
        for each in result.get_asset_materialization_events()
    }
    return [
        made["a"]["dagster/data_version"],
        made["a"]["dagster/code_version"],
        made["a"]["dagster/data_version_is_user_provided"],
        made["b"]["dagster/code_version"],
        made["b"]["dagster/input_data_version/a"],
    ]


@program
def reported_materializations(dg):
    instance = dg.DagsterInstance.ephemeral()
    instance.report_runless_asset_event(
        dg.AssetMaterialization("outside", metadata={"rows": 3}, tags={"k": "v"})
    )
    found = instance.get_latest_materialization_event(dg.AssetKey("outside"))
    return [
        found.asset_materialization.metadata["rows"].value,
        found.asset_materialization.tags["k"],
        found.run_id,
        instance.has_asset_key(dg.AssetKey("outside")),
        [each.path for each in instance.get_asset_keys()],
    ]


@program
def metadata_values(dg):
    value = dg.MetadataValue
    made = {
        "text": value.text("t"),
        "url": value.url("http://u"),
        "path": value.path("p"),
        "json": value.json({"a": [1]}),
        "md": value.md("*m*"),
        "int": value.int(1),
        "float": value.float(1.5),
        "bool": value.bool(True),
        "null": value.null(),
    }
    return {name: [type(each).__name__, str(each.value)] for name, each in made.items()}


@program
def table_schemas(dg):
    schema = dg.TableSchema(
        columns=[
            dg.TableColumn("a", "int", constraints=dg.TableColumnConstraints(unique=True)),
            dg.TableColumn("b"),
        ],
        constraints=dg.TableConstraints(["few"]),
    )
    short = dg.TableSchema.from_name_type_dict({"a": "int"})
    lineage = dg.TableColumnLineage({"a": [dg.TableColumnDep(dg.AssetKey("u"), "c")]})
    return [
        [each.name for each in schema.columns],
        [each.type for each in schema.columns],
        schema.columns[0].constraints.unique,
        schema.columns[1].constraints.nullable,
        list(schema.constraints.other),
        short.columns[0].type,
        lineage.deps_by_column["a"][0].column_name,
    ]


@program
def names_for_types(dg):
    return [
        dg.check_dagster_type(dg.Int, 1).success,
        dg.check_dagster_type(dg.Int, "x").success,
        dg.check_dagster_type(dg.Optional[dg.Int], None).success,
        dg.check_dagster_type(dg.List[dg.String], ["x"]).success,
        dg.check_dagster_type(dg.List[dg.String], [1]).success,
        dg.check_dagster_type(dg.Any, object()).success,
        dg.check_dagster_type(dg.PythonObjectDagsterType(dict), {}).success,
    ]


@program
def retry_policies_are_checked(dg):
    return [
        dg.RetryPolicy().max_retries,
        dg.RetryPolicy(max_retries=2, delay=0.2, backoff=dg.Backoff.EXPONENTIAL).delay,
        raises(lambda: dg.RetryPolicy(backoff=dg.Backoff.LINEAR), dg.DagsterInvalidDefinitionError),
    ]


@program
def direct_calls_of_ops(dg):
    class Days(dg.Config):
        days: int = 1

    class Store(dg.ConfigurableResource):
        url: str = "u"

    @dg.op
    def plain(x, y=2):
        return x + y

    @dg.op(out={"a": dg.Out(), "b": dg.Out()})
    def two():
        return 1, 2

    @dg.op
    def told(context, x):
        return [context.op_config, x]

    @dg.op
    def typed(config: Days, store: Store):
        return [config.days, store.url]

    @dg.op(ins={"before": dg.In(dg.Nothing)})
    def waits():
        return 1

    @dg.op(required_resource_keys={"db"})
    def required(context):
        return context.resources.db

    wrong = dg.DagsterInvalidInvocationError
    context = dg.build_op_context(resources={"db": 5, "store": Store(url="v")})
    return {
        "default": [plain(1), plain(1, 3), plain(x=1, y=4)],
        "two": list(two()),
        "config": told(dg.build_op_context(op_config={"n": 1}), 2),
        "typed": typed(context),
        "typed by name": typed(config=Days(days=2), store=Store()),
        "nothing": waits(),
        "required": required(context),
        "no context": raises(lambda: told(1), wrong),
        "no resource": raises(lambda: required(dg.build_op_context()), Exception),
        "no input": raises(lambda: plain(), wrong),
        "too many": raises(lambda: plain(1, 2, 3), wrong),
    }


@program
def direct_calls_of_ops_check_types(dg):
    @dg.op
    def wrong_output() -> int:
        return "x"

    @dg.op
    def taken(x: int):
        return x

    kind = dg.DagsterTypeCheckDidNotPass
    return [raises(lambda: wrong_output(), kind), raises(lambda: taken("x"), kind)]


@program
def direct_calls_of_hooks(dg):
    seen = []

    @dg.success_hook
    def told(context):
        seen.append([context.job_name, context.run_id])

    told(dg.build_hook_context(run_id="r", job_name="j"))
    return seen


@program
def resources_in_the_context_alone(dg):
    @dg.asset(required_resource_keys={"db"})
    def a(context):
        return context.resources.db

    @dg.multi_asset(outs={"b": dg.AssetOut(), "c": dg.AssetOut()}, required_resource_keys={"db"})
    def both(context):
        return context.resources.db, 2

    given = {"db": 7}
    result = dg.materialize([a, both], resources=given)
    return [
        result.asset_value("a"),
        result.asset_value("b"),
        a(dg.build_asset_context(resources=given)),
        raises(lambda: dg.materialize([a]), Exception),
    ]
