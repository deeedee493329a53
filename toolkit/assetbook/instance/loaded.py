"""Definitions held against a store: their graph, their provenance, and what is remembered."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping
from functools import partial
from pathlib import Path

import msgspec

from assetbook.definitions.asset_definition import AssetsDefinition
from assetbook.definitions.check_definition import AssetChecksDefinition
from assetbook.definitions.collection import Definition, Definitions, Job
from assetbook.definitions.logger_definition import LoggerDefinition
from assetbook.definitions.schedule_definition import ScheduleDefinition
from assetbook.definitions.sensor_definition import SensorDefinition
from assetbook.definitions.source_asset import SourceAsset
from assetbook.definitions.spec import AssetSpec
from assetbook.dependencies.asset_graph import AssetGraph
from assetbook.errors import DefinitionError, with_article
from assetbook.execution.environment import NO_DEFAULTS, StepDefaults
from assetbook.execution.executor import Executor
from assetbook.execution.failure import Where
from assetbook.execution.run_loggers import NO_LOGGERS, RunLoggers
from assetbook.instance.elsewhere import Others, read_elsewhere
from assetbook.instance.ended import still_read
from assetbook.instance.instance import Instance
from assetbook.instance.provenance import Tracked
from assetbook.io.database import noted_table
from assetbook.keys import AssetKey
from assetbook.notebook.cell_inputs import with_inputs
from assetbook.notebook.cell_places import CellPlaces
from assetbook.notebook.table_inputs import StoredTable
from assetbook.notebook.versioner import Versioner

Tables = Callable[[Collection[AssetKey]], dict[AssetKey, StoredTable]]


class Loaded(msgspec.Struct, frozen=True):
    """What is defined at one time, ready for questions and runs."""

    graph: AssetGraph
    provenance: Tracked
    resources: Callable[[], Mapping[str, object]]
    where: Where
    location: str | None = None
    """The id of the notebook's location; None for a scratch one or plain Python."""
    cells: Mapping[AssetKey, str] = msgspec.field(default_factory=dict)
    """``In[4]`` for each asset that a living cell defines."""
    remembered_inputs: Mapping[AssetKey, Mapping[str, AssetKey]] = msgspec.field(
        default_factory=dict
    )
    """What assets whose cells have not run here read, as it was remembered."""
    wrong: Mapping[AssetKey, str] = msgspec.field(default_factory=dict)
    """What is wrong with definitions that are left out, by asset."""
    replaced: frozenset[str] = frozenset()
    """Resources that were given in the place of the definitions' own, by name."""
    ended: frozenset[AssetKey] = frozenset()
    """Those of the remembered that no cell defines any more, but that others still read."""
    texts: Mapping[AssetKey, str] = msgspec.field(default_factory=dict)
    """The text right above the cell of each asset, where the notebook has one; Markdown."""
    elsewhere: Mapping[AssetKey, str] = msgspec.field(default_factory=dict)
    """Those of the remembered that another location defines, with its id."""
    others: Others | None = None
    """Who knows how those stand."""
    executor: Executor | None = None
    """How the definitions want their steps to be run; None for one by one on the run's thread."""
    steps: StepDefaults = NO_DEFAULTS
    """What a job says of the steps of assets; nothing for what no job runs."""
    jobs: tuple[tuple[Job, str], ...] = ()
    """The living jobs, each with its cell."""
    schedules: tuple[tuple[ScheduleDefinition, str], ...] = ()
    """The living schedules, each with its cell."""
    sensors: tuple[tuple[SensorDefinition, str], ...] = ()
    """The living sensors, each with its cell."""
    loggers: Mapping[str, LoggerDefinition] = msgspec.field(default_factory=dict)
    """Those that runs may configure, by name; empty for the default ones."""
    run_loggers: RunLoggers = NO_LOGGERS
    """Those that this run configures."""

    def refuse_wrong(self, asked: str) -> None:
        """Raises DefinitionError if ``asked`` names an asset whose definition is wrong."""
        words = set(re.findall(r"[^\s()+,\"]+", asked))
        for key, fault in self.wrong.items():
            if key not in self.graph.makers and not words.isdisjoint({str(key), key.parts[-1]}):
                raise DefinitionError(f"`{key}`", fault, "Mend its cell and run it again.")


class Home(msgspec.Struct, frozen=True):
    """Where definitions are at home; nothing of it for plain Python."""

    folder: Path | None = None
    """Where relative ``reads=`` begin; None: here."""
    places: CellPlaces = msgspec.field(default_factory=CellPlaces)
    location: str | None = None
    """The id of their location."""
    cells: Mapping[AssetKey, str] = msgspec.field(default_factory=dict)
    """``In[4]`` for each asset that a living cell defines."""
    texts: Mapping[AssetKey, str] = msgspec.field(default_factory=dict)
    """The text right above the cell of each asset."""
    jobs: tuple[tuple[Job, str], ...] = ()
    """The living jobs, each with its cell."""
    schedules: tuple[tuple[ScheduleDefinition, str], ...] = ()
    """The living schedules, each with its cell."""
    sensors: tuple[tuple[SensorDefinition, str], ...] = ()
    """The living sensors, each with its cell."""
    gathered: tuple[Definitions, ...] = ()
    """The ``Definitions`` that are there: their executor and loggers count."""


class Beyond(msgspec.Struct, frozen=True):
    """What is known of assets that the definitions may read and do not define."""

    remembered: Mapping[AssetKey, AssetSpec] = msgspec.field(default_factory=dict)
    """Those whose cells have not run here."""
    inputs: Mapping[AssetKey, Mapping[str, AssetKey]] = msgspec.field(default_factory=dict)
    """What those read."""
    others: Others | None = None
    """The assets of other locations, which are asked for if something is read that is not defined
    here."""


def load(
    definitions: object,
    instance: Instance,
    *,
    resources: Callable[[], Mapping[str, object]] = dict,
    replacing: Mapping[str, object] | None = None,
    versioner: Versioner | None = None,
    home: Home | None = None,
    beyond: Beyond | None = None,
    leave_out_wrong: bool = False,
) -> Loaded:
    """The definitions as one graph with their provenance.

    ``definitions`` are several or one; ``Definitions`` among them add their resources.
    ``resources`` fill in what the definitions do not bring; ``replacing`` are used in the place of
    either.

    Raises DefinitionError with every fault; with ``leave_out_wrong``, as for a live notebook, the
    definitions that have one are left out instead, and what they read stays readable where its own
    definition has ended.
    """
    home, beyond = home or Home(), beyond or Beyond()
    several = [*_several(definitions)]
    flat, own_resources = _flat(several)
    gathered = [*several, *home.gathered]
    available = _filled(resources, own_resources)
    replaced: frozenset[str] = frozenset()
    if replacing:
        replaced = _replaced(flat, available(), replacing)
        inner = _by_identity(available(), replacing)
        flat = [_rebound(definition, replacing, inner) for definition in flat]
        available = _with_inner(_filled(available, replacing), inner)
    found = _graphed(flat, instance, beyond, leave_out_wrong=leave_out_wrong)
    tracker = versioner or instance.versioner
    provenance = Tracked(tracker, available, instance.key, home.folder or Path.cwd())
    return Loaded(
        found.graph,
        provenance,
        available,
        home.places.where,
        home.location,
        home.cells,
        beyond.inputs,
        found.wrong,
        replaced,
        found.ended,
        home.texts,
        found.elsewhere,
        beyond.others,
        _executor_of(gathered),
        jobs=home.jobs,
        schedules=home.schedules,
        sensors=home.sensors,
        loggers=_loggers_of(gathered),
    )


def load_replacing(
    definitions: object, instance: Instance, replacing: Mapping[str, object] | None
) -> Loaded:
    """The definitions of plain Python, with resources in the place of their own."""
    return load(definitions, instance, replacing=replacing)


class _Graphed(msgspec.Struct, frozen=True):
    """The definitions as a graph; the rest is as in :class:`Loaded`."""

    graph: AssetGraph
    elsewhere: Mapping[AssetKey, str]
    wrong: Mapping[AssetKey, str] = msgspec.field(default_factory=dict)
    ended: frozenset[AssetKey] = frozenset()


def _graphed(
    flat: list[Definition], instance: Instance, beyond: Beyond, *, leave_out_wrong: bool
) -> _Graphed:
    others, remembered = beyond.others, beyond.remembered
    foreign = read_elsewhere(flat, remembered, others) if others is not None else {}
    elsewhere = {key: location for key, (_, location) in foreign.items()}
    known = {**{key: spec for key, (spec, _) in foreign.items()}, **remembered}
    tables = partial(_tables, instance)
    if leave_out_wrong:
        ended = still_read(flat, known, beyond.inputs, instance)
        graph, wrong = _usable_graph(flat, {**known, **ended}, tables)
        return _Graphed(graph, elsewhere, wrong, frozenset(ended))
    inputs = with_inputs(flat, known, stored=partial(tables, known))
    return _Graphed(AssetGraph.build(inputs, remembered=known), elsewhere)


def _usable_graph(
    definitions: list[Definition], known: Mapping[AssetKey, AssetSpec], tables: Tables
) -> tuple[AssetGraph, dict[AssetKey, str]]:
    """The graph of those definitions that are right, and what is wrong with the others."""
    wrong: dict[AssetKey, str] = {}
    usable = with_inputs(definitions, known, wrong, partial(tables, known))
    graph, more = AssetGraph.build_usable(usable, remembered=known)
    return graph, {**wrong, **more}


def _tables(instance: Instance, keys: Collection[AssetKey]) -> dict[AssetKey, StoredTable]:
    """Those of the assets whose latest versions are tables in databases."""
    found = {}
    for key, version in instance.store.latest(keys).items() if keys else ():
        parts = noted_table(version.event.metadata)
        if parts is not None and version.event.value is not None:
            found[key] = StoredTable(version.event.value.io_manager, parts)
    return found


def _filled(
    given: Callable[[], Mapping[str, object]], over: Mapping[str, object]
) -> Callable[[], Mapping[str, object]]:
    return (lambda: {**given(), **over}) if over else given


def _replaced(
    definitions: Iterable[Definition], known: Mapping[str, object], given: Mapping[str, object]
) -> frozenset[str]:
    bound = {name for each in definitions for name in getattr(each, "resources", ())}
    return frozenset(given) & (bound | known.keys())


def _rebound(
    definition: Definition, given: Mapping[str, object], inner: Mapping[int, object]
) -> Definition:
    """The definition with the resources that are given in the place of its own."""
    if not isinstance(definition, AssetsDefinition | AssetChecksDefinition | SourceAsset):
        return definition
    own = definition.resources
    if not own:
        return definition
    changed = _inner_replaced({name: given.get(name, own[name]) for name in own}, inner)
    same = all(changed[name] is own[name] for name in own)
    return definition if same else definition.replace(resources=changed)


def _by_identity(known: Mapping[str, object], given: Mapping[str, object]) -> dict[int, object]:
    """What is given in the place of resources, which others may hold as their fields."""
    return {id(known[name]): value for name, value in given.items() if name in known}


def _with_inner(
    available: Callable[[], Mapping[str, object]], inner: Mapping[int, object]
) -> Callable[[], Mapping[str, object]]:
    return (lambda: _inner_replaced(available(), inner)) if inner else available


def _inner_replaced(
    resources: Mapping[str, object], inner: Mapping[int, object]
) -> Mapping[str, object]:
    if not inner:
        return resources
    from assetbook.definitions.resource import with_inner_replaced  # loads pydantic

    return {name: with_inner_replaced(each, inner) for name, each in resources.items()}


def _several(definitions: object) -> Iterable[object]:
    one = isinstance(
        definitions, Definitions | AssetsDefinition | AssetChecksDefinition | AssetSpec
    )
    several = isinstance(definitions, Iterable) and not one and not isinstance(definitions, str)
    return definitions if several else (definitions,)  # type: ignore[return-value]


def _loggers_of(definitions: Iterable[object]) -> Mapping[str, LoggerDefinition]:
    found: dict[str, LoggerDefinition] = {}
    for each in definitions:
        if isinstance(each, Definitions):
            found |= each.loggers
        elif isinstance(each, list | tuple):
            found |= _loggers_of(each)
    return found


def _executor_of(definitions: Iterable[object]) -> Executor | None:
    """That of the first ``Definitions`` among them that names one."""
    for each in definitions:
        found: Executor | None = each.executor if isinstance(each, Definitions) else None
        if isinstance(each, list | tuple):
            found = _executor_of(each)
        if found is not None:
            return found
    return None


def _flat(definitions: Iterable[object]) -> tuple[list[Definition], dict[str, object]]:
    flat: list[Definition] = []
    resources: dict[str, object] = {}
    for each in definitions:
        if isinstance(each, Definitions):
            flat += each
            resources.update(each.resources)
        elif isinstance(each, list | tuple):
            inner, more = _flat(each)
            flat += inner
            resources.update(more)
        elif isinstance(each, AssetsDefinition | AssetSpec | AssetChecksDefinition):
            flat.append(each)
        else:
            raise DefinitionError(
                f"the definition {each!r}",
                f"it is {with_article(type(each).__name__)}",
                'Several names are one text: "orders or total".'
                if isinstance(each, str)
                else "Give assets, asset checks, AssetSpecs or Definitions.",
            )
    return flat, resources
