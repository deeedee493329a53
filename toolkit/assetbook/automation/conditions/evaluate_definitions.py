"""``evaluate_automation_conditions``: what the conditions of some definitions ask for now."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from assetbook.automation.conditions.cursor import AutomationCursor
from assetbook.automation.conditions.evaluation import Evaluation, evaluate
from assetbook.automation.conditions.explanation import ConditionExplanation
from assetbook.automation.conditions.instance_view import InstanceView
from assetbook.automation.conditions.requested_runs import requested_runs
from assetbook.definitions.asset_job import UnresolvedAssetJobDefinition
from assetbook.definitions.automation.condition import AutomationCondition
from assetbook.definitions.automation.entity import NOTHING, AssetJobKey, Entity, Subset
from assetbook.definitions.collection import Definitions
from assetbook.definitions.run_request import RunRequest
from assetbook.definitions.spec import key_of
from assetbook.dependencies.asset_graph import AssetGraph
from assetbook.dependencies.selection import AssetSelection, SelectionGraph
from assetbook.errors import UsageError
from assetbook.instance.instance import Instance
from assetbook.instance.loaded import load
from assetbook.keys import AssetKey, CheckKey
from assetbook.named_arguments import named_arguments


@dataclass(frozen=True, slots=True, repr=False)
class EvaluateAutomationConditionsResult:
    """What the conditions asked for, why, and the cursor for the next evaluation; ``repr`` has the
    tree of each condition."""

    evaluation: Evaluation
    graph: AssetGraph

    def __repr__(self) -> str:
        trees = [each.text for each in self.evaluation.explanations.values()]
        return "\n".join([f"{self.total_requested} requested", *trees])

    @property
    def cursor(self) -> AutomationCursor:
        """What the next evaluation is given; ``to_json`` and ``from_json`` keep it as text."""
        return self.evaluation.cursor

    @property
    def total_requested(self) -> int:
        """How many partitions of assets and checks, and jobs; what has no partitions counts one."""
        return sum(map(len, self.evaluation.requests.values()))

    def get_requested_partitions(self, key: object) -> Subset:
        """What is requested of an asset, check or job; ``{None}`` for what has no partitions."""
        return self.evaluation.requests.get(_entity(key), NOTHING)

    def get_num_requested(self, key: object) -> int:
        """How many partitions of it are requested."""
        return len(self.get_requested_partitions(key))

    def explain(self, key: object) -> ConditionExplanation:
        """Why it was requested, or was not; raises UsageError for what has no condition."""
        found = self.evaluation.explanations.get(_entity(key))
        if found is None:
            raise UsageError(
                f"the condition of `{key}`",
                "it has none, or was not selected",
                "Give automation_condition= to its definition.",
            )
        return found

    @property
    def run_requests(self) -> tuple[RunRequest, ...]:
        """The runs that would make what is requested."""
        return requested_runs(self.evaluation.requests, self.graph)


@named_arguments
def evaluate_automation_conditions(
    defs: object,
    instance: Instance,
    asset_selection: AssetSelection | str | None = None,
    evaluation_time: datetime | None = None,
    cursor: AutomationCursor | str | None = None,
) -> EvaluateAutomationConditionsResult:
    """What the conditions in ``defs`` ask for; nothing is run, and nothing written.

    ``defs`` are Definitions, or definitions in a list. ``asset_selection`` limits whose conditions
    are evaluated; None is all. ``evaluation_time`` is an aware datetime, None is now. ``cursor`` is
    that of the result before, or its JSON; None evaluates for the first time. Raises UsageError for
    a time without zone or a cursor that cannot be read, DefinitionError for definitions that do not
    fit together.
    """
    now = instance.clock.now() if evaluation_time is None else _aware(evaluation_time)
    loaded = load(defs, instance)
    jobs = {job.name: job for job in _jobs(defs) if isinstance(job, UnresolvedAssetJobDefinition)}
    view = InstanceView(instance, loaded, now, jobs)
    conditions = conditions_of(loaded.graph, jobs.values(), asset_selection)
    before = AutomationCursor.from_json(cursor) if isinstance(cursor, str) else cursor
    return EvaluateAutomationConditionsResult(evaluate(view, conditions, before, now), loaded.graph)


def conditions_of(
    graph: AssetGraph,
    jobs: Iterable[UnresolvedAssetJobDefinition] = (),
    selection: AssetSelection | str | None = None,
) -> Mapping[Entity, AutomationCondition]:
    """The conditions of the assets that are made here, of all checks, and of jobs.

    With a ``selection``, of the assets in it and their checks alone.
    """
    within = _selected(graph, selection)
    found: dict[Entity, AutomationCondition] = {}
    for key in within:
        condition = graph.specs[key].automation_condition
        if condition is not None and key in graph.makers:
            found[key] = condition
        for node in graph.check_nodes(key):
            if node.spec.automation_condition is not None:
                found[node.key] = node.spec.automation_condition
    for job in jobs if selection is None else ():
        if job.automation_condition is not None:
            found[AssetJobKey(job.name)] = job.automation_condition
    return found


def _selected(graph: AssetGraph, given: AssetSelection | str | None) -> Collection[AssetKey]:
    if given is None:
        return graph.specs.keys()
    selection = AssetSelection.from_string(given) if isinstance(given, str) else given
    return selection.resolve(SelectionGraph(graph.dag, graph.facts()))


def _jobs(defs: object) -> Iterator[object]:
    if isinstance(defs, Definitions):
        yield from defs.jobs
    elif isinstance(defs, list | tuple):
        for each in defs:
            yield from _jobs(each)


def _entity(key: object) -> Entity:
    return key if isinstance(key, CheckKey | AssetJobKey) else key_of(key)


def _aware(given: datetime) -> datetime:
    if given.tzinfo is None:
        raise UsageError(
            f"evaluation_time={given.isoformat()}",
            "it has no time zone, so it is no instant",
            "Give an aware datetime, such as datetime.now(UTC).",
        )
    return given.astimezone(UTC)
