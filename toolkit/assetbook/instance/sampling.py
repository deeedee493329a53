"""Runs a graph on samples of what its sources hold, in a store of its own.

What is not made in the run, and sources that have a version, are replaced by definitions that give
some rows of their stored versions. Everything else runs as it is, but for its I/O managers: no
value leaves the run.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from assetbook.definitions.asset_definition import AssetsDefinition
from assetbook.definitions.collection import Definitions
from assetbook.definitions.place import unwatched
from assetbook.definitions.ports import (
    BUILT_IN_IO_MANAGERS,
    DEFAULT_IO_MANAGER,
    PICKLE_IO_MANAGER,
    OutputPort,
)
from assetbook.definitions.results import Output
from assetbook.dependencies.selection import AssetSelection, SelectionGraph
from assetbook.errors import SelectionError, UnstorableValueError, UsageError, did_you_mean
from assetbook.instance.asked import Options, Selected
from assetbook.instance.instance import Instance
from assetbook.instance.loaded import Loaded
from assetbook.instance.materializing import materialize_definitions
from assetbook.instance.outcome import MaterializeOutcome
from assetbook.instance.sampled_rows import sampled
from assetbook.io.built_in import is_given
from assetbook.io.forms import stored_form
from assetbook.keys import AssetKey
from assetbook.notebook.database_cell import DatabaseCell


@dataclass(frozen=True, slots=True)
class Sample:
    """How much of each source is taken, and which values in the place of samples."""

    rows: int = 1000
    seed: int = 0
    inputs: Mapping[AssetKey, object] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if type(self.rows) is not int or self.rows < 1:
            raise UsageError(
                f"sample_run(rows={self.rows!r})", "it is no number of rows", "Give one from 1 on."
            )


def run_on_samples(
    loaded: Loaded,
    instance: Instance,
    selection: Selected,
    sample: Sample,
    *,
    run_config: Mapping[str, object] | None = None,
    raise_on_error: bool = True,
) -> MaterializeOutcome:
    """How it went; its instance is a fresh one, and ``instance`` is only read.

    Raises SelectionError for a source without a version, and UsageError for an asset that a
    database computes; then what the author's code raised, if ``raise_on_error``.
    """
    __tracebackhide__ = True
    graph = loaded.graph
    facts = SelectionGraph(graph.dag, graph.facts())
    chosen = AssetSelection.from_string(selection).resolve(facts)
    _refuse_unread(loaded, sample)
    made = frozenset(key for key in chosen if key in graph.makers)
    stands = _stand_ins(loaded, instance, made, sample)
    running = [key for key in graph.order if key in made and key not in stands]
    if not running and not stands:
        raise SelectionError(f"the selection `{selection}`", "it selects no asset")
    resources = loaded.resources()
    with unwatched():
        definitions = [
            *(_stand_in(loaded, key, value) for key, value in stands.items()),
            *_apart(loaded, running, resources),
        ]
    kept = {name: each for name, each in resources.items() if not _is_default(name, resources)}
    checks = {node.definition for key in running for node in graph.check_nodes(key)}
    every = Definitions(
        definitions,
        [each for each in checks if not isinstance(each, AssetsDefinition)],
        kept,
        executor=loaded.executor,
    )
    return materialize_definitions(
        every,
        instance=Instance.ephemeral(instance.clock),
        selection=AssetSelection.keys(*stands, *running).to_selection_str(),
        run_config=run_config,
        raise_on_error=raise_on_error,
        options=Options(force=True, only=True, heed_checks=True),
    )


def _stand_ins(
    loaded: Loaded, instance: Instance, made: frozenset[AssetKey], sample: Sample
) -> dict[AssetKey, object]:
    """The values that are not made in this run, by asset."""
    graph = loaded.graph
    read = {port.key for key in made for port in graph.inputs[key]}
    read |= {port.key for key in made for node in graph.check_nodes(key) for port in node.inputs}
    outside = [key for key in graph.order if key in read - made]
    roots = [key for key in graph.order if key in made and not graph.dag.ancestors({key})]
    found = dict(sample.inputs)
    resources = loaded.resources()
    for key in [*outside, *(each for each in roots if instance.latest_materialization(each))]:
        if key not in found:
            value = instance.value(key, resources=resources)
            found[key] = sampled(value, sample.rows, sample.seed)
    return {key: found[key] for key in graph.order if key in found}


def _refuse_unread(loaded: Loaded, sample: Sample) -> None:
    for key in sample.inputs:
        if key not in loaded.graph.specs:
            raise SelectionError(
                f"sample_run(inputs={{{str(key)!r}: ...}})",
                "no asset is called so",
                did_you_mean(str(key), map(str, loaded.graph.specs)),
            )


def _stand_in(loaded: Loaded, key: AssetKey, value: object) -> AssetsDefinition:
    """A definition that gives the value as the asset's."""
    maker = loaded.graph.makers.get(key)
    spec = loaded.graph.specs[key].replace_attributes(deps=())
    place = maker.place if maker is not None else next(iter(loaded.graph.makers.values())).place
    port = OutputPort("result", spec, PICKLE_IO_MANAGER if _odd(value) else DEFAULT_IO_MANAGER)
    return AssetsDefinition(key.text, partial(_given, value), (port,), place)


def _given(value: object) -> object:
    """The value of a stand-in; in an Output, since it may itself be an iterator or a tuple."""
    return Output(value)


def _odd(value: object) -> bool:
    """Whether it has no stored form but a pickle."""
    try:
        stored_form(value, asked="a sample")
    except UnstorableValueError:
        return True
    return False


def _apart(
    loaded: Loaded, keys: list[AssetKey], resources: Mapping[str, Any]
) -> Iterator[AssetsDefinition]:
    """The definitions that make ``keys``, whose values go nowhere else."""
    for maker in dict.fromkeys(loaded.graph.makers[key] for key in keys):
        if isinstance(maker.compute, DatabaseCell):
            raise UsageError(
                f"sample_run of `{maker.name}`",
                f"its SQL runs in the database `{maker.compute.on}`, which has no samples",
                "Leave it out of the selection.",
            )
        yield maker.replace(
            outputs=tuple(
                port._replace(io_manager_key=_own_manager(port.io_manager_key, resources))
                for port in maker.outputs
            )
        )


def _own_manager(name: str, resources: Mapping[str, Any]) -> str:
    """The built-in manager that stands for one of the author's: pickles keep what any keeps."""
    return (
        name
        if name in BUILT_IN_IO_MANAGERS and not is_given(name, resources)
        else PICKLE_IO_MANAGER
    )


def _is_default(name: str, resources: Mapping[str, Any]) -> bool:
    """Whether it is a manager under a built-in one's name, which the run must not use."""
    return name in BUILT_IN_IO_MANAGERS and is_given(name, resources)
