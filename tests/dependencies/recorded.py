"""Definitions and recorded versions, and the states that they make."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from assetbook.definitions.code import CodeVersion, Piece, Unknown
from assetbook.definitions.parts import Parts
from assetbook.dependencies.asset_state import AssetState, Defined, Recorded
from assetbook.dependencies.freshness import states
from assetbook.events.asset_events import AssetMaterialized
from assetbook.events.parts import CodeRef, InputVersion, ValueRef
from assetbook.keys import AssetKey

AT = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
CONFIG = Parts.of({"day": "1", "rows": "5"})
OTHER = Parts.of({"day": "2", "rows": "5"})
FILES = Parts.of({"data/a.csv": "f1"})
EDITED = Parts.of({"data/a.csv": "f2", "data/b.csv": "f1"})
TEXTS: Mapping[str, Mapping[str, str]] = {
    CONFIG.digest: {"day": "1", "rows": "5"},
    OTHER.digest: {"day": "2", "rows": "5"},
    FILES.digest: {"data/a.csv": "f1"},
}
"""What the store holds of configurations and files, by digest."""


def code(digest: str = "c1", *unknowns: str) -> CodeVersion:
    pieces = {"asset:x": Piece("asset", "x", digest, "")}
    return CodeVersion(digest, pieces, tuple(Unknown(name, f"`{name}` moves") for name in unknowns))


def define(name: str, **changes: Any) -> Defined:
    """An asset whose inputs are called like the assets they are."""
    inputs = {each: AssetKey(each) for each in changes.pop("inputs", ())}
    given: dict[str, Any] = {"code": code(), "config": CONFIG, "inputs": inputs, **changes}
    return Defined(AssetKey(name), **given)


def record(name: str, inputs: Mapping[str, str | None] | None = None, **changes: Any) -> Recorded:
    """A version of ``name`` that read ``inputs`` (data versions by name)."""
    checks = changes.pop("checks", {})
    file_gone = changes.pop("file_gone", False)
    given: dict[str, Any] = {
        "key": name,
        "step": name,
        "data_version": "d1",
        "code": CodeRef(digest="c1", manifest="m1"),
        "config": CONFIG.digest,
        "value": ValueRef(io_manager="io_manager", kind="json", path=f"{name}/1.json"),
        "inputs": {
            each: InputVersion(key=each, version=1, data_version=version)
            for each, version in (inputs or {}).items()
        },
        **changes,
    }
    return Recorded(1, AssetMaterialized(at=AT, **given), checks, file_gone)


def find(
    defined: list[Defined], recorded: list[Recorded], manifest: Mapping[str, str] | None = None
) -> dict[str, AssetState]:
    found = states(
        [each.key for each in defined],
        {each.key: each for each in defined},
        {AssetKey.from_text(each.event.key): each for each in recorded},
        NOW,
        lambda digest: TEXTS.get(digest, manifest),
    )
    return {str(key): state for key, state in found.items()}


def one(defined: Defined, recorded: Recorded, manifest: Mapping[str, str] | None = None) -> str:
    """The state of a single asset, with its reasons."""
    state = find([defined], [recorded], manifest)[str(defined.key)]
    return ": ".join([state.state, *(reason.text for reason in state.reasons)])


def below(
    changed: Defined, recorded: Recorded, now: Defined | None = None, was: Recorded | None = None
) -> str:
    """The state of ``y``, which reads ``x``, when ``x`` stands as given."""
    y = now or define("y", inputs=["x"])
    state = find([changed, y], [recorded, was or record("y", {"x": "d1"})])["y"]
    return ": ".join([state.state, *(reason.text for reason in state.reasons)])
