"""A graph asset is known like any other; materializing it says what does not run yet."""

from __future__ import annotations

import pytest

from assetbook import graph_asset, materialize_to_memory, op
from assetbook.errors import DefinitionError


@op
def one() -> int:
    return 1


@graph_asset
def orders():  # type: ignore[no-untyped-def]
    return one()


def test_materializing_says_that_ops_do_not_run_yet() -> None:
    with pytest.raises(DefinitionError, match="runs of ops are not there yet"):
        materialize_to_memory([orders])
