"""Work that goes on beside the daemon's looks, each piece under a name that no other one has."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait


class InFlight:
    """At most so many pieces of work at once; what is started beyond them waits."""

    def __init__(self, at_once: int) -> None:
        self._pool = ThreadPoolExecutor(at_once)
        self._futures: dict[str, Future[None]] = {}

    def __contains__(self, name: str) -> bool:
        """Whether work of that name goes on, or waits."""
        return name in self._futures

    def __len__(self) -> int:
        """How many pieces go on, or wait."""
        return len(self._futures)

    def start(self, name: str, work: Callable[[], None], ended: Callable[[], None]) -> None:
        """Starts the work, and calls ``ended``, in any thread, once it is over."""
        future = self._futures[name] = self._pool.submit(work)
        future.add_done_callback(lambda _: ended())

    def settle(self) -> None:
        """Forgets what has ended; raises what it ended with."""
        for name, future in list(self._futures.items()):
            if future.done():
                del self._futures[name]
                future.result()

    def finish(
        self, seconds: float | None = None, give_up: Callable[[], object] = lambda: None
    ) -> None:
        """Waits for all of it, and raises what it ended with; what does not end within so many
        seconds is ended by ``give_up``."""
        if seconds is not None and wait(self._futures.values(), seconds).not_done:
            give_up()
        self._pool.shutdown()
        self.settle()
