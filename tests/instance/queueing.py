"""Runs that hold a turn for as long as a test wants them to, on a project with limits."""

from __future__ import annotations

import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from assetbook import asset
from assetbook.definitions.asset_definition import AssetsDefinition
from assetbook.execution.reporter import Silent
from assetbook.instance.instance import Instance
from assetbook.instance.materializing import MaterializeOutcome, materialize_definitions
from assetbook.keys import RunId
from assetbook.planning.run_queue import Waiting
from assetbook.planning.steps import Plan, Step


def limited(folder: Path, settings: str) -> Instance:
    """The instance of a project whose ``[tool.assetbook.concurrency]`` holds ``settings``."""
    text = f"[tool.assetbook]\nlease_seconds = 1\n[tool.assetbook.concurrency]\n{settings}\n"
    (folder / "pyproject.toml").write_text(text)
    return Instance.get(folder)


def until(happened: Callable[[], object], seconds: float = 20.0) -> None:
    """Returns once it has; fails if it does not in time."""
    end = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.005)


class Told(Silent):
    """Notes what a run is told while it waits."""

    def __init__(self) -> None:
        self.waiting: list[Waiting] = []
        self.steps: dict[str, str] = {}
        self.started = threading.Event()

    def run_queued(self, run_id: RunId, plan: Plan, waiting: Waiting) -> None:
        """Notes it."""
        self.waiting.append(waiting)

    def step_progress(self, step: Step, said: str) -> None:
        return

    def step_waits(self, step: Step, why: str) -> None:
        """Notes it."""
        self.steps[step.name] = why

    def run_started(self, run_id: RunId, plan: Plan) -> None:
        """Notes it."""
        self.started.set()


class Held:
    """A run on a thread of its own, whose one step goes on when it is let go."""

    def __init__(
        self, instance: Instance, name: str = "held", *, pool: str | None = None, **tags: str
    ) -> None:
        self.told = Told()
        self.inside = threading.Event()
        self.outcome: MaterializeOutcome | None = None
        self.error: BaseException | None = None
        self._go = threading.Event()
        self._run = (instance, self._definition(name, pool), tags)
        self._thread = threading.Thread(target=self._work, daemon=True)
        self._thread.start()

    def _definition(self, name: str, pool: str | None) -> AssetsDefinition:
        @asset(name=name, pool=pool)
        def held() -> int:
            self.inside.set()
            self._go.wait(30)
            return 1

        return held

    def _work(self) -> None:
        instance, definition, tags = self._run
        try:
            self.outcome = materialize_definitions(
                [definition], instance=instance, reporter=self.told, tags=tags
            )
        except BaseException as error:  # noqa: BLE001 - looked at by the test
            self.error = error

    def let_go(self) -> None:
        """Lets its step end, once it has begun, and waits for the run's end."""
        self._go.set()
        self._thread.join(30)
        assert not self._thread.is_alive()


@contextmanager
def holding(
    instance: Instance, name: str = "held", *, pool: str | None = None, **tags: str
) -> Iterator[Held]:
    """A run whose step runs until the end of the block."""
    held = Held(instance, name, pool=pool, **tags)
    assert held.inside.wait(20)
    try:
        yield held
    finally:
        held.let_go()


_ELSEWHERE = """
    import sys, time
    from pathlib import Path
    from assetbook import asset, materialize
    from assetbook.instance.instance import Instance
    instance = Instance.get(Path(sys.argv[1]))
    @asset(pool=sys.argv[2] or None)
    def elsewhere() -> int:
        print("inside", flush=True)
        time.sleep(60)
        return 1
    print("up", flush=True)
    materialize([elsewhere], instance=instance)
"""


@contextmanager
def elsewhere(
    folder: Path, *, pool: str = "", waits: bool = False
) -> Iterator[subprocess.Popen[str]]:
    """Another process whose run has a turn (or ``waits`` for one) until it is killed."""
    code = textwrap.dedent(_ELSEWHERE)
    child = subprocess.Popen(
        [sys.executable, "-c", code, str(folder), pool], stdout=subprocess.PIPE, text=True
    )
    assert child.stdout is not None
    try:
        for said in ("up",) if waits else ("up", "inside"):
            assert child.stdout.readline().strip() == said
        yield child
    finally:
        child.kill()
        child.wait()
        child.stdout.close()
