"""What a schedule or a sensor asks for: a run, or nothing for a reason."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

from assetbook.definitions.labels import validate_tags
from assetbook.definitions.run_config import RunConfig, sections
from assetbook.definitions.spec import Frozen, fields_of
from assetbook.errors import DefinitionError, with_article
from assetbook.keys import AssetKey, CheckKey
from assetbook.named_arguments import named_arguments


@named_arguments
class RunRequest(Frozen):
    """A run to be launched, with what is to hold for it alone.

    Raises DefinitionError for tags that are none, and ConfigError for sections of a configuration
    that there are not.
    """

    __slots__ = (
        "asset_check_keys",
        "asset_selection",
        "job_name",
        "partition_key",
        "run_config",
        "run_key",
        "stale_assets_only",
        "tags",
    )

    run_key: str | None
    """One run is launched for each key: of a sensor however often it asks, of a schedule at each
    tick. None: one each time."""
    run_config: Mapping[str, Any]
    """By section; empty for what the job says."""
    tags: Mapping[str, str]
    job_name: str | None
    """None for the job of the schedule or sensor."""
    asset_selection: tuple[AssetKey, ...] | None
    """The assets of the job that run; None for all."""
    stale_assets_only: bool
    """Whether those that are fresh are left out."""
    partition_key: str | None
    asset_check_keys: tuple[CheckKey, ...] | None
    """The checks of the job that run; None for all."""

    def __init__(
        self,
        run_key: str | None = None,
        run_config: RunConfig | Mapping[str, Any] | None = None,
        tags: Mapping[str, str] | None = None,
        job_name: str | None = None,
        asset_selection: Sequence[AssetKey | str | Sequence[str]] | None = None,
        stale_assets_only: bool = False,
        partition_key: str | None = None,
        asset_check_keys: Sequence[CheckKey] | None = None,
    ) -> None:
        put = object.__setattr__
        put(self, "run_key", _text_or_none("run_key", run_key))
        config = sections("RunRequest(run_config=...)", run_config)
        put(self, "run_config", MappingProxyType(config))
        put(self, "tags", MappingProxyType(validate_tags(tags or {})))
        put(self, "job_name", _text_or_none("job_name", job_name))
        put(self, "asset_selection", _asset_keys(asset_selection))
        put(self, "stale_assets_only", bool(stale_assets_only))
        put(self, "partition_key", _text_or_none("partition_key", partition_key))
        checks = None if asset_check_keys is None else tuple(asset_check_keys)
        put(self, "asset_check_keys", checks)

    def tagged(self, tags: Mapping[str, str]) -> RunRequest:
        """The same with more tags."""
        return RunRequest(**{**fields_of(self), "tags": {**self.tags, **tags}})

    def __eq__(self, other: object) -> bool:
        return isinstance(other, RunRequest) and fields_of(self) == fields_of(other)

    def __hash__(self) -> int:
        return hash((self.run_key, self.job_name, self.partition_key))

    def __repr__(self) -> str:
        said = {name: value for name, value in fields_of(self).items() if value}
        shown = ((name, dict(v) if isinstance(v, Mapping) else v) for name, v in said.items())
        return f"RunRequest({', '.join(f'{name}={value!r}' for name, value in sorted(shown))})"


@named_arguments
class SkipReason(Frozen):
    """That nothing is to run this time, and why, for people."""

    __slots__ = ("skip_message",)

    skip_message: str | None

    def __init__(self, skip_message: str | None = None) -> None:
        object.__setattr__(self, "skip_message", _text_or_none("skip_message", skip_message))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, SkipReason) and self.skip_message == other.skip_message

    def __hash__(self) -> int:
        return hash(self.skip_message)

    def __repr__(self) -> str:
        return f"SkipReason({self.skip_message!r})"


def _asset_keys(
    given: Sequence[AssetKey | str | Sequence[str]] | None,
) -> tuple[AssetKey, ...] | None:
    if given is None:
        return None
    if isinstance(given, str | AssetKey):
        given = [given]
    return tuple(AssetKey.from_coercible(each) for each in given)


def _text_or_none(name: str, given: object) -> str | None:
    if given is None or isinstance(given, str):
        return given
    raise DefinitionError(
        f"{name}={given!r}", f"it is {with_article(type(given).__name__)}", "Give text, or None."
    )
