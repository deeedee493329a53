"""What a run of a graph of assets comes to, in some sixty lines that know nothing of the engine.

A node stands for one function: it reads outputs of nodes before it, and makes one or two.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Literal

Found = Literal["passes", "fails", "raises"]


@dataclass(frozen=True)
class Check:
    """A check of a node's first output."""

    name: str
    found: Found
    blocking: bool


@dataclass(frozen=True)
class Node:
    """A function; ``code`` is its version."""

    name: str
    reads: tuple[str, ...] = ()
    code: int = 0
    constant: bool = False
    """It makes the same whatever it reads."""
    raises: bool = False
    second: Literal["", "given", "left out"] = ""
    """Its second output, which is optional; empty if it has none."""
    checks: tuple[Check, ...] = ()

    @property
    def outputs(self) -> tuple[str, ...]:
        """The keys of its assets."""
        return (f"{self.name}_x", f"{self.name}_y") if self.second else (self.name,)

    def values(self, read: list[int]) -> dict[str, int]:
        """What it gives, by key."""
        value = (sum(read) * 31 * (not self.constant) + int(self.name[1:])) % 1_000_003
        given = self.outputs if self.second != "left out" else self.outputs[:1]
        return {key: value + place for place, key in enumerate(given)}


@dataclass
class World:
    """What is recorded after a run, and how its steps ended."""

    values: dict[str, int] = field(default_factory=dict)
    versions: dict[str, int] = field(default_factory=dict)
    code: dict[str, int] = field(default_factory=dict)
    steps: dict[str, str] = field(default_factory=dict)
    checks: set[tuple[str, bool]] = field(default_factory=set)
    made: dict[str, dict[str, int]] = field(default_factory=dict)
    """What this run made: by key, the versions that were read for it."""


def interpret(nodes: list[Node], before: World) -> World:
    """The world after a run of all that is not fresh, in the order of the nodes."""
    world = World(dict(before.values), dict(before.versions), dict(before.code))
    maker = {key: node for node in nodes for key in node.outputs}
    changed: set[str] = set()
    blocked: set[str] = set()
    absent: set[str] = set()
    for node in nodes:
        planned = [key for key in node.reads if maker[key].name in world.steps]
        new = before.code.get(node.name) != node.code
        if new or planned:
            _run_step(node, world, before, new, planned, maker, changed, blocked, absent)
    return world


def _run_step(
    node: Node, world: World, before: World, new: bool, planned: list[str],
    maker: dict[str, Node], changed: set[str], blocked: set[str], absent: set[str],
) -> None:  # fmt: skip
    upstream = {world.steps[maker[key].name] for key in planned}
    if upstream & {"failed", "upstream_failed"}:
        status = "upstream_failed"
    elif not absent.isdisjoint(node.reads):
        status = "skipped"
        absent.update(node.outputs)
    elif not new and changed.isdisjoint(planned):
        status = "skipped"
    elif any(key in blocked or key not in world.values for key in node.reads) or node.raises:
        status = "failed"
    else:
        status = "done"
        world.code[node.name] = node.code
        versions = {key: world.versions[key] for key in node.reads}
        for key, value in node.values([world.values[key] for key in node.reads]).items():
            world.values[key], world.made[key] = value, versions
            world.versions[key] = world.versions.get(key, 0) + 1
            if before.values.get(key) != value:
                changed.add(key)
        absent.update(set(node.outputs).difference(world.made))
    world.steps[node.name] = status
    for check in node.checks:
        name = f"{node.outputs[0]}:{check.name}"
        if status != "done":
            world.steps[name] = "upstream_failed" if status != "skipped" else "skipped"
            continue
        world.checks.add((name, check.found == "passes"))
        ill = check.found == "raises" or (check.found == "fails" and check.blocking)
        world.steps[name] = "failed" if ill else "done"
        if check.blocking and check.found != "passes":
            blocked.add(node.outputs[0])


def renewed(node: Node, **changes: object) -> Node:
    """The node after an edit."""
    return replace(node, code=node.code + 1, **changes)  # type: ignore[arg-type]
