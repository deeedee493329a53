"""Parsing text that Python has compiled before, and has warned of then."""

from __future__ import annotations

import ast
import functools
import warnings
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def warned_before() -> Iterator[None]:
    """Until the end of the block, the compiler's warnings (``"\\("``, ``1 is 1``) are not shown."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


@functools.lru_cache(256)
def parse_quietly(source: str) -> ast.Module:
    """The tree of the text, for reading: who asks again gets the same one.

    Loading asks for a cell as it is sliced, and for its functions once it has run. Raises
    SyntaxError or ValueError as ``ast.parse`` does.
    """
    with warned_before():
        return ast.parse(source)
