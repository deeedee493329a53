"""Where a project is and how it is set: its root, its stores, ``[tool.assetbook]``."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any

from assetbook.errors import ConfigError, did_you_mean, with_article
from assetbook.settings.alerts import AlertTarget, Text, alert_targets, url_setting

STORE_FOLDER = ".assetbook"


@dataclass(frozen=True, slots=True)
class RetentionRule:
    """How many old versions stay, beside the latest and those that are kept."""

    session_versions: int = 3
    """The newest ones that people made; 0 or more."""
    scheduled_days: float = 30.0
    """Those that schedules made within so many days; 0 or more."""


@dataclass(frozen=True, slots=True)
class Retention:
    """``[tool.assetbook.retention]``: the project's rule, and those of single assets."""

    rule: RetentionRule = RetentionRule()
    assets: Mapping[str, RetentionRule] = field(default_factory=dict)
    """By key, as ``raw/orders``."""

    def of(self, key: str) -> RetentionRule:
        """The rule for an asset."""
        return self.assets.get(key, self.rule)


@dataclass(frozen=True, slots=True)
class TagLimit:
    """How many runs with a tag run at a time."""

    key: str
    limit: int
    """1 or more."""
    value: str | None = None
    """None counts the runs with any value."""
    per_value: bool = False
    """Whether the runs with each value are counted for themselves."""


@dataclass(frozen=True, slots=True)
class Concurrency:
    """``[tool.assetbook.concurrency]``: how much runs at a time, over all processes."""

    max_concurrent_runs: int | None = None
    """None is no limit."""
    tag_concurrency_limits: tuple[TagLimit, ...] = ()
    default_pool_limit: int | None = None
    """The slots of each pool that ``pools`` does not name; None is no limit."""
    pools: Mapping[str, int] = field(default_factory=dict)
    """The slots of each pool."""

    @property
    def limits_runs(self) -> bool:
        """Whether a run may have to wait for others."""
        return self.max_concurrent_runs is not None or bool(self.tag_concurrency_limits)

    def slots_of(self, pool: str) -> int | None:
        """How many steps of that pool run at a time; None for no limit."""
        return self.pools.get(pool, self.default_pool_limit)


@dataclass(frozen=True, slots=True)
class LogSettings:
    """``[tool.assetbook.logs]``: what is kept of what steps print and log."""

    max_bytes: int = 100_000_000
    """How large each log file of a step may become: what it printed to one stream, what it
    logged."""
    days: float = 30.0
    """How long a run's log files stay, from their last change on; 0 or more."""
    level: str = "DEBUG"
    """The level below which lines of the log are not kept."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What ``[tool.assetbook]`` in pyproject.toml may say."""

    store: str | None = None
    """The store's name among ``stores``, or its folder, relative to the project's root; None is
    ``.assetbook``."""
    register_only: bool = False
    """Whether running an asset's cell only registers it, without materializing."""
    lease_seconds: float = 30.0
    """Seconds after which a run that shows no life counts as dead; more than 0."""
    retention: Retention = Retention()
    """Which old versions ``store gc`` leaves."""
    values: str | None = None
    """Where value files go: a URL, or the absolute path of a folder; None is the store's folder."""
    stores: Mapping[str, str] = field(default_factory=dict)
    """The folders of named stores, relative to the project's root."""
    read_through: str | None = None
    """The name of the store from which is read what the own one does not have."""
    locations: tuple[str, ...] = ()
    """Where the project's definitions are: paths and patterns from its root, names of modules."""
    concurrency: Concurrency = Concurrency()
    """How much runs at a time."""
    logs: LogSettings = LogSettings()
    """What is kept of what steps print and log."""
    alerts: tuple[AlertTarget, ...] = ()
    """Whom the daemon tells what went wrong."""
    heartbeat_url: Text | None = None
    """What the daemon asks once a minute, so that somebody misses it when it is gone."""


def read_settings(pyproject: Path) -> Settings:
    """The settings in a pyproject.toml; defaults where it has no ``[tool.assetbook]``.

    Raises ConfigError that names the file for text that is no TOML, and for unknown or wrong keys.
    """
    import tomllib

    try:
        document = tomllib.loads(pyproject.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ConfigError(
            "the settings in pyproject.toml", f"{pyproject} cannot be read: {error}", "Mend it."
        ) from error
    tool = document.get("tool")
    table = tool.get("assetbook", {}) if isinstance(tool, dict) else {}
    where = f"[tool.assetbook] in {pyproject}"
    if not isinstance(table, dict):
        raise ConfigError(
            where, f"it is {with_article(type(table).__name__)}", "Make it a table of settings."
        )
    settings = Settings(**{key: _checked(where, key, value) for key, value in table.items()})
    _refuse_unlinked(where, settings)
    return settings


_EXPECTED: Mapping[str, tuple[str, tuple[type[Any], ...]]] = {
    "store": ("the path of a folder, as text", (str,)),
    "values": ("an absolute path or a URL, as text", (str,)),
    "register_only": ("true or false", (bool,)),
    "lease_seconds": ("a number of seconds above 0", (int, float)),
    "retention": ("a table", (dict,)),
    "stores": ("a table of names and folders", (dict,)),
    "read_through": ("the name of one of the stores", (str,)),
    "concurrency": ("a table", (dict,)),
    "logs": ("a table", (dict,)),
    "alerts": ("a table of tables, as [tool.assetbook.alerts.team]", (dict,)),
    "heartbeat_url": ('a URL, or {env = "NAME"}', (str, dict)),
    "locations": ('a list of paths, patterns and modules, as ["notebooks/*.ipynb"]', (list,)),
}
STORE_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]*")
NAME_SOME = 'Name some: [tool.assetbook.stores] with lines as prod = "/data/prod/assetbook".'


def _checked(where: str, key: str, value: object) -> Any:
    if key not in _EXPECTED:
        raise ConfigError(
            where,
            f"there is no setting `{key}`",
            did_you_mean(key, _EXPECTED) or f"The settings are {', '.join(sorted(_EXPECTED))}.",
        )
    said, types = _EXPECTED[key]
    if type(value) not in types or value == "":
        raise ConfigError(where, f"`{key}` is {value!r}", f"Give {said}.")
    if key == "locations":
        if not all(isinstance(each, str) and each.strip() for each in value):  # type: ignore[attr-defined]
            raise ConfigError(where, f"`{key}` is {value!r}", f"Give {said}.")
        return tuple(value)  # type: ignore[arg-type]
    if key == "values":
        return _values(where, str(value))
    if key == "lease_seconds":
        seconds = float(value)  # type: ignore[arg-type]
        if not 0 < seconds < float("inf"):
            raise ConfigError(where, f"`{key}` is {value!r}", f"Give {said}.")
        return seconds
    if key == "retention":
        return _retention(where.replace("[tool.assetbook]", "[tool.assetbook.retention]"), value)
    if key == "concurrency":
        return _concurrency(
            where.replace("[tool.assetbook]", "[tool.assetbook.concurrency]"), value
        )
    if key == "logs":
        return _logs(where.replace("[tool.assetbook]", "[tool.assetbook.logs]"), value)
    if key == "alerts":
        return alert_targets(where.replace("[tool.assetbook]", "[tool.assetbook.alerts]"), value)  # type: ignore[arg-type]
    if key == "heartbeat_url":
        return url_setting(where, key, value)
    if key == "stores":
        return _stores(where.replace("[tool.assetbook]", "[tool.assetbook.stores]"), value)
    return value


def _values(where: str, value: str) -> str:
    """A URL or an absolute path; raises ConfigError, which does not repeat what may be secret."""
    scheme, separator, rest = value.partition("://")
    if not separator:
        if Path(value).expanduser().is_absolute():
            return str(Path(value).expanduser())
        raise ConfigError(
            where,
            f"`values` is {value!r}",
            "Give an absolute path, or a URL as s3://bucket/values.",
        )
    if ":" in rest.partition("/")[0].rpartition("@")[0] or "?" in rest or "#" in rest:
        raise ConfigError(
            where,
            f"`values` is a {scheme}:// URL with a password or with options in it",
            "Leave them out: credentials are taken from the environment and the usual files, and "
            "are never written down with a value.",
        )
    if not scheme or "::" in value or (not rest.strip("/") and scheme != "memory"):
        raise ConfigError(where, f"`values` is {value!r}", "Give a URL as s3://bucket/values.")
    return value


def _stores(where: str, table: Any) -> Mapping[str, str]:
    for name, folder in table.items():
        # behind @ and a colon a store is told from a version: run: means another thing there
        if not STORE_NAME.fullmatch(name) or name == "run":
            remedy = "Give it another one: a letter, then letters, digits, _ and -; not `run`."
            raise ConfigError(where, f"`{name}` is no name for a store", remedy)
        if not isinstance(folder, str) or not folder:
            raise ConfigError(where, f"`{name}` is {folder!r}", "Give the path of a folder.")
    return dict(table)


def _refuse_unlinked(where: str, settings: Settings) -> None:
    """Raises ConfigError if the store to read through to is none, or the own one."""
    through, stores = settings.read_through, settings.stores
    if through is None:
        return
    if through not in stores:
        known = f"The stores are {', '.join(sorted(stores))}." if stores else NAME_SOME
        raise ConfigError(
            where,
            f"`read_through` is {through!r}, and there is no such store",
            did_you_mean(through, stores) or known,
        )
    folder = stores.get(settings.store or STORE_FOLDER, settings.store or STORE_FOLDER)
    if os.path.normpath(folder) == os.path.normpath(stores[through]):
        raise ConfigError(
            where,
            f"the store `{through}` would read through to itself",
            "Name another one in `store`: the one that is written here.",
        )


def _retention(where: str, table: Any) -> Retention:
    own = {name: each for name, each in table.items() if name != "assets"}
    rule = _rule(where, own, RetentionRule(), ("assets",))
    assets = table.get("assets", {})
    if not isinstance(assets, dict) or not all(isinstance(each, dict) for each in assets.values()):
        example = '[tool.assetbook.retention.assets."raw/orders"]'
        raise ConfigError(where, "`assets` is no table of tables", f"Write {example}.")
    return Retention(
        rule, {key: _rule(f"{where}: {key}", each, rule) for key, each in assets.items()}
    )


def _rule(
    where: str, table: Mapping[str, Any], default: RetentionRule, more: tuple[str, ...] = ()
) -> RetentionRule:
    known = ("session_versions", "scheduled_days", *more)
    for key, value in table.items():
        if key not in known:
            remedy = did_you_mean(key, known) or f"The settings are {', '.join(known)}."
            raise ConfigError(where, f"there is no setting `{key}`", remedy)
        types = (int,) if key == "session_versions" else (int, float)
        if type(value) not in types or not 0 <= value < float("inf"):
            raise ConfigError(where, f"`{key}` is {value!r}", "Give a number of 0 or more.")
    return replace(default, **table)


def _concurrency(where: str, table: Any) -> Concurrency:
    found: dict[str, Any] = {}
    known = tuple(each.name for each in fields(Concurrency))
    for key, value in table.items():
        if key not in known:
            remedy = did_you_mean(key, known) or f"The settings are {', '.join(known)}."
            raise ConfigError(where, f"there is no setting `{key}`", remedy)
        if key == "tag_concurrency_limits":
            found[key] = tuple(_tag_limit(where, each) for each in _list_of(where, key, value))
        elif key == "pools":
            found[key] = _pools(where, value)
        else:
            found[key] = _limit(where, key, value)
    return Concurrency(**found)


def _pools(where: str, table: Any) -> Mapping[str, int]:
    if not isinstance(table, dict):
        raise ConfigError(where, f"`pools` is {table!r}", "Give a table, as pools = {db = 2}.")
    return {name: _limit(where, f"pools.{name}", limit) for name, limit in table.items()}


def _list_of(where: str, key: str, value: Any) -> list[Any]:
    if isinstance(value, list):
        return value
    raise ConfigError(where, f"`{key}` is {value!r}", f"Give a list of tables, as {_TAG_EXAMPLE}.")


_TAG_EXAMPLE = '[{key = "team", value = "etl", limit = 2}]'
_PER_VALUE = "applyLimitPerUniqueValue"


def _tag_limit(where: str, given: Any) -> TagLimit:
    """Written as in Dagster: ``value`` is text, or a table that asks for each value's own limit."""
    known = {"key", "value", "limit"}
    if not isinstance(given, dict) or not {"key", "limit"} <= set(given) <= known:
        said = f"`tag_concurrency_limits` has {given!r}"
        raise ConfigError(where, said, f"Give key, limit and perhaps value, as {_TAG_EXAMPLE}.")
    key, value = given["key"], given.get("value")
    per_value = value == {_PER_VALUE: True}
    if not isinstance(key, str) or not key or not (per_value or isinstance(value, str | None)):
        said = f"`tag_concurrency_limits` has key {key!r} and value {value!r}"
        remedy = f"Both are text; or value = {{{_PER_VALUE} = true}} limits each value by itself."
        raise ConfigError(where, said, remedy)
    limit = _limit(where, f"limit of {key}", given["limit"])
    return TagLimit(key, limit, None if per_value else value, per_value)


def _limit(where: str, key: str, value: Any) -> int:
    if type(value) is not int or value < 1:
        raise ConfigError(where, f"`{key}` is {value!r}", "Give 1 or more; leave it out for none.")
    return value


LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")


def _logs(where: str, table: Any) -> LogSettings:
    known = tuple(each.name for each in fields(LogSettings))
    for key, value in table.items():
        if key not in known:
            remedy = did_you_mean(key, known) or f"The settings are {', '.join(known)}."
            raise ConfigError(where, f"there is no setting `{key}`", remedy)
        if key == "max_bytes":
            if type(value) is not int or value < 1:
                raise ConfigError(where, f"`{key}` is {value!r}", "Give a number of bytes above 0.")
        elif key == "level":
            _level(where, key, value)
        elif type(value) not in (int, float) or not 0 <= value < float("inf"):
            raise ConfigError(where, f"`{key}` is {value!r}", "Give a number of 0 or more.")
    return LogSettings(**table)


def _level(where: str, key: str, value: Any) -> None:
    if value not in LOG_LEVELS:
        near = did_you_mean(value.upper(), LOG_LEVELS) if isinstance(value, str) else ""
        remedy = near or f"The levels are {', '.join(LOG_LEVELS)}."
        raise ConfigError(where, f"`{key}` is {value!r}", remedy)
