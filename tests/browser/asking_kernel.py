"""A kernel that may ask its front end for a line, and that completes what is typed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from tests.notebooks.kernel import CELL_SECONDS, Kernel


class AskingKernel(Kernel):
    """A kernel whose front end answers what it asks; use it in a ``with``."""

    def converse(self, source: str, answers: Sequence[str]) -> str:
        """What ``source`` printed while each line that it asked for was the next of ``answers``.

        Raises StopIteration if it asks for more.
        """
        left: Iterator[str] = iter(answers)
        written: list[str] = []

        def answer(message: dict[str, Any]) -> None:
            self._client.input(next(left))

        def show(message: dict[str, Any]) -> None:
            if message["msg_type"] == "stream":
                written.append(message["content"]["text"])

        self._client.execute_interactive(
            source, allow_stdin=True, stdin_hook=answer, output_hook=show, timeout=CELL_SECONDS
        )
        return "".join(written)

    def completions(self, text: str) -> list[str]:
        """What the kernel offers for the end of ``text``."""
        reply = self._client.complete(text, len(text), reply=True, timeout=CELL_SECONDS)
        return list(reply["content"]["matches"])
