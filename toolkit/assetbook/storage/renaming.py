"""Gives an asset another key in the tables: its events, its state, and where others name it.

Value files keep their paths, which the events name. An asset that has the new name already goes on
where the old one ends, if all its versions are newer.
"""

from __future__ import annotations

import sqlite3
from pathlib import Path

import msgspec

from assetbook.events.asset_events import AssetMaterialized, AssetRenamed
from assetbook.events.encoding import encode
from assetbook.events.renaming import Renaming
from assetbook.storage import refusals
from assetbook.storage.bodies import EventRow, event_of
from assetbook.storage.database_names import partition_text
from assetbook.storage.failed_rows import clear_failed, rename_failed
from assetbook.storage.made_body import MADE, MADE_COLUMNS, made, made_row
from assetbook.storage.state_rows import AssetRow, columns_of, insertion, summed, whole

_EVENT = columns_of(EventRow, "events")
_TABLES = {
    "check_state": ("asset", "partition", "name", "event"),
    "observed_state": ("asset", "partition", "event"),
    "kept_versions": ("asset", "number", "event"),
}


class Tables(msgspec.Struct, frozen=True):
    """The tables of one database while they are changed in one transaction."""

    connection: sqlite3.Connection
    store: Path
    materialized: int
    """The number of that kind of event."""

    def rename(
        self, event: AssetRenamed, old: AssetRow, own: AssetRow | None, new: AssetRow
    ) -> None:
        """Makes ``new`` of ``old`` and of the asset that had the new name, if there is one.

        Raises ConflictError if that one's versions are not all newer.
        """
        if own is not None:
            self._refuse_older(old, own)
        before = old.versions if own is not None else 0
        renaming = Renaming(old.text, new.text, before, event.code_before, event.code)
        self._rewrite(renaming, old, own)
        if own is not None:
            for table in _TABLES:
                self._move_state(table, own.id, old)
        self._remake_partitions(old, own)
        rename_failed(self.connection, self.store, old.text, new.text)
        for row in (old, own):
            if row is not None:
                self.connection.execute("DELETE FROM assets WHERE folded = ?", (row.folded,))
        self.connection.execute(insertion("INSERT", "assets", AssetRow.COLUMNS), new.row)

    def _rewrite(self, renaming: Renaming, old: AssetRow, own: AssetRow | None) -> None:
        """Writes the events about either asset, and those that read it, under the new name."""
        ids = [old.id] if own is None else [old.id, own.id]
        texts = [renaming.old] if own is None else [renaming.old, renaming.new]
        named = [b'"key":' + msgspec.json.encode(text) for text in texts]
        among = ", ".join("?" * len(ids))
        reads = " OR ".join("instr(body, ?)" for _ in named)
        rows = self.connection.execute(
            f"SELECT {_EVENT} FROM events WHERE asset IN ({among}) OR (kind = ? AND ({reads}))",
            (*ids, self.materialized, *named),
        ).fetchall()
        self.connection.executemany(
            "UPDATE events SET asset = ?, number = ?, body = ?, sum = ? WHERE id = ?",
            [self._rewritten(EventRow(*row), renaming, old, own) for row in rows],
        )

    def _rewritten(
        self, row: EventRow, renaming: Renaming, old: AssetRow, own: AssetRow | None
    ) -> tuple[int | None, int | None, bytes, int, int]:
        body = encode(renaming.event(event_of(row, self.store)))
        asset, number = row.asset, row.number
        if own is not None and asset == own.id:
            asset, number = old.id, None if number is None else number + old.versions
        made = EventRow.of(row.id, row.kind, row.run_id, asset, row.partition, number, body)
        return made.asset, made.number, made.body, made.sum, made.id

    def _move_state(self, table: str, asset: int, to: AssetRow) -> None:
        """Takes over the rows of ``asset``, which are newer than those of ``to``."""
        names = ", ".join((*_TABLES[table], "sum"))
        rows = self.connection.execute(
            f"SELECT {names} FROM {table} WHERE asset = ?", (asset,)
        ).fetchall()
        self.connection.execute(f"DELETE FROM {table} WHERE asset = ?", (asset,))
        for row in rows:
            _, *rest = whole(row, self.store, f"a row of {table}")
            if table == "kept_versions":
                rest[0] += to.versions
            places = ", ".join("?" * (len(rest) + 2))
            self.connection.execute(
                f"INSERT OR REPLACE INTO {table} VALUES ({places})", summed(to.id, *rest)
            )

    def _remake_partitions(self, old: AssetRow, own: AssetRow | None) -> None:
        """Writes what made the latest versions of partitions anew, of the events as they are now;
        those of ``own`` are newer."""
        latest: dict[str, int] = {}
        if own is not None and own.latest is not None:
            clear_failed(self.connection, old.text, "")
        for asset in (old, own):
            if asset is not None:
                rows = self.connection.execute(f"{MADE} WHERE asset = ?", (asset.id,)).fetchall()
                found = (made(row, self.store) for row in rows)
                newer = {partition_text(each.partition): each.event_id for each in found}
                latest |= newer
                if asset is own:
                    for partition in newer:  # it was made since it failed under the old name
                        clear_failed(self.connection, old.text, partition)
                self.connection.execute("DELETE FROM partition_state WHERE asset = ?", (asset.id,))
        for partition, event_id in latest.items():
            ((*columns,),) = self.connection.execute(
                f"SELECT {_EVENT} FROM events WHERE id = ?", (event_id,)
            ).fetchall()
            row = EventRow(*columns)
            event = event_of(row, self.store)
            if isinstance(event, AssetMaterialized) and row.number is not None:
                self.connection.execute(
                    insertion("INSERT", "partition_state", MADE_COLUMNS),
                    made_row(old.id, partition, event_id, row.number, event),
                )

    def _refuse_older(self, old: AssetRow, own: AssetRow) -> None:
        made = "SELECT {}(id) FROM events WHERE asset = ? AND kind = ?"
        ((last,),) = self.connection.execute(
            made.format("max"), (old.id, self.materialized)
        ).fetchall()
        ((first,),) = self.connection.execute(
            made.format("min"), (own.id, self.materialized)
        ).fetchall()
        if last is not None and first is not None and first < last:
            raise refusals.name_is_taken(old.text, own.text)


def refuse_live_run(connection: sqlite3.Connection, old: str) -> None:
    """Raises ConflictError while any run is on its way: it would go on under the old name."""
    live = connection.execute("SELECT id FROM runs WHERE ended IS NULL LIMIT 1").fetchall()
    if live:
        raise refusals.renamed_in_run(old, live[0][0])
