"""A local class by what it holds: bases, methods, attributes, annotations.

The live class counts, not the text it came from, which cannot be found for a class made in a cell.
What a generator (dataclass, Enum, NamedTuple, pydantic) added is left out where the fields that it
was generated from count.
"""

from __future__ import annotations

import dataclasses
import enum
import reprlib
import types
from collections.abc import Mapping
from typing import Any

from assetbook.notebook import local_modules
from assetbook.notebook.cell_source import class_source, is_cell
from assetbook.notebook.class_doubts import doubt_class
from assetbook.notebook.live_kinds import classes_in, qualified, why_unknown
from assetbook.notebook.observed import UNBOUND
from assetbook.notebook.reach import Reach
from assetbook.notebook.reach_graph import Node

_LEFT_OUT = frozenset(
    """__dict__ __weakref__ __module__ __doc__ __qualname__ __firstlineno__ __static_attributes__
    __annotations__ __annotate__ __annotate_func__ __annotations_cache__ __abstractmethods__
    _abc_impl __parameters__ __orig_bases__ __dataclass_fields__
    __dataclass_params__ __protocol_attrs__ __non_callable_proto_members__ _is_protocol
    _is_runtime_protocol __type_params__ __attrs_attrs__ __attrs_props__
    __attrs_own_setattr__ __slotnames__""".split()  # noqa: SIM905
)


_PARAMETERS = ("init", "repr", "eq", "order", "unsafe_hash", "frozen")


def expand_class(reach: Reach, node: Node, cls: type) -> None:
    """Gives ``node`` the label and edges of a local class."""
    node.kind = node.kind and "class"
    node.label = f"class:{cls.__name__}".encode()
    node.docs = str(vars(cls).get("__doc__")).encode()
    if type(cls) is not type:
        reach.edge(node, "metaclass", type(cls), type(cls).__qualname__)
    for at, base in enumerate(reach.observed.attribute(cls, "__bases__")):
        if base is not object:
            own = local_modules.is_local_class(base)
            reach.edge(node, f"base:{at}", base, base.__qualname__, piece=own)
    members = dict(reach.observed.items(vars(cls)))
    node.text, node.where = _text(reach, cls, members)
    doubt_class(reach, cls)
    _annotations(reach, node, members)
    generated = _generated(reach, node, cls, members)
    for name, value in members.items():
        if name not in _LEFT_OUT and not _is_generated(cls, name, value, generated):
            if name == "__hash__" and value is None:
                continue
            reach.edge(node, f"member:{name}", value, f"{node.name}.{name}")


def _annotations(reach: Reach, node: Node, members: Mapping[str, Any]) -> None:
    annotations = members.get("__annotations__")
    for name, value in reach.observed.items(annotations) if isinstance(annotations, dict) else ():
        text = (
            value
            if isinstance(value, str)
            else qualified(value)
            if isinstance(value, type)
            else str(value)
        )
        reach.leaf(node, f"annotation:{name}", text, f"{node.name}.{name}")
        for at, each in enumerate(classes_in(value)):
            if local_modules.is_local_class(each):
                reach.edge(node, f"annotation:{name}:{at}", each, each.__qualname__, piece=True)


_Generated = str


def _generated(reach: Reach, node: Node, cls: type, members: Mapping[str, Any]) -> _Generated:
    """Which generator made parts of the class, after its fields were taken; "" for none."""
    if issubclass(cls, enum.Enum):
        for name, member in cls.__members__.items():
            reach.edge(node, f"value:{name}", member._value_, f"{node.name}.{name}")
            for each, value in reach.observed.items(vars(member)):
                if not each.startswith("_"):
                    reach.edge(node, f"{name}.{each}", value, f"{node.name}.{name}.{each}")
        return "enum"
    if issubclass(cls, tuple) and "_fields" in members:
        reach.edge(node, "fields", members["_fields"], node.name)
        reach.edge(node, "defaults", members.get("_field_defaults", {}), node.name)
        return "namedtuple"
    if "__dataclass_params__" in members:
        reach.leaf(node, "params", _parameters(members), node.name)
        _fields(reach, node, members["__dataclass_fields__"])
        return "dataclass"
    if "__pydantic_fields__" in members or "__pydantic_validator__" in members:
        for name, field in members.get("__pydantic_fields__", {}).items():
            _described(reach, node, name, field)
        private = members.get("__private_attributes__", {})
        reach.edge(node, "private", private, f"{node.name}.__private_attributes__")
        return "pydantic"
    if "__attrs_attrs__" in members:
        for field in members["__attrs_attrs__"]:
            _described(reach, node, field.name, field)
        return "attrs"
    return (
        "metaclass"
        if not local_modules.is_local_class(type(cls)) and (type(cls) is not type)
        else ""
    )


def _parameters(members: Mapping[str, Any]) -> str:
    """What the decorator was told, by what every Python keeps; as 3.11 writes it."""
    given = members["__dataclass_params__"]
    said = ",".join(f"{name}={getattr(given, name)!r}" for name in _PARAMETERS)
    slots = "slots" if "__slots__" in members else ""
    unmatched = "" if "__match_args__" in members else "no match_args"
    return " ".join(filter(None, [f"_DataclassParams({said})", slots, unmatched]))


def _fields(reach: Reach, node: Node, fields: Mapping[str, dataclasses.Field[Any]]) -> None:
    for name, field in fields.items():
        kind = vars(dataclasses.Field)["_field_type"].__get__(field)  # plain, ClassVar or InitVar
        flags = (field.init, field.repr, field.compare, field.hash, field.kw_only, str(kind))
        reach.leaf(node, f"field:{name}", str(flags), f"{node.name}.{name}")
        for part in ("default", "default_factory"):
            value = getattr(field, part)
            if value is not dataclasses.MISSING:
                reach.edge(node, f"{part}:{name}", value, f"{node.name}.{name}")
        reach.edge(node, f"metadata:{name}", field.metadata, f"{node.name}.{name}")


def _described(reach: Reach, node: Node, name: str, field: Any) -> None:
    """A field of a library's model, by its default and what it prints as."""
    said = f"{node.name}.{name}"
    for part in ("default", "default_factory", "validator", "converter"):
        value = getattr(field, part, None)
        if value is not None and type(value).__name__ not in ("PydanticUndefinedType", "_Nothing"):
            reach.edge(node, f"{part}:{name}", value, said)
    text = repr(field)
    if " at 0x" in text:
        reach.unknown(said, why_unknown(said, field))
    reach.leaf(node, f"field:{name}", text, said)


def _is_generated(cls: type, name: str, value: Any, generator: str) -> bool:
    """Whether a member was made by the class's generator, or says nothing by itself."""
    if isinstance(value, types.MemberDescriptorType | types.GetSetDescriptorType):
        return True
    if not generator:
        return False
    if isinstance(value, types.FunctionType | classmethod | staticmethod | property):
        return _is_installed_or_without_file(value)
    if generator == "enum":
        return name in members_of(cls) or (name.startswith("_") and not _is_private(cls, name))
    if generator == "namedtuple":
        return name.startswith("_") or name in cls._fields  # type: ignore[attr-defined]
    return name.startswith("__") or (generator == "metaclass" and name.startswith("_"))


def _is_private(cls: type, name: str) -> bool:
    return name.startswith(f"_{cls.__name__.lstrip('_')}__")


def members_of(cls: type) -> Mapping[str, Any]:
    """The members of an Enum class by name, aliases included."""
    found: Mapping[str, Any] = cls.__members__  # type: ignore[attr-defined]
    return found


def _is_installed_or_without_file(value: Any) -> bool:
    fn = value.fget if isinstance(value, property) else getattr(value, "__func__", value)
    if not isinstance(fn, types.FunctionType):
        return True
    filename = fn.__code__.co_filename
    if filename.startswith("<attrs generated"):
        return True
    return not is_cell(filename) and (
        filename.startswith("<") or not local_modules.is_local_function(fn)
    )


def _text(reach: Reach, cls: type, members: Mapping[str, Any]) -> tuple[str, str]:
    """The source of a class and its place if one of its methods tells the file; else a listing."""
    for value in members.values():
        fn = value.fget if isinstance(value, property) else getattr(value, "__func__", value)
        if isinstance(fn, types.FunctionType):
            found = class_source(cls, fn.__code__.co_filename)
            if found is not None:
                return found.text, reach.place_of(found.filename, found.line)
    shown = [
        f"{name} = {reprlib.repr(value)}" for name, value in members.items() if _shows(name, value)
    ]
    return "\n    ".join([f"class {cls.__qualname__}:", *shown]), ""


def _shows(name: str, value: Any) -> bool:
    return not name.startswith("_") and not callable(value) and value is not UNBOUND
