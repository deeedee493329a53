"""Resources: things a run sets up for its steps, with configuration that counts for freshness.

Loads pydantic; nothing that ``import assetbook`` needs may import this module.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any, ClassVar, Self, TypeVar, get_args

from assetbook.definitions.config import SettingsModel, resolve_settings
from assetbook.definitions.provenance import resource_token as resource_token
from assetbook.errors import DefinitionError


@dataclass(frozen=True, slots=True)
class InitResourceContext:
    """What a resource may ask for while it is set up and torn down."""

    log: logging.Logger = field(default_factory=lambda: logging.getLogger("assetbook"))
    run_id: str = ""
    """The run that uses it; empty outside a run."""
    resource_name: str = ""
    """The parameter's name."""
    resource_config: Any = None
    """What ``build_init_resource_context`` was given; a ConfigurableResource has it as fields."""
    resources: Any = field(default_factory=SimpleNamespace)
    """What ``build_init_resource_context`` was given, as attributes."""


def build_init_resource_context(
    config: Any = None, resources: Mapping[str, object] | None = None
) -> InitResourceContext:
    """A context for setting a resource up by hand, or calling what makes an I/O manager, in a
    test."""
    given = SimpleNamespace(**(resources or {}))
    return InitResourceContext(run_id="test", resource_config=config, resources=given)


class ConfigurableResource(SettingsModel):
    """The base of resources: declare the configuration as fields, and methods that use it.

    Fields are frozen and strict, and may be EnvVars; names that begin with ``_`` may be set in
    ``setup_for_execution``. One instance serves a run, after its fields are read and checked.
    """

    __assetbook_resource__: ClassVar[bool] = True

    @classmethod
    def __pydantic_init_subclass__(cls, **kwargs: Any) -> None:
        """Refuses fields that are themselves resources."""
        for name, info in cls.__pydantic_fields__.items():
            if _holds_resource(info.annotation):
                raise DefinitionError(
                    f"the field `{name}` of {cls.__name__}",
                    "a resource inside a resource is not supported",
                    "Give the inner one's settings as fields, or take both as parameters.",
                )

    def setup_for_execution(self, context: InitResourceContext) -> None:
        """Called once before a run's first step that uses this resource."""

    def teardown_after_execution(self, context: InitResourceContext) -> None:
        """Called once at the end of the run, also after a failure."""

    @contextmanager
    def yield_for_execution(self, context: InitResourceContext) -> Iterator[Self]:
        """The ready resource for the time of a run; by default set up before, torn down after.

        If setting up raises, nothing is torn down.
        """
        self.setup_for_execution(context)
        try:
            yield self
        finally:
            self.teardown_after_execution(context)


ResourceT = TypeVar("ResourceT", bound=ConfigurableResource)


def resolve(resource: ResourceT, name: str = "") -> ResourceT:
    """A copy of ``resource`` with every EnvVar read now, ready to be set up.

    Raises ConfigError that names ``name``, the fields and the variables that are not set.
    """
    asked = f"the resource `{name}`" if name else f"the resource {type(resource).__name__}"
    return resolve_settings(resource, asked)


def _holds_resource(annotation: Any) -> bool:
    if isinstance(annotation, type) and issubclass(annotation, ConfigurableResource):
        return True
    return any(_holds_resource(inner) for inner in get_args(annotation))
