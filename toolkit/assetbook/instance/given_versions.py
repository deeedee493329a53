"""``--with orders@41``: versions that a run reads in the place of the latest ones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeAlias

from msgspec import structs

from assetbook.definitions.spec import key_of
from assetbook.dependencies.asset_graph import AssetGraph
from assetbook.dependencies.asset_state import AssetState, Recorded
from assetbook.dependencies.freshness import states
from assetbook.errors import CheckFailedError, SelectionError, did_you_mean
from assetbook.instance.as_if_latest import recorded_as
from assetbook.instance.instance import Instance
from assetbook.instance.key_like import KeyLike
from assetbook.instance.states import Standing, manifests_of
from assetbook.instance.value_reading import refuse_overwritten, refuse_wiped
from assetbook.instance.version_reference import Reference, split_name
from assetbook.keys import AssetKey
from assetbook.storage.version import Version

WithVersions: TypeAlias = Mapping[KeyLike, Reference] | Sequence[str]
"""By asset what may stand behind ``@``, or the same as text: ``["orders@41"]``."""


def given_versions(
    instance: Instance, graph: AssetGraph, asked: WithVersions, *, force: bool = False
) -> dict[AssetKey, Version]:
    """The versions that are asked for, by asset.

    Raises SelectionError for what is not there, CheckFailedError for a version whose blocking check
    did not pass, unless ``force``.
    """
    found: dict[AssetKey, Version] = {}
    named = asked.items() if isinstance(asked, Mapping) else (_parts(graph, each) for each in asked)
    for name, reference in named:
        version = instance.version(key_of(name), reference)
        if found.setdefault(version.key, version) != version:
            raise SelectionError(
                f"--with {version.key}@{version.name}",
                f"version {found[version.key].name} of it is asked for too",
                "Name one version of an asset.",
            )
        refuse_wiped(version)
        if instance.latest_materialization(version.key) != version:
            refuse_overwritten(version, "read")
        if not force:
            _refuse_blocked(recorded_as(instance, version), version)
    return found


def as_given(instance: Instance, now: Standing, given: Mapping[AssetKey, Version]) -> Standing:
    """``now`` with the states that hold if the ``given`` versions are read as they are."""
    recorded = {key: recorded_as(instance, version) for key, version in given.items()}
    found = states(
        now.graph.order,
        now.defined,
        {**now.recorded, **recorded},
        instance.clock.now(),
        manifests_of(instance),
        given={key: _usable(key, record) for key, record in recorded.items()},
    )
    return structs.replace(now, recorded={**now.recorded, **recorded}, states=found)


def _usable(key: AssetKey, record: Recorded) -> AssetState:
    as_of = record.event.as_of
    return AssetState(
        key, "fresh", (), as_of, as_of is not None, record.number, record.event.data_version
    )


def _parts(graph: AssetGraph, text: str) -> tuple[AssetKey, Reference]:
    """The asset, named by its key or the last part of it, and the version in ``orders@41``."""
    keys = list(graph.specs)
    names = {name for key in keys for name in (str(key), key.parts[-1])}
    name, reference = split_name(text, names.__contains__)
    fitting = [key for key in keys if str(key) == name]
    fitting = fitting or [key for key in keys if key.parts[-1] == name]
    if len(fitting) != 1:
        several = " and ".join(f"`{key}`" for key in fitting)
        raise SelectionError(
            f"--with {text}",
            f"`{name}` fits {several}" if fitting else f"there is no asset `{name}` here",
            "Give the whole key." if fitting else did_you_mean(name, map(str, keys)),
        )
    if reference is None:
        raise SelectionError(
            f"--with {text}", "it names no version", f"Write --with {fitting[0]}@NUMBER."
        )
    return fitting[0], reference


def _refuse_blocked(record: Recorded, version: Version) -> None:
    for name, check in record.checks.items():
        failed = check.error is not None or (not check.passed and check.severity == "error")
        if check.blocking and failed:
            raise CheckFailedError(
                f"read `{version.key}@{version.name}`",
                f"its check `{name}` did not pass",
                "Name another version, or go on with --force.",
            )
