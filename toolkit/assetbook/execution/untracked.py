"""Provenance that nobody keeps."""

from __future__ import annotations

from assetbook.definitions.code import CodeVersion
from assetbook.definitions.parts import Parts
from assetbook.execution.environment import MadeHere
from assetbook.execution.name_reads import SeenNames


class Untracked:
    """Keeps no provenance: for runs in memory, whose record ends with them, and where only the
    call of a step happens."""

    def code_of(self, definition: MadeHere) -> CodeVersion | None:
        """None."""
        return None

    def code_having_read(self, definition: MadeHere, seen: SeenNames) -> CodeVersion | None:
        """None."""
        return None

    def clear_caches(self, definition: MadeHere) -> None:
        """Clears nothing."""

    def config_of(self, definition: MadeHere) -> tuple[Parts | None, str | None]:
        """Nothing."""
        return None, None

    def reads_of(self, definition: MadeHere) -> Parts | None:
        """None."""
        return None

    def as_of_readers(
        self, definition: MadeHere, code: CodeVersion | None, seen: tuple[str, ...]
    ) -> tuple[str, ...]:
        """Nothing."""
        return ()
