"""What a store must do for backfills: a part of ``StoreContract``."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from msgspec.structs import replace

from assetbook.errors import ConflictError
from assetbook.keys import RunId
from assetbook.storage.backfill_records import Backfill, Chunk
from assetbook.storage.store import Store

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
MARCH = Backfill(
    id="b1",
    status="requested",
    asked="sales 2026-03-01..2026-03-31",
    created_at=NOON,
    by="ann@laptop",
    policy='{"runs":"one each"}',
    plan='{"assets":["sales"]}',
    bundle="d1",
)
RUN = RunId("a" * 12)
BODIES = ["2026-03-01", "2026-03-02", "2026-03-03"]


class BackfillsContract:
    """A backfill goes on at its place, and nobody changes what he has not seen."""

    def test_a_backfill_is_read_back_with_its_chunks(self, store: Store) -> None:
        store.add_backfill(MARCH, BODIES)
        assert store.backfill("b1") == MARCH
        assert store.chunks("b1") == [Chunk("b1", place, body) for place, body in enumerate(BODIES)]
        assert store.backfill("b2") is None
        assert store.chunks("b2") == []

    def test_an_id_is_taken_once(self, store: Store) -> None:
        store.add_backfill(MARCH, BODIES)
        with pytest.raises(ConflictError, match="adding backfill b1: there is one with this id"):
            store.add_backfill(replace(MARCH, asked="other"), ["x"] * 9)
        assert store.backfill("b1") == MARCH
        assert len(store.chunks("b1")) == 3

    def test_backfills_are_listed_newest_first(self, store: Store) -> None:
        for name in ("b1", "b3", "b2"):
            store.add_backfill(replace(MARCH, id=name), [])
        store.change_backfill(
            replace(MARCH, id="b3"), replace(MARCH, id="b3", status="failed", ended_at=NOON)
        )
        assert [each.id for each in store.backfills()] == ["b2", "b3", "b1"]
        assert [each.id for each in store.backfills(statuses=["requested"])] == ["b2", "b1"]
        assert [each.ended_at for each in store.backfills(statuses=["failed"], limit=1)] == [NOON]
        assert store.backfills(statuses=[]) == store.backfills(limit=0) == []

    def test_a_change_of_what_was_changed_is_refused(self, store: Store) -> None:
        store.add_backfill(MARCH, [])
        paused = replace(MARCH, status="paused", message="by ann")
        store.change_backfill(MARCH, paused)
        with pytest.raises(ConflictError, match="changing backfill b1: it was changed"):
            store.change_backfill(MARCH, replace(MARCH, status="running"))
        assert store.backfill("b1") == paused

    def test_chunks_are_read_from_their_place_on(self, store: Store) -> None:
        store.add_backfill(MARCH, BODIES)
        first, second, third = store.chunks("b1")
        store.change_chunks([(second, replace(second, state="launched", run_id=RUN))])
        assert store.chunks("b1", states=["waiting"]) == [first, third]
        assert store.chunks("b1", states=["waiting"], after=0, limit=1) == [third]
        assert store.chunks("b1", states=["launched"])[0].run_id == RUN
        assert store.chunks("b1", states=[]) == store.chunks("b1", limit=0) == []

    def test_chunks_change_together_or_not_at_all(self, store: Store) -> None:
        store.add_backfill(MARCH, BODIES)
        first, second, third = store.chunks("b1")
        launched = replace(second, state="launched", run_id=RUN)
        store.change_chunks([(second, launched)])
        with pytest.raises(ConflictError, match="chunk 1 was changed by somebody else"):
            store.change_chunks(
                [(each, replace(each, state="canceled")) for each in (first, second, third)]
            )
        assert store.chunks("b1") == [first, launched, third]
        ended = replace(launched, state="success")
        store.change_chunks([(launched, ended), (third, replace(third, state="skipped"))])
        assert [each.state for each in store.chunks("b1")] == ["waiting", "success", "skipped"]

    def test_a_chunk_never_becomes_another_one(self, store: Store) -> None:
        store.add_backfill(MARCH, BODIES)
        first, second, _ = store.chunks("b1")
        with pytest.raises(ValueError, match="that is another chunk"):
            store.change_chunks([(first, second)])

    def test_a_chunk_of_nobody_is_refused(self, store: Store) -> None:
        store.add_backfill(MARCH, BODIES)
        for chunk in (Chunk("b2", 0, "x"), Chunk("b1", 3, "x")):
            with pytest.raises(ConflictError, match=f"chunk {chunk.ordinal} was changed"):
                store.change_chunks([(chunk, replace(chunk, state="canceled"))])

    def test_chunks_are_counted_by_state(self, store: Store) -> None:
        store.add_backfill(MARCH, BODIES)
        store.add_backfill(replace(MARCH, id="b2"), ["x"])
        store.add_backfill(replace(MARCH, id="b3"), [])
        first = store.chunks("b1")[0]
        store.change_chunks([(first, replace(first, state="failed"))])
        counts = {"b1": {"failed": 1, "waiting": 2}, "b2": {"waiting": 1}}
        assert store.chunk_counts() == counts
        assert store.chunk_counts(["b2", "b3"]) == {"b2": counts["b2"]}
