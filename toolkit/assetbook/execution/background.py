"""Values are written beside the next step: one thread, in order, bounded bytes in flight.

Steps are committed in the order in which they returned, so that no event comes before those of its
inputs. What has queued while a transaction was synced goes into the next one together.
"""

from __future__ import annotations

import contextvars
import threading
from collections import deque
from collections.abc import Callable, Collection

from assetbook.errors import RunEndedError
from assetbook.execution.committing import Committer, Returned
from assetbook.execution.step_ledger import StepLedger

LARGEST_IN_FLIGHT = 512 << 20
"""Bytes of values that wait to be written; with more, the next step waits. One may be larger."""
LONGEST_GATHERING = 0.02
"""Seconds for which steps are gathered for one transaction, if more of them are there already."""


class BackgroundWriter:
    """Writes and commits on a thread of its own; every method is for the run's thread."""

    def __init__(self, committer: Committer, ledger: StepLedger) -> None:
        self._committer = committer
        self._ledger = ledger
        self._queue: deque[Returned] = deque()
        self._pending: set[str] = set()
        self._in_flight = 0
        self._closing = False
        self._ended_by: BaseException | None = None
        self._changed = threading.Condition()
        self._thread: threading.Thread | None = None

    def wait_for_room(self, size: int) -> None:
        """Returns when so many bytes may be queued; raises what ended the run, if something did."""
        self._wait(lambda: not self._in_flight or self._in_flight + size <= LARGEST_IN_FLIGHT)

    def put(self, returned: Returned) -> None:
        """Queues a step; it is written and committed, or ends as failed, after all before it."""
        if self._thread is None:
            # before there is work: else it would begin while the next step waits to start
            self._start()
        returned.size = returned.made.size
        with self._changed:
            self._queue.append(returned)
            self._pending.add(returned.name)
            self._in_flight += returned.size
            self._changed.notify_all()

    def _start(self) -> None:
        # the copied context keeps what the reporter shows in the cell that runs
        target = contextvars.copy_context().run
        self._thread = threading.Thread(
            target=target, args=(self._write,), name="assetbook writer", daemon=True
        )
        self._thread.start()

    def settle(self, names: Collection[str]) -> None:
        """Returns when none of the steps is pending; raises what ended the run, if it did."""
        self._wait(lambda: self._pending.isdisjoint(names))

    def close(self) -> None:
        """Returns when all that was queued has ended; raises what ended the run, if it did."""
        with self._changed:
            self._closing = True
            self._changed.notify_all()
        if self._thread is not None:
            self._thread.join()
        self._raise_ended()

    def _wait(self, ready: Callable[[], bool]) -> None:
        with self._changed:
            self._changed.wait_for(lambda: ready() or self._ended_by is not None)
        self._raise_ended()

    def _raise_ended(self) -> None:
        if self._ended_by is not None:
            raise self._ended_by

    def _write(self) -> None:
        try:
            self._write_all()
        except BaseException as error:  # noqa: BLE001 - the run's thread must not wait for ever
            with self._changed:
                self._ended_by = error
                self._changed.notify_all()

    def _write_all(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: bool(self._queue) or self._closing)
                if not self._queue:
                    return
            batch = self._gather()
            self._commit(batch)

    def _gather(self) -> list[Returned]:
        """Writes the values of some steps, those that wait to be committed together."""
        clock = self._committer.clock
        until = clock.monotonic() + LONGEST_GATHERING
        batch: list[Returned] = []
        while self._queue and not (batch and clock.monotonic() > until):
            returned = self._queue.popleft()
            if self._ended_by is None and self._is_written(returned, batch):
                batch.append(returned)
            else:
                self._done([returned])
        return batch

    def _is_written(self, returned: Returned, batch: list[Returned]) -> bool:
        step = returned.outcome.step
        skipped = self._ledger.upstream_failed(step)
        if skipped is not None:
            self._ledger.ended(skipped)
            return False
        try:
            self._committer.write(returned)
        except Exception as error:  # noqa: BLE001 - whatever keeps it from being stored: recorded
            self._ledger.ended(self._ledger.failed(step, error, returned.outcome.duration))
            return False
        return True

    def _commit(self, batch: list[Returned]) -> None:
        if not batch:
            return
        try:
            self._committer.commit(batch)
        except RunEndedError as error:  # what the run made counts for nothing
            self._ended_by = error
        except Exception as error:  # noqa: BLE001 - recorded
            self._commit_apart(batch, error)
        self._done(batch)

    def _commit_apart(self, batch: list[Returned], error: Exception) -> None:
        """Commits each step by itself, after all of them together were refused."""
        if len(batch) == 1:
            outcome = batch[0].outcome
            self._ledger.ended(self._ledger.failed(outcome.step, error, outcome.duration))
            return
        for returned in batch:
            skipped = self._ledger.upstream_failed(returned.outcome.step)
            if skipped is not None:
                self._ledger.ended(skipped)
            elif self._ended_by is None:
                self._commit([returned])

    def _done(self, batch: list[Returned]) -> None:
        with self._changed:
            for returned in batch:
                self._pending.discard(returned.name)
                self._in_flight -= returned.size
            self._changed.notify_all()
