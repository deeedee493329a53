"""Planning and running: from what a person asked for to a recorded run."""

from __future__ import annotations

import getpass
import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from assetbook.dependencies.freshness import nothing_made
from assetbook.dependencies.selection import AssetSelection, SelectionGraph
from assetbook.errors import (
    ConfigError,
    DefinitionError,
    RunFailedError,
    SelectionError,
    did_you_mean,
)
from assetbook.events.records import AssetMaterialized, Origin
from assetbook.execution.environment import RunEnvironment
from assetbook.execution.failure import user_part
from assetbook.execution.file_reads import observe_reads
from assetbook.execution.recording import add_texts
from assetbook.execution.reporter import Reporter, Silent, StepOutcome
from assetbook.execution.runner import RunResult, run
from assetbook.instance.instance import Instance
from assetbook.instance.loaded import Loaded, load
from assetbook.instance.ownership import refuse_case_clash, refuse_owned_elsewhere
from assetbook.instance.provenance import Untracked
from assetbook.instance.states import Standing, standing
from assetbook.keys import AssetKey
from assetbook.planning.planner import Request, make_plan
from assetbook.planning.steps import Plan

OriginKind = Literal["session", "cli", "python", "schedule", "ci", "test", "reported"]


@dataclass(frozen=True, slots=True)
class Options:
    """What may be said beside a selection; see :class:`assetbook.planning.planner.Request`."""

    force: bool = False
    only: bool = False
    unknown: bool = False
    sources: bool = False
    take_over: bool = False
    """Whether assets that belong to another notebook may be made here."""


Selected = str | Sequence[str]
"""A selection as typed, or several that are joined by *or*."""


def request_for(graph_facts: SelectionGraph, asked: Selected, options: Options) -> Request:
    """What ``asked`` (a selection as typed) means; raises SelectionError if it cannot be read."""
    selection = AssetSelection.from_string(asked)
    text = asked if isinstance(asked, str) else " or ".join(asked)
    reach = selection.resolve(graph_facts)
    tips = reach if options.force or options.only else selection.tips().resolve(graph_facts)
    order = graph_facts.dag.order
    targets = tuple(key for key in order if key in tips)
    if not targets:
        raise SelectionError(f"the selection `{text}`", "it selects no asset", "See `%assets`.")
    return Request(
        text,
        targets,
        frozenset(selection.named(graph_facts)),
        options.force,
        options.only,
        options.unknown,
        options.sources,
    )


def plan_for(
    instance: Instance, loaded: Loaded, asked: Selected, options: Options
) -> tuple[Plan, Standing]:
    """The plan for a selection, and how everything stands; touches nothing."""
    facts = SelectionGraph(loaded.graph.dag, loaded.graph.facts())
    loaded.refuse_wrong(asked if isinstance(asked, str) else " ".join(asked))
    request = request_for(facts, asked, options)
    now = standing(instance, loaded)
    _refuse_not_run(loaded, request.targets)
    plan = make_plan(loaded.graph, now.states, request, now.pending_checks)
    _refuse_hidden_inputs(plan, now)
    made = [key for step in plan if step.kind == "asset" for key in step.keys]
    refuse_case_clash(made, now.recorded)
    if not options.take_over:
        refuse_owned_elsewhere(instance, loaded.location, made)
    return plan, now


def _refuse_hidden_inputs(plan: Plan, now: Standing) -> None:
    """Raises DefinitionError if code of the plan reads an asset's name as a global.

    It would get the definition, not the value, and no lineage would show that it does.
    """
    for step in plan:
        code = now.defined[step.keys[0]].code if step.kind == "asset" else None
        if code is not None and code.reads_assets:
            name, reader = code.reads_assets[0]
            raise DefinitionError(
                f"`{step.name}`",
                f"{reader} reads the asset `{name}` as a global",
                f"Pass `{name}` as an argument, so that it is an input.",
            )


def _refuse_not_run(loaded: Loaded, targets: Sequence[AssetKey]) -> None:
    if targets and all(key in loaded.graph.remembered for key in targets):
        names = ", ".join(f"`{key}`" for key in targets[:3])
        raise SelectionError(
            f"materialize {names}",
            "the cell that defines it has not run in this kernel",
            "Run that cell; its stored value can be read meanwhile.",
        )


def check_run_config(loaded: Loaded, config: Mapping[str, object] | None) -> None:
    """Raises ConfigError if ``config`` is for a definition that there is not."""
    makers = {maker.name for maker in loaded.graph.makers.values()}
    checks = {str(each.definition.name) for nodes in loaded.graph.checks.values() for each in nodes}
    known = makers | checks
    for name in config or {}:
        if name not in known:
            raise ConfigError(
                f"run_config[{name!r}]",
                "no definition is called so",
                did_you_mean(name, known) or f"There are: {', '.join(sorted(known))}.",
            )


def execute(
    plan: Plan,
    instance: Instance,
    loaded: Loaded,
    now: Standing,
    *,
    origin: Origin,
    reporter: Reporter | None = None,
    force: bool = False,
    config: Mapping[str, object] | None = None,
    overridden: bool = False,
) -> RunResult:
    """Runs the plan in this process, on this thread, and records it."""
    ignored = [instance.values.root.parent]
    texts: dict[str, str] = {}
    codes = [now.defined[key].code for step in plan for key in step.keys if key in now.defined]
    manifests = {code.digest: add_texts(code, texts) for code in codes if code is not None}
    instance.store.put_texts(texts)  # all in one commit, with the run's start
    environment = RunEnvironment(
        graph=loaded.graph,
        store=instance.store,
        values=instance.values,
        clock=instance.clock,
        origin=origin,
        reporter=reporter or Silent(),
        provenance=loaded.provenance,
        where=loaded.where,
        resources=loaded.resources(),
        states=now.states,
        recorded=now.recorded,
        config=config or {},
        force=force,
        overridden=overridden,
        manifests=manifests,
        observe=lambda: observe_reads(ignored),
    )
    return run(plan, environment)


def origin_of(kind: OriginKind, notebook: str | None = None, cell: str | None = None) -> Origin:
    """Who asks, from this computer."""
    try:
        user = getpass.getuser()
    except (KeyError, OSError):
        user = ""
    return Origin(kind=kind, user=user, host=os.uname().nodename, notebook=notebook, cell=cell)


class MaterializeOutcome:
    """What ``materialize`` gives back: how the run ended, and the values it made."""

    def __init__(
        self,
        result: RunResult | None,
        plan: Plan,
        instance: Instance,
        resources: Callable[[], Mapping[str, object]] = dict,
    ) -> None:
        self.result = result
        """How the run ended; None if nothing had to run."""
        self.plan = plan
        self.instance = instance
        self._resources = resources

    @property
    def success(self) -> bool:
        """Whether everything ended well; also if there was nothing to do."""
        return self.result is None or self.result.success

    @property
    def run_id(self) -> str | None:
        """The run's id; None if nothing had to run."""
        return None if self.result is None else self.result.run_id

    @property
    def outcomes(self) -> tuple[StepOutcome, ...]:
        """How each step ended, in order."""
        return () if self.result is None else self.result.outcomes

    @property
    def materialized(self) -> tuple[AssetMaterialized, ...]:
        """The materializations of this run, in order."""
        return tuple(event for outcome in self.outcomes for event in outcome.materialized)

    def asset_value(self, key: AssetKey | str, as_type: object = None) -> Any:
        """The value of an asset: made in this run, else the stored one."""
        asked = key if isinstance(key, AssetKey) else AssetKey.from_user_string(key)
        held = self.result.values.get(asked) if self.result is not None else None
        if held is not None and held.form is not None:
            return held.form.hand_over(as_type)
        return self.instance.value(asked, as_type=as_type, resources=self._resources())

    output_for_node = asset_value

    def __repr__(self) -> str:
        if self.result is None:
            return "<all fresh: nothing ran>"
        return f"<run {self.result.run_id}: {self.result.status}, {len(self.outcomes)} steps>"


def materialize_definitions(
    assets: Iterable[object],
    *,
    instance: Instance,
    selection: str | Sequence[str] | None = None,
    resources: Mapping[str, object] | None = None,
    run_config: Mapping[str, object] | None = None,
    raise_on_error: bool = True,
    options: Options = Options(),
    reporter: Reporter | None = None,
    record: bool = False,
) -> MaterializeOutcome:
    """Materializes definitions given as objects.

    ``resources`` and ``run_config`` (by definition's name) override the definitions' own; then
    nothing becomes the latest state unless ``record``. With ``raise_on_error`` the author's own
    exception is raised again.
    """
    loaded = load(assets, instance, resources=resources or {}, config=run_config)
    check_run_config(loaded, run_config)
    asked = selection or "*"
    plan, now = plan_for(instance, loaded, asked, options)
    if plan.all_fresh:
        return MaterializeOutcome(None, plan, instance, loaded.resources)
    overridden = bool(run_config or loaded.replaced) and not record
    result = execute(
        plan,
        instance,
        loaded,
        now,
        origin=origin_of("python"),
        reporter=reporter,
        force=options.force,
        config=run_config,
        overridden=overridden,
    )
    if raise_on_error:
        raise_failure(result)
    return MaterializeOutcome(result, plan, instance, loaded.resources)


def materialize_to_memory(
    assets: Iterable[object],
    *,
    selection: str | Sequence[str] | None = None,
    resources: Mapping[str, object] | None = None,
    run_config: Mapping[str, object] | None = None,
    raise_on_error: bool = True,
) -> MaterializeOutcome:
    """Materializes definitions with every value kept in memory; nothing is stored."""
    from assetbook.storage.memory_store import MemoryStore

    instance = Instance.ephemeral()
    loaded = load(assets, instance, resources=resources or {}, config=run_config)
    facts = SelectionGraph(loaded.graph.dag, loaded.graph.facts())
    asked = selection or "*"
    check_run_config(loaded, run_config)
    request = request_for(facts, asked, Options(force=True))
    plan = make_plan(loaded.graph, nothing_made(loaded.graph.specs), request)
    refuse_case_clash(loaded.graph.makers, ())
    environment = RunEnvironment(
        graph=loaded.graph,
        store=MemoryStore(clock=instance.clock),
        values=None,
        clock=instance.clock,
        origin=origin_of("python"),
        reporter=Silent(),
        provenance=Untracked(),
        where=loaded.where,
        resources=loaded.resources(),
        config=run_config or {},
    )
    result = run(plan, environment)
    if raise_on_error:
        raise_failure(result)
    return MaterializeOutcome(result, plan, instance, loaded.resources)


def raise_failure(result: RunResult) -> None:
    """Raises what the first failed step raised; nothing if all ended well.

    Its traceback begins in the author's own code.
    """
    for outcome in result.failures:
        error = outcome.exception
        if error is not None:
            raise error.with_traceback(user_part(error.__traceback__))
        raise RunFailedError(f"the step `{outcome.step.name}`", outcome.message)
