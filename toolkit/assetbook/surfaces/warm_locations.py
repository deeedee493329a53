"""Locations' processes that are forked from warm ones, which are kept for the next call."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Mapping
from socket import socketpair
from threading import Lock
from typing import Any

from assetbook.errors import RunFailedError, error_from
from assetbook.notebook.location_source import LocationSource

_PROGRAM = "assetbook.surfaces.warm_process"


class WarmLocations:
    """Called as :func:`call_in_process` is, from any thread.

    There are as many warm processes as calls were ever made at once. They end with this process.
    """

    def __init__(self) -> None:
        self._idle: list[_Warm] = []
        self._mutex = Lock()

    def __call__(
        self,
        source: LocationSource,
        module: str,
        asked: Mapping[str, Any],
        begun: Callable[[int], object] = lambda pid: None,
    ) -> Any:
        """What the location's process answers; ``module`` is the program that it would be."""
        warm = self._taken()
        try:
            answered = warm.ask(source, asked, begun)
        except BaseException:
            warm.close()
            raise
        with self._mutex:
            self._idle.append(warm)
        if "raised" in answered:
            raise error_from(answered["raised"])
        return answered["answered"]

    def _taken(self) -> _Warm:
        with self._mutex:
            while self._idle:
                warm = self._idle.pop()
                if warm.process.poll() is None:
                    return warm
                warm.close()
        return _Warm()

    @property
    def processes(self) -> list[subprocess.Popen[bytes]]:
        """Those that wait to be asked."""
        with self._mutex:
            return [each.process for each in self._idle]

    def close(self) -> None:
        """Ends those that wait."""
        with self._mutex:
            while self._idle:
                self._idle.pop().close()


class _Warm:
    """A process that has imported what locations need, and one question at a time is asked."""

    def __init__(self) -> None:
        ours, theirs = socketpair()
        with theirs, ours:
            self.process = subprocess.Popen(
                [sys.executable, "-m", _PROGRAM, str(theirs.fileno())],
                stdin=subprocess.DEVNULL,
                pass_fds=(theirs.fileno(),),
                start_new_session=True,  # a terminal's interrupt lets what is asked come to its end
            )
            self._line = ours.makefile("rw")

    def ask(
        self, source: LocationSource, asked: Mapping[str, Any], begun: Callable[[int], object]
    ) -> dict[str, Any]:
        """The answer, or the error that its process raised instead."""
        question = {"source": source.to_json(), "asked": {**asked}}
        try:
            print(json.dumps(question), file=self._line, flush=True)
            for text in self._line:
                said: dict[str, Any] = json.loads(text)
                if "begun" not in said:
                    return said
                begun(said["begun"])
        except ConnectionError:
            pass
        raise RunFailedError(
            f"the location {source}",
            "the process that its own one is forked from has ended",
            "Was there memory enough?",
        )

    def close(self) -> None:
        """Ends it; a process that it has forked goes on by itself."""
        self._line.close()
        self.process.kill()
        self.process.wait()
