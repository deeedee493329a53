"""What a statement may change beyond the names that it binds, and which names share an object.

Judged by spelling, and rather too much than too little: what is taken for a change without being
one costs the loading of a statement that nobody needs, while a missed change gives other assets.
"""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterable, Iterator
from itertools import pairwise

from assetbook.notebook.mutation import changes_in
from assetbook.notebook.mutations import MUTATING_METHODS
from assetbook.notebook.scopes import parameter_nodes
from assetbook.notebook.slice_rules import rules
from assetbook.notebook.statements import Statement
from assetbook.notebook.tree_walk import Nodes, all_within

_DEFINING = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
_BINDING = frozenset(
    {ast.Assign, ast.AnnAssign, ast.NamedExpr, ast.For, ast.AsyncFor}
    | {ast.Try, ast.TryStar, ast.withitem, ast.Match}
)


def binds_fixed(statement: Statement) -> bool:
    """Whether what it binds is nothing that somebody who is given it changes.

    Modules, functions, classes; numbers and text.
    """
    match statement.node:
        case ast.Import() | ast.ImportFrom() | ast.FunctionDef() | ast.AsyncFunctionDef():
            return True
        case ast.ClassDef() | ast.Assign(value=ast.Constant()):
            return True
    return False


def changed_at_once(statement: Statement, fixed: Collection[str]) -> frozenset[str]:
    """The names whose objects the statement itself may change in place when it runs.

    ``fixed`` are names of modules, functions and classes: handing one over changes nothing in it.
    """
    node = statement.node
    if node is None:
        return frozenset()
    if isinstance(node, _DEFINING):
        found = _of_decorators(node, fixed) | _of_class_body(node, fixed)
    else:
        found = {
            *statement.names.mutates,
            *_handed_over(node, fixed),
            *_stored_into(statement.nodes),
        }
    return frozenset(found | statement.names.deletes)


def changed_when_called(statement: Statement) -> frozenset[str]:
    """The names that what the statement binds may change or bind once somebody calls it."""
    node = statement.node
    if node is None or not (isinstance(node, _DEFINING) or _keeps_code(statement)):
        return frozenset()
    return statement.names.mutates | statement.names.binds_later


def changes_arguments(statement: Statement) -> bool:
    """Whether it binds a function, or a class with methods, that changes what it is given.

    So does, for all that is known, one that makes functions with a state of their own.
    """
    if not isinstance(statement.node, _DEFINING):
        return False
    nodes = statement.nodes
    if nodes.of(ast.Nonlocal):
        return True
    return any(
        {change.root for change in changes_in(_within(statement, each))}
        & {parameter.arg for parameter in parameter_nodes(each.args)}
        for each in nodes.of(ast.FunctionDef, ast.AsyncFunctionDef)
    )


def _within(statement: Statement, node: ast.stmt) -> Nodes:
    return statement.nodes if node is statement.node else all_within(node)


def changed_by_calls(statement: Statement, takers: Collection[str]) -> set[str]:
    """What calls of ``takers``, which change what they are given, change: arguments and owners."""
    if statement.node is None:
        return set()
    found: set[str] = set()
    nodes = statement.nodes
    if isinstance(statement.node, _DEFINING):  # `@patch(Series)` is called with the function
        nodes = all_within(*statement.node.decorator_list)
    for each in nodes.of(ast.Call):
        if not roots_of(each.func).isdisjoint(takers):
            found |= roots_of(each)
    return {each for each in found if each in statement.reads or each not in takers}


def keeps_callable(statement: Statement, fixed: Collection[str]) -> set[str]:
    """The functions and classes that what the statement binds may call later.

    A function that is only called, as in ``n = count(rows)``, is done with.
    """
    node = statement.node
    if node is None or isinstance(node, _DEFINING):
        return set()
    called = {id(each.func) for each in statement.nodes.of(ast.Call)}
    return {
        each.id
        for each in statement.nodes.of(ast.Name)
        if each.id in fixed and (id(each) not in called or each.id[:1].isupper())
    }


def shared(statement: Statement, fixed: Collection[str]) -> Iterator[tuple[str, str]]:
    """Pairs of names that may lead to one object, or one into the other's, after the statement."""
    node = statement.node
    if node is None or isinstance(node, _DEFINING):
        return
    for targets, value in bindings(statement):
        roots = roots_of(value) - frozenset(fixed)
        names = [*targets, *roots]
        yield from pairwise(names) if roots or len(targets) > 1 else ()


def _of_decorators(
    node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef, fixed: Collection[str]
) -> set[str]:
    """``@registry.add``, ``@app.get("/")``: what a decorator belongs to may remember it.

    So may a base whose ``__init_subclass__`` is called.
    """
    found: set[str] = set()
    for each in node.decorator_list:
        func = each.func if isinstance(each, ast.Call) else each
        sets = isinstance(func, ast.Attribute) and rules().is_setting(func.attr)
        found |= roots_of(each) - (set() if sets else set(fixed))
    return found | set().union(*map(roots_of, getattr(node, "bases", [])))


def _of_class_body(node: ast.stmt, fixed: Collection[str]) -> set[str]:
    """What a class changes while its body runs."""
    if not isinstance(node, ast.ClassDef):
        return set()
    found: set[str] = set()
    for each in node.body:
        if not isinstance(each, _DEFINING):
            found |= {change.root for change in changes_in(all_within(each))}
            found |= {*_handed_over(each, fixed), *_stored_into(all_within(each))}
    return found


def _handed_over(node: ast.stmt, fixed: Collection[str]) -> Iterator[str]:
    """What a call as a statement of its own may change: its owner, and what is handed to it."""
    if not isinstance(node, ast.Expr):
        return
    call = node.value.value if isinstance(node.value, ast.Await) else node.value
    if not isinstance(call, ast.Call) or _only_looks(call):
        return
    if isinstance(call.func, ast.Call | ast.Lambda):  # `getattr(rows, "append")(1)`
        yield from roots_of(call.func) - set(fixed)
    if isinstance(call.func, ast.Attribute):
        is_setting = rules().is_setting(call.func.attr)
        yield from roots_of(call.func.value) - (set() if is_setting else set(fixed))
    for part in [*call.args, *(each.value for each in call.keywords)]:
        yield from roots_of(part) - set(fixed)


def _stored_into(nodes: Nodes) -> Iterator[str]:
    """``x.reshape(2, 2)[0] = 1``, ``tasks << task``: what may be a view, or an operator's left."""
    for access in nodes.of(ast.Subscript, ast.Attribute):
        if not isinstance(access.ctx, ast.Load):
            yield from roots_of(access.value)
    for each in nodes.of(ast.Expr):
        match each.value:
            case ast.BinOp(op=ast.LShift() | ast.RShift(), left=left, right=right):
                yield from roots_of(left) | roots_of(right)


def _only_looks(call: ast.Call) -> bool:
    """``orders.head()``, ``print(total)``: the last call of a chain says what it is for."""
    func = call.func
    name = func.attr if isinstance(func, ast.Attribute) else getattr(func, "id", "")
    return name in rules().looking and not any(each.arg == "inplace" for each in call.keywords)


def _keeps_code(statement: Statement) -> bool:
    """Whether a value keeps code to be called: a lambda, ``rows.append`` that is not called."""
    nodes = statement.nodes
    called = {id(each.func) for each in nodes.of(ast.Call)}
    return bool(nodes.of(ast.Lambda)) or any(
        each.attr in MUTATING_METHODS and id(each) not in called for each in nodes.of(ast.Attribute)
    )


def bindings(statement: Statement) -> Iterator[tuple[list[str], ast.expr]]:
    """The names that each binding of a statement binds, with the value that they come from."""
    for each in statement.nodes:
        if each.__class__ not in _BINDING:  # nearly all nodes
            continue
        match each:
            case ast.Assign(targets=targets, value=value):
                yield _target_names(targets), value
            case ast.AnnAssign(target=target, value=ast.expr() as value):
                yield _target_names([target]), value
            case ast.NamedExpr(target=target, value=value):
                yield [target.id], value
            case ast.For(target=target, iter=value) | ast.AsyncFor(target=target, iter=value):
                yield _target_names([target]), value
            case ast.Try(handlers=handlers) | ast.TryStar(handlers=handlers):
                raised = [part.exc for part in statement.nodes.of(ast.Raise)]
                names = [each.name for each in handlers if each.name]
                yield from ((names, each) for each in raised if each is not None and names)
            case ast.withitem(context_expr=value, optional_vars=ast.expr() as target):
                yield _target_names([target]), value
            case ast.Match(subject=value, cases=cases):
                captured = [
                    part.name
                    for case in cases
                    for part in all_within(case.pattern)
                    if isinstance(part, ast.MatchAs | ast.MatchStar) and part.name
                ]
                yield captured, value


def _target_names(targets: Iterable[ast.expr]) -> list[str]:
    """The names bound by targets, and those of objects into which a value is put."""
    return [each.id for target in targets for each in all_within(target).of(ast.Name)]


def roots_of(value: ast.expr) -> set[str]:
    """The names whose objects may be, or be part of, what an expression gives."""
    match value:
        case ast.Name(id=name):
            return {name}
        case ast.Attribute(value=inner) | ast.Subscript(value=inner) | ast.Starred(value=inner):
            return roots_of(inner)
        case ast.Await(value=inner) | ast.NamedExpr(value=inner):
            return roots_of(inner)
        case ast.List(elts=parts) | ast.Tuple(elts=parts) | ast.Set(elts=parts):
            return set().union(*map(roots_of, parts))
        case ast.Dict(values=parts):
            return set().union(*map(roots_of, parts))
        case ast.IfExp(body=body, orelse=orelse):
            return roots_of(body) | roots_of(orelse)
        case ast.BoolOp(values=parts):
            return set().union(*map(roots_of, parts))
        case ast.BinOp(left=left, right=right):
            return roots_of(left) | roots_of(right)
        case ast.Call(func=func, args=arguments, keywords=keywords):
            inner = func.value if isinstance(func, ast.Attribute) else func
            whole = [*arguments, *(each.value for each in keywords)]
            return roots_of(inner) | set().union(*map(roots_of, whole))
        case ast.ListComp(elt=elt) | ast.SetComp(elt=elt) | ast.GeneratorExp(elt=elt):
            return roots_of(elt) | set().union(*(roots_of(each.iter) for each in value.generators))
        case ast.Lambda(args=arguments):
            given = [*arguments.defaults, *filter(None, arguments.kw_defaults)]
            return set().union(*map(roots_of, given))
        case ast.DictComp(value=elt):
            return roots_of(elt) | set().union(*(roots_of(each.iter) for each in value.generators))
    return set()
