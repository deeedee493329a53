"""``publish``: what a notebook that makes assets gives as their values."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from assetbook.kernels.exchange import exchange_here
from assetbook.metadata.infer import metadata_values
from assetbook.named_arguments import named_arguments


@named_arguments
def publish(name: str, value: object, *, metadata: Mapping[str, Any] | None = None) -> None:
    """Gives the asset ``name`` its value, in the run of the ``notebook_asset`` that makes it; does
    nothing anywhere else.

    The version is recorded when the notebook has run to its end. ``metadata`` is what is known of
    it. Raises UsageError for a name that the asset does not have, UnstorableValueError for a value
    that cannot be stored.
    """
    exchange = exchange_here()
    if exchange is None:
        return
    exchange.publish(name, value, metadata_values(metadata or {}))
