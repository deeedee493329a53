"""What happens to assets, their versions, checks and partitions."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from msgspec import field

from assetbook.events.parts import CodeRef, ErrorInfo, EventBase, InputVersion, Origin, ValueRef


class AssetMaterialized(EventBase, frozen=True, kw_only=True, tag="asset_materialized"):
    """A new version of an asset exists and its value is durable."""

    key: str
    partition: str | None = None
    step: str = ""
    duration: float = 0.0
    data_version: str = ""
    authored_data_version: bool = False
    value: ValueRef | None = None
    """None if the asset has no stored value (``-> None``, an external asset)."""
    code: CodeRef = CodeRef()
    config: str | None = None
    """The digest of the configuration and resources that it ran with; None without any."""
    config_text: str | None = None
    """The same as JSON text with secrets masked, for people."""
    inputs: dict[str, InputVersion] = field(default_factory=dict)
    """By parameter (or name read)."""
    reads: str | None = None
    """The digest of what ``reads=`` named, as it was; None without ``reads=``."""
    as_of: datetime | None = None
    """When it read the unversioned world outside; None if it did not."""
    readers: tuple[str, ...] = ()
    """What read it: names of functions, or files seen opened."""
    metadata: dict[str, Any] = field(default_factory=dict)
    tags: dict[str, str] = field(default_factory=dict)
    overridden: bool = False
    """True if it ran with other resources, config or input versions than its definition's."""
    wiped_at: datetime | None = None
    """When its value and all that may hold data of it was wiped; None if it was not."""
    wiped_by: str = ""
    """The user who wiped it."""
    restored_from: int | None = None
    """The version whose value this one has again; None if it was made anew."""
    written_by: str = ""
    """The run that stored the value; empty if that is this event's own run."""
    meaning: str = ""
    """What its partition's key stood for, as the partitions definition says it; else empty."""


class AssetObserved(EventBase, frozen=True, kw_only=True, tag="asset_observed"):
    """Something was learned about an asset that was not materialized here."""

    key: str
    partition: str | None = None
    step: str = ""
    """The step that looked at it; empty if it was reported, or told beside a materialization."""
    duration: float = 0.0
    data_version: str | None = None
    metadata: dict[str, Any] = field(default_factory=dict)
    tags: dict[str, str] = field(default_factory=dict)


class CheckEvaluated(EventBase, frozen=True, kw_only=True, tag="check_evaluated"):
    """A check looked at a version of its asset."""

    key: str
    check: str
    partition: str | None = None
    step: str = ""
    passed: bool
    severity: Literal["warn", "error"] = "error"
    blocking: bool = False
    version: int | None = None
    """The version it looked at; None while that version is in the same commit."""
    store: str | None = None
    """The name of the store that has that version; None if that is this one."""
    description: str = ""
    metadata: dict[str, Any] = field(default_factory=dict)
    error: ErrorInfo | None = None
    """Set if the check itself raised."""
    code: str | None = None
    """The code version of the check; an edited check has not run in its present form."""
    duration: float = 0.0


class VersionKept(EventBase, frozen=True, kw_only=True, tag="version_kept"):
    """A version is kept whatever retention says, or no longer."""

    key: str
    version: int
    released: bool = False
    """True if it is left to retention again."""
    origin: Origin | None = None
    """Who asked for it."""


class AssetForgotten(EventBase, frozen=True, kw_only=True, tag="asset_forgotten"):
    """A definition was dropped on purpose; its versions remain."""

    key: str


class AssetReadThrough(EventBase, frozen=True, kw_only=True, tag="asset_read_through"):
    """An asset is read from another store again; its versions in this one remain, none is the
    latest."""

    key: str
    store: str
    """That store's name."""
    origin: Origin | None = None
    """Who asked for it."""


class AssetRenamed(EventBase, frozen=True, kw_only=True, tag="asset_renamed"):
    """An asset got another key, and with it all that was recorded of it."""

    key: str
    """The new key."""
    old: str
    code: CodeRef | None = None
    """The code version under the new name, where the code is the same but for the name."""
    code_before: str | None = None
    """The digest that it had under the old name."""
    origin: Origin | None = None
    """Who asked for it."""


class AssetWiped(EventBase, frozen=True, kw_only=True, tag="asset_wiped"):
    """Versions of an asset lost their values, and what else may hold data, for good."""

    key: str
    versions: tuple[int, ...]
    whole: bool = False
    """True if what failed runs and observations said of the asset went too."""
    size: int = 0
    """Bytes of the values that went."""
    logs: int = 0
    """Log records that went."""
    origin: Origin | None = None
    """Who asked for it."""


class DynamicPartitionsChanged(
    EventBase, frozen=True, kw_only=True, tag="dynamic_partitions_changed"
):
    """Keys of a dynamic partitions definition came or went; those that were there already stay."""

    name: str
    """The definition's."""
    added: tuple[str, ...] = ()
    deleted: tuple[str, ...] = ()
