"""Values that are written while their source is there: files and folders, streams of tables.

What makes them may be gone after the step, or be too large for memory. So their file is written in
the step itself, before the function's other effects are looked at; what fails there fails the step.
"""

from __future__ import annotations

import math
import sys
import time
from collections.abc import Mapping
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import msgspec
from msgspec import structs

from assetbook.definitions.ports import DEFAULT_IO_MANAGER
from assetbook.events.parts import ValueRef
from assetbook.execution.environment import RunEnvironment, Timing
from assetbook.execution.file_reads import SeenReads, unobserved
from assetbook.execution.returned import Produced
from assetbook.io.built_in import manager_for
from assetbook.io.copied_path import CopiedPath
from assetbook.io.forms import written_at_once
from assetbook.io.stored_value import SourceError, StoredForm, Writable
from assetbook.io.table_writing import TableWriting
from assetbook.metadata import MetadataValue

_REALTIME_COARSE = 5  # Linux's, for which Python has no name
_TICK = time.clock_getres(_REALTIME_COARSE) if sys.platform == "linux" else 0.0
"""Seconds that a file's time may be behind the clock's: it is that of the last tick."""


class AtOnce(msgspec.Struct, frozen=True):
    """A value whose file is there already, or a stream that was read to its end."""

    reference: ValueRef | None
    form: StoredForm
    data_version: str
    """Empty if it is not known yet."""
    metadata: Mapping[str, MetadataValue[Any]]


class AtOnceWriter(msgspec.Struct, frozen=True):
    """Writes such values of one step, while its reads are watched."""

    environment: RunEnvironment
    run_id: str
    resources: Mapping[str, object]
    seen: SeenReads
    timing: Timing
    attempt: int = 1

    def kept(self, produced: Produced) -> Produced:
        """``produced`` with an AtOnce for its value, if it is one that is written so.

        Raises what the value's source raises, and what storing raises.
        """
        manager = produced.port.io_manager_key
        if manager != DEFAULT_IO_MANAGER or manager_for(manager, self.resources) is not None:
            return produced
        # copying is no reading by the author's code, but a generator of tables is his code
        with unobserved() if isinstance(produced.value, Path) else nullcontext():
            written = self._written(produced)
        return produced if written is None else structs.replace(produced, value=written)

    def _written(self, produced: Produced) -> AtOnce | None:
        values, key = self.environment.values, produced.key
        if values is None and isinstance(produced.value, Path):
            return None  # in memory consumers get the object itself
        value = written_at_once(produced.value, asked=f"the value of `{key}`")
        if value is None:
            return None
        try:
            form = self._gathered(value)
            if form is not None or values is None:
                return form
            reference = values.write(
                value,
                key=key,
                partition=key.partition,
                run_id=self.run_id,
                attempt=self.attempt,
            )
        except SourceError as failed:
            raise failed.error from failed.error.__cause__
        if isinstance(value, CopiedPath):
            for source in value.older_than(self.timing.at.timestamp() - _TICK):
                self.seen.note("file", source)  # it is not this step that made it
        with unobserved():
            kept = values.open(reference, check=False)
        return AtOnce(reference, kept, value.data_version(), value.describe())

    def _gathered(self, value: Writable) -> AtOnce | None:
        """A stream that is small, or for which there is no file, as a table in memory."""
        if not isinstance(value, TableWriting):
            return None
        in_memory = self.environment.values is None
        form = value.in_memory(math.inf) if in_memory else value.in_memory()
        return None if form is None else AtOnce(None, form, "", form.describe())
