"""What an asset is defined as, what is recorded of it, and the state that follows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal

from assetbook.definitions.code import CodeVersion
from assetbook.definitions.parts import Parts
from assetbook.dependencies.reasons import Reason
from assetbook.events.asset_events import AssetMaterialized, CheckEvaluated
from assetbook.keys import AssetKey, version_name

State = Literal["fresh", "stale", "unknown", "missing", "blocked"]


@dataclass(frozen=True, slots=True)
class Defined:
    """What an asset's definition is now."""

    key: AssetKey
    code: CodeVersion | None = None
    """None if its cell has not run in this kernel."""
    authored: str | None = None
    config: Parts | None = None
    io_manager: str = "io_manager"
    inputs: Mapping[str, AssetKey] = field(default_factory=dict)
    """The assets whose values it reads, by parameter; order-only dependencies do not count."""
    reads: Parts | None = None
    """The files that ``reads=`` names, by content, as they are now."""
    max_age: timedelta | None = None
    external: bool = False
    observed: bool = False
    """Whether something here can look at an external one."""
    ended: bool = False
    """True if no cell defines it any more."""
    code_as_before: CodeVersion | None = None
    """Its code with those names ignored that were when its version was made; None if the same."""
    equal_code: str | None = None
    """The digest of recorded code that counts as its own: only ignored names differ."""
    blocking_checks: Mapping[str, str | None] = field(default_factory=dict)
    """Names of its blocking checks, with the code version of each; None if not known."""
    config_text: str | None = None
    """Its configuration as JSON for people, secrets masked; None if it is not at hand."""
    resources: frozenset[str] = frozenset()
    """The parts of ``config`` that are resources."""
    meaning: str = ""
    """What the key of its partition stands for; empty for an asset as a whole."""


@dataclass(frozen=True, slots=True)
class Recorded:
    """The latest version of an asset, as the store has it."""

    number: int
    event: AssetMaterialized
    checks: Mapping[str, CheckEvaluated] = field(default_factory=dict)
    """The evaluations of this version, by check."""
    file_gone: bool = False
    store: str | None = None
    """The name of the other store that has it; None stands for the own one."""

    @property
    def name(self) -> str:
        """What stands behind ``@`` to name the version."""
        return version_name(self.number, self.store)


@dataclass(frozen=True, slots=True)
class AssetState:
    """The state of one asset, with every reason for it."""

    key: AssetKey
    state: State
    reasons: tuple[Reason, ...] = ()
    as_of: datetime | None = None
    """When it, or something it was made of, read what nobody versions; the oldest such instant."""
    own_as_of: bool = False
    """True if the asset itself read the world outside."""
    number: int | None = None
    data_version: str | None = None
    store: str | None = None
    """The name of the other store that has the latest version; None stands for the own one."""
    beside: tuple[Reason, ...] = ()
    """What differs without deciding the state."""

    @property
    def usable(self) -> bool:
        """Whether another asset may read its latest version."""
        return self.number is not None and self.state != "blocked"
