"""What the steps of an earlier run of a job gave, and how they ended."""

from __future__ import annotations

import msgspec

from assetbook.errors import SelectionError
from assetbook.events.run_events import StepEnded, StepOutput, StepStarted, StepSucceeded
from assetbook.execution.ops_of_run import StoredOutputs
from assetbook.instance.former_runs import FormerRun
from assetbook.instance.instance import Instance
from assetbook.planning.job_again import FormerOps, stored_sources
from assetbook.planning.re_execution import HowEnded
from assetbook.planning.steps import Plan
from assetbook.storage.run_record import RunRecord


class OpsBefore(msgspec.Struct, frozen=True):
    """The steps of a run, with those of the runs that it goes on with."""

    former: FormerOps
    outputs: StoredOutputs

    def stored_for(self, instance: Instance, plan: Plan, asked: str) -> StoredOutputs:
        """What the steps of ``plan`` take of it; raises SelectionError for what is no longer there.

        Values that a manager of one's own stored are looked for when they are loaded.
        """
        found: dict[tuple[str, str, str | None], tuple[str, StepOutput]] = {}
        for _, source in stored_sources(plan):
            where = source.node, source.output, source.mapping_key
            if where not in self.outputs:
                continue  # the configuration gives it, as it did before
            run_id, record = found[where] = self.outputs[where]
            if record.value is None:
                raise _gone(asked, source.node, "was kept in memory alone")
            path = None if record.value.kind == "custom" else record.value.path
            if path is not None and instance.op_files.is_gone(path):
                why = f"in run {run_id[:6]} was collected: such values are kept for a day"
                raise _gone(asked, source.node, why)
        return found


def ops_before(instance: Instance, former: FormerRun) -> OpsBefore:
    """What is known of the steps of ``former``, and of the runs of which it did a part again."""
    ended: dict[str, HowEnded] = {}
    outputs: dict[tuple[str, str, str | None], tuple[str, StepOutput]] = {}
    for run in gone_on_with(instance, former.record):
        _take(instance, run, ended, outputs)
    gave: dict[str, tuple[tuple[str, str | None], ...]] = {}
    for step, output, key in outputs:
        gave[step] = (*gave.get(step, ()), (output, key))
    return OpsBefore(FormerOps(former.name, ended, gave), outputs)


def gone_on_with(instance: Instance, run: RunRecord) -> list[RunRecord]:
    """The run, after those of which it does a part again, and whose outputs it may read."""
    found = [run]
    while (again := found[0].reexecution) is not None and again.kind != "all":
        found.insert(0, instance.run(again.parent_run_id))
    return found


def _take(
    instance: Instance,
    run: RunRecord,
    ended: dict[str, HowEnded],
    outputs: dict[tuple[str, str, str | None], tuple[str, StepOutput]],
) -> None:
    """Takes how the steps of ``run`` ended; what they gave before counts no longer."""
    for stored in instance.events(run_id=run.id, kinds=[StepStarted, StepSucceeded, StepEnded]):
        event = stored.event
        if isinstance(event, StepSucceeded):
            ended[event.step] = "done"
            for where in [each for each in outputs if each[0] == event.step]:
                del outputs[where]
            for each in event.outputs:
                outputs[event.step, each.name, each.mapping_key] = run.id, each
        elif isinstance(event, StepStarted | StepEnded):
            how: HowEnded = "begun" if isinstance(event, StepStarted) else event.status
            ended[event.step] = how


def _gone(asked: str, step: str, why: str) -> SelectionError:
    return SelectionError(
        asked, f"what `{step}` gave {why}", f"All once more: `%{asked.partition(' --')[0]}`."
    )
