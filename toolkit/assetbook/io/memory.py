"""An I/O manager that keeps values in this process."""

from __future__ import annotations

from typing import Any

from assetbook.errors import SelectionError
from assetbook.io.contexts import InputContext, OutputContext
from assetbook.io.manager import IOManager
from assetbook.named_arguments import named_arguments


@named_arguments
class InMemoryIOManager(IOManager):
    """Keeps the last object of each asset in a dict; nothing outlives the process.

    Consumers get the object itself, as in Dagster: what one changes in place, all see.
    """

    def __init__(self) -> None:
        self.values: dict[tuple[str, ...], Any] = {}

    def handle_output(self, context: OutputContext, obj: Any) -> None:
        """Keeps ``obj`` in place of the one before."""
        self.values[tuple(context.get_identifier())] = obj

    def load_input(self, context: InputContext) -> Any:
        """The object kept last; raises SelectionError if there is none in this process."""
        identifier = tuple(context.upstream_output.get_identifier())
        if identifier not in self.values:
            raise SelectionError(
                f"the value of `{'/'.join(identifier)}`",
                "it is kept in memory only, and not in this process",
                "Materialize it again here, or store it by another I/O manager.",
            )
        return self.values[identifier]
