"""What an I/O manager is: how an asset's value is stored and loaded.

A manager of one's own has two methods, as in Dagster. It is called for every output and every
input of the assets that name it by ``io_manager_key``. An input manager has the second one alone,
and is called for the inputs that name it by ``input_manager_key``.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any, ClassVar

from assetbook.io.contexts import InputContext as InputContext
from assetbook.io.contexts import OutputContext as OutputContext


class InputManager(ABC):
    """How one input is loaded, whatever stored it; also where nothing was stored.

    Subclass it, bind an instance by name in a cell, and name it by ``AssetIn(input_manager_key=)``.
    """

    @abstractmethod
    def load_input(self, context: InputContext) -> Any:
        """The value for one input, as a new object; ``context.asset_key`` says of which asset.

        Whatever it raises fails the step that reads.
        """


class IOManager(InputManager):
    """How values are stored and loaded. Subclass it, and bind an instance by name in a cell."""

    versioned: ClassVar[bool] = False
    """True if every materialization keeps a value of its own (named by ``context.run_id``), so
    that earlier versions can be read again; False if a later one overwrites it."""

    @abstractmethod
    def handle_output(self, context: OutputContext, obj: Any) -> None:
        """Stores ``obj``, durably when it returns.

        Whatever it raises fails the materialization: no version comes to be.
        """

    @abstractmethod
    def load_input(self, context: InputContext) -> Any:
        """The value that was stored last for ``context.asset_key``, as a new object.

        With ``versioned``, the one that the run ``context.run_id`` stored.
        Raises whatever says best that there is none (FileNotFoundError, KeyError).
        """
