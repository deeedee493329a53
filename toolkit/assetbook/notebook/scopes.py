# ruff: noqa: N802  (visitors name their methods after the nodes)
"""Which scope a name belongs to: frames for nested bodies, and the names each body makes local.

The rules are the compiler's: a name bound anywhere in a function is local to all of it, class
bodies hide their names from the functions inside, comprehensions have a scope of their own.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Sequence
from typing import Literal, NamedTuple

import msgspec

from assetbook.notebook.tree_walk import TreeVisitor, all_within

FrameKind = Literal["module", "class", "function", "comprehension", "generator", "type"]
FunctionNode = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda
ComprehensionNode = ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp

MODULE_FRAME = 0


class Frame(msgspec.Struct, frozen=True):
    """One body being walked: the names it makes its own and those it declares elsewhere.

    ``number`` tells two bodies of one walk apart; the module's is ``MODULE_FRAME``.
    """

    kind: FrameKind
    number: int
    local: frozenset[str] = frozenset()
    global_: frozenset[str] = frozenset()

    @property
    def is_comprehension(self) -> bool:
        """Whether an assignment expression in this body binds in the scope around it."""
        return self.kind in ("comprehension", "generator")


class Home(NamedTuple):
    """Where a name read in some body is looked up.

    ``class_number`` is the class body whose own names are tried first, None if there is none.
    ``reaches_module`` tells whether the cell's top level (then the notebook) comes next.
    """

    class_number: int | None
    reaches_module: bool


def home_of(name: str, frames: Sequence[Frame]) -> Home:
    """Where ``name`` is looked up when the innermost of ``frames`` reads it."""
    class_number = None
    in_class = True  # only type parameters may stand between a class and a name that sees it
    for frame in reversed(frames):
        # what a class declares of `__class__` is its own: its methods have the compiler's
        if name in frame.global_ and (name, frame.kind) != ("__class__", "class"):
            return Home(class_number, True)
        if frame.kind == "class":
            if in_class and name in frame.local:
                return Home(frame.number, True)
        elif name in frame.local:
            return Home(class_number, False)
        in_class = in_class and frame.kind == "type"
    return Home(class_number, not _is_class_cell(name, frames))


def _is_class_cell(name: str, frames: Sequence[Frame]) -> bool:
    if name != "__class__":
        return False
    kinds = [frame.kind for frame in frames]
    return "class" in kinds and "function" in kinds[kinds.index("class") :]


def mangled(name: str, class_name: str | None) -> str:
    """``name`` as the compiler spells it inside class ``class_name`` (None: in no class)."""
    if class_name is None or not name.startswith("__") or name.endswith("__") or "." in name:
        return name
    owner = class_name.lstrip("_")
    return f"_{owner}{name}" if owner else name


def parameter_nodes(arguments: ast.arguments) -> list[ast.arg]:
    """All parameters of a function in the order in which their annotations are evaluated."""
    rest = [each for each in (arguments.vararg,) if each]
    last = [each for each in (arguments.kwarg,) if each]
    return [*arguments.posonlyargs, *arguments.args, *rest, *arguments.kwonlyargs, *last]


def target_names(targets: Iterable[ast.expr]) -> frozenset[str]:
    """The names that assignment targets bind (``a``, ``b`` of ``a, (*b, c.d) = ...``)."""
    return frozenset(
        node.id
        for target in targets
        for node in all_within(target)
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
    )


def import_names(node: ast.Import | ast.ImportFrom) -> list[tuple[str, str]]:
    """Each bound name of an import with its source: ``pkg.mod``, or ``pkg:name`` for from-imports.

    A star is left out: what it binds cannot be read from the text.
    """
    if isinstance(node, ast.Import):
        return [
            (each.asname, each.name) if each.asname else (each.name.split(".")[0],) * 2
            for each in node.names
        ]
    package = "." * node.level + (node.module or "")
    names = [each for each in node.names if each.name != "*"]
    return [(each.asname or each.name, f"{package}:{each.name}") for each in names]


class BodyNames(msgspec.Struct, frozen=True):
    """Names that a function or class body binds, and those it declares ``global``."""

    local: frozenset[str]
    global_: frozenset[str]


def body_names(body: Iterable[ast.AST], class_name: str | None) -> BodyNames:
    """The names bound in ``body`` itself, not in functions and classes nested in it."""
    collector = _BodyNames()
    for node in body:
        collector.visit(node)
    declared = {mangled(name, class_name) for name in collector.global_}
    elsewhere = declared | {mangled(name, class_name) for name in collector.nonlocal_}
    bound = {mangled(name, class_name) for name in collector.bound}
    return BodyNames(frozenset(bound - elsewhere), frozenset(declared))


class _BodyNames(TreeVisitor):
    """Gathers what one body binds; enters nested scopes only where their parts run outside."""

    def __init__(self) -> None:
        self.bound: set[str] = set()
        self.global_: set[str] = set()
        self.nonlocal_: set[str] = set()

    def _all(self, nodes: Iterable[ast.AST | None]) -> None:
        for node in nodes:
            if node is not None:
                self.visit(node)

    def visit_Name(self, node: ast.Name) -> None:
        if not isinstance(node.ctx, ast.Load):
            self.bound.add(node.id)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> None:
        if node.simple or node.value or not isinstance(node.target, ast.Name):
            self._all([node.target, node.value])  # ``(x): int`` makes nothing local

    def visit_Global(self, node: ast.Global) -> None:
        self.global_.update(node.names)

    def visit_Nonlocal(self, node: ast.Nonlocal) -> None:
        self.nonlocal_.update(node.names)

    def _import(self, node: ast.Import | ast.ImportFrom) -> None:
        self.bound.update(name for name, _ in import_names(node))

    visit_Import = visit_ImportFrom = _import  # noqa: N815

    def _function(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        self.bound.add(node.name)
        self._all([*node.decorator_list, *node.args.defaults, *node.args.kw_defaults])

    visit_FunctionDef = visit_AsyncFunctionDef = _function  # noqa: N815

    def visit_Lambda(self, node: ast.Lambda) -> None:
        self._all([*node.args.defaults, *node.args.kw_defaults])

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        self.bound.add(node.name)
        self._all([*node.decorator_list, *node.bases, *(each.value for each in node.keywords)])

    def visit_comprehension(self, node: ast.comprehension) -> None:
        self._all([node.iter, *node.ifs])  # its targets are the comprehension's own

    def _named(self, node: ast.ExceptHandler | ast.MatchAs | ast.MatchStar) -> None:
        if node.name:
            self.bound.add(node.name)
        self.generic_visit(node)

    visit_ExceptHandler = visit_MatchAs = visit_MatchStar = _named  # noqa: N815

    def visit_MatchMapping(self, node: ast.MatchMapping) -> None:
        if node.rest:
            self.bound.add(node.rest)
        self.generic_visit(node)
