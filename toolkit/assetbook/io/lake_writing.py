"""Writing one value to its lake table, as a new version of it."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field

from assetbook.errors import ConflictError, StoreError
from assetbook.io.contexts import OutputContext
from assetbook.io.lake_history import NOTE, RUN, WRITE, LakeCommit, undone_first
from assetbook.io.lake_note import LakeNote
from assetbook.io.lake_record import LakeRecord, place_of
from assetbook.io.lake_rows import LakeRows, refuse_counted_index, refuse_other_columns
from assetbook.io.lake_table import LakeTable, LakeTables, Mode
from assetbook.io.lake_types import LakeTypes


@dataclass(slots=True)
class LakeWriting:
    """What is needed to write the value of one output."""

    tables: LakeTables
    types: LakeTypes
    context: OutputContext
    write_name: str = field(default_factory=lambda: secrets.token_hex(8))
    """Tells the commit of this write from all others."""

    @property
    def asked(self) -> str:
        """What is done, for errors."""
        return f"the value of `{self.context.asset_key}`"

    def table(self) -> LakeTable:
        """The asset's table, as it stands now."""
        return self.tables(place_of(self.context))

    def append_done(self) -> LakeCommit | None:
        """The commit by which this very run has appended already; None if it has not."""
        table = self.table()
        if not table.has_appended(self.context.run_id):
            return None
        return commit_of(table, self.context.run_id)

    def write(self, rows: LakeRows, mode: Mode) -> LakeCommit:
        """The commit that the rows made; raises what the manager's ``handle_output`` raises."""
        self.types.check(rows.schema, asked=self.asked)
        table, names = self.table(), None
        if mode == "append":
            refuse_counted_index(rows.schema, asked=self.asked)
            table, mode = self._ready_for_more(table)
            if table.id and mode == "append":
                there = table.schema
                refuse_other_columns(rows.schema, there, asked=self.asked, where=table.uri)
                names = there.names
        entries = {**self._entries(), NOTE: LakeNote(rows.kind, rows.schema).text()}
        try:
            table.write(rows.reader(names), mode, entries, self.context.run_id)
        except Exception:
            if rows.failure is not None:  # it is the author's code that failed, not the lake
                raise rows.failure from rows.failure.__cause__
            raise
        return self._committed()

    def recorded(self, commit: LakeCommit) -> tuple[LakeRecord, int]:
        """What is to be recorded of a commit, and how many rows the table has as of it."""
        table = self.table()
        return noted_with(commit, table), table.at(commit.version).count()

    def _entries(self) -> dict[str, str]:
        return {RUN: self.context.run_id, WRITE: self.write_name}

    def _ready_for_more(self, table: LakeTable) -> tuple[LakeTable, Mode]:
        """The table without rows that are no part of the latest version, and how to write on."""
        self._refuse_another(table)
        recorded = self.context.recorded
        back = undone_first(table.lineage(), recorded, asked=self.asked, where=table.uri)
        if back is None:
            return table, "append"
        self.context.log.warning(
            "rows of run %s, which are no part of the latest version, go from %s",
            ", ".join(back.runs),
            table.uri,
        )
        if back.to is None:
            return table, "snapshot"
        table.go_back(back.to, self._entries())
        return self.table(), "append"

    def _refuse_another(self, table: LakeTable) -> None:
        """Raises ConflictError if the latest version is in another table than this one."""
        latest = LakeRecord.of(self.context.recorded.latest())
        if latest is not None and latest.id != table.id:
            raise ConflictError(
                self.asked,
                f"its latest version is not in the table {table.uri}, but in one that was "
                f"{latest.uri}",
                "Move that table to its place if the asset was renamed, or begin anew once: "
                'metadata={"mode": "snapshot"}.',
            )

    def _committed(self) -> LakeCommit:
        """The commit of this write, whatever came after it."""
        table = self.table()
        for commit in table.lineage():
            if commit.write == self.write_name and commit.note is not None:
                return commit
        raise StoreError(
            self.asked,
            f"it was committed to {table.uri}, but is no more in its history",
            "Somebody has rolled the table back meanwhile: materialize again.",
        )


def commit_of(table: LakeTable, run_id: str) -> LakeCommit | None:
    """The newest commit by which a run wrote rows."""
    found = (each for each in table.lineage() if each.run_id == run_id and each.note is not None)
    return next(found, None) if run_id else None


def noted_with(commit: LakeCommit, table: LakeTable) -> LakeRecord:
    """What is to be recorded of a commit to a table."""
    return LakeRecord(table.place, table.uri, table.id, commit.version, commit.note or "")
