"""Types made of Python's own: classes, and annotations such as ``dict[str, int]``."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Any

from assetbook.errors import with_article
from assetbook.named_arguments import named_arguments
from assetbook.types.loader import ValueTypeLoader
from assetbook.types.value_type import TypeCheck, TypeCheckContext, ValueType

Check = Callable[[TypeCheckContext, Any], TypeCheck]
PASSED = TypeCheck(True)


class AnnotatedType(ValueType):
    """A type that an annotation stands for: it asks for classes and parts, not for rules."""


@named_arguments
class PythonObjectType(AnnotatedType):
    """The values of one class or several, as ``isinstance`` sees them.

    A numpy number counts as the plain one that it is stored as.
    """

    def __init__(
        self,
        python_type: type | tuple[type, ...],
        name: str | None = None,
        description: str | None = None,
        loader: ValueTypeLoader | None = None,
    ) -> None:
        self.python_type = python_type
        classes = python_type if isinstance(python_type, tuple) else (python_type,)
        super().__init__(
            self._check,
            name or " | ".join(class_name(each) for each in classes),
            description,
            loader,
            typing_type=python_type if isinstance(python_type, type) else Any,
        )

    def _check(self, context: TypeCheckContext, value: object) -> TypeCheck:
        return PASSED if _is(value, self.python_type) else wrong(value, self.name)


def class_name(kind: type) -> str:
    """A class as people write it."""
    builtin = kind.__module__ in ("builtins", "__main__")
    return kind.__qualname__ if builtin else f"{kind.__module__}.{kind.__qualname__}"


def wrong(value: object, wanted: str) -> TypeCheck:
    """That a value is of another type; says its class and never the value."""
    found = "None" if value is None else with_article(class_name(type(value)))
    return TypeCheck(False, f"it is {found}, not {with_article(wanted)}")


def _is(value: object, wanted: type | tuple[type, ...]) -> bool:
    try:
        if isinstance(value, wanted):
            return True
    except TypeError:  # a TypedDict or a protocol that cannot be asked at run time
        return True
    plain = wanted in (int, float, bool) and type(value).__module__ == "numpy"
    if not plain or getattr(value, "shape", None) != ():
        return False
    return isinstance(value.item(), wanted)  # type: ignore[attr-defined]


def one_of_types(members: Sequence[ValueType], name: str) -> ValueType:
    """The values of any of the ``members``."""

    filled = [each for each in members if each is not NOTHING]

    def check(context: TypeCheckContext, value: object) -> TypeCheck:
        if value is None and len(filled) < len(members):
            return PASSED
        found = TypeCheck(False)
        for each in filled:
            found = each.type_check(context, value)
            if found.success:
                return found
        return found if len(filled) == 1 else wrong(value, name)

    return AnnotatedType(check, name)


def one_of_values(values: Sequence[object], name: str) -> ValueType:
    """These values alone, each of its own class."""

    def check(context: TypeCheckContext, value: object) -> TypeCheck:
        if any(type(value) is type(each) and value == each for each in values):
            return PASSED
        return TypeCheck(False, f"it is none of {name}")

    return AnnotatedType(check, name)


def collection_of(kind: type, item: ValueType, name: str) -> ValueType:
    """Lists, sets and the like all of whose items are of one type."""

    def check(context: TypeCheckContext, value: Any) -> TypeCheck:
        if not _is(value, kind):
            return wrong(value, name)
        return _items(context, item, value, "item")

    return AnnotatedType(check, name)


def mapping_of(kind: type, key: ValueType, item: ValueType, name: str) -> ValueType:
    """Mappings with keys and values of one type each."""

    def check(context: TypeCheckContext, value: Mapping[Any, Any]) -> TypeCheck:
        if not _is(value, kind):
            return wrong(value, name)
        keys = _items(context, key, value.keys(), "key")
        return _items(context, item, value.values(), "value") if keys.success else keys

    return AnnotatedType(check, name)


def tuple_of(items: Sequence[ValueType], name: str) -> ValueType:
    """Tuples of this length, with an item of each type."""

    def check(context: TypeCheckContext, value: Any) -> TypeCheck:
        if not isinstance(value, tuple):
            return wrong(value, name)
        if len(value) != len(items):
            return TypeCheck(False, f"it has {len(value)} items, not {len(items)}")
        found = (kind.type_check(context, each) for kind, each in zip(items, value, strict=True))
        return _first_failed(found, "item")

    return AnnotatedType(check, name)


def _items(
    context: TypeCheckContext, kind: ValueType, values: Collection[object], word: str
) -> TypeCheck:
    if kind is ANY:
        return PASSED
    if isinstance(kind, PythonObjectType):  # a million items are of few classes
        samples = {type(each): each for each in values}
        if all(kind.type_check(context, each).success for each in samples.values()):
            return PASSED
    return _first_failed((kind.type_check(context, each) for each in values), word)


def _first_failed(found: Iterable[TypeCheck], word: str) -> TypeCheck:
    for number, each in enumerate(found):
        if not each.success:
            said = each.description or "it does not pass"
            return TypeCheck(False, f"{word} {number}: {said}", each.metadata, each.samples)
    return PASSED


ANY = ValueType(lambda context, value: True, "Any", "Any value.")
NOTHING = AnnotatedType(
    lambda context, value: PASSED if value is None else wrong(value, "None"), "Nothing", "No value."
)
