"""Random jobs, fates and orders: the scheduler's answers are those of a plain walk."""

from __future__ import annotations

import random
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.planning.reference_scheduler import expected

from assetbook.definitions.flat_graph import FlatOp
from assetbook.definitions.graph_decorator import graph, job
from assetbook.definitions.invocations import FromOutput
from assetbook.definitions.job_definition import JobDefinition
from assetbook.definitions.op_decorator import op
from assetbook.definitions.op_ports import DynamicOut, Out
from assetbook.planning.job_plan import plan_job
from assetbook.planning.op_steps import Element, ListOf
from assetbook.planning.scheduler import Done, Scheduler


@op(out={"a": Out(), "b": Out(is_required=False)})
def source():  # type: ignore[no-untyped-def]
    ...


@op(out=Out(is_required=False))
def one_in(x):  # type: ignore[no-untyped-def]
    ...


@op(out={"a": Out(), "b": Out(is_required=False)})
def two_in(x, y):  # type: ignore[no-untyped-def]
    ...


@op
def listed(xs, y=0):  # type: ignore[no-untyped-def]
    ...


@op(out={"many": DynamicOut(), "few": DynamicOut(is_required=False)})
def spread(x=0):  # type: ignore[no-untyped-def]
    ...


@graph
def nested(x, y):  # type: ignore[no-untyped-def]
    return one_in(two_in(x, one_in(y)).b)


@graph
def gathered(x):  # type: ignore[no-untyped-def]
    return listed(spread(x).many.map(one_in).collect(), x)


class _Author:
    """Writes the body of a job by chance."""

    def __init__(self, chance: random.Random) -> None:
        self.chance = chance
        self.plain: list[Any] = [*source()]

    def pick(self) -> Any:
        return self.chance.choice(self.plain)

    def write(self) -> None:
        make = self.chance.choice(
            [self.calls, self.calls, self.fan_in, self.maps, self.graphs, self.sources]
        )
        self.plain += [each for each in make() if each is not None]

    def sources(self) -> list[Any]:
        return list(source())

    def calls(self) -> list[Any]:
        return [one_in(self.pick()), *two_in(self.pick(), self.pick())]

    def fan_in(self) -> list[Any]:
        several = list(dict.fromkeys(self.pick() for _ in range(3)))
        return [listed([*several] if self.chance.random() < 0.9 else [], self.pick())]

    def graphs(self) -> list[Any]:
        return [nested(self.pick(), self.pick()), gathered(self.pick())]

    def maps(self) -> list[Any]:
        elements = self.chance.choice(list(spread(self.pick())))
        held = self.pick()

        def body(x: Any) -> Any:
            first = one_in(x)
            second = two_in(first, held)
            return first, second.a, nested(x, second.b)

        first, second, third = elements.map(body)
        further = second.map(lambda x: one_in(x))
        return [
            listed(elements.collect()),
            listed(first.collect(), self.pick()),
            listed(further.collect()),
            listed(third.collect()),
        ]


def random_job(seed: int, size: int) -> JobDefinition:
    @job
    def made() -> None:
        author = _Author(random.Random(seed))
        for _ in range(size):
            author.write()

    return made


def fate_of(seed: int, failing: float) -> Any:
    def fate(name: str, op: FlatOp) -> Done | None:
        chance = random.Random(f"{seed} {name}")
        if chance.random() < failing:
            return None
        came = {
            each.name: each for each in op.op.outputs if each.is_required or chance.random() < 0.6
        }
        keys = {
            each.name: tuple(f"k{n}" for n in range(chance.randrange(4)))
            for each in came.values()
            if each.is_dynamic
        }
        outputs = [name for name, each in came.items() if not each.is_dynamic or keys[name]]
        return Done(frozenset(outputs), keys)

    return fate


@settings(max_examples=150, deadline=None)
@given(
    seed=st.integers(0, 2**32),
    size=st.integers(1, 7),
    failing=st.sampled_from([0.0, 0.05, 0.2]),
    order=st.integers(0, 2**32),
)
def test_every_step_ends_once_and_as_expected(
    seed: int, size: int, failing: float, order: int
) -> None:
    made = random_job(seed, size)
    fate = fate_of(seed, failing)
    ends, lists = expected(made, fate)
    chance = random.Random(order)
    scheduler = Scheduler(plan_job(made))
    found: dict[str, str] = {}
    waiting = list(iter(scheduler.next, None))
    while waiting:
        step = waiting.pop(chance.randrange(len(waiting)))
        assert step.op is not None and not step.op.is_template
        assert step.name not in found
        assert all(name in found or name.endswith("[?]") for name in step.after)
        assert {
            name: [_said(each) for each in source.sources]
            for name, source in step.op.inputs.items()
            if isinstance(source, ListOf)
        } == lists[step.name]
        done = fate(step.name, made.ops[step.op.path])
        found[step.name] = "failed" if done is None else "done"
        for settled in scheduler.ended(step.name, "failed" if done is None else done):
            assert settled.step.name not in found and settled.because
            found[settled.step.name] = settled.status
        waiting += iter(scheduler.next, None)
    assert scheduler.over
    assert found == ends


def _said(source: object) -> str:
    if isinstance(source, Element):
        return str(source.mapping_key)
    assert isinstance(source, FromOutput)
    return source.node
