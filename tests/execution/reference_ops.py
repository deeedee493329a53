"""What a run of ops and of assets comes to, in some sixty lines that know nothing of the engine.

An op stands for one function: it reads what ops before it give, and which of its attempts fail is
told beforehand. An asset that a function makes is an op that `makes` it; one that a graph makes
has several ops, of which one does.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Source = tuple[str, str]
"""An op, by name, and one of its outputs."""
Kind = Literal["value", "optional", "dynamic", "optional dynamic", "nothing", "untold nothing"]
"""Of an output; an untold nothing is one that the op does not yield."""


@dataclass(frozen=True)
class Read:
    """An input: one value, several as a list, all elements of an output, or an asset."""

    form: Literal["one", "list", "all", "asset"]
    sources: tuple[Source, ...]
    """Of an asset its key and nothing."""
    order: bool = False
    """It takes no value, and only waits."""


@dataclass(frozen=True)
class Attempt:
    """How one attempt fails."""

    how: Literal["raises", "asks", "gives up"]
    most: int = 0
    """The retries that it asks for."""

    def retries(self, policy: int | None) -> int:
        """How many retries there may be in all, for this attempt to be followed by one."""
        return {"raises": policy or 0, "asks": self.most, "gives up": 0}[self.how]


@dataclass(frozen=True)
class Fate:
    """What the code of a step does: attempts that fail, then one that gives outputs."""

    attempts: tuple[Attempt, ...] = ()
    left_out: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Op:
    """A function; ``fates`` are what becomes of it, by mapping key where it runs for elements."""

    name: str
    number: int
    reads: tuple[Read, ...] = ()
    outputs: Mapping[str, Kind] = field(default_factory=dict)
    elements: int = 0
    """Of each of its dynamic outputs."""
    over: Source | None = None
    """The dynamic output for whose elements it runs."""
    policy: int | None = None
    """The retries of its policy."""
    fates: Mapping[str, Fate] = field(default_factory=dict)
    makes: str | None = None
    """The asset that its first output is."""
    after: tuple[str, ...] = ()
    """The assets that it waits for, whether it reads them or not."""
    made_from: tuple[str, ...] = ()
    """The assets whose versions are recorded with that of the asset that it makes."""

    @property
    def first(self) -> str:
        """The name of its first output."""
        return next(iter(self.outputs))

    def fate(self, key: str) -> Fate:
        """What becomes of it for that element; its key is empty where there is none."""
        return self.fates.get(key, Fate())

    def gives(self, read: list[Any], key: str, retries: int) -> dict[str, Any]:
        """Its outputs: of a dynamic one the elements by their keys, without a value None."""
        value = hash_of([self.number, key, retries, *read])
        given: dict[str, Any] = {}
        for place, (name, kind) in enumerate(self.outputs.items()):
            if kind.endswith("dynamic"):
                given[name] = {f"k{n}": value + 10 * n + place for n in range(self.elements)}
            else:
                given[name] = None if kind.endswith("nothing") else value + place
            if name in self.fate(key).left_out or (kind[:8] == "optional" and given[name] == {}):
                del given[name]
        return given


def hash_of(read: Any) -> int:
    """A number that tells every value, and their order."""
    if not isinstance(read, list):
        return sum(map(ord, read)) if isinstance(read, str) else read  # type: ignore[no-any-return]
    total = len(read)
    for each in read:
        total = (total * 1009 + hash_of(each)) % 1_000_003
    return total


@dataclass
class End:
    """How a step ends; ``because`` is empty if it ran, ``after`` are the steps it waited for."""

    status: str
    because: str = ""
    retries: int = 0
    outputs: dict[str, Any] = field(default_factory=dict)
    after: frozenset[str] = frozenset()


@dataclass(frozen=True)
class _Found:
    """What is read; with a status there is nothing to read, and a step ends so for it."""

    status: str = ""
    because: str = ""
    value: Any = None


def interpret(ops: list[Op]) -> dict[str, End]:
    """How each step ends, by its name, in the order of the ops."""
    return _Run({op.name: op for op in ops}).ends()


class _Run:
    def __init__(self, ops: Mapping[str, Op]) -> None:
        self.ops = ops
        self.ended: dict[str, End] = {}
        self.looked: set[str] = set()

    def ends(self) -> dict[str, End]:
        for op in self.ops.values():
            elements = self.output(*op.over) if op.over is not None else _Found(value=[""])
            if elements.status or not elements.value:
                because = elements.because or f"`{op.over and op.over[0]}` gave no elements"
                self.ended[f"{op.name}[?]"] = End(elements.status or "skipped", because)
                continue
            for key in elements.value:
                self.looked = {op.over[0]} if op.over is not None else set()
                end = self.step(op, key)
                end.after = frozenset(self.looked)
                self.ended[f"{op.name}[{key}]" if key else op.name] = end
        return self.ended

    def step(self, op: Op, key: str) -> End:
        reads = [(each, self.read(op, each, key)) for each in op.reads]
        waits = [self.output(self.maker(asset), "") for asset in op.after]
        found = [*(one for read, one in reads if read.form != "asset"), *waits]
        for status in ("skipped", "upstream_failed"):
            for each in found:
                if each.status == status and not (status == "skipped" and each in waits):
                    return End(status, each.because)
        # an asset that did not come skips what reads it, and what is made from it
        for asset in (
            *(each.sources[0][0] for each in op.reads if each.form == "asset"),
            *op.made_from,
        ):
            if self.output(*self.giver(asset)).status == "skipped":
                return End("skipped", f"the asset `{asset}` did not come")
        attempts = op.fate(key).attempts
        for retries, attempt in enumerate(attempts):
            if retries >= attempt.retries(op.policy):
                return End("failed", retries=retries)
        values = [one.value for read, one in reads if not read.order]
        outputs = op.gives(values, key, len(attempts))
        return End("done", retries=len(attempts), outputs=outputs)

    def read(self, op: Op, read: Read, key: str) -> _Found:
        node, output = read.sources[0]
        if read.form == "asset":
            return self.output(*self.giver(node))
        over = self.ops[node].over
        if read.form == "one":
            found = self.output(f"{node}[{key}]" if over is not None else node, output)
            whole = (node, output) != op.over
            return found if whole else _Found(value=found.value[key])
        if read.form == "list":
            return _together([self.output(*each) for each in read.sources])
        whole_output = self.output(*(over or (node, output)))
        if whole_output.status:
            return whole_output
        if over is None:
            return _Found(value=list(whole_output.value.values()))
        return _together([self.output(f"{node}[{each}]", output) for each in whole_output.value])

    def output(self, step: str, output: str) -> _Found:
        self.looked.add(step)
        end = self.ended[step]
        if end.status in ("failed", "upstream_failed"):
            return _Found("upstream_failed", f"`{step}` did not succeed")
        if end.status == "skipped":
            return _Found("skipped", f"`{step}` was skipped")
        if output not in end.outputs:
            said = step if output == "result" else f"{step}.{output}"
            return _Found("skipped", f"the output `{said}` did not come")
        return _Found(value=end.outputs[output])

    def maker(self, asset: str) -> str:
        return next(op.name for op in self.ops.values() if op.makes == asset)

    def giver(self, asset: str) -> Source:
        return self.maker(asset), self.ops[self.maker(asset)].first


def _together(items: list[_Found]) -> _Found:
    """A list fails with any of its items, and is skipped with all of them."""
    failed = [each for each in items if each.status == "upstream_failed"]
    given = [each.value for each in items if not each.status]
    return failed[0] if failed else _Found(value=given) if given or not items else items[0]
