"""``Nothing``: the type of an input or output that carries no value, and only orders."""

from __future__ import annotations


class Nothing:
    """The type of what carries no value: ``ins={"start": In(Nothing)}`` only waits for a step."""
