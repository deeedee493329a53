"""How the messages of a process outside arrive: from a file that is followed while it grows."""

from __future__ import annotations

import contextvars
import os
import tempfile
import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

from assetbook.definitions.config import SettingsModel
from assetbook.execution.pipes.context_injectors import write_private
from assetbook.execution.pipes.message_handler import PipesMessageHandler
from assetbook.execution.pipes.message_lines import MessageLines
from assetbook.execution.pipes.wire_format import PipesParams
from assetbook.named_arguments import named_arguments

_PIECE = 1 << 18  # bytes
_PAUSE = 0.02  # seconds between two looks at a file that has not grown


@runtime_checkable
class PipesMessageReader(Protocol):
    """Brings messages from where the process writes them to a handler."""

    def read_messages(self, handler: PipesMessageHandler) -> AbstractContextManager[PipesParams]:
        """The parameters by which the process knows where to write, for the time of a session.

        Meanwhile, by a thread started with a copy of the context, each message goes to
        ``handler.handle_message``, or as it came to ``handle_line``. At the end, all that was
        written before the end is handed on before this returns, and what was put somewhere is
        removed. May raise OSError, or what says best that the place cannot be used.
        """
        ...

    def no_messages_debug_text(self) -> str:
        """A sentence on where messages were awaited, for a process that sends none."""
        ...


@named_arguments
class PipesFileMessageReader(SettingsModel):
    """Follows the file ``path``, which is made anew.

    ``include_stdio_in_messages`` asks the process to send what it prints as messages too;
    ``cleanup_file`` removes the file at the session's end.
    """

    path: str
    include_stdio_in_messages: bool = False
    cleanup_file: bool = True

    def __init__(
        self,
        path: str | os.PathLike[str],
        include_stdio_in_messages: bool = False,
        cleanup_file: bool = True,
    ) -> None:
        fields: dict[str, Any] = {
            "path": os.fspath(path),
            "include_stdio_in_messages": include_stdio_in_messages,
            "cleanup_file": cleanup_file,
        }
        super().__init__(**fields)

    @contextmanager
    def read_messages(self, handler: PipesMessageHandler) -> Iterator[PipesParams]:
        """The file's path; makes the file, which only its owner may read, and follows it."""
        path = Path(self.path)
        try:
            write_private(path, "")
            with _followed(path, handler):
                yield {
                    "path": self.path,
                    "include_stdio_in_messages": self.include_stdio_in_messages,
                }
        finally:
            if self.cleanup_file:
                path.unlink(missing_ok=True)

    def no_messages_debug_text(self) -> str:
        """Where messages were awaited."""
        return f"Its messages were awaited in the file {self.path}."


class PipesTempFileMessageReader(SettingsModel):
    """Follows a temporary file; ``include_stdio_in_messages`` as for PipesFileMessageReader."""

    include_stdio_in_messages: bool = False

    @contextmanager
    def read_messages(self, handler: PipesMessageHandler) -> Iterator[PipesParams]:
        """The file's path; the file is in a new folder of its own."""
        with tempfile.TemporaryDirectory(prefix="pipes-") as folder:
            reader = PipesFileMessageReader(
                Path(folder) / "messages", self.include_stdio_in_messages
            )
            with reader.read_messages(handler) as params:
                yield params

    def no_messages_debug_text(self) -> str:
        """Where messages were awaited."""
        return "Its messages were awaited in a temporary file."


@contextmanager
def _followed(path: Path, handler: PipesMessageHandler) -> Iterator[None]:
    """Follows a file on a thread of its own; what goes wrong there is raised at the end."""
    ended = threading.Event()
    failures: list[BaseException] = []

    def follow() -> None:
        try:
            _follow(path, handler, ended)
        except BaseException as error:  # noqa: BLE001 - raised again at the end of the session
            failures.append(error)

    context = contextvars.copy_context()  # log lines and printed text stay with the step
    thread = threading.Thread(target=context.run, args=(follow,), name="assetbook pipes")
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()
    if failures:
        raise failures[0]


def _follow(path: Path, handler: PipesMessageHandler, ended: threading.Event) -> None:
    """Hands on each line, until the end has come and nothing more is there."""
    lines = MessageLines()
    with path.open("rb", buffering=0) as file:
        while True:
            last = ended.is_set()  # before reading: what was written until then is read
            piece = file.read(_PIECE)
            if piece:
                for line in lines.feed(piece):
                    handler.handle_line(line)
            elif last:
                break
            else:
                ended.wait(_PAUSE)
    for line in lines.rest():
        handler.handle_line(line)
