# ruff: noqa: N802  (ast.NodeVisitor names its methods after the nodes)
"""The walk through statements that branch, loop, fail or leave: which names are surely bound after.

Any statement of a ``try`` body may fail. A ``with`` is taken to let exceptions through unless it
is spelled as one that swallows them; else every name bound under ``with open(...)`` would count as
perhaps unbound.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from assetbook.notebook.name_notes import Sure, join
from assetbook.notebook.name_walk import NameWalk
from assetbook.notebook.tree_walk import all_within

_SWALLOWING = frozenset({"suppress", "raises", "assertRaises", "ExitStack", "AsyncExitStack"})


@dataclass(slots=True)
class _Loop:
    """What is surely bound where a loop is left by ``break`` or goes round by ``continue``."""

    breaks: list[Sure] = field(default_factory=list)
    continues: list[Sure] = field(default_factory=list)


_Block = _Loop | Callable[[], None]


class FlowWalk(NameWalk):
    """``NameWalk`` with control flow.

    ``_blocks`` holds the loops around a statement, and what runs when it leaves a block early
    (a ``finally`` body, the end of an ``except ... as``).
    """

    def __init__(self, *, lazy_annotations: bool) -> None:
        super().__init__(lazy_annotations=lazy_annotations)
        self._blocks: list[_Block] = []

    def visit_body(self, body: Sequence[ast.AST]) -> None:
        """Walk a function's or class's body, whose ``break`` cannot leave loops around it."""
        outer, self._blocks = self._blocks, []
        super().visit_body(body)
        self._blocks = outer

    def _branch(self, start: Sure, body: Sequence[ast.AST]) -> Sure:
        self.sure = start
        self.visit_all(body)
        return self.sure

    @contextmanager
    def _block(self, block: _Block) -> Iterator[None]:
        self._blocks.append(block)
        yield
        self._blocks.pop()

    def visit_If(self, node: ast.If) -> None:
        true, false = self.condition(node.test)
        self.sure = join(self._branch(true, node.body), self._branch(false, node.orelse))

    def visit_Assert(self, node: ast.Assert) -> None:
        holds, fails = self.condition(node.test)
        if node.msg is not None:
            self._branch(fails, [node.msg])
        self.sure = holds

    # -- loops ----------------------------------------------------------------------------

    def visit_While(self, node: ast.While) -> None:
        self._loop(node, lambda: self.condition(node.test))

    def _for(self, node: ast.For | ast.AsyncFor) -> None:
        self.visit(node.iter)
        self._loop(node, lambda: self._next_item(node.target))

    visit_For = visit_AsyncFor = _for  # noqa: N815

    def _next_item(self, target: ast.expr) -> tuple[Sure, Sure]:
        done = self.sure
        self.visit(target)
        return self.sure, done

    def _loop(
        self, node: ast.While | ast.For | ast.AsyncFor, enter: Callable[[], tuple[Sure, Sure]]
    ) -> None:
        start = self.sure
        loop, done = _Loop(), start
        # A name deleted in the body may be missing the next time round. One more pass is enough:
        # bodies only add and remove fixed sets of names. Notes of the first pass stay right.
        for _ in range(2 if _removes_names(node) else 1):
            self.sure = start
            inside, done = enter()
            loop = _Loop()
            with self._block(loop):
                end = self._branch(inside, node.body)
            start = join(start, end, *loop.continues)
        self.sure = join(self._branch(done, node.orelse), *loop.breaks)

    def visit_Break(self, node: ast.Break) -> None:
        self._leave(lambda loop: loop.breaks)

    def visit_Continue(self, node: ast.Continue) -> None:
        self._leave(lambda loop: loop.continues)

    def _leave(self, exits: Callable[[_Loop], list[Sure]]) -> None:
        blocks = list(self._blocks)
        while self._blocks:
            block = self._blocks.pop()
            if isinstance(block, _Loop):
                exits(block).append(self.sure)
                break
            block()
        self._blocks = blocks
        self.sure = None

    def _end(self, node: ast.Return | ast.Raise) -> None:
        self.generic_visit(node)
        self.sure = None

    visit_Return = visit_Raise = _end  # noqa: N815

    # -- failing --------------------------------------------------------------------------

    def _try(self, node: ast.Try | ast.TryStar) -> None:
        if not node.finalbody:
            self._try_except(node)
            return
        start = self.sure
        with self._guarded() as removed, self._block(lambda: self.visit_all(node.finalbody)):
            self._try_except(node)
        end = self.sure
        if start is not None:
            self._branch(start - removed, node.finalbody)
        self._branch(end, node.finalbody)

    visit_Try = visit_TryStar = _try  # noqa: N815

    @contextmanager
    def _guarded(self) -> Iterator[set[tuple[int, str]]]:
        """Gathers the names removed inside: an exception there may find them gone."""
        removed: set[tuple[int, str]] = set()
        self.guards.append(removed)
        yield removed
        self.guards.pop()

    def _try_except(self, node: ast.Try | ast.TryStar) -> None:
        start = self.sure
        with self._guarded() as removed:
            self.visit_all(node.body)
        self.visit_all(node.orelse)
        ends = [self.sure]
        self.sure = None
        if start is not None and node.handlers and not all(map(_does_nothing, node.body)):
            self.sure = start - removed
        for handler in node.handlers:
            end, unmatched = self._handler(handler)
            self.sure = unmatched
            if isinstance(node, ast.Try):
                ends.append(end)
            else:  # of ``except*`` clauses several may run
                self.sure = join(end, unmatched)
        if isinstance(node, ast.TryStar):
            ends.append(self.sure)
        self.sure = join(*ends)

    def _handler(self, handler: ast.ExceptHandler) -> tuple[Sure, Sure]:
        if handler.type is not None:
            self.visit(handler.type)
        unmatched = self.sure if handler.type is not None else None
        name = handler.name
        if name is None:
            return self._branch(self.sure, handler.body), unmatched
        self.bind(name)
        with self._block(lambda: self.unbind(name)):
            self.visit_all(handler.body)
        end = self.sure
        self.sure = frozenset() if end is None else end
        self.unbind(name)
        return (None if end is None else self.sure), unmatched

    def _with(self, node: ast.With | ast.AsyncWith) -> None:
        self.visit(node.items[0].context_expr)
        start = self.sure
        with self._guarded() as removed:
            self.visit_all([node.items[0].optional_vars, *node.items[1:], *node.body])
        # Code behind a body that always leaves is reached only if the exception is swallowed;
        # it is walked all the same, so that none of its reads is missed.
        swallowed = start - removed if start is not None else None
        if self.sure is None or any(_may_swallow(each.context_expr) for each in node.items):
            self.sure = join(self.sure, swallowed)

    visit_With = visit_AsyncWith = _with  # noqa: N815

    # -- match ----------------------------------------------------------------------------

    def visit_Match(self, node: ast.Match) -> None:
        self.visit(node.subject)
        ends: list[Sure] = []
        for case in node.cases:
            end, self.sure = self._case(case)
            ends.append(end)
        self.sure = join(*ends, self.sure)

    def _case(self, case: ast.match_case) -> tuple[Sure, Sure]:
        self.visit(case.pattern)
        failed = None if _always_matches(case.pattern) else self.sure
        for name in _captured(case.pattern):
            self.bind(name)
        matched, refused = self.condition(case.guard) if case.guard else (self.sure, None)
        return self._branch(matched, case.body), join(failed, refused)


def _removes_names(node: ast.AST) -> bool:
    return any(
        isinstance(each, ast.Delete) or (isinstance(each, ast.ExceptHandler) and each.name)
        for each in all_within(node)
    )


def _does_nothing(node: ast.stmt) -> bool:
    """Whether no handler around ``node`` can ever run: the compiler drops it then."""
    match node:
        case ast.Pass() | ast.Expr(value=ast.Constant()):
            return True
        case ast.Assert(test=ast.Constant(value=value)):
            return bool(value)
        case ast.If(test=ast.Constant(value=value), orelse=[]):
            return not value
        case ast.Try(finalbody=[]) | ast.TryStar(finalbody=[]):  # nor can its own handlers
            return all(map(_does_nothing, [*node.body, *node.orelse]))
    return False


def _may_swallow(manager: ast.expr) -> bool:
    func = manager.func if isinstance(manager, ast.Call) else manager
    name = func.attr if isinstance(func, ast.Attribute) else getattr(func, "id", "")
    return name in _SWALLOWING


def _always_matches(pattern: ast.pattern) -> bool:
    match pattern:
        case ast.MatchAs(pattern=None):
            return True
        case ast.MatchAs(pattern=inner) if inner is not None:
            return _always_matches(inner)
        case ast.MatchOr(patterns=patterns):
            return any(map(_always_matches, patterns))
    return False


def _captured(pattern: ast.pattern) -> list[str]:
    names = [
        each.rest if isinstance(each, ast.MatchMapping) else each.name
        for each in all_within(pattern)
        if isinstance(each, ast.MatchAs | ast.MatchStar | ast.MatchMapping)
    ]
    return [name for name in names if name]
