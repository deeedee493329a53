"""Whether the file of a local module would still give the constants that the kernel holds of it.

Functions are compared with their source wherever they are read, classes in ``class_doubts``. Here
it is constants, and what a module imports from another.
"""

from __future__ import annotations

import ast
import dis
import importlib.util
import sys
from collections.abc import Iterator
from types import FunctionType, ModuleType
from typing import Any

from assetbook.notebook.cell_source import NotFound, edited, file_stamp, top_level
from assetbook.notebook.constants import constant_digest
from assetbook.notebook.local_modules import is_installed, module_name
from assetbook.notebook.module_making import made_the_same
from assetbook.notebook.observed import UNBOUND
from assetbook.notebook.reach import Reach

_LOADS_A_CONSTANT = frozenset(
    {"RESUME", "LOAD_CONST", "LOAD_SMALL_INT", "RETURN_VALUE", "RETURN_CONST"}
)
_first_seen: dict[int, tuple[object, object]] = {}
"""By id, for each loading of a module what its file was, and for each class what its body was,
when it was first looked at."""


def doubt_constant(reach: Reach, module: ModuleType, attribute: str, value: Any) -> None:
    """Notes a constant of a local module as unknown if its file would give another one now."""
    if value is UNBOUND or isinstance(value, FunctionType | type | ModuleType):
        return
    seen: set[tuple[str, str]] = set()
    held, name = module, attribute
    why = None
    while why is None and (held.__name__, name) not in seen:
        seen.add((held.__name__, name))
        file = vars(held).get("__file__")
        if file is None:
            return
        reach.observed.source(file)
        reach.observed.name(vars(held), "__spec__")  # reloading makes a new one
        why = file_disagrees(held, name, value)
        source = _imported_from(held, name)
        if source is None:
            break
        above, (held, name) = held, source
        if not same_value(reach.observed.name(vars(held), name), value):
            why = why or f"{module_name(held)} was reloaded after {module_name(above)}"
    if why is not None:
        said = f"{module_name(module)}.{attribute}"
        reach.unknown(said, f"`{said}` cannot be versioned: {why}")


def doubt_imported(reach: Reach, name: str, value: Any) -> None:
    """Notes a constant that a cell took by ``from helpers import RATE`` as unknown if the module,
    or its file, gives another one now."""
    if value is UNBOUND or isinstance(value, FunctionType | type | ModuleType):
        return
    imported = reach.imported(name)
    home, _, original = imported.source.partition(":") if imported else ("", "", "")
    module = sys.modules.get(home)
    if imported is None or not original or module is None or is_installed(module):
        return
    if same_value(reach.observed.name(vars(module), original), value):
        doubt_constant(reach, module, original, value)
        return
    why = f"{module_name(module)} has another one now: import it again ({imported.cell})"
    reach.unknown(name, f"`{name}` cannot be versioned: {why}")


def file_disagrees(module: ModuleType, name: str, value: object) -> str | None:
    """Why the file of a local module may now give ``name`` another constant value; None if not.

    A literal is compared with the live value; for anything else the text that makes it must be what
    it was when the module, as loaded, was first looked at.
    """
    file = vars(module).get("__file__")
    if file is None:
        return None
    stamp = file_stamp(file)
    body = top_level(file)
    if isinstance(body, NotFound):
        return body.why
    known, text = first_seen(vars(module).get("__spec__") or module, (stamp, body))
    literal = only_literal(body, name)
    same = gives(literal, value) if literal is not None else None
    if same is None:
        same = known == stamp or made_the_same(text, body, name)
    return None if same else edited(file)


def first_seen(of: object, now: Any) -> Any:
    """What was noted of a thing when it was first looked at; ``now`` if that is this time."""
    seen = _first_seen.get(id(of))
    if seen is None or seen[0] is not of:
        seen = _first_seen[id(of)] = (of, now)
    return seen[1]


def gives(literal: ast.expr, value: object) -> bool | None:
    """Whether an expression is a literal of this value; None if it is no literal."""
    try:
        given = ast.literal_eval(literal)
    except ValueError:
        folded = _folded(literal)
        if folded is None:
            return None
        [given] = folded
    return constant_digest(given) == constant_digest(value)


def _folded(expression: ast.expr) -> list[Any] | None:
    """The value of arithmetic on literals, which the compiler works out (``60 * 60``); in a list.

    None if it leaves anything to be done.
    """
    code = compile(ast.Expression(expression), "", "eval", dont_inherit=True)
    done = all(each.opname in _LOADS_A_CONSTANT for each in dis.get_instructions(code))
    return [eval(code, {})] if done else None  # it loads one constant, and runs nothing


def only_literal(body: list[ast.stmt], name: str) -> ast.expr | None:
    """What ``name`` is set to at top level, if one plain assignment is all that binds it."""
    values: list[ast.expr | None] = []
    for statement in body:
        for node in ast.walk(statement):
            if isinstance(node, ast.Name) and node.id == name and isinstance(node.ctx, ast.Store):
                simple = isinstance(statement, ast.Assign | ast.AnnAssign)
                values.append(statement.value if simple else None)  # type: ignore[attr-defined]
    return values[0] if len(values) == 1 else None


def _imported_from(module: ModuleType, name: str) -> tuple[ModuleType, str] | None:
    """The local module, and the name there, that a module's own text imports ``name`` from."""
    body = top_level(vars(module)["__file__"])
    if isinstance(body, NotFound) or any(_binds(statement, name) for statement in body):
        return None
    package = str(vars(module).get("__package__") or "")
    for statement, alias in _aliases(body):
        original = name if alias.name == "*" else alias.name
        dotted = "." * statement.level + (statement.module or "")
        source = sys.modules.get(importlib.util.resolve_name(dotted, package))
        if (
            (alias.name == "*" or (alias.asname or alias.name) == name)
            and source is not None
            and original in vars(source)
            and not is_installed(source)
        ):
            return source, original
    return None


def _aliases(body: list[ast.stmt]) -> Iterator[tuple[ast.ImportFrom, ast.alias]]:
    """The names of all ``from`` imports, the last first."""
    for statement in reversed(body):
        for node in ast.walk(statement):
            if isinstance(node, ast.ImportFrom):
                for alias in node.names:
                    yield node, alias


def _binds(statement: ast.stmt, name: str) -> bool:
    return any(
        isinstance(node, ast.Name) and node.id == name and isinstance(node.ctx, ast.Store)
        for node in ast.walk(statement)
    )


def same_value(one: object, other: object) -> bool:
    if one is other:
        return True
    digest = constant_digest(one)
    return digest is not None and digest == constant_digest(other)
