"""The list of readers: what, named by reached code, reads the world outside.

The list itself is ``readers.toml``. A reader is recognised by what a name stands for (the live
object, or its dotted name), and where that cannot be told by the attribute that is taken.
"""

from __future__ import annotations

import functools
import re
import sys
import tomllib
from collections.abc import Iterable, Mapping
from importlib import resources
from types import ModuleType
from typing import Any

import msgspec

from assetbook.notebook.live_kinds import qualified


class ReaderGroup(msgspec.Struct, frozen=True):
    """One group of the list, such as clocks."""

    what: str
    names: tuple[str, ...]
    attributes: tuple[str, ...] = ()
    exceptions: tuple[str, ...] = ()
    unless_seeded: bool = False


@functools.cache
def reader_groups() -> tuple[ReaderGroup, ...]:
    """The groups of the list, in its order."""
    return tuple(_group(each) for each in reader_table()["group"])


@functools.cache
def reader_table() -> Mapping[str, Any]:
    """The list as it is written, with what of SQL reads: parsed once, which takes 2 ms."""
    text = resources.files(__package__).joinpath("readers.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def _group(table: Mapping[str, Any]) -> ReaderGroup:
    return ReaderGroup(
        what=table["what"],
        names=tuple(table["names"]),
        attributes=tuple(table.get("attributes", ())),
        exceptions=tuple(table.get("except", ())),
        unless_seeded=table.get("unless_seeded", False),
    )


def reader_by_name(dotted: str, *, seeded: bool) -> bool:
    """Whether a dotted name reads; ``seeded`` says that it is called with a seed or argument."""
    return _matches(dotted, False) or (not seeded and _matches(dotted, True))


def reader_by_attribute(attribute: str, *, of_module: bool = False) -> bool:
    """Whether taking ``attribute`` of something reads; of a module only ``read_*`` and the like."""
    if not of_module and attribute in _plain_attributes():
        return True
    return _attributes_by_pattern().fullmatch(attribute) is not None


_ALIASES = {
    "IPython.core.interactiveshell._modified_open": "open",
    "_io.open": "open",
    "io.open": "open",
}


def name_of_object(value: object) -> str | None:
    """The name under which the list may hold a live object; None if it has none.

    An object that its library shows elsewhere than it was defined is known by where it is shown.
    """
    listed = _listed_objects(len(sys.modules), next(reversed(sys.modules))).get(id(value))
    if listed is not None:
        return listed[1]
    if not callable(value) or hasattr(type(value), "__getattr__"):  # never run a person's code
        return None
    owner = getattr(value, "__self__", None)
    if isinstance(owner, type) and hasattr(value, "__name__"):
        return f"{qualified(owner)}.{value.__name__}"
    if not hasattr(value, "__qualname__"):
        return None
    name = qualified(value)
    return _ALIASES.get(name, name)


@functools.lru_cache(4096)
def _matches(dotted: str, unless_seeded: bool) -> bool:
    package = dotted.partition(".")[0]
    if package not in _packages():
        return False
    return any(
        listed.fullmatch(dotted) and not excepted.fullmatch(dotted)
        for listed, excepted in _patterns(package, unless_seeded)
    )


@functools.cache
def _packages() -> frozenset[str]:
    """What the names of the list begin with."""
    return frozenset(name.partition(".")[0] for group in reader_groups() for name in group.names)


@functools.cache
def _patterns(package: str, unless_seeded: bool) -> list[tuple[re.Pattern[str], re.Pattern[str]]]:
    """Of each group, one for its names of that package: most packages are never asked about."""
    return [
        (_any_of(_within(package, group.names)), _any_of(_within(package, group.exceptions)))
        for group in reader_groups()
        if group.unless_seeded == unless_seeded
    ]


def _within(package: str, names: Iterable[str]) -> list[str]:
    return [each for each in names if each.partition(".")[0] == package]


@functools.cache
def _plain_attributes() -> frozenset[str]:
    every = (name for group in reader_groups() for name in group.attributes)
    return frozenset(name for name in every if "*" not in name)


@functools.cache
def _attributes_by_pattern() -> re.Pattern[str]:
    every = (name for group in reader_groups() for name in group.attributes)
    return _any_of(name for name in every if "*" in name)


def _any_of(patterns: Iterable[str]) -> re.Pattern[str]:
    """One expression for all patterns; a reader's own attributes (``os.environ.get``) match too."""
    parts = [re.escape(each).replace(r"\*", r"[^.]*") for each in patterns]
    return re.compile(f"(?:{'|'.join(parts)})(?:\\..*)?") if parts else re.compile(r"(?!)")


@functools.lru_cache(2)
def _listed_objects(modules: int, newest: str) -> Mapping[int, tuple[Any, str]]:
    """The live objects of all listed names whose modules are loaded, by id.

    ``modules`` is how many are loaded and ``newest`` the last of them: when another one is loaded,
    be it in the place of one that was dropped, the answer is made anew.
    """
    found: dict[int, tuple[Any, str]] = {}
    for module_name, name in _with_modules():
        module = sys.modules.get(module_name)
        if module is not None:  # most are not loaded
            for dotted, value in _live(module, name):
                if not isinstance(value, str | int | type(None) | ModuleType):
                    found.setdefault(id(value), (value, dotted))
    return found


@functools.cache
def _with_modules() -> list[tuple[str, str]]:
    """All names of the list, each behind the name of the module that shows it."""
    names = (name for group in reader_groups() for name in group.names)
    return [(name.rpartition(".")[0] or "builtins", name) for name in names]


def _live(module: ModuleType, name: str) -> Iterable[tuple[str, Any]]:
    module_name, _, attribute = name.rpartition(".")
    if "*" not in attribute:
        if attribute in vars(module):
            yield name, vars(module)[attribute]
        return
    pattern = re.compile(re.escape(attribute).replace(r"\*", ".*"))
    for each, value in list(vars(module).items()):
        shown = pattern.fullmatch(each) and not each.startswith("_")
        if shown and (attribute != "*" or _defined_in(module_name, value)):
            yield f"{module_name}.{each}", value


def _defined_in(module_name: str, value: Any) -> bool:
    """Whether a module shows ``value`` as its own, not as what it imported for its own use."""
    home = getattr(value, "__module__", None)
    parent, _, leaf = module_name.rpartition(".")
    inside = (module_name, f"{parent}._{leaf}")
    return home is None or any(home == each or home.startswith(f"{each}.") for each in inside)


def settled_by_files(reader: str) -> bool:
    """Whether ``reader`` (as it stands in a code version) reads files alone, so that naming the
    files by ``reads=`` says all that it reads."""
    name = reader.removeprefix(".")
    return any(
        any(re.fullmatch(_glob(each), name) for each in (*group.names, *group.attributes))
        for group in reader_groups()
        if group.what in _OF_FILES
    )


_OF_FILES = frozenset({"files", "tables"})


def _glob(pattern: str) -> str:
    return re.escape(pattern).replace(r"\*", ".*")
