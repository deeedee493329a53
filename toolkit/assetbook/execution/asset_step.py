"""One asset step: what its code is before the call and after it, and the events of what it made."""

from __future__ import annotations

import msgspec

from assetbook.definitions.asset_definition import AssetsDefinition
from assetbook.definitions.code import CodeVersion, changed_meanwhile
from assetbook.definitions.parts import Parts
from assetbook.execution.asset_call import Called
from assetbook.execution.environment import RunEnvironment, Timing
from assetbook.execution.recording import Made, Recorder, check_event
from assetbook.execution.reporting import told_event
from assetbook.execution.values import RunValues
from assetbook.planning.steps import Step


class AssetStep(msgspec.Struct, frozen=True):
    """An asset step on its way: what was true when it began."""

    step: Step
    definition: AssetsDefinition
    timing: Timing
    code: CodeVersion | None
    reads: Parts | None

    @property
    def code_version(self) -> str | None:
        """The computed one; None if nobody keeps track."""
        return self.code.digest if self.code is not None else None

    @classmethod
    def begin(cls, environment: RunEnvironment, step: Step, timing: Timing) -> AssetStep:
        """The step as it begins now; caches that its code reaches are cleared."""
        definition = environment.graph.makers[step.keys[0]]
        provenance = environment.provenance
        code = provenance.code_of(definition)
        provenance.clear_caches(definition)
        return cls(step, definition, timing, code, provenance.reads_of(definition))

    def made(
        self, environment: RunEnvironment, run_id: str, values: RunValues, called: Called
    ) -> Made:
        """What it made of what its function gave; commits nothing."""
        definition, provenance = self.definition, environment.provenance
        changed = changed_while(self.code, provenance.code_of(definition))
        maker = Recorder(environment, run_id, self.step, definition, self.timing, values)
        # state that the run itself changed is recorded as it is now, and named as unknown: it is
        # no edit that anybody made
        recorded = provenance.code_having_read(definition, called.names)
        readers = provenance.as_of_readers(definition, recorded, called.files)
        unknowns = (*changed, *called.names.doubts(definition.ignore))
        maker.describe(recorded, unknowns, self.reads, readers)
        for each in called.kept:
            maker.record(each)
        for partition in self.step.partitions or (None,):
            for result in called.checks:
                maker.made.checks.append(
                    check_event(
                        environment, self.step, run_id, result, definition, recorded, partition
                    )
                )
        for item in called.told:
            maker.made.told.append(told_event(item, environment.clock.now(), run_id))
        return maker.made


def changed_while(before: CodeVersion | None, after: CodeVersion | None) -> tuple[str, ...]:
    """A sentence for each reached piece that is not what it was when the step began."""
    if before is None or after is None or before.digest == after.digest:
        return ()
    names = [
        piece.name
        for name, piece in after.pieces.items()
        if name not in before.pieces or before.pieces[name].digest != piece.digest
    ]
    names += [piece.name for name, piece in before.pieces.items() if name not in after.pieces]
    said = names or ["something that it reaches"]
    return tuple(changed_meanwhile(name) for name in dict.fromkeys(said))
