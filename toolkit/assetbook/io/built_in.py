"""The built-in I/O managers: which name in ``io_manager_key`` gives a value which stored form."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from assetbook.definitions.ports import (
    ARROW_IO_MANAGER,
    BUILT_IN_IO_MANAGERS,
    PICKLE_IO_MANAGER,
)
from assetbook.errors import ConfigError, did_you_mean
from assetbook.io.forms import StoredForm, stored_form
from assetbook.io.made_managers import IOManagerDefinition
from assetbook.keys import AssetKey


def built_in_form(name: str, value: object, *, asked: str) -> StoredForm:
    """The form in which the built-in I/O manager ``name`` stores a value.

    Raises UnstorableValueError for what it cannot store.
    """
    if name == ARROW_IO_MANAGER:
        from assetbook.io.arrow_form import arrow_form

        return arrow_form(value, asked=asked)
    return stored_form(value, asked=asked, pickled=name == PICKLE_IO_MANAGER)


def is_given(name: str, resources: Mapping[str, object]) -> bool:
    """Whether the manager ``name`` is one of these; of a built-in's name, not just any object."""
    if name not in BUILT_IN_IO_MANAGERS:
        return name in resources
    if name not in resources:
        return False
    given = resources[name]
    return isinstance(given, IOManagerDefinition) or hasattr(given, "handle_output")


def manager_for(name: str, resources: Mapping[str, object]) -> Any:
    """The I/O manager given under ``name``; None for a built-in one.

    Raises ConfigError if another name is asked for and nothing is given under it.
    """
    if is_given(name, resources):
        return resources[name]
    if name in BUILT_IN_IO_MANAGERS:
        return None
    raise ConfigError(
        f"the I/O manager `{name}`",
        "nothing is given under that name",
        did_you_mean(name, [*resources, *BUILT_IN_IO_MANAGERS])
        or f"Bind it in a cell: {name} = YourIOManager().",
    )


def input_manager_for(name: str, resources: Mapping[str, object]) -> Any:
    """The input manager given under ``name``; raises ConfigError if none is."""
    manager = resources.get(name)
    if hasattr(manager, "load_input"):
        return manager
    raise ConfigError(
        f"the input manager `{name}`",
        "nothing is given under that name" if manager is None else f"it is {manager!r}",
        did_you_mean(name, resources) or f"Bind it in a cell: {name} = YourInputManager().",
    )


def own_manager(name: str, resources: Mapping[str, object], key: AssetKey) -> Any:
    """The I/O manager of one's own that stored ``key``; raises ConfigError if it is not given."""
    manager = manager_for(name, resources)
    if manager is None:
        raise ConfigError(
            f"the value of `{key}`",
            "an I/O manager of one's own stored it, and none is given here",
            f"Bind it in a cell: {name} = YourIOManager().",
        )
    return manager
