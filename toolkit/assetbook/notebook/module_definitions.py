"""The definitions of modules and packages: ``load_assets_from_modules`` and its kin, as in Dagster.

A definition is what a module's name is bound to, or one level inside a list, tuple, set or dict.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from importlib import import_module
from pkgutil import walk_packages
from types import ModuleType
from typing import Any

from assetbook.definitions.asset_definition import AssetsDefinition
from assetbook.definitions.check_definition import AssetChecksDefinition
from assetbook.definitions.collection import Definitions
from assetbook.definitions.place import authors_frame
from assetbook.definitions.rekeying import Rekeying, in_group
from assetbook.definitions.schedule_definition import ScheduleDefinition
from assetbook.definitions.sensor_definition import SensorDefinition
from assetbook.definitions.source_asset import SourceAsset
from assetbook.definitions.spec import AssetSpec
from assetbook.errors import DefinitionError, with_article
from assetbook.keys import AssetKey
from assetbook.named_arguments import named_arguments
from assetbook.notebook.reachable import JOBS

Prefix = str | Sequence[str] | None
Asset = AssetsDefinition | AssetSpec
_HOLDERS = (list, tuple, set, frozenset)


@named_arguments
def load_assets_from_modules(
    modules: Iterable[ModuleType],
    group_name: str | None = None,
    key_prefix: Prefix = None,
    *,
    source_key_prefix: Prefix = None,
    include_specs: bool = False,
) -> list[Asset]:
    """The assets that the modules define, upstream or not, each once.

    With ``group_name`` or ``key_prefix`` they are copies: in that group, and with that prefix
    before their keys, also where one of them reads another. ``source_key_prefix`` is that of
    observable sources, and of bare AssetSpecs, which are there with ``include_specs``.
    Raises DefinitionError for a key that two of them define, and for an asset of another group.
    """
    given = [(_named(module), vars(module)) for module in map(_module, modules)]
    return _assets(given, group_name, key_prefix, source_key_prefix, include_specs)


@named_arguments
def load_assets_from_current_module(
    group_name: str | None = None,
    key_prefix: Prefix = None,
    *,
    source_key_prefix: Prefix = None,
    include_specs: bool = False,
) -> list[Asset]:
    """The assets that the calling module, or notebook, has defined by now; else as
    ``load_assets_from_modules``."""
    given = [_calling()]
    return _assets(given, group_name, key_prefix, source_key_prefix, include_specs)


@named_arguments
def load_assets_from_package_module(
    package_module: ModuleType,
    group_name: str | None = None,
    key_prefix: Prefix = None,
    *,
    source_key_prefix: Prefix = None,
    include_specs: bool = False,
) -> list[Asset]:
    """The assets of a package and of all modules below it, which are imported; else as
    ``load_assets_from_modules``."""
    return load_assets_from_modules(
        modules_of(package_module),
        group_name,
        key_prefix,
        source_key_prefix=source_key_prefix,
        include_specs=include_specs,
    )


@named_arguments
def load_assets_from_package_name(
    package_name: str,
    group_name: str | None = None,
    key_prefix: Prefix = None,
    *,
    source_key_prefix: Prefix = None,
    include_specs: bool = False,
) -> list[Asset]:
    """The same of the package of that name, which is imported."""
    return load_assets_from_package_module(
        import_module(package_name),
        group_name,
        key_prefix,
        source_key_prefix=source_key_prefix,
        include_specs=include_specs,
    )


@named_arguments
def load_asset_checks_from_modules(
    modules: Iterable[ModuleType], asset_key_prefix: Prefix = None
) -> list[AssetChecksDefinition]:
    """The checks that the modules define, each once; with ``asset_key_prefix`` copies, which check
    the assets with that prefix before their keys."""
    return _checks([(_named(each), vars(each)) for each in map(_module, modules)], asset_key_prefix)


@named_arguments
def load_asset_checks_from_current_module(
    asset_key_prefix: Prefix = None,
) -> list[AssetChecksDefinition]:
    """The checks that the calling module, or notebook, has defined by now."""
    return _checks([_calling()], asset_key_prefix)


@named_arguments
def load_asset_checks_from_package_module(
    package_module: ModuleType, asset_key_prefix: Prefix = None
) -> list[AssetChecksDefinition]:
    """The checks of a package and of all modules below it, which are imported."""
    return load_asset_checks_from_modules(modules_of(package_module), asset_key_prefix)


@named_arguments
def load_asset_checks_from_package_name(
    package_name: str, asset_key_prefix: Prefix = None
) -> list[AssetChecksDefinition]:
    """The same of the package of that name, which is imported."""
    return load_asset_checks_from_package_module(import_module(package_name), asset_key_prefix)


@named_arguments
def load_definitions_from_modules(
    modules: Iterable[ModuleType],
    resources: Mapping[str, object] | None = None,
    executor: object | None = None,
) -> Definitions:
    """All assets, specs, checks and jobs that the modules define, with these resources.

    What ``Definitions`` of theirs hold is there too. Raises DefinitionError for what is defined
    twice.
    """
    given = [(_named(each), vars(each)) for each in map(_module, modules)]
    return _definitions(given, resources, executor)


@named_arguments
def load_definitions_from_module(
    module: ModuleType,
    resources: Mapping[str, object] | None = None,
    executor: object | None = None,
) -> Definitions:
    """The same of one module."""
    return load_definitions_from_modules([module], resources, executor)


@named_arguments
def load_definitions_from_current_module(
    resources: Mapping[str, object] | None = None, executor: object | None = None
) -> Definitions:
    """The same of the calling module, or notebook, as far as it has run."""
    return _definitions([_calling()], resources, executor)


@named_arguments
def load_definitions_from_package_module(
    package_module: ModuleType,
    resources: Mapping[str, object] | None = None,
    executor: object | None = None,
) -> Definitions:
    """The same of a package and of all modules below it, which are imported."""
    return load_definitions_from_modules(modules_of(package_module), resources, executor)


@named_arguments
def load_definitions_from_package_name(
    package_name: str,
    resources: Mapping[str, object] | None = None,
    executor: object | None = None,
) -> Definitions:
    """The same of the package of that name, which is imported."""
    return load_definitions_from_package_module(import_module(package_name), resources, executor)


def modules_of(package: ModuleType) -> list[ModuleType]:
    """The package and all modules below it, which are imported; raises what importing raises, and
    DefinitionError for a module that is no package."""
    if not hasattr(_module(package), "__path__"):
        raise DefinitionError(
            f"the package {package.__name__}",
            "it is a module",
            "Give it to load_assets_from_modules([...]), or the like.",
        )
    found = walk_packages(package.__path__, f"{package.__name__}.")
    return [package, *(import_module(each.name) for each in found)]


_Given = tuple[str, Mapping[str, Any]]
"""A module's name, and its names."""


def _calling() -> _Given:
    """The module whose code called the public function."""
    names = authors_frame(sys._getframe(2)).f_globals
    return str(names.get("__name__", "__main__")), names


def _module(given: object) -> ModuleType:
    if isinstance(given, ModuleType):
        return given
    raise DefinitionError(
        f"loading definitions from {given!r}",
        f"it is {with_article(type(given).__name__)}",
        "Give modules, as import gives them.",
    )


def _named(module: ModuleType) -> str:
    return module.__name__


def _found(given: Iterable[_Given], kinds: tuple[type, ...]) -> Iterator[tuple[str, Any]]:
    """What the modules define of these kinds, each once, with its module's name."""
    seen: set[int] = set()
    for name, names in given:
        for value in list(names.values()):
            held = value.values() if isinstance(value, dict) else value
            several = isinstance(value, (*_HOLDERS, dict)) and value is not names
            for each in [*held] if several else [value]:
                if isinstance(each, kinds) and id(each) not in seen:
                    seen.add(id(each))
                    yield name, each


def _assets(
    given: Sequence[_Given],
    group_name: str | None,
    key_prefix: Prefix,
    source_key_prefix: Prefix,
    include_specs: bool,
) -> list[Asset]:
    kinds = (AssetsDefinition, AssetSpec) if include_specs else (AssetsDefinition, SourceAsset)
    found = list(_found(given, kinds))
    _refuse_twice(found)
    assets = [each for _, each in found]
    made = {key for each in assets if isinstance(each, AssetsDefinition) for key in each.keys}
    sources = {each.key for each in assets if isinstance(each, AssetSpec)}
    for keys, prefix in ((made, key_prefix), (sources, source_key_prefix)):
        if prefix is not None:
            rekeying = Rekeying(keys, prefix)
            assets = [
                rekeying.asset(each) if isinstance(each, AssetsDefinition) else rekeying.spec(each)
                for each in assets
            ]
    return assets if group_name is None else [in_group(each, group_name) for each in assets]


def _refuse_twice(found: Iterable[tuple[str, Asset]]) -> None:
    first: dict[AssetKey, str] = {}
    for module, each in found:
        for key in each.keys if isinstance(each, AssetsDefinition) else (each.key,):
            if key in first:
                raise DefinitionError(
                    f"the asset `{key}`",
                    f"it is defined twice: in {first[key]}, and in {module}",
                    "Give one of them another key, or load the modules with different prefixes.",
                )
            first[key] = module


def _checks(given: Sequence[_Given], prefix: Prefix) -> list[AssetChecksDefinition]:
    checks = [each for _, each in _found(given, (AssetChecksDefinition,))]
    if prefix is None:
        return checks
    read = {port.key for each in checks for port in each.inputs}
    rekeying = Rekeying({key for each in checks for key in each.asset_keys} | read, prefix)
    return [rekeying.checks(each) for each in checks]


def _definitions(
    given: Sequence[_Given], resources: Mapping[str, object] | None, executor: object | None
) -> Definitions:
    assets = _assets(given, None, None, None, include_specs=True)
    jobs = [each for _, each in _found(given, JOBS)]
    schedules = [each for _, each in _found(given, (ScheduleDefinition,))]
    sensors = [each for _, each in _found(given, (SensorDefinition,))]
    own = Definitions(
        assets,
        _checks(given, None),
        resources,
        jobs=jobs,
        schedules=schedules,
        sensors=sensors,
        executor=executor,
    )
    gathered = [each for _, each in _found(given, (Definitions,))]
    return Definitions.merge(own, *gathered) if gathered else own
