"""I/O managers with configuration: fields that are validated, and may come from the environment."""

from __future__ import annotations

from assetbook.definitions.resource import ConfigurableResource
from assetbook.io.manager import IOManager


class ConfigurableIOManager(ConfigurableResource, IOManager):
    """An I/O manager whose annotated fields are its configuration.

    Subclass it, declare fields, write ``handle_output`` and ``load_input``::

        class CsvManager(ConfigurableIOManager):
            folder: str = "csv"
    """
