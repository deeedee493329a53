"""One op step: what holds when it begins, and what is recorded of what it gave."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from assetbook.definitions.asset_definition import AssetsDefinition
from assetbook.definitions.code import CodeVersion
from assetbook.definitions.op_definition import OpDefinition
from assetbook.definitions.parts import Parts
from assetbook.definitions.ports import OutputPort
from assetbook.execution.asset_step import changed_while
from assetbook.execution.environment import RunEnvironment, Timing
from assetbook.execution.graph_reads import GraphReads
from assetbook.execution.op_call import OpCalled
from assetbook.execution.recording import Made, Recorder
from assetbook.execution.reporting import told_event
from assetbook.execution.returned import of_another
from assetbook.execution.values import RunValues
from assetbook.planning.steps import Step


class BegunOp(msgspec.Struct, frozen=True):
    """An op step on its way: what was true when it began."""

    step: Step
    definition: OpDefinition
    timing: Timing
    maker: AssetsDefinition | None = None
    """The assets that its graph makes; None for an op of a job."""
    code: CodeVersion | None = None
    """Of the whole graph, as are ``reads``; None for an op that gives no asset."""
    reads: Parts | None = None

    @classmethod
    def begin(cls, environment: RunEnvironment, step: Step, timing: Timing) -> BegunOp:
        """The step as it begins now; caches that the code of a graph of an asset reaches are
        cleared."""
        assert step.op is not None
        definition = environment.ops.ops[step.op.path]
        if not step.op.part_of:
            return cls(step, definition, timing)
        maker = environment.graph.makers[step.op.part_of[0]]
        provenance = environment.provenance
        provenance.clear_caches(maker)
        code = provenance.code_of(maker)
        reads = provenance.reads_of(maker) if step.op.materializes else None
        return cls(step, definition, timing, maker, code, reads)

    @property
    def ports(self) -> Mapping[str, OutputPort]:
        """The assets that its outputs are, by output."""
        if self.maker is None or self.step.op is None:
            return {}
        by_key = {port.spec.key: port for port in self.maker.outputs}
        return {name: by_key[key.asset] for name, key in self.step.op.materializes.items()}

    def _graph_name(self, maker: AssetsDefinition) -> str:
        """What the graph is called in this run: each partition is made by a graph of its own."""
        assert self.step.op is not None
        return f"{maker.name}[{self.step.op.part_of[0].partition or ''}]"

    def made(
        self,
        environment: RunEnvironment,
        run_id: str,
        values: RunValues,
        called: OpCalled,
        seen: GraphReads,
    ) -> Made:
        """What it made of what its function gave; commits nothing."""
        now = environment.clock.now()
        told = [of_another(self.maker, each) if self.maker else each for each in called.told]
        made = Made(outputs=called.outputs, told=[told_event(each, now, run_id) for each in told])
        if self.maker is None:
            return made
        provenance = environment.provenance
        changed = changed_while(self.code, provenance.code_of(self.maker))
        files, doubts = seen.with_step(
            self._graph_name(self.maker),
            called.files,
            (*changed, *called.names.doubts(self.maker.ignore)),
        )
        recorded = provenance.code_having_read(self.maker, called.names)
        if not called.versions:
            return made
        readers = provenance.as_of_readers(self.maker, recorded, files)
        recorder = Recorder(environment, run_id, self.step, self.maker, self.timing, values, made)
        recorder.describe(recorded, doubts, self.reads, readers)
        for each in called.versions:
            recorder.record(each)
        return made
