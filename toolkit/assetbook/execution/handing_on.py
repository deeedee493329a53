"""What a step made goes to the steps that read it, and to the store beside them."""

from __future__ import annotations

from collections.abc import Collection

from assetbook.execution.background import BackgroundWriter
from assetbook.execution.committing import Committer, Returned
from assetbook.execution.environment import RunEnvironment
from assetbook.execution.interrupts import interrupts_held
from assetbook.execution.step_ledger import StepLedger
from assetbook.execution.values import RunValues
from assetbook.keys import AssetKey, RunId
from assetbook.planning.scheduler import Done

_DONE = Done()


class Handover:
    """Hands on what the steps of one run made; every method is for the run's thread."""

    def __init__(
        self,
        environment: RunEnvironment,
        run_id: RunId,
        values: RunValues,
        ledger: StepLedger,
        *,
        steps: int,
    ) -> None:
        """``steps`` are as many as the run has: nothing is written beside the only one."""
        self._values = values
        self._committer = Committer(environment, run_id, values, ledger)
        self._writer: BackgroundWriter | None = None
        if environment.values is not None and steps > 1:
            self._writer = BackgroundWriter(self._committer, ledger)

    @property
    def cancel_asked(self) -> bool:
        """Whether the store said, at a commit, that the run was asked to end."""
        return self._committer.cancel_asked

    def settle(self, names: Collection[str]) -> None:
        """Returns when none of these steps waits to be committed; raises what ended the run."""
        if self._writer is not None:
            self._writer.settle(names)

    def close(self) -> None:
        """Returns when all that was handed on has ended; raises what ended the run."""
        if self._writer is not None:
            self._writer.close()

    def hand_on(self, returned: Returned) -> None:
        """Hands what a step made to those that read it, and to the store."""
        if self._writer is None:
            self._committer.write(returned)
            with interrupts_held():
                self._committer.commit([returned])
                self._pass_on(returned)
            return
        self._writer.wait_for_room(returned.made.size)
        with interrupts_held():
            self._pass_on(returned)
            self._writer.put(returned)

    def _pass_on(self, returned: Returned) -> None:
        for version in returned.made.versions:
            self._values.put(version.key, version.held)
        for output in returned.made.outputs:
            self._values.ops.put(output)
        for seen in returned.made.told:
            self._values.told(seen)
        for check in returned.made.checks:
            if check.blocking and not check.passed and check.severity == "error":
                key = AssetKey.from_text(check.key).at(check.partition)
                self._values.block(key, f"its check `{check.check}` failed")


def done_of(returned: Returned | None) -> Done:
    """What of a step the scheduler asks for; a step may have ended well and failed as a check."""
    if returned is None or returned.outcome.step.kind != "op":
        return _DONE
    keys: dict[str, list[str]] = {}
    for each in returned.made.outputs:
        if each.record.mapping_key is not None:
            keys.setdefault(each.port.name, []).append(each.record.mapping_key)
    came = frozenset(each.port.name for each in returned.made.outputs)
    return Done(came, {name: tuple(found) for name, found in keys.items()})
