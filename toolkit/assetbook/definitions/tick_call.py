"""The author's function of a schedule or sensor: its parameters, and calling it with them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from assetbook.definitions.parameters import place_of, read_parameters
from assetbook.definitions.place import Place
from assetbook.definitions.tick_context import TickContext
from assetbook.errors import DefinitionError, UsageError, did_you_mean

Noun = Literal["schedule", "sensor"]


@dataclass(frozen=True, slots=True)
class TickFunction:
    """The function that ``@schedule`` or a sensor's decorator decorates."""

    noun: Noun
    compute: Callable[..., Any]
    context_name: str | None
    """Its parameter for the context; None if it takes none."""
    event_name: str | None
    """Its parameter for what happened; None if it takes none."""
    resource_names: tuple[str, ...]
    """Its parameters that are resources."""
    place: Place
    contexts: type[TickContext]
    """The class of context that it is called with."""

    def __call__(self, name: str, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> Any:
        """What it returns for the context, the resources of which fill in the other parameters.

        ``name`` is that of the schedule or sensor. Raises UsageError for arguments that do not fit,
        and for a resource that nothing gives.
        """
        return self.compute(**self.arguments(name, args, kwargs)[1])

    def arguments(
        self, name: str, args: tuple[Any, ...], kwargs: Mapping[str, Any]
    ) -> tuple[Any, dict[str, Any]]:
        """The context that is among the arguments, or None; and the arguments of the function by
        name, but for the event's. Raises as a call does."""
        asked = f"calling the {self.noun} `{name}`"
        context, given = self._told(asked, args, kwargs)
        held = context.given_resources if context is not None else {}
        for each in self.resource_names:
            if each not in given and each not in held:
                raise UsageError(
                    asked,
                    f"nothing gives the resource `{each}`",
                    did_you_mean(each, held)
                    or f"Give {self.contexts.built_by}(resources={{{each!r}: ...}}).",
                )
            given.setdefault(each, held.get(each))
        return context, given

    def _told(
        self, asked: str, args: tuple[Any, ...], kwargs: Mapping[str, Any]
    ) -> tuple[TickContext | None, dict[str, Any]]:
        given = dict(kwargs)
        by_name = self.context_name is not None and self.context_name in given
        context = given.pop(str(self.context_name)) if by_name else None
        if len(args) > (0 if by_name else 1):
            raise UsageError(asked, "there is more than one context", "Give it once.")
        context = args[0] if args else context
        build = f"Give what {self.contexts.built_by}() returns."
        if context is not None and not isinstance(context, self.contexts):
            raise UsageError(asked, f"{context!r} is no context", build)
        unknown = [name for name in given if name not in self.resource_names]
        if unknown:
            known = [*self.resource_names, *filter(None, [self.context_name])]
            raise UsageError(
                asked,
                f"it has no parameter `{unknown[0]}`",
                did_you_mean(unknown[0], known) or "Leave it out.",
            )
        if self.context_name is not None:
            if context is None:
                raise UsageError(asked, f"nothing is given for `{self.context_name}`", build)
            given[self.context_name] = context
        return context, given


def tick_function(
    noun: Noun,
    name: str,
    fn: Callable[..., Any],
    contexts: type[TickContext],
    *,
    takes_event: bool = False,
) -> TickFunction:
    """The function with its parameters read: the first that is no resource is the context.

    With ``takes_event`` the second is what happened. Raises DefinitionError for further ones.
    """
    read = read_parameters(fn)
    others = [read.context, *(each for each, _ in read.inputs)]
    named = [each for each in others if each is not None]
    most = 2 if takes_event else 1
    if len(named) > most or read.config is not None:
        extra = "config" if read.config is not None else named[most]
        raise DefinitionError(
            f"the function of the {noun} `{name}`",
            f"its parameter `{extra}` is neither the context nor a resource",
            f"Annotate a resource: `{extra}: ResourceParam[...]`.",
        )
    context, event, *_ = [*named, None, None]
    resources = tuple(each for each, _ in read.resources)
    return TickFunction(noun, fn, context, event, resources, place_of(fn), contexts)
