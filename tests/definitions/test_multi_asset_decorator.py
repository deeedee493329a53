"""``@multi_asset``: outputs in order, subsets, and what follows what."""

from __future__ import annotations

import pytest

from assetbook.definitions.multi_asset_decorator import multi_asset
from assetbook.definitions.ports import AssetOut
from assetbook.definitions.spec import AssetSpec
from assetbook.errors import DefinitionError
from assetbook.keys import AssetKey


def test_outputs_keep_their_order() -> None:
    @multi_asset(outs={"b": AssetOut(), "a": AssetOut(key="x/a", is_required=False)}, deps=["z"])
    def both() -> tuple[int, int]:
        """Both of them."""
        return 1, 2

    assert [port.name for port in both.outputs] == ["b", "a"]
    assert [str(key) for key in both.keys] == ["b", "x/a"]
    assert [port.is_required for port in both.outputs] == [True, False]
    assert {spec.description for spec in both.specs} == {"Both of them."}
    assert all([str(dep.asset_key) for dep in spec.deps] == ["z"] for spec in both.specs)
    assert both() == (1, 2)


def test_specs_may_be_given_instead() -> None:
    first = AssetSpec("raw/a", deps=["y"], description="mine", group_name="own")

    @multi_asset(
        specs=[first, AssetSpec("b", skippable=True)],
        deps=["z"],
        group_name="shared",
        name="named",
        can_subset=True,
    )
    def both(): ...  # type: ignore[no-untyped-def]

    assert both.name == "named" and both.can_subset
    assert [port.name for port in both.outputs] == ["raw__a", "b"]
    assert [spec.group_name for spec in both.specs] == ["own", "shared"]
    assert [str(dep.asset_key) for dep in both.specs[0].deps] == ["y", "z"]
    assert both.specs[0].description == "mine"
    assert [port.is_required for port in both.outputs] == [True, False]


def test_internal_deps_say_what_each_output_follows() -> None:
    @multi_asset(
        outs={"a": AssetOut(), "b": AssetOut()},
        internal_asset_deps={"b": {AssetKey("a")}, "a": ["raw"]},
    )
    def both(raw: int) -> tuple[int, int]:
        return raw, raw

    assert both.internal_deps == {
        AssetKey("b"): frozenset({AssetKey("a")}),
        AssetKey("a"): frozenset({AssetKey("raw")}),
    }


def test_outs_and_specs_exclude_each_other() -> None:
    with pytest.raises(DefinitionError, match="either outs= or specs="):
        multi_asset()
    with pytest.raises(DefinitionError, match="either outs= or specs="):
        multi_asset(outs={"a": AssetOut()}, specs=[AssetSpec("a")])


def test_outputs_must_be_there_and_differ() -> None:
    with pytest.raises(DefinitionError, match="no outputs"):

        @multi_asset(outs={})
        def none(): ...  # type: ignore[no-untyped-def]

    with pytest.raises(DefinitionError, match="two outputs are called a"):

        @multi_asset(outs={"a": AssetOut(), "b": AssetOut(key="a")})
        def twice(): ...  # type: ignore[no-untyped-def]


def test_internal_deps_of_no_output_are_refused() -> None:
    with pytest.raises(DefinitionError, match=r"no outputs \['c'\]\nIts outputs are \['a', 'b'\]"):

        @multi_asset(
            outs={"a": AssetOut(), "b": AssetOut()}, internal_asset_deps={"c": {AssetKey("a")}}
        )
        def both(): ...  # type: ignore[no-untyped-def]
