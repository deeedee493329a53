"""Random graphs of assets: every executor does what the reference interpreter says."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from tests.execution.examples import EXECUTORS, each_with
from tests.execution.reference_interpreter import Check, Node, World, interpret, renewed

from assetbook import (
    AssetCheckResult,
    AssetIn,
    AssetOut,
    Instance,
    Output,
    asset,
    asset_check,
    multi_asset,
)
from assetbook.events.asset_events import AssetMaterialized, CheckEvaluated
from assetbook.events.run_events import StepStarted
from assetbook.execution.absent import Absent
from assetbook.execution.executor import Executor
from assetbook.execution.step_ledger import StepLedger
from assetbook.instance.materializing import MaterializeOutcome, materialize_definitions
from assetbook.planning.scheduler import Scheduler

MOST = 8  # nodes


@st.composite
def graphs(draw: st.DrawFn, *, sound: bool) -> list[Node]:
    """Nodes, each below some before it; ``sound`` ones neither fail nor leave anything out."""
    nodes: list[Node] = []
    keys: list[str] = []
    for number in range(draw(st.integers(1, MOST))):
        reads = draw(st.lists(st.sampled_from(keys), max_size=3, unique=True)) if keys else []
        node = Node(
            f"n{number}",
            tuple(sorted(reads)),
            constant=draw(st.booleans()),
            raises=not sound and draw(st.integers(0, 5)) == 0,
            second=draw(st.sampled_from(["", "", "given", *["left out"] * (not sound)])),  # type: ignore[arg-type]
            checks=draw(checks(sound=sound)),
        )
        nodes.append(node)
        keys += node.outputs
    return nodes


@st.composite
def checks(draw: st.DrawFn, *, sound: bool) -> tuple[Check, ...]:
    found = st.just("passes") if sound else st.sampled_from(["passes", "passes", "fails", "raises"])
    names = ["c", "d"][: draw(st.integers(0, 2))]
    return tuple(Check(name, draw(found), draw(st.booleans())) for name in names)  # type: ignore[arg-type]


@st.composite
def edits(draw: st.DrawFn, nodes: list[Node]) -> list[Node]:
    """The same graph after edits: of some nodes the code, whether they fail, and leave out what
    there is an older version of."""
    return [
        renewed(
            node,
            constant=draw(st.booleans()),
            raises=draw(st.integers(0, 5)) == 0,
            second=draw(st.sampled_from(["given", "left out"])) if node.second else "",
            checks=tuple(
                Check(each.name, draw(st.sampled_from(["passes", "fails"])), each.blocking)  # type: ignore[arg-type]
                for each in node.checks
            ),
        )
        if draw(st.integers(0, 2)) == 0
        else node
        for node in nodes
    ]


def definitions(nodes: list[Node]) -> list[object]:
    found: list[object] = []
    for node in nodes:
        found += [_definition(node), *(_check(node, each) for each in node.checks)]
    return found


def _definition(node: Node) -> object:
    ins = {f"i_{key}": AssetIn(key) for key in node.reads}
    version = str(node.code)

    def given(read: dict[str, int]) -> dict[str, int]:
        if node.raises:
            raise ValueError(node.name)
        return node.values([read[f"i_{key}"] for key in node.reads])

    parameters = ", ".join(ins)
    scope: dict[str, object] = {"given": given, "Output": Output}
    if not node.second:
        text = f"def made({parameters}):\n    return given(locals())[{node.name!r}]\n"
        exec(text, scope)
        return asset(name=node.name, ins=ins, code_version=version)(scope["made"])  # type: ignore[call-overload]
    text = (
        f"def made({parameters}):\n"
        f"    for key, value in given(locals()).items():\n"
        f"        yield Output(value, key)\n"
    )
    exec(text, scope)
    one, two = node.outputs
    outs = {
        one: AssetOut(code_version=version),
        two: AssetOut(code_version=version, is_required=False),
    }
    return multi_asset(name=node.name, ins=ins, outs=outs)(scope["made"])  # type: ignore[arg-type]


def _check(node: Node, check: Check) -> object:
    def looks() -> AssetCheckResult:
        if check.found == "raises":
            raise ValueError(check.name)
        return AssetCheckResult(check.found == "passes")

    return asset_check(asset=node.outputs[0], name=check.name, blocking=check.blocking)(looks)


def world_after(instance: Instance, outcome: MaterializeOutcome) -> World:
    """The same as the reference tells, by the store's events."""
    events = instance.events(run_id=outcome.run_id) if outcome.run_id else []
    made = [e.event for e in events if isinstance(e.event, AssetMaterialized)]
    checked = [e.event for e in events if isinstance(e.event, CheckEvaluated)]
    return World(
        steps={each.step.name: each.status for each in outcome.outcomes},
        checks={(f"{each.key}:{each.check}", each.passed) for each in checked},
        made={each.key: {i.key: i.version or 0 for i in each.inputs.values()} for each in made},
        values={each.key: instance.value(each.key) for each in made},
    )


def out_of_order(instance: Instance, outcome: MaterializeOutcome) -> Iterator[str]:
    """Each event that came before what it names, and each step that began twice or unasked."""
    events = instance.events(run_id=outcome.run_id) if outcome.run_id else []
    begun = [each.event.step for each in events if isinstance(each.event, StepStarted)]
    ran = {e.step.name for e in outcome.outcomes if e.status not in ("skipped", "upstream_failed")}
    if sorted(begun) != sorted(ran):
        yield f"began: {sorted(begun)}, not {sorted(ran)}"
    made = [each.event for each in sorted(events, key=lambda each: each.id)]
    later = {each.key for each in made if isinstance(each, AssetMaterialized)}
    for event in made:
        if isinstance(event, AssetMaterialized):
            read = {each.key for each in event.inputs.values()}
            yield from (f"{event.key} was committed before {key}" for key in read & later)
            later.discard(event.key)


def compare(nodes: list[Node], instance: Instance, executor: Executor, before: World) -> World:
    """What the reference says, which the executor did."""
    expected = interpret(nodes, before)
    outcome = materialize_definitions(
        definitions(nodes), instance=instance, executor=executor, raise_on_error=False
    )
    found = world_after(instance, outcome)
    assert found.steps == expected.steps
    assert found.checks == expected.checks
    assert found.made == expected.made
    assert found.values == {key: expected.values[key] for key in expected.made}
    assert [*out_of_order(instance, outcome)] == []
    return expected


def fresh_instance(folder: str) -> Instance:
    return Instance.open(Path(folder) / "store")


def first_runs(executor: str, by: settings) -> None:
    """Compares so many first runs."""

    @seed(5)
    @by
    @given(graphs(sound=False))
    def check(nodes: list[Node]) -> None:
        with tempfile.TemporaryDirectory() as folder:
            instance = fresh_instance(folder)
            compare(nodes, instance, EXECUTORS[executor], World())
            instance.close()

    check()


@pytest.mark.parametrize(("executor", "examples"), each_with(8, processes=4, long=500))
def test_a_first_run_does_what_the_reference_says(executor: str, examples: int) -> None:
    first_runs(executor, _settings(examples))


@pytest.mark.parametrize(("executor", "examples"), each_with(8, processes=4, long=500))
def test_a_run_after_edits_does_what_the_reference_says(executor: str, examples: int) -> None:
    @seed(6)
    @_settings(examples)
    @given(st.data())
    def check(data: st.DataObject) -> None:
        nodes = data.draw(graphs(sound=True))
        edited = data.draw(edits(nodes))
        with tempfile.TemporaryDirectory() as folder:
            instance = fresh_instance(folder)
            before = compare(nodes, instance, EXECUTORS[executor], World())
            compare(edited, instance, EXECUTORS[executor], before)
            instance.close()

    check()


def test_an_engine_that_goes_on_after_failures_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(StepLedger, "upstream_failed", lambda ledger, step: None)
    monkeypatch.setattr(Scheduler, "_verdict", lambda scheduler, step: None)
    with pytest.raises(AssertionError, match="upstream_failed"):
        first_runs("in-process", _first_of(50))


def test_an_engine_that_reads_what_was_left_out_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Absent, "wanted_by", lambda absent, step: None)
    with pytest.raises(AssertionError, match="skipped"):
        first_runs("in-process", _first_of(100))


def _first_of(examples: int) -> settings:
    """Of so many, the first that fails, as it is."""
    return settings(_settings(examples), phases=[Phase.generate], report_multiple_bugs=False)


def _settings(examples: int) -> settings:
    return settings(
        max_examples=examples,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
        phases=[Phase.generate, Phase.shrink],
    )
