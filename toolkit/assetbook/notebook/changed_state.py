"""Which reached instances and classes the reached code changes through their own methods."""

from __future__ import annotations

import types
from typing import Any

from assetbook.notebook.reach import Reach

_CONSTRUCTORS = frozenset(
    [
        "__init__",
        "__new__",
        "__post_init__",
        "__set_name__",
        "__init_subclass__",
        "__del__",
        "__setstate__",
        "__attrs_post_init__",
        "__class_getitem__",
        "model_post_init",
    ]
)


def changed_objects(reach: Reach) -> list[str]:
    """The names of reached objects that a method used by the reached code stores into, and of
    module names that the code itself binds."""
    used = set().union(*(facts.attributes for facts in reach.facts))
    changing = {id(each.code) for each in reach.facts if each.changes_self}
    own = {cls for cls in reach.classes if _changing_methods(cls, used, changing)}
    found = [name for name, value in reach.instances if own.intersection(type(value).__mro__)]
    themselves = [cls for cls in reach.classes if _changes_itself(cls, used, changing)]
    found += [name for slot, name in reach.stored.items() if slot in reach.loaded]
    return [*found, *(cls.__qualname__ for cls in themselves)]


def _changing_methods(cls: type, used: set[str], changing: set[int]) -> bool:
    return any(
        _code_ids(member) & changing
        for name, member in list(vars(cls).items())
        if name not in _CONSTRUCTORS
        and not isinstance(member, classmethod | staticmethod)
        and (name in used or name.startswith("__"))
    )


def _changes_itself(cls: type, used: set[str], changing: set[int]) -> bool:
    return any(
        isinstance(member, classmethod) and name in used and _code_ids(member) & changing
        for name, member in list(vars(cls).items())
    )


def _code_ids(member: Any) -> set[int]:
    """The ids of the code of a method, or of a property's functions."""
    if isinstance(member, property):
        functions: tuple[Any, ...] = (member.fget, member.fset)
    else:
        functions = (getattr(member, "__func__", member),)
    return {id(each.__code__) for each in functions if isinstance(each, types.FunctionType)}
