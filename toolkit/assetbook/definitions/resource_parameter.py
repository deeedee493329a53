"""How a parameter says that it is a resource; without pydantic, for every definition asks."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Annotated, Any, Final, TypeVar

from assetbook.definitions.parameters import RESOURCE_MARK

T = TypeVar("T")

if TYPE_CHECKING:
    ResourceParam = Annotated[T, "resource"]
else:

    class ResourceParam:
        """Marks a parameter as a resource of any type: ``client: ResourceParam[Client]``."""

        __assetbook_resource__ = True

        def __class_getitem__(cls, inner: Any) -> ResourceParam:
            return cls(inner)

        def __init__(self, inner: Any) -> None:
            self.inner = inner

        def __repr__(self) -> str:
            return f"ResourceParam[{getattr(self.inner, '__name__', self.inner)}]"

        def __eq__(self, other: object) -> bool:
            return isinstance(other, ResourceParam) and self.inner == other.inner

        def __hash__(self) -> int:
            return hash((ResourceParam, self.inner))

        def __call__(self) -> None:  # typing.Optional[...] takes only what can be called
            raise TypeError("a ResourceParam annotates a parameter; it is not called")


class _InContext:
    """Stands for the annotation of a resource that is no parameter."""

    __assetbook_resource__ = True

    def __repr__(self) -> str:
        return "IN_CONTEXT"


IN_CONTEXT: Final = _InContext()
"""The annotation of a resource that the function takes from ``context.resources``."""


def with_required(
    parameters: tuple[tuple[str, object], ...], keys: Iterable[str] | None
) -> tuple[tuple[str, object], ...]:
    """The resources that are parameters, and those of ``keys`` that are none."""
    known = {name for name, _ in parameters}
    more = dict.fromkeys([keys] if isinstance(keys, str) else keys or ())
    return (*parameters, *((name, IN_CONTEXT) for name in more if name not in known))


def is_resource_annotation(annotation: object) -> bool:
    """Whether a parameter annotated so is a resource, not an input."""
    return hasattr(annotation, RESOURCE_MARK)
