"""Keys: their three spellings, what they refuse, and that none is confused with another."""

from __future__ import annotations

import copy
import os
import pickle
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import PurePosixPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assetbook.errors import DefinitionError
from assetbook.keys import AssetKey, CheckKey, folder_name, new_run_id

parts = st.lists(st.text(min_size=1, max_size=12), min_size=1, max_size=3)


def test_a_slash_in_the_constructor_does_not_split() -> None:
    assert AssetKey("a/b").path == ["a/b"]
    assert AssetKey.from_user_string("a/b").path == ["a", "b"]


def test_keys_are_coerced_as_in_dagster() -> None:
    key = AssetKey(["raw", "orders"])
    assert AssetKey.from_coercible("raw/orders") == key
    assert AssetKey.from_coercible(["raw", "orders"]) == key
    assert AssetKey.from_coercible(key) is key


def test_a_prefix_goes_before_the_parts() -> None:
    assert AssetKey("orders").with_prefix("raw").path == ["raw", "orders"]
    assert AssetKey("orders").with_prefix(["eu", "raw"]).path == ["eu", "raw", "orders"]


@pytest.mark.parametrize("path", ["", [], ["a", ""], [1], None, ["a", None], "\ud800"])
def test_a_key_without_text_is_refused(path: object) -> None:
    with pytest.raises(DefinitionError, match=r"non-empty pieces of Unicode text\nWrite AssetKey"):
        AssetKey(path)  # type: ignore[arg-type]


def test_a_key_cannot_be_changed() -> None:
    with pytest.raises(AttributeError, match="frozen: parts cannot be set"):
        AssetKey("a").parts = ("b",)
    with pytest.raises(AttributeError, match="frozen: name cannot be set"):
        CheckKey("a", "ok").name = "other"


@given(parts)
def test_text_reads_back_as_the_same_key(path: list[str]) -> None:
    key = AssetKey(path)
    assert AssetKey.from_text(key.text) == key


@given(parts, parts)
def test_different_keys_differ_in_text_and_folder(one: list[str], other: list[str]) -> None:
    same = one == other
    assert (AssetKey(one).text == AssetKey(other).text) is same
    assert (AssetKey(one).folder == AssetKey(other).folder) is same


@given(st.text(min_size=1, max_size=400))
def test_a_folder_name_is_safe_on_any_file_system(part: str) -> None:
    name = folder_name(part)
    assert name.isascii() and "/" not in name and "." not in name and "\0" not in name
    assert 0 < len(name) <= 200


def test_long_parts_keep_apart_in_folders() -> None:
    assert folder_name("x" * 300 + "1") != folder_name("x" * 300 + "2")
    assert folder_name("x" * 300).startswith("xxx")


def test_no_folder_leaves_its_place() -> None:
    folder = AssetKey(["..", ".", "~", "/etc"]).folder
    assert PurePosixPath(folder).parts == ("%2E%2E", "%2E", "%7E", "%2Fetc")


@given(parts)
def test_equal_keys_are_one_object(path: list[str]) -> None:
    key = AssetKey(path)
    assert AssetKey(path) is key
    assert pickle.loads(pickle.dumps(key)) is key
    assert copy.deepcopy(key) is key


def test_threads_that_make_a_key_at_once_get_one_object() -> None:
    path = [f"made-at-once-{os.urandom(4).hex()}"]
    barrier = threading.Barrier(8)

    def make(_: int) -> AssetKey:
        barrier.wait()
        return AssetKey(path)

    with ThreadPoolExecutor(8) as pool:
        assert len({id(key) for key in pool.map(make, range(8))}) == 1


def test_a_part_of_another_text_type_becomes_plain_text() -> None:
    class Name(str):
        __slots__ = ()

    key = AssetKey(Name("named by a subclass"))
    assert type(key.parts[0]) is str and key is AssetKey("named by a subclass")


def test_keys_sort_by_their_parts_and_pickle() -> None:
    keys = [AssetKey("b"), AssetKey(["a", "z"]), AssetKey("a")]
    assert [str(key) for key in sorted(keys)] == ["a", "a/z", "b"]
    assert pickle.loads(pickle.dumps(keys)) == keys
    assert hash(AssetKey("a")) == hash(AssetKey(["a"]))


def test_a_key_equals_no_text() -> None:
    assert AssetKey("a") != "a"
    assert repr(AssetKey(["a", "b"])) == "AssetKey(['a', 'b'])"


def test_a_check_key_names_its_asset() -> None:
    key = CheckKey("raw/orders", "has_rows")
    assert key.asset_key == AssetKey(["raw", "orders"])
    assert key.to_user_string() == str(key) == "raw/orders:has_rows"
    assert key.text == "raw/orders:has_rows"
    assert pickle.loads(pickle.dumps(key)) == key
    assert key < CheckKey("raw/orders", "is_new")


def test_run_ids_are_twelve_hexadecimal_digits() -> None:
    ids = {new_run_id() for _ in range(100)}
    assert len(ids) == 100
    assert all(len(each) == 12 and int(each, 16) >= 0 for each in ids)
