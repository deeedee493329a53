"""From a step that has returned to a committed event: write its values, commit, tell.

A value's file is durable before the transaction that names it begins, and an event is committed
after those of its inputs; only then is anybody told.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
from msgspec import structs

from assetbook.errors import CorruptStoreError, DoomedFileError
from assetbook.events.asset_events import AssetMaterialized, CheckEvaluated
from assetbook.events.numbering import in_this_commit
from assetbook.events.records import Event
from assetbook.events.run_events import StepSucceeded
from assetbook.execution.environment import RunEnvironment
from assetbook.execution.held_form import is_stored
from assetbook.execution.op_values import HeldOutput
from assetbook.execution.recording import Made, Version
from assetbook.execution.reporter import StepOutcome
from assetbook.execution.scrubbing import scrubbed
from assetbook.execution.step_ledger import StepLedger
from assetbook.execution.values import RunValues
from assetbook.keys import AssetKey, RunId
from assetbook.storage.store import Receipt


class Returned(msgspec.Struct):
    """A step whose function has returned, and what it made."""

    outcome: StepOutcome
    """How it ended, if all that it made can be stored."""
    made: Made
    size: int = 0
    """Bytes of its values while they are in flight."""
    attempt: int = 1
    """Which of the run's attempts to write its values this is."""
    anew: bool = False
    """Whether what was written has to be written again."""

    @property
    def name(self) -> str:
        """The step's name."""
        return self.outcome.step.name


class Committer:
    """Stores and commits what the steps of one run made."""

    def __init__(
        self,
        environment: RunEnvironment,
        run_id: RunId,
        values: RunValues,
        ledger: StepLedger,
    ) -> None:
        self._environment = environment
        self.clock = environment.clock
        self._run_id = run_id
        self._values = values
        self._ledger = ledger
        self.cancel_asked = False
        """Whether the store said, at a commit, that the run was asked to end."""

    def write(self, returned: Returned) -> None:
        """Makes the values durable; raises StoreError if they cannot be, DoomedFileError if
        somebody removes what is being written, twice."""
        began = self.clock.monotonic()
        try:
            self._write_all(returned)
        except DoomedFileError as doomed:  # collected: this process stood still for a day
            self._write_anew(returned, doomed)
        returned.outcome = structs.replace(
            returned.outcome, duration=returned.outcome.duration + self.clock.monotonic() - began
        )

    def _write_all(self, returned: Returned) -> None:
        for version in returned.made.versions:
            self._write(version, returned)
        for output in returned.made.outputs:
            self._write_output(output, returned)

    def _write_output(self, output: HeldOutput, returned: Returned) -> None:
        form, record, files = output.form, output.record, self._environment.op_files
        if form is None or files is None or not is_stored(form):
            return
        if record.value is None or returned.anew:
            reference = files.write(
                form,
                key=AssetKey([self._run_id, output.step, record.name]),
                partition=record.mapping_key,
                run_id=self._run_id,
                attempt=returned.attempt,
                io_manager=output.port.io_manager_key,
            )
            output.record = structs.replace(record, value=reference)

    def _write(self, version: Version, returned: Returned) -> None:
        event, form = version.held.event, version.held.form
        data_version = event.data_version
        values = self._environment.values
        unwritten = event.value is None or returned.anew
        if form is not None and values is not None and unwritten and is_stored(form):
            reference = values.write(
                form,
                key=version.key,
                partition=version.key.partition,
                run_id=self._run_id,
                attempt=returned.attempt,
                io_manager=version.io_manager,
            )
            data_version = data_version or form.data_version()
            event = structs.replace(event, value=reference)
        unique = f"unique:{self._run_id}:{version.key.text}"
        if version.key.partition is not None:
            unique += f":{version.key.partition}"
        version.held.event = structs.replace(event, data_version=data_version or unique)

    def commit(self, batch: Sequence[Returned]) -> None:
        """Commits steps in one transaction, and only then tells of them.

        Raises what the store raises (DoomedFileError if a value's file was collected, and there is
        nothing to write it anew from); then nothing of the batch is committed.
        """
        texts = {digest: text for each in batch for digest, text in each.made.texts.items()}
        if texts:
            self._environment.store.put_texts(texts)
        try:
            receipt = self._record(batch)
        except DoomedFileError as doomed:  # this process stood still for a day, its files went
            for each in batch:
                self._write_anew(each, doomed)
            receipt = self._record(batch)
        for each in batch:
            self._committed(each, receipt)

    def _write_anew(self, returned: Returned, doomed: DoomedFileError) -> None:
        returned.attempt, returned.anew = returned.attempt + 1, True
        try:
            self._write_all(returned)
        except CorruptStoreError as gone:  # its only source was the file that was collected
            raise doomed from gone

    def _record(self, batch: Sequence[Returned]) -> Receipt:
        events = [event for each in batch for event in self._events(each)]
        receipt = self._environment.store.commit(scrubbed(events), fence=self._run_id)
        self.cancel_asked = self.cancel_asked or receipt.canceling
        return receipt

    def _events(self, returned: Returned) -> list[Event]:
        """The step's events, with the numbers of what was committed before."""
        for version in returned.made.versions:
            inputs = {name: held.as_input for name, held in version.inputs.items()}
            version.held.event = structs.replace(version.held.event, inputs=inputs)
        checks = [self._numbered(check) for check in returned.made.checks]
        returned.made.checks = checks
        events: list[Event] = [version.held.event for version in returned.made.versions]
        kind = returned.outcome.step.kind
        if kind == "op" or (kind == "asset" and not events):  # all that it makes was left out
            events.append(self._succeeded(returned))
        return [*events, *checks, *returned.made.told]

    def _succeeded(self, returned: Returned) -> StepSucceeded:
        return StepSucceeded(
            at=self.clock.now(),
            run_id=self._run_id,
            step=returned.name,
            duration=returned.outcome.duration,
            outputs=tuple(each.record for each in returned.made.outputs),
        )

    def _numbered(self, check: CheckEvaluated) -> CheckEvaluated:
        if check.version != 0:
            return check
        held = self._values.made_here(AssetKey.from_text(check.key).at(check.partition))
        number = held.number if held is not None else 0
        return structs.replace(check, version=number or None)

    def _committed(self, returned: Returned, receipt: Receipt) -> None:
        for seen in returned.made.told:
            self._values.told_durably(seen)
        materialized: list[AssetMaterialized] = []
        versions: dict[AssetKey, int] = {}
        for version in returned.made.versions:
            held = version.held
            held.event = in_this_commit(held.event, receipt.numbers)
            held.number = versions[version.key] = receipt.number_of(version.key)
            self._values.committed(version.key, held)
            materialized.append(held.event)
        checks = tuple(returned.made.checks)
        self._ledger.ended(
            structs.replace(
                returned.outcome,
                materialized=tuple(materialized),
                versions=versions,
                checks=checks,
            )
        )
