"""All nodes of a syntax tree, as ``ast.walk`` gives them in a third of the time.

The nodes that only say whether a name is loaded or stored (``ctx``) are left out. Only a node's
own fields are followed: IPython's tracebacks write each node's parent on it, also on the operators
that all trees of a process share.
"""

from __future__ import annotations

import ast

_LEFT_OUT = frozenset({ast.Load, ast.Store, ast.Del})


def children(node: ast.AST) -> list[ast.AST]:
    """The nodes right below ``node``, in the order of its fields."""
    found: list[ast.AST] = []
    for name in node._fields:
        value = getattr(node, name, None)
        if value.__class__ is list:
            found += [each for each in value if isinstance(each, ast.AST)]
        elif isinstance(value, ast.AST) and value.__class__ not in _LEFT_OUT:
            found.append(value)
    return found


def all_within(*roots: ast.AST) -> list[ast.AST]:
    """The roots and all nodes below them, each before those below it."""
    found = list(roots)
    for node in found:
        found += children(node)
    return found
