"""What snapshots say, as a graph that selections, states and plans can be asked of.

Its definitions have names, edges and checks, but no code: a plan of them is run where they are
loaded.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NoReturn

from assetbook.definitions.asset_definition import AssetsDefinition
from assetbook.definitions.check_definition import AssetChecksDefinition
from assetbook.definitions.check_spec import AssetCheckSpec
from assetbook.definitions.place import Place, unwatched
from assetbook.definitions.ports import InputPort, OutputPort
from assetbook.definitions.spec import AssetSpec
from assetbook.dependencies.asset_graph import AssetGraph, CheckNode
from assetbook.dependencies.dag import Dag
from assetbook.dependencies.step_waits import waits_of_checks, waits_of_steps
from assetbook.errors import NotLoadedError
from assetbook.instance.asset_record import AssetRecord, CheckRecord, mapping_of
from assetbook.keys import AssetKey

_NOWHERE = Place("<snapshot>", 0)


def remembered_graph(
    specs: Mapping[AssetKey, AssetSpec], records: Mapping[AssetKey, AssetRecord]
) -> AssetGraph:
    """The graph of ``specs``, made as their ``records`` say; those without one are made nowhere.

    Raises DefinitionError that draws a cycle, which locations can only form together.
    """
    known = specs.keys()
    parents = {  # what follows itself is made of its own earlier partitions
        key: [
            dep.asset_key
            for dep in spec.deps
            if dep.asset_key in known and dep.asset_key is not key
        ]
        for key, spec in specs.items()
    }
    inputs: dict[AssetKey, tuple[InputPort, ...]] = {}
    for key, record in records.items():
        parents[key] += [each for each in _keys(record.follows) if each in known]
        inputs[key] = _ports_of(record)
    made = {key: record for key, record in records.items() if not record.external}
    with unwatched():
        makers = _makers(specs, made)
        checks = {
            key: tuple(_check(key, check, makers[key]) for check in record.check_records)
            for key, record in made.items()
            if record.check_records
        }
    dag = Dag(parents)
    waits = waits_of_steps(dag, makers, inputs, waits_of_checks(dag, checks))
    order = Dag(waits).order if waits is not None else None
    return AssetGraph(specs, makers, inputs, checks, dag, frozenset(specs), order)


def _makers(
    specs: Mapping[AssetKey, AssetSpec], records: Mapping[AssetKey, AssetRecord]
) -> dict[AssetKey, AssetsDefinition]:
    found: dict[AssetKey, AssetsDefinition] = {}
    for key, record in records.items():
        if key in found:
            continue
        mates = [key, *(each for each in _keys(record.made_with) if each in records)]
        maker = _maker(record, [specs[each] for each in mates])
        found.update(dict.fromkeys(mates, maker))
    return found


def _maker(record: AssetRecord, specs: Iterable[AssetSpec]) -> AssetsDefinition:
    outputs = tuple(OutputPort(spec.key.parts[-1], spec) for spec in specs)
    name = record.maker or outputs[0].name
    policy = None
    if record.partitions_a_call != 1:
        from assetbook.definitions.partitions import BackfillPolicy

        policy = BackfillPolicy(record.partitions_a_call or None)
    return AssetsDefinition(
        name,
        _not_here,
        outputs,
        _NOWHERE,
        can_subset=record.can_subset,
        backfill_policy=policy,
    )


def _check(key: AssetKey, record: CheckRecord, maker: AssetsDefinition) -> CheckNode:
    spec = AssetCheckSpec(
        record.name,
        asset=key,
        blocking=record.blocking,
        additional_deps=[AssetKey.from_text(each) for each in record.deps],
    )
    if not record.own_step:
        return CheckNode(spec, maker)
    ports = _ports(record.inputs)
    return CheckNode(spec, AssetChecksDefinition(spec, _not_here, _NOWHERE, inputs=ports), ports)


def _ports_of(record: AssetRecord) -> tuple[InputPort, ...]:
    return tuple(
        port._replace(partition_mapping=mapping_of(record, port.name))
        for port in _ports(record.inputs)
    )


def _ports(inputs: Mapping[str, str]) -> tuple[InputPort, ...]:
    return tuple(InputPort(name, AssetKey.from_text(text)) for name, text in inputs.items())


def _keys(texts: Iterable[str]) -> list[AssetKey]:
    return [AssetKey.from_text(each) for each in texts]


def _not_here(*given: Any, **named: Any) -> NoReturn:
    raise NotLoadedError("the code of an asset", "only its snapshot is here", "Load its location.")
