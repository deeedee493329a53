"""What a computation may return instead of a bare value."""

from __future__ import annotations

import enum
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Generic, TypeVar

from assetbook.errors import DefinitionError, with_article
from assetbook.keys import AssetKey
from assetbook.named_arguments import named_arguments

T = TypeVar("T")


class _NoValue(enum.Enum):
    NO_VALUE = "no value"

    def __repr__(self) -> str:
        return "NO_VALUE"


NO_VALUE: Final = _NoValue.NO_VALUE
"""Stands where a result carries no value."""


@named_arguments
@dataclass(frozen=True, slots=True)
class DataVersion:
    """An author's own version of some data: equal text means equal data."""

    value: str


@named_arguments
@dataclass(frozen=True)  # slots would break Output[int](...)
class Output(Generic[T]):
    """A value with metadata, a data version or tags beside it; ``Output[int]`` annotates."""

    value: T
    output_name: str | None = None
    metadata: Mapping[str, Any] = field(default_factory=dict)
    data_version: DataVersion | None = None
    tags: Mapping[str, str] = field(default_factory=dict)


_MAPPING_KEY = re.compile(r"[A-Za-z0-9_]+")


@named_arguments
@dataclass(frozen=True)  # slots would break DynamicOutput[int](...)
class DynamicOutput(Generic[T]):
    """One element of a dynamic output: its value, and the key that names it in a run.

    What is mapped over it has the step key ``name[mapping_key]``. Raises DefinitionError for a
    ``mapping_key`` that is not letters, digits and ``_``.
    """

    value: T
    mapping_key: str
    output_name: str | None = None
    metadata: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not isinstance(self.mapping_key, str) or not _MAPPING_KEY.fullmatch(self.mapping_key):
            raise DefinitionError(
                f"DynamicOutput(mapping_key={self.mapping_key!r})",
                "a mapping key is text of letters, digits and `_`",
                'Make one of it, as in f"file_{number}".',
            )


class AssetCheckSeverity(enum.Enum):
    """How bad a failed check is."""

    WARN = "warn"
    ERROR = "error"


@named_arguments
@dataclass(frozen=True, slots=True)
class AssetCheckResult:
    """What a check found.

    ``asset_key`` and ``check_name`` may be left out where only one check can be meant.
    """

    passed: bool
    asset_key: AssetKey | str | Sequence[str] | None = None
    check_name: str | None = None
    metadata: Mapping[str, Any] = field(default_factory=dict)
    severity: AssetCheckSeverity = AssetCheckSeverity.ERROR
    """Its text (``"warn"``) may be given too."""
    description: str | None = None

    def __post_init__(self) -> None:
        if type(self.passed) is not bool:
            object.__setattr__(self, "passed", _yes_or_no(self.passed))
        if not isinstance(self.severity, AssetCheckSeverity):
            object.__setattr__(self, "severity", _severity(self.severity))


def _yes_or_no(passed: object) -> bool:
    item = getattr(passed, "item", None)
    plain = item() if callable(item) else None  # of a numpy boolean
    if isinstance(plain, bool):
        return plain
    raise DefinitionError(
        f"AssetCheckResult(passed={passed!r})",
        f"it is {with_article(type(passed).__name__)}",
        "Give True or False.",
    )


def _severity(given: object) -> AssetCheckSeverity:
    for each in AssetCheckSeverity:
        if isinstance(given, str) and given.lower() == each.value:
            return each
    raise DefinitionError(
        f"AssetCheckResult(severity={given!r})",
        "there is no such severity",
        "Give AssetCheckSeverity.WARN or AssetCheckSeverity.ERROR.",
    )


@named_arguments
@dataclass(frozen=True)  # slots would break MaterializeResult[int](...)
class MaterializeResult(Generic[T]):
    """That an asset was materialized; with ``value``, the value to store.

    ``asset_key`` may be left out where the computation makes a single asset.
    """

    asset_key: AssetKey | str | Sequence[str] | None = None
    metadata: Mapping[str, Any] = field(default_factory=dict)
    check_results: Sequence[AssetCheckResult] = ()
    data_version: DataVersion | None = None
    tags: Mapping[str, str] = field(default_factory=dict)
    value: T | _NoValue = NO_VALUE


@named_arguments
@dataclass(frozen=True, slots=True)
class ObserveResult:
    """What an observation found: the version of the data there, and what else is known of it.

    ``asset_key`` may be left out. Without a ``data_version`` the data counts as new each time.
    """

    asset_key: AssetKey | str | Sequence[str] | None = None
    metadata: Mapping[str, Any] = field(default_factory=dict)
    data_version: DataVersion | None = None
    tags: Mapping[str, str] = field(default_factory=dict)


@named_arguments
@dataclass(frozen=True, slots=True)
class AssetMaterialization:
    """A materialization that happened elsewhere, for reporting to a store."""

    asset_key: AssetKey | str | Sequence[str]
    description: str | None = None
    metadata: Mapping[str, Any] = field(default_factory=dict)
    partition: str | None = None
    """The key of the partition that it is about; None for an asset as a whole."""
    tags: Mapping[str, str] = field(default_factory=dict)


@named_arguments
@dataclass(frozen=True, slots=True)
class AssetObservation:
    """Something seen of an asset that is made elsewhere, for reporting to a store.

    The tag ``dagster/data_version`` gives the version of the data seen.
    """

    asset_key: AssetKey | str | Sequence[str]
    description: str | None = None
    metadata: Mapping[str, Any] = field(default_factory=dict)
    partition: str | None = None
    """The key of the partition that it is about; None for an asset as a whole."""
    tags: Mapping[str, str] = field(default_factory=dict)
