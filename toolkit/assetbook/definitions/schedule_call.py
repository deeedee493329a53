"""The author's function of a schedule: which parameters it has, and calling it with them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from assetbook.definitions.parameters import place_of, read_parameters
from assetbook.definitions.place import Place
from assetbook.definitions.schedule_context import ScheduleEvaluationContext
from assetbook.errors import DefinitionError, UsageError, did_you_mean


@dataclass(frozen=True, slots=True)
class ScheduleFunction:
    """The function that ``@schedule`` decorates."""

    compute: Callable[..., Any]
    context_name: str | None
    """Its parameter for the context; None if it takes none."""
    resource_names: tuple[str, ...]
    """Its parameters that are resources."""
    place: Place

    def __call__(self, schedule: str, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> Any:
        """What it returns for the context, the resources of which fill in the other parameters.

        Raises UsageError for arguments that do not fit, and for a resource that nothing gives.
        """
        asked = f"calling the schedule `{schedule}`"
        context, given = self._arguments(asked, args, kwargs)
        held = context.given_resources if context is not None else {}
        for name in self.resource_names:
            if name not in given and name not in held:
                raise UsageError(
                    asked,
                    f"nothing gives the resource `{name}`",
                    did_you_mean(name, held)
                    or f"Give build_schedule_context(resources={{{name!r}: ...}}).",
                )
            given.setdefault(name, held.get(name))
        return self.compute(**given)

    def _arguments(
        self, asked: str, args: tuple[Any, ...], kwargs: Mapping[str, Any]
    ) -> tuple[ScheduleEvaluationContext | None, dict[str, Any]]:
        given = dict(kwargs)
        by_name = self.context_name is not None and self.context_name in given
        context = given.pop(str(self.context_name)) if by_name else None
        if len(args) > (0 if by_name else 1):
            raise UsageError(asked, "there is more than one context", "Give it once.")
        context = args[0] if args else context
        if context is not None and not isinstance(context, ScheduleEvaluationContext):
            raise UsageError(
                asked, f"{context!r} is no context", "Give what build_schedule_context() returns."
            )
        unknown = [name for name in given if name not in self.resource_names]
        if unknown:
            raise UsageError(
                asked,
                f"it has no parameter `{unknown[0]}`",
                did_you_mean(unknown[0], [*self.resource_names, *filter(None, [self.context_name])])
                or "Leave it out.",
            )
        if self.context_name is not None:
            if context is None:
                raise UsageError(
                    asked,
                    f"nothing is given for `{self.context_name}`",
                    "Give what build_schedule_context() returns.",
                )
            given[self.context_name] = context
        return context, given


def schedule_function(schedule: str, fn: Callable[..., Any]) -> ScheduleFunction:
    """The function with its parameters read: the first that is no resource is the context.

    Raises DefinitionError for further ones.
    """
    read = read_parameters(fn)
    others = [read.context, *(name for name, _ in read.inputs)]
    named = [name for name in others if name is not None]
    if len(named) > 1 or read.config is not None:
        extra = "config" if read.config is not None else named[1]
        raise DefinitionError(
            f"the function of the schedule `{schedule}`",
            f"its parameter `{extra}` is neither the context nor a resource",
            f"Annotate a resource: `{extra}: ResourceParam[...]`.",
        )
    resources = tuple(name for name, _ in read.resources)
    return ScheduleFunction(fn, named[0] if named else None, resources, place_of(fn))
