"""Specs: keys and labels by Dagster's rules, frozen, copied with changes."""

from __future__ import annotations

from typing import Any

import pytest

from assetbook.definitions.asset_decorator import asset
from assetbook.definitions.multi_asset_decorator import multi_asset
from assetbook.definitions.ports import AssetOut
from assetbook.definitions.spec import AssetDep, AssetSpec, as_deps, key_of
from assetbook.errors import DefinitionError
from assetbook.keys import AssetKey


@asset
def customers() -> int:
    return 1


@multi_asset(outs={"left": AssetOut(), "right": AssetOut()})
def halves() -> tuple[int, int]:
    return 1, 2


def test_a_spec_has_dagsters_defaults() -> None:
    spec = AssetSpec("raw/orders")
    assert spec.key == AssetKey(["raw", "orders"])
    assert spec.group_name == "default"
    assert (spec.deps, spec.owners, dict(spec.tags), spec.kinds) == ((), (), {}, frozenset())
    assert spec.description is None and spec.code_version is None and not spec.skippable


@pytest.mark.parametrize(
    "given",
    [
        "customers",
        AssetKey("customers"),
        AssetSpec("customers"),
        AssetDep("customers"),
        customers,
        ["customers"],
    ],
    ids=["text", "key", "spec", "dep", "definition", "parts"],
)
def test_a_dependency_may_be_given_in_many_ways(given: object) -> None:
    assert AssetSpec("orders", deps=[given]).deps == (AssetDep("customers"),)


def test_each_dependency_counts_once() -> None:
    deps = as_deps(["a", AssetKey("b"), AssetSpec("a")])
    assert [str(dep.asset_key) for dep in deps] == ["a", "b"]
    assert as_deps("raw/orders") == (AssetDep("raw/orders"),)
    assert as_deps(None) == ()


def test_a_definition_of_several_stands_for_all_of_them() -> None:
    assert as_deps([halves]) == (AssetDep("left"), AssetDep("right"))


@pytest.mark.parametrize(
    ("labels", "message"),
    [
        ({"group_name": "a b"}, "the group name 'a b'"),
        ({"owners": ["somebody"]}, "neither an e-mail address nor a team"),
        ({"tags": {"a b": "v"}}, "the tag 'a b'"),
        ({"tags": {"k": "x" * 64}}, "at most 63"),
        ({"kinds": {"a", "b", "c", "d"}}, "at most 3"),
    ],
)
def test_labels_that_break_the_rules_are_refused(labels: dict[str, Any], message: str) -> None:
    with pytest.raises(DefinitionError, match=message):
        AssetSpec("orders", **labels)


def test_a_spec_is_frozen_all_through() -> None:
    tags = {"k": "v"}
    spec = AssetSpec("orders", tags=tags, metadata={"rows": 1})
    tags["k"] = "changed"
    assert spec.tags["k"] == "v"
    with pytest.raises(TypeError):
        spec.metadata["rows"] = 2  # type: ignore[index]
    with pytest.raises(DefinitionError, match="frozen\nRun its cell again"):
        spec.group_name = "other"


def test_attributes_are_replaced_in_a_copy() -> None:
    spec = AssetSpec("orders", owners=["team:a"], tags={"k": "v"})
    changed = spec.replace_attributes(group_name="marts", owners=["team:b"])
    assert (changed.group_name, changed.owners) == ("marts", ("team:b",))
    assert dict(changed.tags) == {"k": "v"} and changed.key == spec.key
    assert spec.group_name == "default"
    with pytest.raises(DefinitionError, match=r"has no \['grup'\]"):
        spec.replace_attributes(grup="marts")


def test_attributes_are_merged_in_a_copy() -> None:
    spec = AssetSpec("orders", deps=["a"], owners=["team:a"], tags={"k": "v"}, kinds={"pandas"})
    merged = spec.merge_attributes(
        deps=["a", "b"], owners=["team:b"], tags={"l": "w"}, kinds={"sql"}, metadata={"rows": 1}
    )
    assert [str(dep.asset_key) for dep in merged.deps] == ["a", "b"]
    assert merged.owners == ("team:a", "team:b")
    assert dict(merged.tags) == {"k": "v", "l": "w"}
    assert merged.kinds == {"pandas", "sql"} and dict(merged.metadata) == {"rows": 1}


def test_what_is_no_asset_is_refused() -> None:
    with pytest.raises(DefinitionError, match="it is an int\nGive a key"):
        key_of(3)
    with pytest.raises(DefinitionError, match=r"it makes 2 assets\nUse .keys"):
        key_of(halves)
