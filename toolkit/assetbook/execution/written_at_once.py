"""Values that are written while their source is there: files and folders, streams of tables.

What makes them may be gone after the step, or be too large for memory. So their file is written in
the step itself, before the function's other effects are looked at; what fails there fails the step.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import msgspec
from msgspec import structs

from assetbook.definitions.ports import DEFAULT_IO_MANAGER
from assetbook.events.records import ValueRef
from assetbook.execution.environment import RunEnvironment, Timing
from assetbook.execution.file_reads import SeenReads, unobserved
from assetbook.execution.returned import Produced
from assetbook.execution.values import manager_for
from assetbook.io.copied_path import CopiedPath
from assetbook.io.forms import written_at_once
from assetbook.io.stored_value import SourceError, StoredForm
from assetbook.io.value_files import ValueFiles
from assetbook.metadata import MetadataValue


class AtOnce(msgspec.Struct, frozen=True):
    """A value whose file is there already."""

    reference: ValueRef
    form: StoredForm
    data_version: str
    metadata: Mapping[str, MetadataValue[Any]]


class AtOnceWriter(msgspec.Struct, frozen=True):
    """Writes such values of one step, while its reads are watched."""

    environment: RunEnvironment
    run_id: str
    resources: Mapping[str, object]
    seen: SeenReads
    timing: Timing

    def kept(self, produced: Produced) -> Produced:
        """``produced`` with an AtOnce for its value, if it is one that is written so.

        Raises what the value's source raises, and what storing raises.
        """
        values, manager = self.environment.values, produced.port.io_manager_key
        given = manager_for(manager, self.resources) is not None
        if values is None or given or manager != DEFAULT_IO_MANAGER:
            return produced
        # copying is no reading by the author's code, but a generator of tables is his code
        with unobserved() if isinstance(produced.value, Path) else nullcontext():
            written = self._written(values, produced)
        return produced if written is None else structs.replace(produced, value=written)

    def _written(self, values: ValueFiles, produced: Produced) -> AtOnce | None:
        key = produced.port.spec.key
        value = written_at_once(produced.value, asked=f"the value of `{key}`")
        if value is None:
            return None
        try:
            reference = values.write(value, key=key, run_id=self.run_id)
        except SourceError as failed:
            raise failed.error from failed.error.__cause__
        if isinstance(value, CopiedPath):
            for source in value.older_than(self.timing.at.timestamp()):
                self.seen.note("file", source)  # it is not this step that made it
        form = values.open(reference, check=False)
        return AtOnce(reference, form, value.data_version(), value.describe())
