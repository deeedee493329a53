"""What a walk over a cell has seen of its names, and which of them are surely bound just now.

A read of a name that is bound on some paths only still counts, since on the others it reaches
outside the cell. How the walk goes is told in ``name_walk`` and ``name_flow``.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from assetbook.notebook.scopes import MODULE_FRAME, Frame, FrameKind, home_of, mangled
from assetbook.notebook.tree_walk import TreeVisitor

Slot = tuple[int, str]
"""A name in the module (``MODULE_FRAME``) or in the class body of that number."""

Sure = frozenset[Slot] | None
"""What is surely bound at a point of the walk; None where the point cannot be reached."""


@dataclass(slots=True)
class Notes:
    """What the walk has seen so far; the fields mean what those of ``CellNames`` mean."""

    reads: set[str] = field(default_factory=set)
    reads_later: set[str] = field(default_factory=set)
    needs: set[str] = field(default_factory=set)
    binds: set[str] = field(default_factory=set)
    binds_later: set[str] = field(default_factory=set)
    deletes: set[str] = field(default_factory=set)
    mutates: set[str] = field(default_factory=set)
    calls_on: set[str] = field(default_factory=set)
    annotation_reads: set[str] = field(default_factory=set)
    star_imports: set[str] = field(default_factory=set)
    imports: dict[str, str] = field(default_factory=dict)
    first_read: dict[str, int] = field(default_factory=dict)


def join(*states: Sure) -> Sure:
    """What is surely bound where several paths meet; None if none of them is reached."""
    reached = [state for state in states if state is not None]
    return frozenset.intersection(*reached) if reached else None


@dataclass(slots=True)
class Place:
    """Where the walk stands; ``later`` tells that this code runs when something calls it."""

    frames: tuple[Frame, ...]
    class_name: str | None
    later: bool


class NameNotes(TreeVisitor):
    """Takes down names for a walk: ``notes`` is what was seen, ``sure`` what is surely bound.

    ``place`` is where the walk stands. Each set of ``guards`` gathers the names that are removed
    under one ``try`` or ``with``.
    """

    def __init__(self) -> None:
        self.notes = Notes()
        self.sure: Sure = frozenset()
        self.place = Place((Frame("module", MODULE_FRAME),), class_name=None, later=False)
        self.guards: list[set[Slot]] = []
        self._last_number = MODULE_FRAME

    def visit(self, node: ast.AST) -> None:
        """Walk ``node`` unless this point cannot be reached."""
        if self.sure is not None:  # one call a node: half of the walk's time was calls
            method = self._methods.get(node.__class__) or self._look_up(node.__class__)
            method(self, node)

    def visit_all(self, nodes: Iterable[ast.AST | None]) -> None:
        """Walk each node in turn; None is skipped."""
        for node in nodes:
            if node is not None:
                self.visit(node)

    # -- one name -------------------------------------------------------------------------

    def read(self, name: str, line: int) -> None:
        """Note that ``name`` is read here, if the read can reach outside the cell."""
        notes, name = self.notes, mangled(name, self.place.class_name)
        if not self._reaches_module(name) or name == "__debug__" or self.sure is None:
            return
        sure = (MODULE_FRAME, name) in self.sure
        if self.place.later or (len(self.place.frames) > 1 and self._in_generator()):
            notes.reads_later.add(name)
        if not self.place.later and not sure:
            notes.reads.add(name)
        if not sure:
            notes.needs.add(name)
        if name in notes.reads or name in notes.reads_later:
            notes.first_read[name] = min(line, notes.first_read.get(name, line))

    def bind(self, name: str) -> None:
        """Note that ``name`` is bound here; from here on it is surely bound."""
        slot = self._slot(name)
        if slot is None or self.sure is None:
            return
        if slot[0] == MODULE_FRAME:
            (self.notes.binds_later if self.place.later else self.notes.binds).add(slot[1])
        self.sure |= {slot}

    def unbind(self, name: str) -> None:
        """Note that ``name`` is deleted here; an exception may come before or after it."""
        slot = self._slot(name)
        if slot is None or self.sure is None:
            return
        if slot[0] == MODULE_FRAME:
            self.notes.deletes.add(slot[1])
        self.sure -= {slot}
        for removed in self.guards:
            removed.add(slot)

    def _slot(self, name: str) -> Slot | None:
        """Where a binding of ``name`` lands; None for a local of a function."""
        name = mangled(name, self.place.class_name)
        frames = self.place.frames
        if len(frames) == 1:
            return MODULE_FRAME, name
        frame = next(each for each in reversed(frames) if not each.is_comprehension)
        if any(name in each.local for each in frames if each.is_comprehension):
            return None
        if frame.kind == "module" or name in frame.global_:
            return MODULE_FRAME, name
        return (frame.number, name) if frame.kind == "class" and name in frame.local else None

    def _reaches_module(self, name: str) -> bool:
        frames = self.place.frames
        if len(frames) == 1:
            return True
        home = home_of(name, frames)
        if home.class_number is not None and (home.class_number, name) in (self.sure or ()):
            return False
        return home.reaches_module

    def _in_generator(self) -> bool:
        return any(frame.kind == "generator" for frame in self.place.frames)

    def mutates(self, node: ast.Name | None) -> None:
        """Note that the object of this name is changed in place; None is no name."""
        if node is not None:
            name = mangled(node.id, self.place.class_name)
            if self._reaches_module(name):
                self.notes.mutates.add(name)

    @contextmanager
    def inside(
        self, kind: FrameKind, *, local: frozenset[str], global_: frozenset[str] = frozenset()
    ) -> Iterator[Frame]:
        """Stand in a new body inside the present one."""
        self._last_number += 1
        spelled = frozenset(mangled(name, self.place.class_name) for name in local)
        frame = Frame(kind, self._last_number, spelled, global_)
        place = self.place
        self.place = Place((*place.frames, frame), place.class_name, place.later)
        yield frame
        self.place = place

    def calls_on(self, node: ast.Name) -> None:
        """Note a call of a method that changes its object, straight on this name."""
        name = mangled(node.id, self.place.class_name)
        if self._reaches_module(name):
            self.notes.calls_on.add(name)
