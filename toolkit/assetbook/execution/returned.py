"""What a function returned, sorted by output: values, metadata, data versions, check results."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import chain
from types import GeneratorType
from typing import Any, TypeGuard

import msgspec

from assetbook.definitions.asset_definition import AssetsDefinition
from assetbook.definitions.check_spec import AssetCheckSpec
from assetbook.definitions.ports import OutputPort
from assetbook.definitions.results import (
    NO_VALUE,
    AssetCheckResult,
    AssetMaterialization,
    AssetObservation,
    DataVersion,
    MaterializeResult,
    Output,
)
from assetbook.errors import DefinitionError, did_you_mean, with_article
from assetbook.keys import AssetKey, CheckKey, PartitionKey


class Produced(msgspec.Struct, frozen=True):
    """What was produced for one output; ``value`` is NO_VALUE if there is nothing to store."""

    port: OutputPort
    value: object
    metadata: Mapping[str, Any]
    data_version: DataVersion | None
    tags: Mapping[str, str]
    partition: PartitionKey | None = None

    @property
    def key(self) -> AssetKey:
        """What it is a version of: the asset, or one partition of it."""
        return self.port.spec.key.at(self.partition)


_NOTHING: Mapping[str, Any] = {}
Told = AssetObservation | AssetMaterialization
"""What is said of assets that others make, beside what the function itself makes."""
_PARTS = (Output, MaterializeResult, AssetCheckResult, AssetObservation, AssetMaterialization)
_RESULTS = (MaterializeResult, AssetCheckResult)
_NO_PLAIN_VALUE = (*_PARTS, GeneratorType)


def produced_by(
    definition: AssetsDefinition, keys: Sequence[AssetKey], returned: object
) -> tuple[list[Produced], list[AssetCheckResult], list[Told]]:
    """What ``returned`` gives for each of the outputs ``keys``, the check results in it, and what
    it tells of other assets.

    Raises DefinitionError if an output is missing, unknown or given twice, or a declared check
    has no result.
    """
    if len(definition.outputs) == 1 and not definition.check_specs:
        port = definition.outputs[0]
        if not isinstance(returned, _NO_PLAIN_VALUE) and not _are_results(returned):
            value = NO_VALUE if returned is None or not port.has_value else returned
            return [Produced(port, value, _NOTHING, None, _NOTHING)], [], []
    produced: dict[AssetKey, Produced] = {}
    checks: list[AssetCheckResult] = []
    told: list[Told] = []
    for item in _items(definition, keys, returned):
        if isinstance(item, Told):
            told.append(of_another(definition, item))
        else:
            _take(definition, item, produced, checks)
    _demand(definition, keys, produced)
    return list(produced.values()), _complete_checks(definition, keys, checks), told


def of_another(definition: AssetsDefinition, item: Told) -> Told:
    """The item itself; raises DefinitionError for a materialization of what the function makes."""
    key = AssetKey.from_coercible(item.asset_key)
    if isinstance(item, AssetMaterialization) and key in definition.keys:
        raise DefinitionError(
            f"an AssetMaterialization of `{key}` in {definition.name}()",
            "that is what the function itself makes",
            "Return MaterializeResult(metadata=...); AssetMaterialization tells of other assets.",
        )
    return item


def _items(
    definition: AssetsDefinition, keys: Sequence[AssetKey], returned: object
) -> Iterable[object]:
    if isinstance(returned, GeneratorType):
        return _yielded(definition, returned)
    if isinstance(returned, _PARTS):
        return [returned]
    if _are_results(returned):
        return returned
    if returned is None and len(definition.outputs) > 1:
        return []
    if len(definition.outputs) > 1:
        return _several(definition, keys, returned)
    return [Output(returned, definition.outputs[0].name)]


def _yielded(definition: AssetsDefinition, items: Iterator[object]) -> Iterable[object]:
    """What a generator yields; of a function with one output that may be a stream of tables."""
    first = next(items, NO_VALUE)
    if first is NO_VALUE:
        return []
    if isinstance(first, _PARTS) or len(definition.outputs) > 1:
        return [first, *items]
    return [Output(chain([first], items), definition.outputs[0].name)]


def _several(
    definition: AssetsDefinition, keys: Sequence[AssetKey], returned: object
) -> Iterable[object]:
    """A multi-asset's tuple, in the order of its outputs, or a dict by output name."""
    ports = [port for port in definition.outputs if port.spec.key in keys]
    if isinstance(returned, dict) and returned.keys() == {port.name for port in ports}:
        return [Output(value, name) for name, value in returned.items()]
    if isinstance(returned, tuple | list) and returned and all(map(_says_which, returned)):
        return returned
    if not isinstance(returned, tuple | list) or len(returned) != len(ports):
        names = ", ".join(port.name for port in ports)
        found = (
            f"it returned {len(returned)}"
            if isinstance(returned, tuple | list)
            else f"it returned {with_article(type(returned).__name__)}"
        )
        raise DefinitionError(
            f"the outputs of {definition.name}()",
            found,
            f"Return one value for each of: {names}.",
        )
    return [
        item
        if isinstance(item, MaterializeResult | AssetCheckResult)
        else Output(item, port.name)
        if not isinstance(item, Output)
        else Output(
            item.value, item.output_name or port.name, item.metadata, item.data_version, item.tags
        )
        for item, port in zip(returned, ports, strict=True)
    ]


def _are_results(returned: object) -> TypeGuard[Sequence[object]]:
    """Whether it is a sequence of results that name their assets, as ``get_results()`` gives."""
    if not isinstance(returned, tuple | list) or not returned:
        return False
    return all(isinstance(each, _RESULTS) and _says_which(each) for each in returned)


def _says_which(item: object) -> bool:
    """Whether an item names its own output or asset, so that its place does not count."""
    if isinstance(item, Output):
        return item.output_name is not None
    if isinstance(item, MaterializeResult):
        return item.asset_key is not None
    return isinstance(item, AssetCheckResult)


def _take(
    definition: AssetsDefinition,
    item: object,
    produced: dict[AssetKey, Produced],
    checks: list[AssetCheckResult],
) -> None:
    if isinstance(item, AssetCheckResult):
        checks.append(item)
        return
    if isinstance(item, MaterializeResult):
        port = _port_for_key(definition, item.asset_key)
        checks += [_of_asset(result, port.spec.key) for result in item.check_results]
        value = NO_VALUE if item.value is None else item.value
    elif isinstance(item, Output):
        port = _port_for_name(definition, item.output_name)
        value = NO_VALUE if item.value is None or not port.has_value else item.value
    else:
        raise DefinitionError(
            f"what {definition.name}() yields",
            with_article(type(item).__name__),
            "Yield Output, MaterializeResult, AssetCheckResult, AssetObservation or "
            "AssetMaterialization.",
        )
    if port.spec.key in produced:
        raise DefinitionError(f"the outputs of {definition.name}()", f"{port.name} is given twice")
    produced[port.spec.key] = Produced(port, value, item.metadata, item.data_version, item.tags)


def _of_asset(result: AssetCheckResult, key: AssetKey) -> AssetCheckResult:
    if result.asset_key is not None:
        return result
    return AssetCheckResult(
        result.passed, key, result.check_name, result.metadata, result.severity, result.description
    )


def _port_for_key(definition: AssetsDefinition, given: object) -> OutputPort:
    if given is None:
        if len(definition.outputs) == 1:
            return definition.outputs[0]
        raise DefinitionError(
            f"a MaterializeResult of {definition.name}()",
            "it makes several assets",
            "Give the result its asset_key.",
        )
    key = AssetKey.from_coercible(given)  # type: ignore[arg-type]
    for port in definition.outputs:
        if port.spec.key == key:
            return port
    near = did_you_mean(str(key), (str(port.spec.key) for port in definition.outputs))
    raise DefinitionError(f"the outputs of {definition.name}()", f"it has no asset `{key}`", near)


def _port_for_name(definition: AssetsDefinition, name: str | None) -> OutputPort:
    if name is None and len(definition.outputs) == 1:
        return definition.outputs[0]
    for port in definition.outputs:
        if port.name == name:
            return port
    names = [port.name for port in definition.outputs]
    raise DefinitionError(
        f"the outputs of {definition.name}()",
        f"it has no output {name!r}",
        did_you_mean(name or "", names) or f"Its outputs are {', '.join(names)}.",
    )


def _demand(
    definition: AssetsDefinition, keys: Sequence[AssetKey], produced: dict[AssetKey, Produced]
) -> None:
    for port in definition.outputs:
        key = port.spec.key
        if key in keys and key not in produced and port.is_required:
            if not port.has_value or (len(definition.outputs) == 1 and definition.check_specs):
                produced[key] = Produced(port, NO_VALUE, _NOTHING, None, _NOTHING)
                continue
            raise DefinitionError(
                f"the outputs of {definition.name}()",
                f"nothing was given for `{port.name}`",
                "Return it, or declare it with is_required=False (skippable=True).",
            )
    for key in [key for key in produced if key not in keys]:
        if definition.can_subset:
            del produced[key]


def _complete_checks(
    definition: AssetsDefinition, keys: Sequence[AssetKey], results: list[AssetCheckResult]
) -> list[AssetCheckResult]:
    """The results with keys and names filled in, one for each declared check."""
    wanted = [spec.key for spec in definition.check_specs if spec.asset_key in keys]
    remedy = "Return MaterializeResult(check_results=[AssetCheckResult(...)]) with one for each."
    asked = f"{definition.name}()"
    return matched_checks(asked, definition.check_specs, wanted, results, remedy)


def matched_checks(
    asked: str,
    specs: Sequence[AssetCheckSpec],
    wanted: Sequence[CheckKey],
    results: Iterable[AssetCheckResult],
    remedy: str,
) -> list[AssetCheckResult]:
    """One result for each of the ``wanted`` checks, in their order, with keys and names filled in.

    ``specs`` are all that ``asked`` declares. Raises DefinitionError for a result of another check,
    for two of one, and with ``remedy`` for a wanted check without one.
    """
    declared = {spec.key for spec in specs}
    found: dict[CheckKey, AssetCheckResult] = {}
    for result in results:
        key = _check_key(asked, specs, result)
        if key not in declared:
            names = [spec.name for spec in specs]
            raise DefinitionError(
                f"the checks of {asked}",
                f"`{key}` is not declared",
                did_you_mean(key.name, names) or f"Declared are {', '.join(names) or 'none'}.",
            )
        if key in found:
            raise DefinitionError(f"the checks of {asked}", f"`{key}` has two results")
        found[key] = replace(result, asset_key=key.asset_key, check_name=key.name)
    missing = [key for key in wanted if key not in found]
    if missing:
        raise DefinitionError(
            f"the checks of {asked}",
            f"no result for {', '.join(f'`{key.name}`' for key in missing)}",
            remedy,
        )
    return [found[key] for key in wanted]


def _check_key(asked: str, specs: Sequence[AssetCheckSpec], result: AssetCheckResult) -> CheckKey:
    if result.asset_key is not None and result.check_name is not None:
        return CheckKey(result.asset_key, result.check_name)
    fitting = [
        spec
        for spec in specs
        if (result.check_name is None or spec.name == result.check_name)
        and (
            result.asset_key is None or spec.asset_key == AssetKey.from_coercible(result.asset_key)
        )
    ]
    if len(fitting) == 1:
        return fitting[0].key
    if fitting:
        raise DefinitionError(
            f"a check result of {asked}",
            "it could belong to several checks",
            "Give it its asset_key and check_name.",
        )
    names = [spec.name for spec in specs]
    raise DefinitionError(
        f"a check result of {asked}",
        f"it belongs to no declared check: check_name={result.check_name!r}",
        did_you_mean(result.check_name or "", names)
        or f"Declared are {', '.join(names) or 'none'}: say it in the decorator.",
    )
