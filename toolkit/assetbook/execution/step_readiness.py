"""What must be so before a step starts, and which steps end without having run."""

from __future__ import annotations

from assetbook.dependencies.reasons import ReasonKind
from assetbook.execution.absent import Absent
from assetbook.execution.environment import RunEnvironment
from assetbook.execution.executor import Workers
from assetbook.execution.handing_on import Handover
from assetbook.execution.reporter import StepOutcome
from assetbook.execution.step_ledger import StepLedger
from assetbook.execution.values import RunValues
from assetbook.io.built_in import is_given
from assetbook.planning.steps import Step, names_read


class Readiness:
    """Tells of the steps of one run whether they will run, once that is known."""

    def __init__(
        self,
        environment: RunEnvironment,
        values: RunValues,
        ledger: StepLedger,
        handover: Handover,
        absent: Absent,
    ) -> None:
        self._environment = environment
        self._values = values
        self._ledger = ledger
        self._handover = handover
        self._absent = absent

    def settle_for(self, step: Step, workers: Workers) -> None:
        """Waits for what must be committed before it is known whether and how the step runs.

        That is the data of its condition; what its worker reads from the store; and also if it acts
        outside the store, where nothing can be taken back should one of its inputs turn out not to
        be storable.
        """
        whole = step.condition or self._acts_outside(step)
        self._handover.settle(names_read(step) if whole else workers.waits_for(step))

    def skipped(self, step: Step) -> StepOutcome | None:
        """The outcome of a step that will not run; None if it will."""
        failed = self._ledger.upstream_failed(step)
        if failed is not None:
            return failed
        lacking = self._absent.wanted_by(step)
        if lacking is not None:
            self._absent.note(step)
            return StepOutcome(step, "skipped", message=f"the asset `{lacking}` did not come")
        if step.kind == "check":
            pending = any(each.kind is ReasonKind.CHECK_NOT_RUN for each in step.reasons)
            if not pending and self._ledger.nothing_new(step.after):
                return StepOutcome(step, "skipped", message="there is no new version to check")
        elif self.nothing_changed(step):
            names = ", ".join(f"`{key}`" for key in step.condition)
            return StepOutcome(step, "skipped", message=f"the data of {names} did not change")
        return None

    def nothing_changed(self, step: Step) -> bool:
        """Whether a step that runs only for changed data is left with that of before."""
        return bool(step.condition) and not any(map(self._values.data_changed, step.condition))

    def _acts_outside(self, step: Step) -> bool:
        if step.kind != "asset":
            return step.kind == "op"
        definition = self._environment.graph.makers[step.keys[0]]
        inputs = self._environment.graph.inputs
        if any(port.manager_key for key in step.keys for port in inputs[key]):
            return True
        return any(
            not port.has_value or is_given(port.io_manager_key, self._environment.resources)
            for port in definition.outputs
            if port.spec.key in step.assets
        )
