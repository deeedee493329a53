"""Parsing text that Python has compiled before, and has warned of then."""

from __future__ import annotations

import ast
import warnings
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def warned_before() -> Iterator[None]:
    """Until the end of the block, the compiler's warnings (``"\\("``, ``1 is 1``) are not shown."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SyntaxWarning)
        warnings.simplefilter("ignore", DeprecationWarning)
        yield


def parse_quietly(source: str) -> ast.Module:
    """The tree of the text; raises SyntaxError or ValueError as ``ast.parse`` does."""
    with warned_before():
        return ast.parse(source)
