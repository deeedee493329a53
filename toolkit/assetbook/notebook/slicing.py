"""The part of a notebook that its definitions need: found backwards, statement by statement.

What is read at once needs the last binding above it; what is read in functions, the last one of the
notebook. Whatever may change a needed object in place comes along. A slice that runs too much is
as right as the whole notebook; one that runs too little is found when versions are compared.
"""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

import msgspec

from assetbook.errors import DefinitionError
from assetbook.notebook.cell_names import PROVIDED_NAMES
from assetbook.notebook.document import LOAD_TAG, SKIP_TAG, Document
from assetbook.notebook.slice_leads import bases, leading_names, leads
from assetbook.notebook.slice_modules import (
    Draws,
    acts_on_imports,
    imported_states,
    imports_of,
    is_state,
    state_of,
)
from assetbook.notebook.slice_seeds import Doubt, definitions, settings, skipped
from assetbook.notebook.slice_unseen import unseen_binders
from assetbook.notebook.slice_unsteady import unsteady_names
from assetbook.notebook.statement_effects import (
    binds_fixed,
    changed_at_once,
    changed_by_calls,
    changed_when_called,
    changes_arguments,
    keeps_callable,
    shared,
)
from assetbook.notebook.statements import CodeCell, Statement, code_cells

_COMPOUND = (
    *(ast.If, ast.For, ast.AsyncFor, ast.While, ast.Match),
    *(ast.Try, ast.TryStar, ast.With, ast.AsyncWith),
)
_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
_FIXED = (ast.Import, ast.ImportFrom, *_DEFINITIONS)


class Slice(msgspec.Struct, frozen=True):
    """The statements that loading runs."""

    cells: tuple[CodeCell, ...]
    """All code cells."""
    why: Mapping[int, str]
    """By a taken statement's index, in words why it is taken."""

    def taken(self, cell: CodeCell) -> list[Statement]:
        """The statements of a cell that are taken, in order."""
        return [each for each in cell.statements if each.index in self.why]


def slice_of(document: Document, *, observed: Iterable[str] = ()) -> Slice:
    """The slice of a notebook.

    ``observed`` are global names that its assets were seen to read and that no code shows.

    Raises DefinitionError for cells that are no Python, for what is read before it is bound, and
    for what cannot be told to be needed or not: that names the cell and the tags that settle it.
    """
    cells = code_cells(document)
    slicer = _Slicer(each for cell in cells for each in cell.statements)
    doubts: list[Doubt] = []
    for each in settings(slicer.statements, document.path.parent):
        if isinstance(each, Doubt):
            doubts.append(each)
        else:
            slicer.take(*each)
    for statement, why in definitions(slicer.statements):
        slicer.take(statement, why)
    slicer.take_observed(observed)
    slicer.close()
    _refuse([each for each in doubts if each.statement.index not in slicer.why], slicer.faults)
    return Slice(tuple(cells), dict(sorted(slicer.why.items())))


def _refuse(doubts: Iterable[Doubt], faults: Iterable[str]) -> None:
    said = [
        f"{each.statement.cell}, `{each.statement.cell.first_line}`: {each.found}"
        for each in doubts
    ]
    if said:
        raise DefinitionError(
            "what loading the notebook runs",
            "; ".join(said),
            f"Tag the cell `{LOAD_TAG}` if definitions need it, `{SKIP_TAG}` if they do not.",
        )
    found = list(dict.fromkeys(faults))
    if found:
        raise DefinitionError(
            "loading the notebook from top to bottom",
            "; ".join(found),
            "Move the cell that binds the name above the one that reads it.",
        )


class _Slicer:
    """Takes statements, and all that they need."""

    def __init__(self, statements: Iterable[Statement]) -> None:
        self.statements = [each for each in statements if not skipped(each)]
        self.why: dict[int, str] = {}
        self.faults: list[str] = []
        self._end = 1 + max((each.index for each in self.statements), default=0)
        self._todo: list[Statement] = []
        self._seen: set[tuple[str, int, bool]] = set()
        self._binders: dict[str, list[Statement]] = defaultdict(list)
        for each in self.statements:
            for name in each.binds:
                self._binders[name].append(each)
        self._unseen = unseen_binders(self.statements)
        fixed = frozenset(
            name for name, binders in self._binders.items() if all(map(binds_fixed, binders))
        )
        self._fixed = fixed - leading_names(self.statements, fixed)
        self._sources = imports_of(self.statements)
        self._draws = Draws(self.statements, self._sources)
        self._unsteady = unsteady_names(self.statements, self._fixed)
        self._bases: dict[str, set[str]] = defaultdict(set)
        for each in self.statements:
            for name in each.binds:
                self._bases[name] |= bases(each)
        self._takers = self._changing_callables()
        self._carried = self._effects_of_calls()
        self._changes = {each.index: self._changed(each) for each in self.statements}
        self._changers = self._find_changers()

    def take(self, statement: Statement, why: str) -> None:
        """Takes a statement, unless it is taken."""
        if statement.index not in self.why:
            self.why[statement.index] = why
            self._todo.append(statement)

    def close(self) -> None:
        """Takes all that the taken ones need."""
        while self._todo:
            statement = self._todo.pop()
            for name in statement.reads | self._changed_before(statement):
                self._need(name, statement, at_once=True)
            for name in statement.reads_later:
                self._need(name, statement, at_once=False)
            for name in imported_states(statement) | self._draws.of(statement):
                self._need(name, statement, at_once=False)

    def take_observed(self, names: Iterable[str]) -> None:
        """Takes what binds or changes names that the text of no statement shows to be read."""
        for name in names:
            for each in (*self._binders.get(name, ()), *self._changers.get(name, ())):
                self.take(each, f"binds or changes `{name}`, which an asset was seen to read")

    def _changed_before(self, statement: Statement) -> set[str]:
        """What the statement may change and does not bind; nothing is changed before it is."""
        changed = self._changes[statement.index] - statement.binds
        return {
            name
            for name in changed
            if is_state(name) or any(self._bound_before(name, statement.index))
        }

    # -- what a name needs ----------------------------------------------------------------

    def _need(self, name: str, by: Statement, *, at_once: bool) -> None:
        until = by.index if at_once else self._end
        if (name, until, at_once) in self._seen:
            return
        self._seen.add((name, until, at_once))
        binders = [each for each in self._binders.get(name, ()) if each.index < until]
        if not binders and not is_state(name):
            self._unbound(name, by, at_once)
        first = binders[-1].index if binders else -1
        for each in reversed(binders):
            first = each.index
            self.take(each, f"binds `{name}`, which {by.cell} reads")
            if at_once:  # a function that is called reads its names now
                for inner in each.reads_later:
                    self._need(inner, by, at_once=any(self._bound_before(inner, until)))
            if not isinstance(each.node, _COMPOUND):
                break
        for each in self._changers.get(name, ()):
            if first < each.index < until:
                self.take(each, f"may change `{name.strip(':')}`, which {by.cell} reads")
        for each in self._unseen if binders else ():
            if first < each.index < until:
                self.take(each, f"may bind `{name}`, which {by.cell} reads")

    def _bound_before(self, name: str, until: int) -> Iterator[bool]:
        return (each.index < until for each in self._binders.get(name, ()))

    def _unbound(self, name: str, by: Statement, at_once: bool) -> None:
        later = self._binders.get(name, ())
        if name in PROVIDED_NAMES:
            return
        for star in self._unseen:
            self.take(star, f"may bind `{name}`, which {by.cell} reads")
        if at_once and later and by not in later:
            place = later[0].cell
            self.faults.append(f"{by.cell} reads `{name}`, which only {place} binds, further down")

    # -- effects --------------------------------------------------------------------------

    def _effects_of_calls(self) -> dict[str, frozenset[str]]:
        """By name, what may change or be bound when the function or class behind it is called."""
        own: dict[str, set[str]] = defaultdict(set)
        calls: dict[str, set[str]] = defaultdict(set)
        for each in self.statements:
            for name in each.binds:
                own[name] |= changed_when_called(each) | self._later_of(each)
                # a thread or a partial of a function, an instance of a class: who uses it may call
                calls[name] |= each.reads_later | keeps_callable(each, self._fixed)
                calls[name] |= each.reads if isinstance(each.node, ast.ClassDef) else set()
        return {name: frozenset(_closure(name, own, calls)) for name in own}

    def _later_of(self, statement: Statement) -> set[str]:
        """What a function or class may change when it is called, though only reading it."""
        if not isinstance(statement.node, _DEFINITIONS):
            return set()
        found = (statement.reads_later & self._unsteady) | self._draws.of(statement)
        on_modules = acts_on_imports(statement, self._sources, statement.names.mutates)
        return {*found, *self._states(on_modules)}

    def _states(self, names: Iterable[str]) -> set[str]:
        """Of the names, those of imports, with the states of their packages."""
        found = {name for name in names if name in self._sources}
        return found | {state_of(self._sources[name]) for name in found}

    def _changing_callables(self) -> frozenset[str]:
        """Functions that change what they are given, and instances whose methods change them."""
        found: set[str] = set()
        for each in self.statements:
            made = not isinstance(each.node, _FIXED) and each.reads & found & self._fixed
            if changes_arguments(each) or made:
                found |= each.binds
        return frozenset(found)

    def _changed(self, statement: Statement) -> frozenset[str]:
        """The names whose objects the statement may change or bind, those behind its calls too."""
        found = set(changed_at_once(statement, self._fixed))
        found |= changed_by_calls(statement, self._takers)
        for name in statement.reads:
            found |= self._carried.get(name, frozenset())
        if not isinstance(statement.node, _DEFINITIONS):
            found |= (statement.reads & self._unsteady) | self._draws.of(statement)
        if isinstance(statement.node, ast.ClassDef):  # the base of a base is told as well
            found |= _closure(statement.node.name, self._bases, self._bases)
        return frozenset(found | self._states(found))

    def _find_changers(self) -> Mapping[str, list[Statement]]:
        """By name, the statements that may change its object, under whatever name it goes there."""
        group = _Groups()
        for each in self.statements:
            for one, other in shared(each, self._fixed):
                group.join(one, other)
            for name in each.binds - self._fixed:
                for other in leads(each, self._fixed) | (bases(each) - self._sources.keys()):
                    group.join(name, other)
        found: dict[str, list[Statement]] = defaultdict(list)
        for each in self.statements:
            names = {same for name in self._changes[each.index] for same in group.of(name)}
            for name in names:
                found[name].append(each)
        return found


def _closure(name: str, own: Mapping[str, set[str]], calls: Mapping[str, set[str]]) -> set[str]:
    found: set[str] = set()
    seen: set[str] = set()
    todo = [name]
    while todo:
        each = todo.pop()
        if each not in seen:
            seen.add(each)
            found |= own.get(each, set())
            todo += calls.get(each, ())
    return found


class _Groups:
    """Names that may lead to one object, in groups."""

    def __init__(self) -> None:
        self._members: dict[str, set[str]] = {}

    def of(self, name: str) -> set[str]:
        """The names that share an object with ``name``, itself among them."""
        return self._members.get(name, {name})

    def join(self, one: str, other: str) -> None:
        """Takes note that two names may lead to one object."""
        merged = self.of(one) | self.of(other)
        for name in merged:
            self._members[name] = merged
