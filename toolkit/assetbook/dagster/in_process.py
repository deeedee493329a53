"""Dagster's ``materialize``: everything selected runs, and without an instance nothing is kept."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from assetbook.dagster.asset_selections import selection_of
from assetbook.dagster.config_sections import Sections
from assetbook.dagster.outside import with_outside
from assetbook.dagster.run_result import ExecuteInProcessResult
from assetbook.dagster.stored_instance import DagsterInstance, own_instance
from assetbook.definitions.asset_definition import AssetsDefinition
from assetbook.definitions.asset_job import UnresolvedAssetJobDefinition
from assetbook.definitions.ports import DEFAULT_IO_MANAGER, PICKLE_IO_MANAGER
from assetbook.dependencies.selection import SelectionGraph
from assetbook.errors import DefinitionError, SelectionError
from assetbook.execution.executor import InProcessExecutor
from assetbook.instance.asked import Options
from assetbook.instance.instance import Instance
from assetbook.instance.loaded import load
from assetbook.instance.materializing import materialize_definitions
from assetbook.instance.materializing import materialize_to_memory as own_to_memory
from assetbook.instance.outcome import MaterializeOutcome
from assetbook.instance.partitions_asked import PartitionsAsked
from assetbook.named_arguments import named_arguments
from assetbook.planning.steps import Plan
from assetbook.surfaces.tag_option import run_tags


@named_arguments
def materialize(
    assets: Iterable[object],
    run_config: Any = None,
    instance: Instance | DagsterInstance | None = None,
    resources: Mapping[str, object] | None = None,
    partition_key: str | None = None,
    raise_on_error: bool = True,
    tags: Mapping[str, str] | None = None,
    selection: object = None,
) -> ExecuteInProcessResult:
    """Runs everything that is selected, fresh or not, and nothing else.

    Without ``instance`` in a store of its own, which goes with the result; values are kept as
    pickles there, as in Dagster. With one, what is made is recorded in it. ``partition_key`` is
    made of what has partitions. Raises what the author's code raised, if ``raise_on_error``, and
    SelectionError for a key that there is not, or where none was given.
    """
    return run_everything(
        assets,
        run_config,
        instance,
        resources,
        partition_key=partition_key,
        raise_on_error=raise_on_error,
        tags=tags,
        selection=selection,
    )


def run_everything(
    assets: Iterable[object],
    run_config: Any,
    instance: Instance | DagsterInstance | None,
    resources: Mapping[str, object] | None,
    *,
    raise_on_error: bool,
    tags: Mapping[str, str] | None,
    selection: object,
    job: UnresolvedAssetJobDefinition | None = None,
    partition_key: str | None = None,
) -> ExecuteInProcessResult:
    """The same for a job of assets too, whose hooks and retry policy count."""
    definitions = with_outside(assets)
    sections = Sections.of(run_config, definitions, resources)
    store = own_instance(instance) if instance is not None else Instance.ephemeral()
    asked = _asked(selection, definitions, store, partition_key)
    if asked == _NOTHING:
        return ExecuteInProcessResult(MaterializeOutcome(None, Plan(_NOTHING, ()), store))
    outcome = materialize_definitions(
        _pickled(definitions, sections.resources) if store.is_ephemeral else definitions,
        instance=store,
        selection=asked,
        resources=sections.resources,
        run_config=sections.run_config,
        raise_on_error=raise_on_error,
        options=Options(
            force=True, only=True, heed_checks=True, partitions=PartitionsAsked(partition_key or "")
        ),
        record=True,
        tags=run_tags(tags or ()),
        executor=InProcessExecutor(),
        job=job,
    )
    return ExecuteInProcessResult(outcome)


@named_arguments
def materialize_to_memory(
    assets: Iterable[object],
    run_config: Any = None,
    instance: Instance | DagsterInstance | None = None,
    resources: Mapping[str, object] | None = None,
    partition_key: str | None = None,
    raise_on_error: bool = True,
    tags: Mapping[str, str] | None = None,
    selection: object = None,
) -> ExecuteInProcessResult:
    """Runs everything that is selected with every value in memory; nothing is stored.

    Raises DefinitionError for I/O managers among the resources, as Dagster does.
    """
    _refuse("materialize_to_memory", tags=tags)
    _refuse_managers(resources or {})
    definitions = with_outside(assets)
    sections = Sections.of(run_config, definitions, resources)
    store = own_instance(instance) if instance is not None else Instance.ephemeral()
    asked = _asked(selection, definitions, store, partition_key)
    if asked == _NOTHING:
        return ExecuteInProcessResult(MaterializeOutcome(None, Plan(_NOTHING, ()), store))
    outcome = own_to_memory(
        definitions,
        selection=asked,
        resources=sections.resources,
        run_config=sections.run_config,
        raise_on_error=raise_on_error,
        partition=partition_key,
        known=store.known_partitions(),
    )
    return ExecuteInProcessResult(outcome)


_NOTHING = "nothing"


def _asked(
    selection: object, definitions: list[object], store: Instance, partition: str | None
) -> str | None:
    """The selection in assetbook's own words; None for all, ``_NOTHING`` if no asset is meant.

    Raises SelectionError for assets with partitions of which none was named.
    """
    chosen = selection_of(selection)
    graph = load(definitions, store).graph
    facts = SelectionGraph(graph.dag, graph.facts(), graph.check_names())
    keys = graph.makers.keys() if chosen is None else chosen.resolve(facts)
    checks = chosen is not None and chosen.resolve_checks(facts)
    for key in keys if partition is None else ():
        definition = graph.specs[key].partitions_def
        if definition is not None:
            raise SelectionError(
                f"materialize `{key}`",
                f"it has partitions ({definition.describe()}), and none was named",
                "Say which: materialize(..., partition_key=...).",
            )
    if chosen is None:
        return None
    return chosen.to_selection_str() if keys or checks else _NOTHING


_NOT_TAKEN = {
    "tags": ("nothing is recorded of a run in memory", "Leave them out, or use materialize."),
}


def _refuse(function: str, **given: object) -> None:
    """Raises DefinitionError for what is given and has no meaning."""
    for name, value in given.items():
        if value:
            raise DefinitionError(f"{function}({name}=...)", *_NOT_TAKEN[name])


def _refuse_managers(resources: Mapping[str, object]) -> None:
    for name, value in resources.items():
        if hasattr(value, "handle_output") or hasattr(value, "made"):
            raise DefinitionError(
                f"materialize_to_memory(resources={{{name!r}: ...}})",
                "it is an I/O manager, and every value stays in memory",
                "Leave it out, or use materialize.",
            )


def _pickled(definitions: object, resources: Mapping[str, object] | None) -> object:
    """The definitions with pickles where they name no I/O manager and none is given."""
    if isinstance(definitions, list | tuple):
        return [_pickled(each, resources) for each in definitions]
    own = definitions.resources if isinstance(definitions, AssetsDefinition) else {}
    named = DEFAULT_IO_MANAGER in {**(resources or {}), **own}
    if not isinstance(definitions, AssetsDefinition) or named:
        return definitions
    outputs = tuple(
        port._replace(io_manager_key=PICKLE_IO_MANAGER)
        if port.io_manager_key == DEFAULT_IO_MANAGER
        else port
        for port in definitions.outputs
    )
    return definitions.replace(outputs=outputs)
