"""Each kind of event has its place in the tables."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from assetbook.events.records import EVENT_TYPES
from assetbook.keys import PartitionKey
from assetbook.storage import database_names, fold


def test_every_kind_of_event_has_a_number_of_its_own() -> None:
    assert set(database_names.KINDS) == set(EVENT_TYPES)
    assert len(set(database_names.KINDS.values())) == len(EVENT_TYPES)


def test_every_kind_of_event_is_folded() -> None:
    assert set(fold._FOLDS) == set(EVENT_TYPES)


def test_the_numbers_in_existing_files_stay() -> None:
    assert {kind.__name__: number for kind, number in database_names.KINDS.items()} == {
        "RunStarted": 3,
        "RunCanceling": 48,
        "RunEnded": 5,
        "StepStarted": 6,
        "StepEnded": 9,
        "AssetMaterialized": 10,
        "AssetObserved": 12,
        "CheckEvaluated": 15,
        "AssetForgotten": 17,
        "VersionKept": 18,
        "AssetRenamed": 20,
        "AssetWiped": 23,
        "RunQueued": 27,
        "AssetReadThrough": 33,
        "StepSucceeded": 39,
        "StepUpForRetry": 43,
        "HookEnded": 45,
        "DynamicPartitionsChanged": 51,
        "KernelUsed": 53,
    }


def test_one_flipped_bit_never_makes_another_kind() -> None:
    numbers = list(database_names.KINDS.values())
    assert {(one ^ other).bit_count() % 2 for one in numbers for other in numbers} == {0}


@given(st.text())
def test_no_partition_is_taken_for_none(text: str) -> None:
    assert database_names.partition_of(database_names.partition_text(PartitionKey(text))) == text
    assert database_names.partition_text(PartitionKey(text)) != database_names.partition_text(None)
