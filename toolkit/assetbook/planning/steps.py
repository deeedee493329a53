"""A plan as data: generic steps with inputs, outputs and reasons. Nothing here has effects."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

from assetbook.dependencies.reasons import Reason, text_of
from assetbook.keys import AssetKey, CheckKey, PartitionKey
from assetbook.planning.op_steps import OpStep, nodes_of

StepKind = Literal["asset", "check", "observe", "op"]


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to run: what it makes, checks or looks at, after what, and why."""

    name: str
    """Unique in its plan: an asset's or a source's key, a multi-asset's name, ``asset:check``, or
    an op's path as ``outer.add_one``; for one element ``add_one[key]``, for those not yet known
    ``add_one[?]``.
    """
    kind: StepKind
    keys: tuple[AssetKey, ...] = ()
    """The assets that it materializes; for a check or an observation, the one that it looks at."""
    check: CheckKey | None = None
    reasons: tuple[Reason, ...] = ()
    inputs: tuple[AssetKey, ...] = ()
    """The assets whose values it reads."""
    after: tuple[str, ...] = ()
    """The steps of this plan that end before it starts."""
    condition: tuple[AssetKey, ...] = ()
    """If not empty, it runs only if the data of one of these changes in this run."""
    op: OpStep | None = None
    """What a step of kind ``op`` takes and gives; None for other kinds."""
    pool: str | None = None
    """The pool of which it takes a slot while it runs; None takes none."""
    priority: int = 0
    """Of the steps that may start at one time, higher ones come first."""
    retry: int = 0
    """How often it was tried before in its run."""
    more_checks: tuple[CheckKey, ...] = ()
    """What the function of a check answers in the same call, beside ``check``."""

    @property
    def partitions(self) -> tuple[PartitionKey, ...]:
        """The partitions that it makes or checks in one call; none for assets without."""
        found = (key.partition for key in self.keys)
        return tuple(dict.fromkeys([each for each in found if each is not None]))

    @property
    def assets(self) -> tuple[AssetKey, ...]:
        """The same as ``keys`` without partitions."""
        return tuple(dict.fromkeys([key.asset for key in self.keys]))

    @property
    def checks(self) -> tuple[CheckKey, ...]:
        """The checks that it answers."""
        return () if self.check is None else (self.check, *self.more_checks)

    @property
    def why(self) -> str:
        """Its reasons in one line."""
        return text_of(self.reasons)


def names_read(step: Step) -> set[str]:
    """The steps that one comes after, those too that give the elements which an op collects."""
    sources = step.op.inputs.values() if step.op is not None else ()
    return {*step.after, *(name for each in sources for name in nodes_of(each))}


@dataclass(frozen=True, slots=True)
class Left:
    """An asset that was looked at and left as it is."""

    key: AssetKey
    state: str
    why: str
    option: str = ""
    """The option that would run it; empty if it is simply fresh."""


@dataclass(frozen=True, slots=True)
class Plan:
    """The steps that will run, in order, and what is left alone; iterates over its steps."""

    asked: str
    """What the person asked for, as typed."""
    steps: tuple[Step, ...]
    left: tuple[Left, ...] = ()
    targets: tuple[AssetKey, ...] = ()
    """The assets that were asked for."""
    by_key: Mapping[AssetKey, Step] = field(default_factory=dict, repr=False, compare=False)
    given: Mapping[AssetKey, int] = field(default_factory=dict)
    """The own store's versions that are read in the place of the latest ones."""
    elsewhere: Mapping[AssetKey, str] = field(default_factory=dict)
    """What it leaves or reads of other stores: by asset the version, as ``prod:41``."""

    @property
    def touched(self) -> tuple[AssetKey, ...]:
        """The assets that it makes, checks or reads."""
        every = (key.asset for step in self.steps for key in (*step.keys, *step.inputs))
        return tuple(dict.fromkeys(every))

    def __iter__(self) -> Iterator[Step]:
        return iter(self.steps)

    def __len__(self) -> int:
        return len(self.steps)

    @property
    def all_fresh(self) -> bool:
        """Whether there is nothing to do."""
        return not self.steps

    def __str__(self) -> str:
        if not self.steps:
            stale = any(left.state == "stale" for left in self.left)
            said = "nothing to do here" if stale else "all fresh: nothing to do"
            return "\n".join([said, *self.left_lines()])
        from assetbook.planning.step_lines import step_lines

        found = step_lines(self.steps)
        width = max(len(line.name) for line in found)
        lines = [f"{len(self.steps)} step{'s' if len(self.steps) > 1 else ''}"]
        lines += [f"{line.number:>3}  {line.name:<{width}}  {line.why}" for line in found]
        return "\n".join([*lines, *self.left_lines()])

    def left_lines(self) -> list[str]:
        """A line for what is read from other stores, and one for each option that would run more:
        how much, and an example."""
        lines = []
        if self.elsewhere:
            read = [f"{key}@{version}" for key, version in self.elsewhere.items()]
            more = f" and {len(read) - 3} more" if len(read) > 3 else ""
            lines.append(f"     from another store: {', '.join(read[:3])}{more}")
        if waiting := [each for each in self.left if each.state == "stale" and not each.option]:
            names = ", ".join(str(left.key) for left in waiting[:3])
            more = f" and {len(waiting) - 3} more" if len(waiting) > 3 else ""
            lines.append(
                f"     left as they are: {names}{more} ({waiting[0].why}, which is made elsewhere)"
            )
        for option in sorted({left.option for left in self.left if left.option}):
            these = [left for left in self.left if left.option == option]
            names = ", ".join(str(left.key) for left in these[:3])
            more = f" and {len(these) - 3} more" if len(these) > 3 else ""
            lines.append(
                f"     left as they are: {names}{more} ({these[0].why}); {option} runs them"
            )
        return lines
