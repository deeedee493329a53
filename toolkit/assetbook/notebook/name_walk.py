# ruff: noqa: N802  (ast.NodeVisitor names its methods after the nodes)
"""A walk over a cell's syntax tree in evaluation order: its scopes and expressions.

``name_notes`` takes down what is met; ``name_flow`` adds the statements that branch, loop or leave.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from assetbook.notebook.mutations import MUTATING_METHODS, changed_by_call, root_name
from assetbook.notebook.name_notes import NameNotes, Place, Sure, join
from assetbook.notebook.scopes import (
    MODULE_FRAME,
    BodyNames,
    ComprehensionNode,
    FrameKind,
    FunctionNode,
    body_names,
    import_names,
    mangled,
    parameter_nodes,
    target_names,
)
from assetbook.notebook.tree_walk import all_within

_CLASS_NAMES = frozenset({"__module__", "__qualname__"})
_NO_NAMES = BodyNames(frozenset(), frozenset())


class NameWalk(NameNotes):
    """Walks scopes and expressions.

    ``lazy_annotations``: Python keeps this cell's annotations as text.
    """

    def __init__(self, *, lazy_annotations: bool) -> None:
        super().__init__()
        self._lazy_annotations = lazy_annotations
        self._after_class: list[tuple[Place, FunctionNode]] = []

    # -- expressions ----------------------------------------------------------------------

    def visit_Name(self, node: ast.Name) -> None:
        if isinstance(node.ctx, ast.Load):
            self.read(node.id, node.lineno)
        elif isinstance(node.ctx, ast.Store):
            self.bind(node.id)
        else:
            slot = self._slot(node.id)
            if slot is not None and slot[0] == MODULE_FRAME:
                self.read(node.id, node.lineno)
            self.unbind(node.id)

    def visit_Attribute(self, node: ast.Attribute) -> None:
        self.visit(node.value)
        if not isinstance(node.ctx, ast.Load):
            self.mutates(root_name(node))
        elif node.attr in MUTATING_METHODS:
            # Counts without a call too: ``map(rows.append, lines)`` changes ``rows``.
            if isinstance(node.value, ast.Name):
                self.calls_on(node.value)
            else:
                self.mutates(root_name(node))

    def visit_Subscript(self, node: ast.Subscript) -> None:
        self.generic_visit(node)
        if not isinstance(node.ctx, ast.Load):
            self.mutates(root_name(node))

    def visit_Call(self, node: ast.Call) -> None:
        self.generic_visit(node)
        self.mutates(changed_by_call(node))

    def visit_NamedExpr(self, node: ast.NamedExpr) -> None:
        self.visit(node.value)
        self.bind(node.target.id)

    def condition(self, test: ast.expr) -> tuple[Sure, Sure]:
        """What is surely bound after ``test`` was true, and after it was false."""
        match test:
            case ast.Constant(value=value):
                return (self.sure, None) if value else (None, self.sure)
            case ast.Name(id="__debug__"):
                return (self.sure, None) if __debug__ else (None, self.sure)
            case ast.UnaryOp(op=ast.Not(), operand=operand):
                true, false = self.condition(operand)
                return false, true
            case ast.BoolOp():
                return self._bool_condition(test)
            case ast.IfExp():
                return self._choice_condition(test)
            case ast.Compare():
                return self._comparison(test)
        self.visit(test)
        return self.sure, self.sure

    def _bool_condition(self, test: ast.BoolOp) -> tuple[Sure, Sure]:
        is_and = isinstance(test.op, ast.And)
        short: list[Sure] = []
        for value in test.values:
            true, false = self.condition(value)
            self.sure, leaves = (true, false) if is_and else (false, true)
            short.append(leaves)
        return (self.sure, join(*short)) if is_and else (join(*short), self.sure)

    def _choice_condition(self, test: ast.IfExp) -> tuple[Sure, Sure]:
        chosen, other = self.condition(test.test)
        self.sure = chosen
        true, false = self.condition(test.body)
        self.sure = other
        other_true, other_false = self.condition(test.orelse)
        return join(true, other_true), join(false, other_false)

    def _comparison(self, test: ast.Compare) -> tuple[Sure, Sure]:
        self.visit_all([test.left, test.comparators[0]])
        first = self.sure
        self.visit_all(test.comparators[1:])
        return self.sure, first

    def _choosing(self, node: ast.BoolOp | ast.IfExp | ast.Compare) -> None:
        self.sure = join(*self.condition(node))

    visit_BoolOp = visit_IfExp = visit_Compare = _choosing  # noqa: N815

    def _comprehension(self, node: ComprehensionNode) -> None:
        self.visit(node.generators[0].iter)
        local = target_names(each.target for each in node.generators)
        kind: FrameKind = "generator" if isinstance(node, ast.GeneratorExp) else "comprehension"
        before = self.sure
        with self.inside(kind, local=local):
            for number, each in enumerate(node.generators):
                self.visit_all([each.iter if number else None, each.target])
                for test in each.ifs:
                    self.sure, _ = self.condition(test)
            ends = [node.key, node.value] if isinstance(node, ast.DictComp) else [node.elt]
            self.visit_all(ends)
        self.sure = before  # it may have gone round no time at all

    visit_ListComp = visit_SetComp = visit_DictComp = visit_GeneratorExp = _comprehension  # noqa: N815

    # -- scopes ---------------------------------------------------------------------------

    def _later(self, kind: FrameKind, body: Sequence[ast.AST], names: BodyNames) -> None:
        """Walk a body that runs when something calls it, not here."""
        sure, guards, place = self.sure, self.guards, self.place
        self.guards = []
        self.place = Place(place.frames, place.class_name, later=True)
        with self.inside(kind, local=names.local, global_=names.global_):
            self.visit_body(body)
        self.sure, self.guards, self.place = sure, guards, place

    def visit_body(self, body: Sequence[ast.AST]) -> None:
        """Walk the statements or the expression of a function."""
        self.visit_all(body)

    def _function_body(self, node: FunctionNode) -> None:
        body = [node.body] if isinstance(node, ast.Lambda) else node.body
        names = body_names(body, self.place.class_name)
        parameters = {
            mangled(each.arg, self.place.class_name) for each in parameter_nodes(node.args)
        }
        self._later("function", body, BodyNames(names.local | parameters, names.global_))

    def visit_Lambda(self, node: ast.Lambda) -> None:
        self.visit_all([*node.args.defaults, *node.args.kw_defaults])
        self._function_body(node)

    def _function(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        self.visit_all([*node.decorator_list, *node.args.defaults, *node.args.kw_defaults])
        with self._type_parameters(node):
            for each in [*parameter_nodes(node.args)]:
                self.annotation(each.annotation)
            self.annotation(node.returns)
            place = self.place
        self.bind(node.name)
        # A body sees its own name, and a method the name of its class: neither can be called
        # (but by a decorator) before the name is bound.
        self._after_class.append((place, node))
        if self.place.later or all(frame.kind != "class" for frame in place.frames):
            self._walk_postponed()

    visit_FunctionDef = visit_AsyncFunctionDef = _function  # noqa: N815

    def _walk_postponed(self) -> None:
        postponed, self._after_class = self._after_class, []
        for place, node in postponed:
            here, self.place = self.place, place
            self._function_body(node)
            self.place = here

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        self.visit_all(node.decorator_list)
        with self._type_parameters(node):
            self.visit_all([*node.bases, *node.keywords])
            self._class_body(node)
        self.bind(node.name)
        if all(frame.kind != "class" for frame in self.place.frames):
            self._walk_postponed()

    def _class_body(self, node: ast.ClassDef) -> None:
        names = body_names(node.body, node.name)
        outer, before = self.place.class_name, self.sure
        with self.inside("class", local=names.local | _CLASS_NAMES, global_=names.global_) as frame:
            self.place.class_name = node.name
            if self.sure is not None:
                self.sure |= {(frame.number, name) for name in _CLASS_NAMES}
            self.visit_body(node.body)
        self.place.class_name = outer
        self.sure = before if self.sure is None else self.sure

    @contextmanager
    def _type_parameters(self, node: ast.stmt) -> Iterator[None]:
        parameters: list[ast.AST] = getattr(node, "type_params", [])  # Python 3.12 and later
        if not parameters:
            yield
            return
        names = frozenset(str(vars(each)["name"]) for each in parameters)
        if isinstance(node, ast.ClassDef):  # its body spells them its own way
            names |= {mangled(name, node.name) for name in names}
        with self.inside("type", local=names):
            for each in parameters:
                for value in ast.iter_child_nodes(each):  # its bound and its default
                    self._later("type", [value], _NO_NAMES)
            yield

    def visit_TypeAlias(self, node: ast.stmt) -> None:
        """``type X[T] = value``: the value is looked at when somebody asks for it."""
        fields = vars(node)
        self.bind(fields["name"].id)
        with self._type_parameters(node):
            self._later("type", [fields["value"]], _NO_NAMES)

    def annotation(self, node: ast.expr | None) -> None:
        """Walk an annotation, or note its names apart where Python keeps it as text."""
        if node is None:
            return
        if not self._lazy_annotations:
            self.visit(node)
            return
        for each in all_within(node):
            if isinstance(each, ast.Name) and self._reaches_module(each.id):
                self.notes.annotation_reads.add(each.id)

    # -- plain statements -----------------------------------------------------------------

    def visit_Assign(self, node: ast.Assign) -> None:
        self.visit_all([node.value, *node.targets])

    def visit_AugAssign(self, node: ast.AugAssign) -> None:
        if isinstance(node.target, ast.Name):
            self.read(node.target.id, node.lineno)
            self.mutates(node.target)
            self.visit_all([node.value, node.target])
        else:
            self.visit_all([node.target, node.value])

    def visit_AnnAssign(self, node: ast.AnnAssign) -> None:
        self.visit(node.value) if node.value else None
        if node.value or not isinstance(node.target, ast.Name):
            self.visit(node.target)
        if self.place.frames[-1].kind in ("module", "class"):
            self.annotation(node.annotation)  # those of a function's variables never run

    def _import(self, node: ast.Import | ast.ImportFrom) -> None:
        for name, source in import_names(node):
            self.bind(name)
            if self._slot(name) == (MODULE_FRAME, name) and not self.place.later:
                self.notes.imports[name] = source
        if isinstance(node, ast.ImportFrom) and node.names[0].name == "*":
            self.notes.star_imports.add("." * node.level + (node.module or ""))

    visit_Import = visit_ImportFrom = _import  # noqa: N815
