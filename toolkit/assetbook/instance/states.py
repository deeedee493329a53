"""The states of loaded definitions, as of now."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

from assetbook.definitions.asset_definition import AssetsDefinition
from assetbook.definitions.code import CodeVersion
from assetbook.definitions.parts import Parts
from assetbook.dependencies.asset_graph import AssetGraph
from assetbook.dependencies.freshness import AssetState, Defined, Recorded, states
from assetbook.errors import DefinitionError, StoreError
from assetbook.instance.instance import Instance
from assetbook.instance.loaded import Loaded
from assetbook.instance.provenance import Tracked
from assetbook.keys import AssetKey, CheckKey


@dataclass(frozen=True, slots=True)
class Standing:
    """How every asset stands at one moment: what is defined, what is recorded, the states."""

    graph: AssetGraph
    defined: Mapping[AssetKey, Defined]
    recorded: Mapping[AssetKey, Recorded]
    states: Mapping[AssetKey, AssetState]
    pending_checks: frozenset[CheckKey] = frozenset()
    """Checks that have not run, in their present form, on the latest version."""


def standing(instance: Instance, loaded: Loaded) -> Standing:
    """How the loaded assets stand now; reads the store, runs nothing."""
    recorded = instance.recorded()
    check_codes: dict[CheckKey, str | None] = {}
    defined = _defined(loaded, check_codes)

    def manifest(digest: str) -> Mapping[str, str] | None:
        text = instance.store.texts([digest]).get(digest)
        return None if text is None else json.loads(text)

    found = states(loaded.graph.order, defined, recorded, instance.clock.now(), manifest)
    return Standing(
        loaded.graph, defined, recorded, found, _pending(loaded.graph, recorded, check_codes)
    )


def _defined(loaded: Loaded, check_codes: dict[CheckKey, str | None]) -> dict[AssetKey, Defined]:
    graph, provenance = loaded.graph, loaded.provenance
    found: dict[AssetKey, Defined] = {}
    codes: dict[int, tuple[CodeVersion | None, Parts | None, Parts | None]] = {}
    for key, spec in graph.specs.items():
        maker = graph.makers.get(key)
        if maker is None:
            found[key] = _not_made_here(loaded, key, spec.code_version)
            continue
        about = codes.get(id(maker))
        if about is None:
            about = (
                provenance.code_of(maker),
                provenance.config_of(maker)[0],
                provenance.reads_as_found(maker),
            )
            codes[id(maker)] = about
        port = next(port for port in maker.outputs if port.spec is spec or port.spec.key == key)
        found[key] = Defined(
            key,
            about[0],
            spec.code_version,
            about[1],
            port.io_manager_key,
            {port.name: port.key for port in graph.inputs[key]},
            about[2],
            maker.max_age,
            False,
            _blocking(loaded, key, about[0], check_codes),
        )
    return found


def _reads_of(provenance: Tracked, maker: AssetsDefinition) -> Parts | None:
    """The files that ``reads=`` names now; that they are not there is a difference too.

    The run itself refuses: one asset's missing file must not keep people from seeing the others.
    """
    try:
        return provenance.reads_of(maker)
    except (DefinitionError, StoreError) as error:
        return Parts.of({", ".join(maker.reads): error.found})


def _not_made_here(loaded: Loaded, key: AssetKey, authored: str | None) -> Defined:
    if key in loaded.graph.remembered:
        return Defined(key, None, authored, inputs=loaded.remembered_inputs.get(key, {}))
    return Defined(key, None, authored, external=True)


def _blocking(
    loaded: Loaded,
    key: AssetKey,
    own_code: CodeVersion | None,
    check_codes: dict[CheckKey, str | None],
) -> dict[str, str | None]:
    """The blocking checks of an asset with their code versions; notes those of all checks."""
    blocking: dict[str, str | None] = {}
    for node in loaded.graph.check_nodes(key):
        code = loaded.provenance.code_of(node.definition) if node.own_step else own_code
        digest = code.digest if code is not None else None
        check_codes[node.key] = digest
        if node.spec.blocking:
            blocking[node.spec.name] = digest if node.own_step else None
    return blocking


def _pending(
    graph: AssetGraph,
    recorded: Mapping[AssetKey, Recorded],
    check_codes: Mapping[CheckKey, str | None],
) -> frozenset[CheckKey]:
    pending = set()
    for key, code in check_codes.items():
        record = recorded.get(key.asset_key)
        if record is None:
            continue
        evaluation = record.checks.get(key.name)
        if evaluation is None or evaluation.error is not None or evaluation.code != code:
            pending.add(key)
    return frozenset(pending)
