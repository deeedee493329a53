"""``--partition K``, ``--partitions A..B``, ``--missing``, ``--stale``, ``--failed``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeAlias

import click

from assetbook.errors import UsageError
from assetbook.instance.partitions_asked import PartitionsAsked, Which
from assetbook.planning.steps import Step
from assetbook.surfaces.verb_parameters import flag

PartitionsGiven: TypeAlias = str | Sequence[str] | Mapping[str, Sequence[str]] | None
"""``"A..B"``, keys, or the keys by asset."""


def key_options() -> tuple[click.Option, ...]:
    """What names partitions by their keys."""
    return (
        click.Option(
            ["--partition"], metavar="KEY", help="One partition: its key, `last` or `first`."
        ),
        click.Option(
            ["--partitions"],
            metavar="A..B",
            help="Several: from A to B, keys with commas, or `all`.",
        ),
    )


def partition_options() -> tuple[click.Option, ...]:
    """What says which partitions are meant of assets that have some."""
    return (
        *key_options(),
        flag("missing", "Only partitions that were never made."),
        flag("stale", "Only partitions that are stale."),
        flag("failed", "Only partitions that failed when they were last tried."),
    )


def partitions_asked(
    partition: str | None,
    partitions: PartitionsGiven,
    *,
    missing: bool = False,
    stale: bool = False,
    failed: bool = False,
) -> PartitionsAsked:
    """What was asked for; raises UsageError for two things that exclude each other."""
    if partition is not None and partitions is not None:
        raise UsageError(
            f"--partition {partition} --partitions {partitions}", "both are given", "Give one."
        )
    chosen: list[Which] = []
    chosen += ["missing"] if missing else []
    chosen += ["stale"] if stale else []
    chosen += ["failed"] if failed else []
    if len(chosen) > 1:
        raise UsageError(" ".join(f"--{each}" for each in chosen), "both are given", "Give one.")
    if partition is not None:
        _refuse_several(partition)
    which = chosen[0] if chosen else ""
    if isinstance(partitions, Mapping):
        nodes = tuple((str(name), tuple(keys)) for name, keys in partitions.items())
        return PartitionsAsked("", which, nodes)
    return PartitionsAsked(partition or _joined(partitions), which)


def _refuse_several(partition: str) -> None:
    if ".." in partition or "," in partition or partition == "all":
        raise UsageError(
            f"--partition {partition}", "it names several", f"Say --partitions {partition}."
        )


def _joined(partitions: str | Sequence[str] | None) -> str:
    if partitions is None:
        return ""
    return partitions if isinstance(partitions, str) else ",".join(partitions)


def partition_arguments(asked: PartitionsAsked) -> dict[str, Any]:
    """The same as the arguments of ``materialize``."""
    found: dict[str, Any] = {"partitions": asked.keys} if asked.keys else {}
    if asked.nodes:
        found = {"partitions": {name: list(keys) for name, keys in asked.nodes}}
    return found | ({asked.which: True} if asked.which else {})


def asked_in(arguments: Mapping[str, Any]) -> PartitionsAsked:
    """What the command line, or another process, said."""
    return partitions_asked(
        arguments.get("partition"),
        arguments.get("partitions"),
        missing=bool(arguments.get("missing")),
        stale=bool(arguments.get("stale")),
        failed=bool(arguments.get("failed")),
    )


def partitions_of(steps: Iterable[Step]) -> dict[str, list[str]]:
    """The partitions that the steps make or check, by asset."""
    found: dict[str, dict[str, None]] = {}
    for key in (key for step in steps for key in step.keys):
        of_asset = found.setdefault(str(key.asset), {})
        if key.partition is not None:
            of_asset[key.partition] = None
    return {name: list(keys) for name, keys in found.items() if keys}
