"""What an author's AssetIn and AssetOut become."""

from __future__ import annotations

import pytest

from assetbook.definitions.ports import AssetIn, AssetOut
from assetbook.keys import AssetKey


@pytest.mark.parametrize(
    ("given", "key"),
    [
        (AssetIn(), "orders"),
        (AssetIn(key="raw/orders"), "raw/orders"),
        (AssetIn(key=["raw", "o"]), "raw/o"),
        (AssetIn(key_prefix="raw"), "raw/orders"),
        (AssetIn(key="o", key_prefix=["eu", "raw"]), "eu/raw/o"),
    ],
)
def test_an_input_stands_for_a_key(given: AssetIn, key: str) -> None:
    assert given.key_for("orders") == AssetKey.from_user_string(key)


def test_an_output_becomes_a_spec() -> None:
    out = AssetOut(
        key_prefix="marts",
        description="all",
        is_required=False,
        owners=["team:a"],
        kinds={"sql"},
        tags={"k": "v"},
        code_version="1",
    )
    spec = out.spec_for("orders", ["raw"], "shop")
    assert str(spec.key) == "marts/orders"
    assert (spec.description, spec.skippable, spec.group_name) == ("all", True, "shop")
    assert (spec.owners, spec.kinds, spec.code_version) == (("team:a",), {"sql"}, "1")
    assert dict(spec.tags) == {"k": "v"}
    assert [str(dep.asset_key) for dep in spec.deps] == ["raw"]


def test_an_outputs_own_group_counts_first() -> None:
    assert AssetOut(group_name="own").spec_for("a", (), "shared").group_name == "own"
    assert AssetOut(key="x/y").spec_for("a", (), None).key == AssetKey(["x", "y"])
