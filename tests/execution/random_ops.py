"""Random ops for the property tests: drawn as the reference knows them, and made of assetbook."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from hypothesis import strategies as st
from tests.execution.reference_ops import Attempt, Fate, Kind, Op, Read, Source

from assetbook import (
    AssetIn,
    AssetOut,
    AssetsDefinition,
    DynamicOut,
    DynamicOutput,
    Failure,
    In,
    JobDefinition,
    Nothing,
    Out,
    Output,
    RetryPolicy,
    RetryRequested,
    asset,
    graph_asset,
    job,
    multi_asset,
    op,
)

KINDS: tuple[Kind, ...] = (
    *("value", "value", "value", "optional", "optional"),
    *("dynamic", "dynamic", "optional dynamic", "nothing", "untold nothing"),
)
MAPPED = tuple(each for each in KINDS if "dynamic" not in each)
ATTEMPTS = st.builds(
    Attempt,
    st.sampled_from(["raises", "raises", "raises", "asks", "gives up"]),
    st.sampled_from([1, 2, 0]),
)


@st.composite
def random_ops(
    draw: st.DrawFn,
    *,
    most: int,
    failing: bool = True,
    policy: int | None = None,
    prefix: str = "",
    assets: Sequence[str] = (),
) -> list[Op]:
    """Ops, each below some before it; ``policy`` are the retries of those that have no own."""
    ops: list[Op] = []
    for number in range(draw(st.sampled_from([1, 3, most, most]))):
        over = draw(_overs(ops))
        outputs = draw(_outputs(MAPPED if over else KINDS))
        keys = [f"k{n}" for n in range(3)] if over else [""]
        made = Op(
            f"{prefix}n{number}",
            number,
            draw(_reads(ops, over, assets)),
            outputs,
            draw(st.sampled_from([0, 1, 2, 2, 3])),
            over,
            draw(st.sampled_from([policy, policy, 0, 1, 2])),
            {key: draw(_fates(outputs, failing=failing)) for key in keys},
        )
        ops.append(made)
    return ops


def _with(ops: list[Op], over: Source | None, kinds: str) -> list[Source]:
    """The outputs of those kinds that are there once, or once for each element of ``over``."""
    return [
        (each.name, name)
        for each in ops
        if each.over == over
        for name, kind in each.outputs.items()
        if kind in kinds.split(", ")
    ]


def _overs(ops: list[Op]) -> st.SearchStrategy[Source | None]:
    dynamic = _with(ops, None, "dynamic, optional dynamic")
    return st.sampled_from([None, *dynamic]) if dynamic else st.none()


@st.composite
def _reads(
    draw: st.DrawFn, ops: list[Op], over: Source | None, assets: Sequence[str]
) -> tuple[Read, ...]:
    plain = _with(ops, None, "value, optional")
    waited = [*plain, *_with(ops, None, "nothing, untold nothing")]
    dynamic = _with(ops, None, "dynamic, optional dynamic")
    mapped = [source for each in dynamic for source in _with(ops, each, "value, optional")]
    forms: list[tuple[str, list[Source], bool]] = [
        ("one", plain, False),
        ("list", plain, False),
        ("one", waited, True),
        ("list", waited, True),
        ("asset", [(each, "") for each in assets], False),
    ]
    reads: list[Read] = []
    if over is not None:
        inside = [over, *_with(ops, over, "value, optional")]
        reads.append(Read("one", (draw(st.sampled_from(inside)),)))
        forms += [("one", inside, False), ("one", _with(ops, over, "nothing"), True)]
    else:
        forms += [("all", [*dynamic, *mapped], order) for order in (False, False, True)]
    forms = [each for each in forms if each[1]]
    for _ in range(draw(st.sampled_from([0, 1, 2, 2])) if forms else 0):
        form, sources, order = draw(st.sampled_from(forms))
        several = st.lists(st.sampled_from(sources), min_size=1, max_size=3, unique=True)
        chosen = draw(several) if form == "list" else [draw(st.sampled_from(sources))]
        reads.append(Read(form, tuple(chosen), order))  # type: ignore[arg-type]
    return tuple(sorted(reads, key=lambda each: each.order))


@st.composite
def _outputs(draw: st.DrawFn, kinds: Sequence[Kind]) -> dict[str, Kind]:
    found = draw(st.lists(st.sampled_from(kinds), min_size=1, max_size=3))
    return {"result" if len(found) == 1 else f"o{n}": kind for n, kind in enumerate(found)}


@st.composite
def _fates(draw: st.DrawFn, outputs: Mapping[str, Kind], *, failing: bool) -> Fate:
    some = failing and draw(st.integers(0, 3)) == 0
    attempts = draw(st.lists(ATTEMPTS, min_size=1, max_size=3)) if some else []
    optional = [name for name, kind in outputs.items() if kind == "optional"]
    return Fate(tuple(attempts), frozenset(each for each in optional if draw(st.booleans())))


def made_function(made: Op, *, asset: bool = False) -> Any:
    """The function of an op or of a plain asset, which does what its fates tell."""

    def outputs(context: Any, given: dict[str, Any]) -> Any:
        key = (None if asset else context.get_mapping_key()) or ""
        attempts = made.fate(key).attempts
        if context.retry_number < len(attempts):
            fail(attempts[context.retry_number], made.name)
        read = [given[name] for name, each in inputs_of(made).items() if not each.order]
        for name, value in made.gives(read, key, context.retry_number).items():
            if made.outputs[name].endswith("dynamic"):
                yield from (DynamicOutput(one, k, output_name=name) for k, one in value.items())
            elif made.outputs[name] != "untold nothing":
                yield Output(value, name)

    alone = list(made.outputs.values()) == ["value"]
    values = [name for name, each in inputs_of(made).items() if not each.order]
    called = "outputs(context, locals())"
    body = f"return next({called}).value" if alone else f"yield from {called}"
    scope: dict[str, Any] = {"outputs": outputs}
    exec(f"def made({', '.join(['context', *values])}):\n    {body}\n", scope)
    return scope["made"]


def fail(attempt: Attempt, name: str) -> None:
    """Fails as the attempt tells."""
    if attempt.how == "asks":
        raise RetryRequested(max_retries=attempt.most)
    if attempt.how == "gives up":
        raise Failure(name, allow_retries=False)
    raise ValueError(name)


def inputs_of(made: Op) -> dict[str, Read]:
    """Its inputs by their names."""
    return {f"i{place}": each for place, each in enumerate(made.reads)}


class Author:
    """Writes the body of a graph: calls one op after the other."""

    def __init__(
        self, ops: list[Op], policy: int | None = None, assets: Mapping[str, Any] | None = None
    ) -> None:
        self.ops, self.policy, self.assets = ops, policy, assets or {}
        self.handles: dict[Source, Any] = {}

    def write(self) -> None:
        """Calls all of them."""
        for made in self.ops:
            given = {name: self._given(made, each) for name, each in inputs_of(made).items()}
            found = self._node(made)(**given)
            several = found if len(made.outputs) > 1 else (found,)
            for name, handle in zip(made.outputs, several, strict=True):
                self.handles[made.name, name] = handle

    def _node(self, made: Op) -> Any:
        inherits = made.policy == self.policy
        policy = None if inherits else RetryPolicy(max_retries=made.policy or 0)
        of_call = made.number % 2 == 1
        defined = op(
            name=made.name.rpartition(".")[2],
            ins={name: In(Nothing) for name, each in inputs_of(made).items() if each.order},
            out={name: out_of(kind) for name, kind in made.outputs.items()},
            retry_policy=None if of_call else policy,
        )(made_function(made))
        return defined.with_retry_policy(policy) if of_call and policy else defined

    def _given(self, made: Op, read: Read) -> Any:
        if read.form == "asset":
            return self.assets[read.sources[0][0]]
        handles = [self.handles[each] for each in read.sources]
        if read.form == "list":
            return handles
        (handle,), (source,) = handles, read.sources
        over = next(each.over for each in self.ops if each.name == source[0])
        if read.form == "all":
            return (handle if over is None else self._mapped(over, handle)).collect()
        return self._element(handle) if source == made.over else handle

    def _mapped(self, over: Source, handle: Any) -> Any:
        return self.handles[over].map(lambda element: handle)

    def _element(self, dynamic: Any) -> Any:
        elements: list[Any] = []
        dynamic.map(elements.append)
        return elements[0]


def out_of(kind: Kind) -> Out:
    """How an output of that kind is declared."""
    required = not kind.startswith("optional")
    if kind.endswith("dynamic"):
        return DynamicOut(is_required=required)
    return Out(Nothing) if kind.endswith("nothing") else Out(is_required=required)


@st.composite
def random_assets(draw: st.DrawFn, *, most: int) -> list[list[Op]]:
    """Assets, each as the ops that make it: one that is a function, or those of a graph."""
    assets: list[list[Op]] = []
    for number in range(draw(st.sampled_from([1, most, most]))):
        name, before = f"a{number}", [f"a{each}" for each in range(number)]
        ops = draw(st.booleans()) and draw(
            random_ops(most=4, prefix=f"{name}.", assets=before).filter(_gives_first)
        )
        assets.append(_of_graph(ops, name) if ops else [draw(_plain(name, number, before))])
    return assets


def _gives_first(ops: list[Op]) -> bool:
    """Whether the first output of one of them can be an asset's value."""
    return any(_is_giver(each) for each in ops)


def _is_giver(made: Op) -> bool:
    return made.over is None and made.outputs[made.first] in ("value", "optional")


def _of_graph(ops: list[Op], name: str) -> list[Op]:
    """The ops of a graph that makes an asset; those that need none of the others come after what
    the graph reads."""
    giver = [each for each in ops if _is_giver(each)][-1]
    inputs = assets_read(ops)
    return [
        replace(
            each,
            makes=name if each is giver else None,
            made_from=inputs if each is giver else (),
            after=() if any(read.form != "asset" for read in each.reads) else inputs,
        )
        for each in ops
    ]


@st.composite
def _plain(draw: st.DrawFn, name: str, number: int, before: list[str]) -> Op:
    read = draw(st.lists(st.sampled_from(before), max_size=2, unique=True)) if before else []
    kinds: list[Kind] = ["value", "value", "optional"]
    outputs: dict[str, Kind] = {"result": draw(st.sampled_from(kinds))}
    return Op(
        name,
        number,
        tuple(Read("asset", ((each, ""),)) for each in read),
        outputs,
        policy=draw(st.sampled_from([None, 0, 1, 2])),
        fates={"": draw(_fates(outputs, failing=True))},
        makes=name,
        after=tuple(read),
    )


def assets_read(ops: list[Op]) -> tuple[str, ...]:
    """The assets that ops read, each once."""
    reads = (each for made in ops for each in made.reads if each.form == "asset")
    return tuple(dict.fromkeys(each.sources[0][0] for each in reads))


def made_asset(ops: list[Op]) -> AssetsDefinition:
    """The asset that the ops make."""
    first = ops[0]
    if first.name == first.makes:
        ins = {name: AssetIn(each.sources[0][0]) for name, each in inputs_of(first).items()}
        policy = None if first.policy is None else RetryPolicy(max_retries=first.policy)
        if first.outputs["result"] == "optional":
            out = AssetOut(key=first.name, is_required=False, code_version="1")
            several = multi_asset(
                name=first.name, outs={"result": out}, ins=ins, retry_policy=policy
            )
            return several(made_function(first, asset=True))
        made = asset(name=first.name, ins=ins, retry_policy=policy, code_version="1")
        return made(made_function(first, asset=True))
    giver = next(each for each in ops if each.makes)

    def body(given: dict[str, Any]) -> Any:
        author = Author(ops, assets=given)
        author.write()
        return author.handles[giver.name, giver.first]

    parameters = ", ".join(assets_read(ops))
    scope: dict[str, Any] = {"body": body}
    exec(f"def made({parameters}):\n    return body(locals())\n", scope)
    made = graph_asset(name=giver.makes, code_version="1")
    return made(scope["made"])


def made_job(ops: list[Op], policy: int | None) -> JobDefinition:
    """The job of the ops; ``policy`` are the retries of those that have no own."""

    @job(op_retry_policy=None if policy is None else RetryPolicy(max_retries=policy))
    def made() -> None:
        Author(ops, policy).write()

    return made
