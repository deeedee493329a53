"""Resources: things a run sets up for its steps, with configuration that counts for freshness.

Loads pydantic; nothing that ``import assetbook`` needs may import this module.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import SimpleNamespace, UnionType
from typing import Annotated, Any, ClassVar, Self, TypeVar, Union, get_args, get_origin

import pydantic

from assetbook.definitions.config import (
    SettingsModel,
    make_config,
    raw_values,
    resolve_settings,
)
from assetbook.definitions.provenance import resource_token as resource_token
from assetbook.errors import ConfigError, DefinitionError, did_you_mean
from assetbook.named_arguments import named_arguments

T = TypeVar("T")
ResourceDependency = Annotated[T, "resource_dependency"]
"""Annotates a field that is another resource: ``ResourceDependency[Warehouse]``, or any object."""


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


@named_arguments
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
    A field may be another resource, which is set up before this one and torn down after it.
    """

    __assetbook_resource__: ClassVar[bool] = True

    _at_launch: bool = pydantic.PrivateAttr(default=False)

    @classmethod
    def __pydantic_init_subclass__(cls, **kwargs: Any) -> None:
        """Refuses lists and dicts of resources: each inner one is a field of its own."""
        for name, info in cls.__pydantic_fields__.items():
            if _holds_several(info.annotation):
                raise DefinitionError(
                    f"the field `{name}` of {cls.__name__}",
                    "a resource inside a list or dict is not set up",
                    "Give each inner resource a field of its own.",
                )

    @classmethod
    def configure_at_launch(cls, **fields: Any) -> Self:
        """The resource with these fields; a run gives those that are left, or others.

        ``RunConfig(resources={"name": {...}})`` gives them. Raises ConfigError for a field that
        there is not; the values are checked when the run begins.
        """
        for name in fields:
            if name not in cls.__pydantic_fields__:
                raise ConfigError(
                    f"{cls.__name__}.configure_at_launch({name}=...)",
                    "there is no such field",
                    did_you_mean(name, cls.__pydantic_fields__)
                    or f"There are: {', '.join(cls.__pydantic_fields__) or 'none'}.",
                )
        made = cls.model_construct(**fields)
        made._at_launch = True
        return made

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

    Raises ConfigError that names ``name``, the fields and the variables that are not set, and for
    one that is configured at launch, what the run did not give.
    """
    asked = f"the resource `{name}`" if name else f"the resource {type(resource).__name__}"
    return resolve_settings(_complete(resource, asked, name), asked)


def inner_resources(resource: ConfigurableResource) -> dict[str, ConfigurableResource]:
    """The resources that are fields of ``resource``, by field."""
    held = raw_values(resource).items()
    return {name: each for name, each in held if isinstance(each, ConfigurableResource)}


def with_inner_replaced(resource: object, replacing: Mapping[int, object]) -> object:
    """``resource``, in whose fields others stand for those whose identity ``replacing`` names."""
    if not isinstance(resource, ConfigurableResource):
        return resource
    changed = {}
    for name, inner in inner_resources(resource).items():
        other = replacing.get(id(inner)) or with_inner_replaced(inner, replacing)
        if other is not inner:
            changed[name] = other
    return resource.model_copy(update=changed) if changed else resource


def _complete(resource: ResourceT, asked: str, name: str) -> ResourceT:
    if not resource._at_launch:
        return resource
    try:
        return make_config(type(resource), raw_values(resource), where=asked)
    except ConfigError as error:
        where = name or "name"
        raise ConfigError(
            asked,
            f"it is configured at launch, and the run does not say how: {error.found}",
            f"Give RunConfig(resources={{{where!r}: {{...}}}}).",
        ) from None


def _holds_several(annotation: Any) -> bool:
    """Whether it is of a container of resources; one resource or none is no container."""
    if get_origin(annotation) in (Union, UnionType, Annotated):
        return any(_holds_several(each) for each in get_args(annotation))
    return any(_holds_resource(each) for each in get_args(annotation))


def _holds_resource(annotation: Any) -> bool:
    if isinstance(annotation, type) and issubclass(annotation, ConfigurableResource):
        return True
    return any(_holds_resource(inner) for inner in get_args(annotation))
