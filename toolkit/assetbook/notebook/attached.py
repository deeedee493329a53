"""The project's own code that was attached to a library's classes: ``DataFrame.clean = clean``.

Which class an attribute is taken of cannot be told from code, so every attribute that the reached
code takes is looked for on the classes of tables, and on the library classes that it names.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from types import FunctionType, ModuleType
from typing import Any

from assetbook.notebook.live_kinds import unwrapped
from assetbook.notebook.local_modules import is_local_class, is_local_function
from assetbook.notebook.observed import UNBOUND
from assetbook.notebook.reach import Reach

_TABLE_CLASSES = {
    "pandas": ("DataFrame", "Series", "Index", "Timestamp"),
    "polars": ("DataFrame", "LazyFrame", "Series", "Expr"),
}


def take_attached(reach: Reach) -> bool:
    """Takes what is attached under the attributes that were met; whether any was looked for.

    What is taken may meet others, so it is called until there are none.
    """
    used = sorted(set().union(*(facts.attributes for facts in reach.facts)))
    classes = [*_table_classes(reach), *reach.library_classes]
    wanted = [
        (cls, name) for cls in classes for name in used if (id(cls), name) not in reach.sought
    ]
    for cls, name in wanted:
        reach.sought.add((id(cls), name))
        value = reach.observed.name(vars(cls), name)
        if value is not UNBOUND and reach.root is not None and is_own(value):
            said = f"{cls.__name__}.{name}"
            reach.edge(reach.root, f"attached:{said}", value, said, piece=True)
    return bool(wanted)


def is_own(value: Any) -> bool:
    """Whether a value is code of the project, or a library's wrapper of such code."""
    code = unwrapped(value)
    if is_own_code(code):
        return True
    is_accessor = hasattr(type(value), "__get__") and not isinstance(value, FunctionType | type)
    return is_accessor and any(map(is_own_code, getattr(value, "__dict__", {}).values()))


def is_own_code(value: Any) -> bool:
    if isinstance(value, FunctionType):
        return is_local_function(value)
    return isinstance(value, type) and is_local_class(value)


def _table_classes(reach: Reach) -> Iterator[type]:
    for library, names in _TABLE_CLASSES.items():
        module = reach.observed.name(sys.modules, library)
        if isinstance(module, ModuleType):  # None where its import is barred
            for name in names:
                cls = vars(module).get(name)  # one is missing while the library is being loaded
                if isinstance(cls, type):
                    yield cls
