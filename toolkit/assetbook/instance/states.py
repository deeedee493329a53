"""The states of loaded definitions, as of now."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from functools import cache, partial
from typing import TypeAlias

from msgspec import structs

from assetbook.definitions.asset_definition import AssetsDefinition
from assetbook.definitions.code import CodeVersion
from assetbook.definitions.parts import Parts
from assetbook.dependencies.asset_graph import AssetGraph
from assetbook.dependencies.asset_state import AssetState, Defined, Recorded
from assetbook.dependencies.code_changes import ignored_in, observed_in
from assetbook.dependencies.freshness import states
from assetbook.dependencies.part_changes import Manifests
from assetbook.execution.type_checks import declared_type
from assetbook.instance.instance import Instance
from assetbook.instance.loaded import Loaded
from assetbook.instance.partition_columns import judged
from assetbook.instance.partition_standing import (
    any_partitions,
    as_wholes,
    every_partition,
    with_judged,
)
from assetbook.instance.provenance import Tracked
from assetbook.instance.recorded_latest import recorded_partitions
from assetbook.instance.standing import Standing
from assetbook.keys import AssetKey, CheckKey

__all__ = ["Standing", "manifests_of", "pending_checks", "standing", "value_types"]
_Maker: TypeAlias = tuple[int, str | None]  # a definition's id, and the store of a version of it


def standing(instance: Instance, loaded: Loaded, graph: AssetGraph | None = None) -> Standing:
    """How the loaded assets stand now; reads the store, runs nothing.

    ``graph`` is the part of theirs that is asked about, in partitions; None for all of it, where an
    asset with partitions stands as they do together.
    """
    if graph is None:
        return _of_all(instance, loaded)
    recorded = instance.recorded()
    found = _standing(instance, structs.replace(loaded, graph=graph), recorded=recorded)
    if not graph.in_partitions:
        return found
    return structs.replace(
        found, of_wholes=cache(partial(_standing, instance, loaded, recorded=recorded))
    )


def _of_all(instance: Instance, loaded: Loaded) -> Standing:
    whole = _standing(instance, loaded)
    if not any_partitions(loaded.graph):
        return whole
    found = judged(instance, whole, manifests_of(instance), loaded.elsewhere)
    if found.others:
        known, ends = instance.known_partitions(), found.partitions.keys()
        nodes = every_partition(loaded.graph, known, found.others, ends)
        given = found.states_of(nodes.specs)
        parts = _standing(instance, structs.replace(loaded, graph=nodes), given)
        made = instance.store.made_of_partitions(found.others)
        whole = as_wholes(whole, parts, found.others, made)
    return with_judged(whole, found)


def _standing(
    instance: Instance,
    loaded: Loaded,
    given: Mapping[AssetKey, AssetState] = {},
    recorded: Mapping[AssetKey, Recorded] | None = None,
) -> Standing:
    recorded = dict(instance.recorded() if recorded is None else recorded)
    if loaded.graph.in_partitions:
        nodes = loaded.graph.specs.keys() - given.keys()
        recorded |= recorded_partitions(instance.store, nodes, instance.file_gone)
    check_codes: dict[CheckKey, str | None] = {}
    manifest = manifests_of(instance)
    defined = _defined(instance, loaded, check_codes, recorded, manifest, given)
    far = loaded.elsewhere
    there = loaded.others.states(far) if far and loaded.others is not None else {}
    found = states(
        loaded.graph.order, defined, recorded, instance.clock.now(), manifest, {**there, **given}
    )
    pending = pending_checks(recorded, check_codes)
    return Standing(
        loaded.graph,
        defined,
        recorded,
        found,
        pending,
        check_codes,
        loaded.texts,
        value_types(loaded.graph),
        conditions(loaded.graph),
    )


def value_types(graph: AssetGraph) -> dict[AssetKey, str]:
    """The names of the types that check the values of assets, for those that have one."""
    ports = (port for maker in set(graph.makers.values()) for port in maker.outputs)
    found = (
        (port.spec.key, declared_type(port.dagster_type))
        for port in ports
        if port.dagster_type is not None
    )
    return {key: each.name for key, each in found if each is not None}


def conditions(graph: AssetGraph) -> dict[AssetKey, str]:
    """The names of the automation conditions of assets, for those that have one."""
    found = ((key, spec.automation_condition) for key, spec in graph.specs.items())
    return {key: each.name for key, each in found if each is not None}


def manifests_of(instance: Instance) -> Manifests:
    """What reads stored manifests, and the parts of configurations, by digest; each once."""

    @cache
    def manifest(digest: str) -> Mapping[str, str] | None:
        text = instance.store.texts([digest]).get(digest)
        return None if text is None else json.loads(text)

    return manifest


def _defined(
    instance: Instance,
    loaded: Loaded,
    check_codes: dict[CheckKey, str | None],
    recorded: Mapping[AssetKey, Recorded],
    manifests: Manifests,
    given: Collection[AssetKey],
) -> dict[AssetKey, Defined]:
    graph, provenance = loaded.graph, loaded.provenance.at_once()

    @cache
    def hashing(store: str | None) -> Tracked:
        return provenance.with_key(instance.others.key(store) if store is not None else None)

    found: dict[AssetKey, Defined] = {}
    codes: dict[_Maker, tuple[CodeVersion | None, Parts | None, str | None, Parts | None]] = {}
    stored_by: dict[int, dict[AssetKey, str]] = {}
    for key, spec in graph.specs.items():
        if key in given:
            found[key] = Defined(key)
            continue
        maker = graph.makers.get(key)
        if maker is None:
            found[key] = _not_made_here(loaded, key, spec.code_version)
            continue
        record = recorded.get(key)
        store = record.store if record is not None else None
        about = codes.get((id(maker), store))
        if about is None:
            about = (
                _code_with_observed(provenance, maker, record, manifests),
                *hashing(store).config_of(maker),
                provenance.reads_as_found(maker),
            )
            codes[id(maker), store] = about
        managers = stored_by.get(id(maker))
        if managers is None:
            managers = {port.spec.key: port.io_manager_key for port in maker.outputs}
            stored_by[id(maker)] = managers
        found[key] = Defined(
            key,
            about[0],
            spec.code_version,
            about[1],
            managers[key.asset],
            graph.data_inputs(key),
            about[3],
            maker.max_age,
            blocking_checks=_blocking(loaded, key, about[0], check_codes),
            config_text=about[2],
            code_as_before=_as_before(loaded, maker, about[0], record, manifests),
            resources=frozenset(name for name, _ in maker.resource_names),
            meaning=graph.meaning_of(key),
        )
    return found


def _code_with_observed(
    provenance: Tracked, maker: AssetsDefinition, record: Recorded | None, manifests: Manifests
) -> CodeVersion | None:
    """The code version, which counts what the recorded version was seen to read."""
    code = provenance.code_of(maker)
    if code is None or record is None or record.event.code.digest == code.digest:
        return code
    observed = observed_in(manifests(record.event.code.manifest or "") or {})
    if observed == code.observed:
        return code
    provenance.observe(maker, observed)
    return provenance.code_of(maker)


def _as_before(
    loaded: Loaded,
    maker: AssetsDefinition,
    code: CodeVersion | None,
    record: Recorded | None,
    manifests: Manifests,
) -> CodeVersion | None:
    """The code with the names ignored that were when the version was made; None if the same."""
    if code is None or record is None or record.event.code.manifest is None:
        return None
    was = record.event.code
    if code.digest == was.digest and not (maker.ignore and was.unknowns):
        return None
    ignored = ignored_in(manifests(was.manifest or "") or {})
    if ignored == maker.ignore:
        return None
    return loaded.provenance.code_ignoring(maker, ignored)


def _not_made_here(loaded: Loaded, key: AssetKey, authored: str | None) -> Defined:
    if key in loaded.graph.remembered:
        inputs = loaded.remembered_inputs.get(key, {})
        ended, meaning = key in loaded.ended, loaded.graph.meaning_of(key)
        return Defined(key, None, authored, inputs=inputs, ended=ended, meaning=meaning)
    observed = loaded.graph.source(key) is not None
    return Defined(key, None, authored, external=True, observed=observed)


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


def pending_checks(
    recorded: Mapping[AssetKey, Recorded], check_codes: Mapping[CheckKey, str | None]
) -> frozenset[CheckKey]:
    """The checks that have not run, by these code versions, on the latest version."""
    pending = set()
    for key, code in check_codes.items():
        record = recorded.get(key.asset_key)
        if record is None:
            continue
        evaluation = record.checks.get(key.name)
        if evaluation is None or evaluation.error is not None or evaluation.code != code:
            pending.add(key)
    return frozenset(pending)
