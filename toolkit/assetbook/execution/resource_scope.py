"""Resources of a run: found by name, set up on first use, torn down at the run's end."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from types import BuiltinFunctionType, FunctionType, GeneratorType, ModuleType
from typing import Any

from assetbook.definitions.parameters import RESOURCE_MARK
from assetbook.errors import ConfigError, did_you_mean
from assetbook.io.made_managers import IOManagerDefinition

_NO_RESOURCES = (FunctionType, BuiltinFunctionType, ModuleType, type)
"""Classes of what is bound to names of a notebook, and is no resource that anybody means."""


class ResourceScope:
    """The resources of one run; a context manager.

    Each resource is set up once, when a step first needs it, and torn down in reverse order; steps
    on several threads get the same one. A
    ConfigurableResource is resolved first (environment variables are read now, not before), after
    those that are its fields were set up; any other object is given as it is.
    """

    def __init__(self, resources: Mapping[str, object], run_id: str = "") -> None:
        self._given = resources
        self._run_id = run_id
        self._ready: dict[int, object] = {}
        self._stack = ExitStack()
        self._setting_up = threading.RLock()

    def __enter__(self) -> ResourceScope:
        return self

    def __exit__(self, *error: Any) -> bool | None:
        return self._stack.__exit__(*error)

    def get(self, name: str, bound: Mapping[str, object], asked_by: str) -> object:
        """The ready resource for the parameter ``name`` of ``asked_by``.

        ``bound`` are the definition's own resources, which win. Raises ConfigError if there is
        none, or if a setting is missing.
        """
        if name in bound:
            return self._make_ready(name, bound[name])
        if name not in self._given:
            raise ConfigError(
                f"the resource `{name}` of {asked_by}",
                "nothing is given under that name",
                did_you_mean(name, self._given)
                or f"Bind it in a cell: {name} = ..., or give resources={{{name!r}: ...}}.",
            )
        return self._make_ready(name, self._given[name])

    @property
    def ready(self) -> Mapping[str, object]:
        """What is given, by name; each is set up when it is taken out, for I/O managers."""
        return _Ready(self)

    def _make_ready(self, name: str, resource: object) -> object:
        with self._setting_up:
            if id(resource) not in self._ready:
                self._ready[id(resource)] = self._set_up(name, resource)
            return self._ready[id(resource)]

    def _set_up(self, name: str, resource: Any) -> object:
        made = isinstance(resource, IOManagerDefinition)
        if not made and not hasattr(resource, RESOURCE_MARK):
            return resource
        from assetbook.definitions.resource import InitResourceContext, inner_resources, resolve

        context = InitResourceContext(
            log=logging.getLogger("assetbook.step"), run_id=self._run_id, resource_name=name
        )
        if made:
            return self._stack.enter_context(resource.made(context))
        inner = {
            field: self._make_ready(f"{name}.{field}", each)
            for field, each in inner_resources(resource).items()
        }
        resolved: Any = resolve(resource, name).model_copy(update=inner)
        around = resolved.yield_for_execution(context)
        if isinstance(around, GeneratorType):  # written without @contextmanager
            around = contextmanager(lambda: around)()
        return self._stack.enter_context(around)


class _Ready(Mapping[str, object]):
    """The resources that a scope was given, set up one by one as they are taken."""

    def __init__(self, scope: ResourceScope) -> None:
        self._scope = scope

    def __getitem__(self, name: str) -> object:
        return self._scope._make_ready(name, self._scope._given[name])

    def __iter__(self) -> Iterator[str]:
        return iter(self._scope._given)

    def __len__(self) -> int:
        return len(self._scope._given)


def check_resources(names: Mapping[str, str], given: Mapping[str, object]) -> None:
    """Raises one ConfigError that names every resource of ``names`` that is not ``given``.

    ``names`` maps a resource's name to the asset that asks for it.
    """
    missing = {name: asked for name, asked in names.items() if name not in given}
    if not missing:
        return
    said = "; ".join(f"`{name}` (for {asked})" for name, asked in missing.items())
    name = next(iter(missing))
    values = [each for each, value in given.items() if not isinstance(value, _NO_RESOURCES)]
    near = did_you_mean(name, values)
    how = f"Bind it in a cell: {name} = ..., or give resources={{{name!r}: ...}}."
    raise ConfigError("the resources of this run", f"not given: {said}", near or how)
