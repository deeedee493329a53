"""Hooks: an author's functions that are called after steps succeed or fail."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Literal, overload

from assetbook.definitions.labels import validate_name
from assetbook.definitions.parameters import own_name, place_of
from assetbook.definitions.place import Place
from assetbook.definitions.spec import Frozen
from assetbook.errors import DefinitionError, did_you_mean, with_article
from assetbook.named_arguments import named_arguments, named_options

HookEvent = Literal["success", "failure"]


@named_arguments
class HookDefinition(Frozen):
    """What ``@success_hook`` and ``@failure_hook`` make; calling it calls the function itself."""

    __slots__ = ("__weakref__", "compute", "event", "name", "place", "required_resource_keys")

    name: str
    compute: Callable[..., Any]
    event: HookEvent
    required_resource_keys: frozenset[str]
    place: Place

    def __init__(
        self,
        name: str,
        compute: Callable[..., Any],
        event: HookEvent,
        place: Place,
        required_resource_keys: frozenset[str] = frozenset(),
    ) -> None:
        put = object.__setattr__
        put(self, "name", name)
        put(self, "compute", compute)
        put(self, "event", event)
        put(self, "place", place)
        put(self, "required_resource_keys", required_resource_keys)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """What the author's function returns."""
        return self.compute(*args, **kwargs)

    def __repr__(self) -> str:
        return f"<{self.event}_hook {self.name}>"


@overload
def success_hook(fn: Callable[..., Any], /) -> HookDefinition: ...


@overload
def success_hook(
    *, name: str | None = None, required_resource_keys: Iterable[str] | None = None
) -> Callable[[Callable[..., Any]], HookDefinition]: ...


@named_options
def success_hook(
    fn: Callable[..., Any] | None = None,
    /,
    *,
    name: str | None = None,
    required_resource_keys: Iterable[str] | None = None,
) -> HookDefinition | Callable[[Callable[..., Any]], HookDefinition]:
    """The hook that calls the decorated function after each successful step; nothing runs.

    The function takes one parameter, ``context``. Raises DefinitionError for any other.
    """
    return _decorated(fn, "success", name, required_resource_keys)


@overload
def failure_hook(fn: Callable[..., Any], /) -> HookDefinition: ...


@overload
def failure_hook(
    *, name: str | None = None, required_resource_keys: Iterable[str] | None = None
) -> Callable[[Callable[..., Any]], HookDefinition]: ...


@named_options
def failure_hook(
    fn: Callable[..., Any] | None = None,
    /,
    *,
    name: str | None = None,
    required_resource_keys: Iterable[str] | None = None,
) -> HookDefinition | Callable[[Callable[..., Any]], HookDefinition]:
    """The hook that calls the decorated function after each failed step; nothing runs.

    The function takes one parameter, ``context``. Raises DefinitionError for any other.
    """
    return _decorated(fn, "failure", name, required_resource_keys)


def checked_hooks(where: str, hooks: Iterable[object]) -> frozenset[HookDefinition]:
    """The hooks as a set; raises DefinitionError, which begins with ``where``, for other things."""
    given = tuple(hooks)
    for each in given:
        if not isinstance(each, HookDefinition):
            raise DefinitionError(
                where,
                f"among its hooks is {each!r}, {with_article(type(each).__name__)}",
                "Give functions decorated with @success_hook or @failure_hook.",
            )
    return frozenset(each for each in given if isinstance(each, HookDefinition))


def _decorated(
    fn: Callable[..., Any] | None,
    event: HookEvent,
    name: str | None,
    resource_keys: Iterable[str] | None,
) -> HookDefinition | Callable[[Callable[..., Any]], HookDefinition]:
    def decorate(fn: Callable[..., Any]) -> HookDefinition:
        _check_parameters(fn)
        return HookDefinition(
            validate_name(name or own_name(fn), "a hook"),
            fn,
            event,
            place_of(fn),
            frozenset(resource_keys or ()),
        )

    return decorate if fn is None else decorate(fn)


def _check_parameters(fn: Callable[..., Any]) -> None:
    own_name(fn)
    code = fn.__code__
    names = code.co_varnames[: code.co_argcount]
    if names and names[0] == "context" and len(names) - len(fn.__defaults__ or ()) <= 1:
        return
    found = f"its parameters are {', '.join(names)}" if names else "it has no parameters"
    raise DefinitionError(
        f"the hook {fn.__name__}()",
        found,
        did_you_mean(names[0], ["context"])
        if len(names) == 1 and did_you_mean(names[0], ["context"])
        else "Give it one parameter, called `context`.",
    )
