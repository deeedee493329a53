"""What a failure to reach a remote place means for a person."""

from __future__ import annotations

from assetbook.errors import StoreError
from assetbook.io.value_address import ValueAddress

_SAFE = "Nothing was recorded by this, and earlier versions are intact."


def unreached(error: OSError, asked: str, place: str) -> StoreError:
    """The error to raise for a place that refuses, does not answer or is not there."""
    said = str(error)
    if isinstance(error, PermissionError):
        return StoreError(
            asked,
            f"{place} refuses access ({said})",
            f"Check the credentials (environment or the usual files) and their rights. {_SAFE}",
        )
    if isinstance(error, FileNotFoundError):
        return StoreError(
            asked,
            f"{place} is not there ({said})",
            f"Make the bucket, or correct `values` in [tool.assetbook]. {_SAFE}",
        )
    return StoreError(
        asked,
        f"{place} cannot be reached ({said})",
        f"Check the network and `values` in [tool.assetbook], then run it again. {_SAFE}",
    )


def unproved(asked: str, address: ValueAddress) -> StoreError:
    """The error to raise for an upload whose size or content is not what was sent."""
    return StoreError(
        asked,
        f"what arrived as {address} is not what was sent",
        f"Run it again; if it stays so, look at what is between here and there. {_SAFE}",
    )
