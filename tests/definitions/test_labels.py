"""What tags, owners, groups and kinds may be."""

from __future__ import annotations

import pytest

from assetbook.definitions.labels import (
    validate_group_name,
    validate_kinds,
    validate_owner,
    validate_tags,
)
from assetbook.errors import DefinitionError


def test_good_tags_are_given_back() -> None:
    tags = {"team": "a-b_c.D9", "dagster/storage_kind": "", "x" * 63: "y" * 63}
    assert validate_tags(tags) == tags


@pytest.mark.parametrize(
    "tags",
    [
        {"a b": "x"},
        {"a/b/c": "x"},
        {"": "x"},
        {"x" * 64: "x"},
        {"a": "x" * 64},
        {"a": "x y"},
        {"a": "x\n"},
        {"a": 3},
        {3: "a"},
    ],
)
def test_a_bad_tag_is_named(tags: dict[str, str]) -> None:
    (key,) = tags
    with pytest.raises(DefinitionError) as raised:
        validate_tags({"good": "tag", **tags})
    assert f"the tag {key!r}" in str(raised.value)


def test_a_slip_in_a_tag_of_ours_is_told_with_the_nearest() -> None:
    with pytest.raises(DefinitionError, match=r"means nothing.*\nDid you mean `assetbook/max_r"):
        validate_tags({"assetbook/max_runtme": "60"})
    assert validate_tags({"assetbook/max_runtime": "60"})


@pytest.mark.parametrize("owner", ["ann@example.com", "team:data"])
def test_people_and_teams_own(owner: str) -> None:
    assert validate_owner(owner) == owner


@pytest.mark.parametrize("owner", ["ann", "team:", "team: ", "ann@", "a b@example.com", "", 3])
def test_a_bad_owner_is_named(owner: str) -> None:
    with pytest.raises(DefinitionError, match=f"the owner {owner!r}"):
        validate_owner(owner)


@pytest.mark.parametrize("name", ["", "a b", "a-b", "ü", "a\n", None])
def test_a_bad_group_is_named(name: str) -> None:
    with pytest.raises(DefinitionError) as raised:
        validate_group_name(name)
    assert f"the group name {name!r}" in str(raised.value)


def test_a_good_group_is_given_back() -> None:
    assert validate_group_name("raw_2") == "raw_2"


def test_groups_may_be_nested() -> None:
    assert validate_group_name("marts/daily") == "marts/daily"


def test_kinds_become_a_set_of_at_most_three() -> None:
    assert validate_kinds(["python", "csv", "csv"]) == {"python", "csv"}
    with pytest.raises(DefinitionError, match="there are 4 of them"):
        validate_kinds(["a", "b", "c", "d"])


def test_a_bad_kind_is_named() -> None:
    with pytest.raises(DefinitionError, match="the kind 'a b'"):
        validate_kinds(["a b"])
    with pytest.raises(DefinitionError, match="text, not a set"):
        validate_kinds("csv")
