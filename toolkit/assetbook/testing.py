"""For tests of assets: a pytest plugin with a fresh store, and contexts for direct calls.

Installed with assetbook, so that a test only names the fixture::

    def test_orders_are_unique(assetbook_instance):
        outcome = materialize([orders], instance=assetbook_instance)
        assert outcome.asset_value("orders").is_unique
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from assetbook.instance.instance import Instance


@pytest.fixture
def assetbook_instance() -> Iterator[Instance]:
    """A fresh instance: events in memory, values in a folder that goes with it."""
    from assetbook.instance.instance import Instance

    instance = Instance.ephemeral()
    yield instance
    instance.close()
