"""How a process outside gets its context: in its environment, or in a file."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

from assetbook.definitions.config import SettingsModel
from assetbook.execution.pipes.wire_format import PipesContextData, PipesParams
from assetbook.named_arguments import named_arguments


@runtime_checkable
class PipesContextInjector(Protocol):
    """Brings the context to a place where the process can read it."""

    def inject_context(self, context_data: PipesContextData) -> AbstractContextManager[PipesParams]:
        """The parameters by which the process finds the context, for the time of a session.

        They are plain JSON values, as few as possible: they go into the environment. What was put
        somewhere is removed at the end. May raise OSError, or what says best that the place
        cannot be written; the step fails then.
        """
        ...

    def no_messages_debug_text(self) -> str:
        """A sentence on where the context is, for a process that sends no message."""
        ...


class PipesEnvContextInjector(SettingsModel):
    """Puts the context itself into the parameters, and so into the environment.

    An environment variable holds 128 KiB at most on Linux.
    """

    @contextmanager
    def inject_context(self, context_data: PipesContextData) -> Iterator[PipesParams]:
        """The context as a parameter; touches no disk."""
        yield {"data": dict(context_data)}

    def no_messages_debug_text(self) -> str:
        """Where the context was."""
        return "Its context was in its environment."


@named_arguments
class PipesFileContextInjector(SettingsModel):
    """Puts the context into the file ``path``, which is removed at the session's end."""

    path: str

    def __init__(self, path: str | os.PathLike[str]) -> None:
        fields: dict[str, Any] = {"path": os.fspath(path)}
        super().__init__(**fields)

    @contextmanager
    def inject_context(self, context_data: PipesContextData) -> Iterator[PipesParams]:
        """The file's path; writes the file, which only its owner may read."""
        path = Path(self.path)
        try:
            write_private(path, json.dumps(dict(context_data)))
            yield {"path": self.path}
        finally:
            path.unlink(missing_ok=True)

    def no_messages_debug_text(self) -> str:
        """Where the context was."""
        return f"Its context was in the file {self.path}."


class PipesTempFileContextInjector(SettingsModel):
    """Puts the context into a temporary file."""

    @contextmanager
    def inject_context(self, context_data: PipesContextData) -> Iterator[PipesParams]:
        """The file's path; the file is in a new folder, and only its owner may read it."""
        with tempfile.TemporaryDirectory(prefix="pipes-") as folder:
            injector = PipesFileContextInjector(Path(folder) / "context")
            with injector.inject_context(context_data) as params:
                yield params

    def no_messages_debug_text(self) -> str:
        """Where the context was."""
        return "Its context was in a temporary file."


def write_private(path: Path, text: str) -> None:
    """Writes a file that only its owner may read, instead of what was there."""
    path.unlink(missing_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
