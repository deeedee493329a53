"""What was seen of live state while a version was taken, so that it can be asked for again.

Everything that the versioner reads of live objects goes through here. As long as all of it still
holds the version is the same, and telling so takes an identity test a name.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from types import CellType
from typing import Any

from assetbook.notebook.cell_source import file_stamp, is_cell
from assetbook.notebook.constants import IMMUTABLE, constant_digest
from assetbook.notebook.live_kinds import payload_of


class _Unbound:
    def __repr__(self) -> str:
        return "unbound"


UNBOUND: Any = _Unbound()
"""Stands for the value of a name or cell that is not bound."""


class Observed:
    """A list of observations of live objects; ``still_holds`` asks them all again."""

    __slots__ = ("_attributes", "_bindings", "_cells", "_contents", "_snapshots", "_stamps")

    def __init__(self) -> None:
        self._bindings: list[tuple[Mapping[str, Any], str, Any]] = []
        self._cells: list[tuple[CellType, Any]] = []
        self._attributes: list[tuple[Any, str, Any]] = []
        self._snapshots: list[tuple[Callable[[], Iterable[Any]], tuple[Any, ...]]] = []
        self._contents: list[tuple[Any, bytes | None]] = []
        self._stamps: dict[str, object] = {}

    def name(self, namespace: Mapping[str, Any], name: str) -> Any:
        """What ``name`` is bound to in ``namespace``; UNBOUND if it is not."""
        value = namespace.get(name, UNBOUND)
        self._bindings.append((namespace, name, value))
        return value

    def cell(self, cell: CellType) -> Any:
        """What a closure's cell holds; UNBOUND if it is empty."""
        value = _contents(cell)
        self._cells.append((cell, value))
        return value

    def attribute(self, owner: object, name: str) -> Any:
        """An attribute that is itself stored, such as a function's code."""
        value = getattr(owner, name, UNBOUND)
        self._attributes.append((owner, name, value))
        return value

    def items(self, mapping: Mapping[Any, Any]) -> list[tuple[Any, Any]]:
        """The items of a mapping in its order."""
        items = list(mapping.items())
        if mapping:
            flat = tuple(part for item in items for part in item)
            self._snapshots.append((lambda: _flat(mapping), flat))
        else:
            self._snapshots.append((mapping.keys, ()))
        return items

    def elements(self, values: Any) -> list[Any]:
        """The elements of a list or set, in its order."""
        found = list(values)
        self._snapshots.append((lambda: values, tuple(found)))
        return found

    def payload(self, value: object) -> tuple[str, Any] | None:
        """What an instance of a builtin's subclass holds as that builtin, with its name."""
        payload = payload_of(value)
        if payload is not None:
            self._snapshots.append((lambda: _parts(payload_of(value)), tuple(_parts(payload))))
        return payload

    def constant(self, value: object) -> bytes | None:
        """The digest of a constant; None if ``value`` is none."""
        digest = constant_digest(value)
        if type(value) not in IMMUTABLE and digest is not None:
            self._contents.append((value, digest))
        return digest

    def source(self, filename: str) -> None:
        """Notes that the text of ``filename`` was relied on."""
        if filename not in self._stamps:
            self._stamps[filename] = file_stamp(filename)

    @property
    def files(self) -> tuple[str, ...]:
        """The files on disk whose text was relied on, sorted."""
        there = (each for each, stamp in self._stamps.items() if stamp is not None)
        return tuple(sorted(each for each in there if not is_cell(each)))

    def still_holds(self) -> bool:
        """Whether every observation would come out the same now."""
        for namespace, name, value in self._bindings:
            if namespace.get(name, UNBOUND) is not value:
                return False
        for owner, name, value in self._attributes:
            if getattr(owner, name, UNBOUND) is not value:
                return False
        return (
            all(_contents(cell) is value for cell, value in self._cells)
            and all(_same(look(), seen) for look, seen in self._snapshots)
            and all(constant_digest(value) == digest for value, digest in self._contents)
            and all(file_stamp(name) == stamp for name, stamp in list(self._stamps.items()))
        )


def _contents(cell: CellType) -> Any:
    try:
        return cell.cell_contents
    except ValueError:
        return UNBOUND


def _parts(payload: tuple[str, Any] | None) -> list[Any]:
    """What may be replaced within a payload, to be compared by identity."""
    content = payload[1] if payload is not None else ()
    if isinstance(content, dict):
        return _flat(content)
    return list(content) if isinstance(content, list | set | tuple | bytearray) else []


def _flat(mapping: Mapping[Any, Any]) -> list[Any]:
    return [part for item in mapping.items() for part in item]


def _same(now: Iterable[Any], seen: tuple[Any, ...]) -> bool:
    found = tuple(now)
    return len(found) == len(seen) and all(map(_is, found, seen))


def _is(one: object, other: object) -> bool:
    return one is other
