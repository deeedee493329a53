"""I/O managers of lake tables: each materialization is a version of a table that others read too.

The version is the one that the manager's own commit made, whatever came after it.
"""

from __future__ import annotations

from abc import abstractmethod
from contextlib import AbstractContextManager
from typing import Any, ClassVar, cast, get_args

from assetbook.errors import ConfigError
from assetbook.io.configurable import ConfigurableIOManager
from assetbook.io.contexts import InputContext, OutputContext
from assetbook.io.description import schema_description
from assetbook.io.lake_note import LakeNote
from assetbook.io.lake_reading import handed_over, version_for
from assetbook.io.lake_rows import LakeRows
from assetbook.io.lake_table import LakeTables, Mode
from assetbook.io.lake_types import LakeTypes
from assetbook.io.lake_writing import LakeWriting


class LakeIOManager(ConfigurableIOManager):
    """The base of managers that keep each asset as a table of a lake.

    ``mode`` says what a materialization does: ``"snapshot"`` replaces all rows, in a new version
    of the table; ``"append"`` adds its rows. An asset's ``metadata={"mode": ...}`` goes before.
    """

    versioned: ClassVar[bool] = True
    takes_streams: ClassVar[bool] = True
    """That rows of SQL come as they are read, not as a table."""
    lake_types: ClassVar[LakeTypes]
    mode: Mode = "snapshot"

    @abstractmethod
    def tables(self) -> AbstractContextManager[LakeTables]:
        """The tables, while their catalog is open."""

    def handle_output(self, context: OutputContext, obj: Any) -> None:
        """Commits a table's rows; durable when it returns. A run appends once.

        Raises UnstorableValueError, naming the column, for what the lake cannot hold as it is,
        ConflictError if somebody else wrote in between.
        """
        mode = self._mode_of(context)
        with self.tables() as tables:
            writing = LakeWriting(tables, self.lake_types, context)
            commit = writing.append_done() if mode == "append" else None
            if commit is None:
                rows = LakeRows.of(obj, asked=writing.asked)
                commit = writing.write(rows, mode)
                context.add_output_metadata(rows.changes(keeps_order=self.lake_types.keeps_order))
                context.set_data_version(rows.data_version())
            record, count = writing.recorded(commit)
        schema = LakeNote.read(record.note, asked=writing.asked).schema
        context.add_output_metadata({**schema_description(schema, count), **record.metadata()})
        if mode == "append":  # the content is that of all appends
            context.set_data_version(f"{record.id}@{record.version}")

    def load_input(self, context: InputContext) -> Any:
        """The rows of the version, as what the input asks for.

        A lazy frame, a dataset, a relation or a reader reads from the lake what is used of it,
        where the library takes the same types from there. Raises SelectionError if the version is
        gone from the table.
        """
        with self.tables() as tables:
            version, note = version_for(tables, context)
            return handed_over(version, note, context.python_type)

    def _mode_of(self, context: OutputContext) -> Mode:
        asked = context.definition_metadata.get("mode", self.mode)
        mode = getattr(asked, "value", asked)
        if mode not in get_args(Mode):
            raise ConfigError(
                f"the metadata `mode` of `{context.asset_key}`",
                f"it is {mode!r}",
                'A table of a lake knows "snapshot" and "append".',
            )
        return cast(Mode, mode)
