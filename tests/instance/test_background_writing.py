"""Values are written beside the next step: what starts early, what waits, and what a failure ends.

The writer is held up where it syncs a file; nothing else is changed.
"""

from __future__ import annotations

import errno
import signal
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pandas as pd
import pytest
from tests.instance.making import make

import assetbook.execution.background as background
import assetbook.execution.values as run_values
from assetbook.definitions.asset_decorator import asset
from assetbook.definitions.asset_definition import AssetsDefinition
from assetbook.definitions.check_definition import asset_check
from assetbook.definitions.graph_decorator import job
from assetbook.definitions.op_decorator import op
from assetbook.definitions.op_ports import DynamicOut, Out
from assetbook.definitions.results import Output
from assetbook.errors import RunEndedError
from assetbook.events.asset_events import AssetMaterialized
from assetbook.events.run_events import RunEnded, StepEnded
from assetbook.instance.instance import Instance
from assetbook.instance.job_running import JobOptions, run_job
from assetbook.instance.materializing import MaterializeOutcome, origin_of
from assetbook.io import new_file, value_files
from assetbook.io.contexts import InputContext, OutputContext
from assetbook.io.manager import IOManager

PATIENCE = 20.0  # seconds; nothing takes as long unless it waits for ever


class Writer:
    """Holds back every sync of a value file until it is let go, or has it fail."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.free = threading.Event()
        self.reached = threading.Event()
        self.error: OSError | None = None
        self.fails_at = 0
        self.syncs = 0
        sync = new_file._sync

        def held(descriptor: int) -> None:
            self.reached.set()
            assert self.free.wait(PATIENCE)
            self.syncs += 1
            if self.error is not None and self.syncs == self.fails_at:
                raise self.error
            sync(descriptor)

        monkeypatch.setattr(new_file, "_sync", held)


@pytest.fixture
def writer(monkeypatch: pytest.MonkeyPatch) -> Iterator[Writer]:
    held = Writer(monkeypatch)
    yield held
    held.free.set()


def frame(rows: int = 3) -> pd.DataFrame:
    return pd.DataFrame({"n": range(rows)})


@asset
def orders() -> pd.DataFrame:
    return frame()


def committed(instance: Instance) -> list[str]:
    return [
        each.event.key for each in instance.events() if isinstance(each.event, AssetMaterialized)
    ]


def statuses(outcome: MaterializeOutcome) -> dict[str, str]:
    return {each.step.name: each.status for each in outcome.outcomes}


def test_the_next_step_starts_before_its_input_is_durable(
    instance: Instance, writer: Writer
) -> None:
    seen = []

    @asset
    def total(orders: pd.DataFrame) -> int:
        seen.append(committed(instance))
        writer.free.set()
        return int(orders["n"].sum())

    assert make(instance, orders, total).success
    assert seen == [[]]
    assert committed(instance) == ["orders", "total"]
    [read] = instance.version("total").event.inputs.values()
    assert (read.version, read.data_version) == (1, instance.version("orders").event.data_version)


def test_done_is_told_only_after_the_commit(instance: Instance, writer: Writer) -> None:
    told: list[tuple[str, list[str]]] = []

    class Told:
        def __getattr__(self, name: str) -> Callable[..., None]:
            return lambda *given: None

        def step_ended(self, outcome: Any) -> None:
            told.append((outcome.step.name, committed(instance)))

    @asset
    def total(orders: pd.DataFrame) -> int:
        writer.free.set()
        return 1

    make(instance, orders, total, reporter=Told())
    assert [name for name, _ in told] == ["orders", "total"]
    assert all(name in there for name, there in told)


def test_a_reporter_that_raises_ends_the_run_with_its_error(instance: Instance) -> None:
    class Broken:
        def __getattr__(self, name: str) -> Callable[..., None]:
            return lambda *given: None

        def step_ended(self, outcome: Any) -> None:
            raise LookupError("nobody to tell")

    @asset
    def total(orders: pd.DataFrame) -> int:
        return 1

    ended: list[BaseException] = []

    def try_it() -> None:
        try:
            make(instance, orders, total, reporter=Broken())
        except LookupError as error:
            ended.append(error)

    thread = threading.Thread(target=try_it, daemon=True)
    thread.start()
    thread.join(PATIENCE)
    assert not thread.is_alive() and len(ended) == 1
    assert committed(instance)[0] == "orders"
    assert [run.status for run in instance.runs()] == ["failed"]


def test_a_failed_write_ends_its_consumers_that_ran_already(
    instance: Instance, writer: Writer
) -> None:
    ran = []

    @asset
    def total(orders: pd.DataFrame) -> int:
        ran.append("total")
        return 1

    @asset
    def other() -> int:
        writer.free.set()
        return 5

    @asset(deps=[other])
    def report(total: int) -> int:
        ran.append("report")
        return total

    writer.error, writer.fails_at = OSError(errno.ENOSPC, "No space left on device"), 1
    outcome = make(instance, orders, total, other, report, raise_on_error=False)
    assert statuses(outcome) == {
        "orders": "failed",
        "total": "upstream_failed",
        "other": "done",
        "report": "upstream_failed",
    }
    assert ran[0] == "total"
    assert committed(instance) == ["other"]
    ended = {
        e.event.step: e.event.status for e in instance.events() if isinstance(e.event, StepEnded)
    }
    assert ended == {"orders": "failed", "total": "upstream_failed", "report": "upstream_failed"}
    assert [run.status for run in instance.runs()] == ["failed"]
    assert "is full" in outcome.outcomes[0].message


def test_a_check_of_a_value_that_cannot_be_stored_says_nothing(
    instance: Instance, writer: Writer
) -> None:
    @asset_check(asset=orders)
    def has_rows(orders: pd.DataFrame) -> bool:
        writer.free.set()
        return len(orders) > 0

    writer.error, writer.fails_at = OSError(errno.ENOSPC, "No space left on device"), 1
    outcome = make(instance, orders, has_rows, raise_on_error=False)
    assert statuses(outcome) == {"orders": "failed", "orders:has_rows": "upstream_failed"}
    assert instance.store.checks() == {}
    writer.error = None
    make(instance, orders, has_rows)
    [state] = instance.store.checks().values()
    assert (state.version, state.passed) == (1, True)


def test_a_conditional_step_waits_for_the_data_version(instance: Instance, writer: Writer) -> None:
    @asset
    def total(orders: pd.DataFrame) -> int:
        return len(orders)

    writer.free.set()
    make(instance, orders, total)

    @asset(name="orders", ignore=())
    def edited() -> pd.DataFrame:
        threading.Timer(0.2, writer.free.set).start()
        return frame(2 + 1)

    writer.free.clear()
    outcome = make(instance, edited, total)
    assert statuses(outcome) == {"orders": "done", "total": "skipped"}


class Outside(IOManager):
    def __init__(self, instance: Instance) -> None:
        self.instance = instance
        self.seen: list[list[str]] = []

    def handle_output(self, context: OutputContext, obj: Any) -> None:
        self.seen.append(committed(self.instance))

    def load_input(self, context: InputContext) -> Any:
        raise KeyError(context.name)


@pytest.mark.parametrize("effect", [True, False])
def test_what_acts_outside_the_store_waits_for_its_inputs(
    instance: Instance, writer: Writer, effect: bool
) -> None:
    manager = Outside(instance)

    def told(orders: pd.DataFrame) -> None:
        manager.seen.append(committed(instance))

    def sent(orders: pd.DataFrame) -> int:
        return 1

    more = {} if effect else {"io_manager_key": "outside"}
    acting = asset(name="acting", **more)(told if effect else sent)
    threading.Timer(0.2, writer.free.set).start()
    assert make(instance, orders, acting, resources={"outside": manager}).success
    assert manager.seen == [["orders"]]


def test_steps_that_return_meanwhile_are_committed_together(
    instance: Instance, writer: Writer, monkeypatch: pytest.MonkeyPatch
) -> None:
    sizes = []
    commit = background.Committer.commit

    def counted(self: Any, batch: Any) -> None:
        sizes.append(len(batch))
        commit(self, batch)

    monkeypatch.setattr(background.Committer, "commit", counted)
    monkeypatch.setattr(background, "LONGEST_GATHERING", PATIENCE)

    def link(before: AssetsDefinition, number: int) -> AssetsDefinition:
        def add() -> int:
            if number == 20:
                writer.free.set()
            return number

        return asset(name=f"a{number}", deps=[before])(add)

    chain = [orders]
    for number in range(1, 21):
        chain.append(link(chain[-1], number))
    outcome = make(instance, *chain)
    assert outcome.success and sum(sizes) == 21
    assert len(sizes) < 5
    assert committed(instance) == ["orders", *(f"a{number}" for number in range(1, 21))]


def test_bytes_in_flight_are_bounded(
    instance: Instance, writer: Writer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(background, "LARGEST_IN_FLIGHT", 1500)
    began = []

    def table(number: int) -> AssetsDefinition:
        def rows() -> pd.DataFrame:
            began.append(number)
            return frame(100)  # 800 bytes

        return asset(name=f"t{number}")(rows)

    def free_when_it_waits() -> None:
        assert writer.reached.wait(PATIENCE)
        stopped = threading.Event()
        stopped.wait(0.3)
        counts.append(len(began))
        writer.free.set()

    counts: list[int] = []
    thread = threading.Thread(target=free_when_it_waits)
    thread.start()
    assert make(instance, *map(table, range(6))).success
    thread.join()
    assert counts == [2]  # the first is being written, the second has no room


def test_an_interrupt_lets_what_returned_be_committed(instance: Instance, writer: Writer) -> None:
    @asset
    def slow(orders: pd.DataFrame) -> int:
        threading.Timer(0.2, writer.free.set).start()
        signal.raise_signal(signal.SIGINT)
        return 1

    with pytest.raises(KeyboardInterrupt):
        make(instance, orders, slow)
    assert committed(instance) == ["orders"]
    assert instance.runs()[0].status == "canceled"


def test_a_run_that_was_ended_by_others_stops(instance: Instance, writer: Writer) -> None:
    ran = []

    @asset
    def total(orders: pd.DataFrame) -> int:
        run = instance.runs()[0]
        ended = RunEnded(at=instance.clock.now(), run_id=run.id, status="failed", message="dead")
        instance.store.commit([ended], fence=run.id)
        writer.free.set()
        return 1

    @asset
    def late(total: int) -> None:
        ran.append("late")

    with pytest.raises(RunEndedError):
        make(instance, orders, total, late)
    assert (ran, committed(instance)) == ([], [])


def test_older_values_are_let_go_and_read_again(
    instance: Instance, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run_values, "LARGEST_KEPT", 1000)
    opened = []
    open_file = value_files.ValueFiles.open

    def noted(self: Any, reference: Any) -> Any:
        opened.append(reference.path.split("/")[0])
        return open_file(self, reference)

    monkeypatch.setattr(value_files.ValueFiles, "open", noted)

    @asset
    def big() -> pd.DataFrame:
        return frame(1000)

    @asset(deps=[big])
    def bigger() -> pd.DataFrame:
        return frame(2000)

    @asset(deps=[bigger])
    def effect() -> None:
        """Waits until both are durable."""

    @asset(deps=[effect])
    def both(big: pd.DataFrame, bigger: pd.DataFrame) -> int:
        return len(big) + len(bigger)

    outcome = make(instance, big, bigger, effect, both)
    assert outcome.asset_value("both") == 3000
    assert opened == ["big", "bigger"]
    assert len(outcome.asset_value("big")) == 1000
    assert outcome.result is not None
    kept = [held.form for held in outcome.result.values.values() if held.form is not None]
    assert len(kept) == 1


def test_what_collects_no_elements_waits_for_the_op_that_gave_none(
    instance: Instance, writer: Writer
) -> None:
    ran: list[str] = []

    @op(out={"files": DynamicOut(), "table": Out()})
    def listed() -> Iterator[Output[pd.DataFrame]]:
        yield Output(frame(), "table")

    @op
    def counted(file: int) -> int:
        return file

    @op
    def told(counts: list[int]) -> None:
        ran.append("told")

    @job
    def all_of_it() -> None:
        told(listed().files.map(counted).collect())

    writer.error, writer.fails_at = OSError(errno.ENOSPC, "No space left on device"), 1
    writer.free.set()
    result = run_job(all_of_it, instance, JobOptions(), origin=origin_of("test"))
    assert {each.step.name: each.status for each in result.outcomes} == {
        "listed": "failed",
        "counted[?]": "skipped",
        "told": "upstream_failed",
    }
    assert ran == []
