"""What a worker process has imported before it is forked.

Only distributions of this list: each is tested to work in a process that was forked after its
import. polars is not among them, whose threads do not survive it.
"""

from __future__ import annotations

import sys

from assetbook.notebook.local_modules import is_installed

PRELOADABLE = (
    "numpy",
    "pandas",
    "pyarrow",
    "pyarrow.compute",
    "pyarrow.dataset",
    "pyarrow.ipc",
    "pyarrow.parquet",
    "pydantic",
    "xxhash",
)


def preloads() -> tuple[str, ...]:
    """The names on the list of what this process has imported itself, and steps may need too.

    A module of the project's own that is called like one of them is none.
    """
    return tuple(
        name for name in PRELOADABLE if (found := sys.modules.get(name)) and is_installed(found)
    )
