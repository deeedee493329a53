"""An alert reaches its target at least once, and at most twice for each kill: with a kill between
any two statements of what looks, sends and writes down, and while the target takes it.

The control writes down that it was sent, and sends it afterwards.
"""

from __future__ import annotations

import os
import signal
from datetime import datetime
from pathlib import Path

import pytest
from tests.automation.alerts.happening import Shop
from tests.automation.alerts.listening import Posted, http_server

from assetbook.automation.alerts.alert import Alert
from assetbook.automation.alerts.channel import Channel
from assetbook.automation.alerts.sending import Delivery, send
from assetbook.settings.alerts import AlertTarget, Webhook

# newer Pythons warn of what is done here: a fork beside other threads
pytestmark = pytest.mark.filterwarnings("ignore:This process .* is multi-threaded")
RUNS = ("aaaaaa000001", "bbbbbb000002")


class SettlesFirst(Channel):
    """The control: what is to be sent is let go of, and sent then."""

    def _settle(self, alert: Alert, delivery: Delivery, now: datetime) -> None:
        super()._settle(alert, Delivery(True), now)
        send(self.target.to, self._report(alert))

    def _sent(self, alert: Alert) -> Delivery:
        return Delivery(True)


def channel_of(shop: Shop, url: str, kind: type[Channel]) -> Channel:
    return kind(shop.instance, AlertTarget("team", Webhook(url)), lambda: shop.lease)


def begun(folder: Path, url: str) -> None:
    """A store whose target is known, and in which two runs have failed since."""
    shop = Shop(folder)
    channel_of(shop, url, Channel).look()
    for number, run in enumerate(RUNS):
        shop.fails(run, asked=f"orders_{number}")
    shop.close()


def looks(folder: Path, posted: Posted, kind: type[Channel], statements: int | None) -> bool:
    """Whether a process that tells the target was killed: before its statement of that number, or
    by the target."""
    child = os.fork()
    if child == 0:
        code = 1
        try:
            shop = Shop(folder)
            count = iter(range(10_000 if statements is None else statements))

            def kill_when_over(statement: str) -> None:
                if next(count, None) is None:
                    os.kill(os.getpid(), signal.SIGKILL)

            shop.instance.own._database.writer().set_trace_callback(kill_when_over)  # type: ignore[attr-defined]
            channel_of(shop, posted.url, kind).look()
            code = 0
        finally:
            os._exit(code)
    posted.asker = child
    ended = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    assert ended in (0, -signal.SIGKILL)
    return ended != 0


def goes_on(folder: Path, url: str, kind: type[Channel]) -> None:
    """A second process takes over, and has all the time that it needs."""
    shop = Shop(folder)
    channel = channel_of(shop, url, kind)
    channel.look()
    shop.clock.advance(601)
    channel.look()
    assert shop.state().pending == ()
    shop.close()


def told(posted: Posted) -> dict[str, list[str]]:
    """By run, the ids under which it was told."""
    every: dict[str, list[str]] = {run: [] for run in RUNS}
    for body in posted.bodies:
        every[body["run_id"]].append(body["id"])
    return every


def test_a_kill_between_any_two_statements_loses_nothing(memory: Path) -> None:
    counts: list[int] = []
    with http_server() as posted:
        for statements in range(200):
            posted.bodies.clear()
            folder = memory / str(statements)
            folder.mkdir()
            begun(folder, posted.url)
            again = looks(folder, posted, Channel, statements)
            goes_on(folder, posted.url, Channel)
            found = told(posted)
            assert all(1 <= len(ids) <= 2 and len(set(ids)) == 1 for ids in found.values())
            counts.append(len(posted.bodies))
            if not again:
                break
    assert len(counts) > 8  # statements, in three transactions
    assert set(counts) == {2, 3}  # at most the one that was on its way is told again


def killed_by_the_target(memory: Path, kind: type[Channel], when: str) -> dict[str, list[str]]:
    """What was told once the process that sends was killed while the target takes the first."""
    with http_server() as posted:
        begun(memory, posted.url)
        posted.kills = when
        assert looks(memory, posted, kind, None)
        goes_on(memory, posted.url, kind)
        return told(posted)


@pytest.mark.parametrize(("when", "times"), [("before", 1), ("after", 2)])
def test_a_kill_while_the_target_takes_it_loses_nothing(
    memory: Path, when: str, times: int
) -> None:
    first, second = killed_by_the_target(memory, Channel, when).values()
    assert (len(first), len(set(first)), len(second)) == (times, 1, 1)


def test_one_that_settles_first_loses_alerts(memory: Path) -> None:
    first, second = killed_by_the_target(memory, SettlesFirst, "before").values()
    assert (first, len(second)) == ([], 1)
