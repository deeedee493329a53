"""One step that looks at a source: the call of its function, and the event of what it found."""

from __future__ import annotations

from typing import Any

import msgspec

from assetbook.definitions.results import DataVersion, ObserveResult
from assetbook.definitions.source_asset import SourceAsset
from assetbook.errors import DefinitionError, with_article
from assetbook.events.asset_events import AssetObserved
from assetbook.execution.asset_call import config_for, result_of
from assetbook.execution.committing import Returned
from assetbook.execution.context import AssetExecutionContext
from assetbook.execution.environment import RunEnvironment, Timing
from assetbook.execution.recording import Made
from assetbook.execution.reporter import StepOutcome
from assetbook.execution.resource_scope import ResourceScope
from assetbook.keys import AssetKey
from assetbook.metadata import metadata_value, to_wire
from assetbook.planning.steps import Step


class ObservationStep(msgspec.Struct, frozen=True):
    """An observation on its way."""

    step: Step
    definition: SourceAsset
    timing: Timing

    @classmethod
    def begin(cls, environment: RunEnvironment, step: Step, timing: Timing) -> ObservationStep:
        """The observation as it begins now; caches that its code reaches are cleared."""
        definition = environment.graph.source(step.keys[0])
        if definition is None:
            raise DefinitionError(f"the step {step.name}", "it is no source that can be observed")
        environment.provenance.clear_caches(definition)
        return cls(step, definition, timing)

    def found(self, environment: RunEnvironment, run_id: str, result: ObserveResult) -> Returned:
        """How it ended if its function found that."""
        key, given = self.definition.key, result.data_version
        duration = self.timing.elapsed(environment.clock)
        event = AssetObserved(
            at=environment.clock.now(),
            run_id=run_id,
            key=key.text,
            step=self.step.name,
            duration=duration,
            data_version=given.value if given is not None else f"unique:{run_id}:{key.text}",
            metadata=_wired(result.metadata),
            tags=dict(result.tags),
        )
        made = Made(told=[event])
        return Returned(StepOutcome(self.step, "done", duration, observed=(event,)), made)


def call_observation(
    environment: RunEnvironment, run_id: str, definition: SourceAsset, resources: ResourceScope
) -> ObserveResult:
    """What the source's function says; whatever it raises passes through."""
    given = {
        name: resources.get(name, definition.resources, definition.name)
        for name, _ in definition.resource_names
    }
    arguments: dict[str, object] = dict(given)
    if definition.config_type is not None:
        arguments["config"], _ = config_for(environment, definition)
    if definition.context_name is not None:
        arguments[definition.context_name] = AssetExecutionContext(
            run_id=run_id,
            selected=(definition.key,),
            resources=given,
            config=arguments.get("config"),
            recorded=environment.recorded,
        )
    return _result(definition, result_of(definition.compute(**arguments)))


def _result(definition: SourceAsset, returned: object) -> ObserveResult:
    asked = f"the observation {definition.name}()"
    if isinstance(returned, DataVersion):
        return ObserveResult(data_version=returned)
    if not isinstance(returned, ObserveResult):
        what = "nothing" if returned is None else with_article(type(returned).__name__)
        raise DefinitionError(
            asked,
            f"it returned {what}",
            "Return DataVersion(...), or ObserveResult(data_version=..., metadata=...).",
        )
    if returned.asset_key is not None and AssetKey.from_coercible(returned.asset_key) != (
        definition.key
    ):
        raise DefinitionError(
            asked,
            f"its result is about `{AssetKey.from_coercible(returned.asset_key)}`",
            f"It observes `{definition.key}`: leave asset_key out.",
        )
    return returned


def _wired(metadata: Any) -> dict[str, Any]:
    return {name: to_wire(metadata_value(raw, name)) for name, raw in metadata.items()}
