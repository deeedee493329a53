"""All nodes of a syntax tree: those that ``ast.walk`` gives, whatever others wrote on them."""

from __future__ import annotations

import ast
from collections.abc import Iterator

import pytest

from assetbook.notebook.tree_walk import all_within

SOURCE = "total = price + tax\nbig = not total < 3 and price\nparts[0] = f'{total!r:>{width}}'"


@pytest.fixture
def marked() -> Iterator[None]:
    """Each node of a tree says its parent, also those that all trees share: so tracebacks do it."""
    other = ast.parse("a + b\nnot c and d < e\nf -= -g")
    held = [(child, node) for node in ast.walk(other) for child in ast.iter_child_nodes(node)]
    for child, node in held:
        child.parent = node  # type: ignore[attr-defined]
    yield
    for child, _ in held:
        vars(child).pop("parent", None)


def kinds(nodes: list[ast.AST]) -> list[str]:
    return sorted(type(node).__name__ for node in nodes)


def test_the_nodes_are_those_of_the_library_without_contexts() -> None:
    tree = ast.parse(SOURCE)
    walked = [node for node in ast.walk(tree) if not isinstance(node, ast.expr_context)]
    assert kinds(all_within(tree)) == kinds(walked)


@pytest.mark.usefixtures("marked")
def test_marks_that_others_leave_on_shared_nodes_are_not_followed() -> None:
    plus = next(node for node in ast.walk(ast.parse("1 + 2")) if isinstance(node, ast.Add))
    assert "parent" in vars(plus)  # one object for all trees
    test_the_nodes_are_those_of_the_library_without_contexts()
