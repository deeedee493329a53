"""What a run is configured with: read from what was given, and put into the loaded definitions."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import msgspec
from msgspec import structs

from assetbook.definitions.parameters import RESOURCE_MARK
from assetbook.definitions.run_config import RunConfig, sections
from assetbook.errors import ConfigError, did_you_mean, with_article
from assetbook.execution.configured_executor import configured_executor
from assetbook.execution.console_loggers import default_loggers
from assetbook.execution.run_loggers import run_loggers
from assetbook.instance.asked import check_run_config, configurable
from assetbook.instance.loaded import Loaded

GivenConfig = RunConfig | Mapping[str, object] | None
"""By definition's name; or by section (``ops``, ``resources``), as a RunConfig or a dict."""
Loading = Callable[[Mapping[str, object] | None], Loaded]
_WHERE = "run_config"


class LaunchConfig(msgspec.Struct, frozen=True):
    """The configuration of a run, taken apart."""

    definitions: Mapping[str, object] = msgspec.field(default_factory=dict)
    """By definition's name: an instance of its Config, or a dict of fields; for an asset that a
    graph makes ``{"ops": ...}``, or ``{"config": ...}`` for its config mapping."""
    resources: Mapping[str, object] = msgspec.field(default_factory=dict)
    """By resource's name: an instance, or a dict of fields."""
    execution: Mapping[str, object] = msgspec.field(default_factory=dict)
    """Which executor runs the steps; empty for the definitions' own."""
    loggers: Mapping[str, object] = msgspec.field(default_factory=dict)
    """The loggers that get what steps log, by name with the configuration of each."""


def launched(
    loading: Loading, resources: Mapping[str, object] | None, given: GivenConfig
) -> tuple[Loaded, LaunchConfig]:
    """The definitions with what a run replaces and configures, and its configuration taken apart.

    ``loading`` gives the definitions with resources in the place of their own. Raises ConfigError
    for configuration of what there is not, and for what does not fit.
    """
    loaded = loading(resources)
    if not given:
        return loaded, LaunchConfig()
    config = launch_config(loaded, given)
    if config.execution:
        executor = configured_executor(_WHERE, config.execution, loaded.executor)
        loaded = structs.replace(loaded, executor=executor)
    if config.resources:
        made = dict(_configured(loaded, config.resources))
        replaced = loaded.replaced
        again = loading({**(resources or {}), **made})
        loaded = structs.replace(again, replaced=replaced, executor=loaded.executor)
    if config.loggers:
        made_loggers = run_loggers(_WHERE, loaded.loggers or default_loggers(), config.loggers)
        loaded = structs.replace(loaded, run_loggers=made_loggers)
    check_run_config(loaded, config.definitions)
    provenance = loaded.provenance.with_run_config(config.definitions)
    return structs.replace(loaded, provenance=provenance), config


def launch_config(loaded: Loaded, given: RunConfig | Mapping[str, object]) -> LaunchConfig:
    """``given`` by section; a dict whose names are those of definitions is all of one section."""
    if not isinstance(given, RunConfig) and not _is_by_section(loaded, given):
        return LaunchConfig(definitions=given)
    parts = sections(_WHERE, given)
    for name, remedy in _REMEDIES.items():
        if parts.get(name):
            raise ConfigError(f"{_WHERE}: {name}", "assets are not configured by it", remedy)
    graphs = {maker.name for maker in loaded.graph.makers.values() if maker.graph is not None}
    ops = {
        name: each if name in graphs else _config_of("ops", name, each)
        for name, each in _of(parts, "ops").items()
    }
    held = _of(parts, "resources").items()
    found = {name: _config_of("resources", name, each) for name, each in held}
    return LaunchConfig(ops, found, _of(parts, "execution"), _of(parts, "loggers"))


_SECTIONS = ("ops", "resources", "execution", "loggers", "inputs")
_REMEDIES = {
    "inputs": "Materialize what is read, or read another version by with_versions=.",
}


def _is_by_section(loaded: Loaded, given: object) -> bool:
    if not isinstance(given, Mapping):
        return True  # which says what is wrong with it
    names = configurable(loaded)
    return any(each in given and each not in names for each in _SECTIONS)


def _of(parts: Mapping[str, Any], section: str) -> Mapping[str, Any]:
    found = parts.get(section) or {}
    if isinstance(found, Mapping):
        return found
    kind = with_article(type(found).__name__)
    raise ConfigError(f"{_WHERE}: {section}", f"it is {kind}", "Give a dict by name.")


def _config_of(section: str, name: str, given: object) -> object:
    """What stands below ``config``; an instance of a Config or resource stands for itself."""
    if given is None or not isinstance(given, Mapping):
        return given
    for each in given:
        if each != "config":
            raise ConfigError(
                f"{_WHERE}: {section}: {name}",
                f"`{each}` is not known there",
                did_you_mean(str(each), ["config"])
                or f'Its fields stand below "config": {{{name!r}: {{"config": {{...}}}}}}.',
            )
    return given.get("config")


def _configured(loaded: Loaded, given: Mapping[str, object]) -> Iterator[tuple[str, object]]:
    """The resources of those names with their fields as given, checked."""
    from assetbook.definitions.overlay import overlaid  # loads pydantic

    known = dict(loaded.resources())
    for maker in loaded.graph.makers.values():
        known |= {name: each for name, each in maker.resources.items() if name not in known}
    for name, fields in given.items():
        asked = f"{_WHERE}: resources: {name}"
        if name not in known:
            raise ConfigError(
                asked,
                "no resource is called so",
                did_you_mean(name, known) or f"There are: {', '.join(sorted(known)) or 'none'}.",
            )
        own: Any = known[name]
        if not hasattr(type(own), RESOURCE_MARK):
            raise ConfigError(
                asked,
                f"it is {with_article(type(own).__name__)}, which has no fields",
                "Give another object by resources=.",
            )
        yield name, overlaid(type(own), own, fields, where=asked)
