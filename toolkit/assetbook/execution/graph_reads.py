"""What the ops of each graph of assets were seen to read, so far in this run."""

from __future__ import annotations

import threading


class GraphReads:
    """Gathers by graph what its steps read; what its last step makes was made of all of it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._files: dict[str, dict[str, None]] = {}
        self._doubts: dict[str, dict[str, None]] = {}

    def with_step(
        self, graph: str, files: tuple[str, ...], doubts: tuple[str, ...]
    ) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Adds what a step of a graph read of the world outside, and what is unknown of its code;
        gives that of all its steps so far."""
        with self._lock:
            all_files = self._files.setdefault(graph, {})
            all_doubts = self._doubts.setdefault(graph, {})
            all_files.update(dict.fromkeys(files))
            all_doubts.update(dict.fromkeys(doubts))
            return tuple(all_files), tuple(all_doubts)
