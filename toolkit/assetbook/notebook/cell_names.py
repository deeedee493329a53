"""The names that a notebook cell reads, binds, deletes and changes, without running it.

The answer errs towards reading: a name that the cell binds only on some path counts as read.
Builtins are not left out here, since a notebook may rebind them (``beyond_builtins`` drops them).
"""

from __future__ import annotations

import ast
import builtins
from collections.abc import Iterable, Mapping
from functools import lru_cache

import msgspec

from assetbook.notebook.name_flow import FlowWalk
from assetbook.notebook.name_notes import Notes
from assetbook.notebook.quiet_parsing import parse_quietly

IPYTHON_NAMES = frozenset(
    [
        "get_ipython",
        "display",
        "In",
        "Out",
        "exit",
        "quit",
        "_",
        "__",
        "___",
        "_i",
        "_ii",
        "_iii",
        "_ih",
        "_oh",
        "_dh",
    ]
)
"""Names that IPython puts into every notebook."""

MODULE_NAMES = frozenset(
    [
        "__name__",
        "__file__",
        "__doc__",
        "__builtins__",
        "__annotations__",
        "__spec__",
        "__loader__",
        "__package__",
    ]
)
"""Names that every module has without binding them."""

SHELL_CALL = "__assetbook_shell__"
"""The function that runs a cell's ``!`` lines: the cell's namespace must hold it."""

PROVIDED_NAMES = frozenset(dir(builtins)) | IPYTHON_NAMES | MODULE_NAMES | {SHELL_CALL}
"""Names that are there although no cell binds them."""


class CellNames(msgspec.Struct, frozen=True):
    """What one cell does with names of its top level; names local to functions are left out.

    reads: read while the cell runs, where the cell itself has not surely bound them before.
    reads_later: read when a function, lambda or generator of the cell runs, be it bound or not;
        a name can be in ``reads`` too. Elements of a generator expression are in both.
    needs: of both, the names whose value may come from outside the cell.
    binds: bound while the cell runs, if only for a while (see ``deletes``).
    binds_later: bound through ``global`` when a function of the cell runs.
    deletes: deleted; an ``except ... as`` deletes its name at its end.
    mutates: the object is stored into or changed in place, anywhere in the cell, by spelling.
    annotation_reads: named in annotations that Python keeps as text.
    star_imports: modules whose every name is imported (relative ones with their dots).
    imports: bound name to source, ``pkg.mod`` or ``pkg.mod:name``.
    first_read: line (from 1) of the first read of each name in ``reads`` and ``reads_later``.
    """

    reads: frozenset[str]
    reads_later: frozenset[str]
    needs: frozenset[str]
    binds: frozenset[str]
    binds_later: frozenset[str]
    deletes: frozenset[str]
    mutates: frozenset[str]
    annotation_reads: frozenset[str]
    star_imports: frozenset[str]
    imports: Mapping[str, str]
    first_read: Mapping[str, int]


def cell_names(source: str | ast.Module, *, lazy_annotations: bool = False) -> CellNames:
    """What the cell does with names; ``source`` is Python, without magics.

    ``lazy_annotations``: an earlier cell has asked Python to keep annotations as text.

    Raises SyntaxError where the text is no Python. What only the compiler rejects (a ``return``
    outside a function) passes here.
    """
    if isinstance(source, str):
        return _names_in(source, lazy_annotations)
    return _names_of(source, lazy_annotations)


@lru_cache(256)
def _names_in(source: str, lazy_annotations: bool) -> CellNames:
    """The same for text: loading asks for an asset's cell as it is sliced, and when it has run."""
    return _names_of(parse_quietly(source), lazy_annotations)


def _names_of(tree: ast.Module, lazy_annotations: bool) -> CellNames:
    walk = FlowWalk(lazy_annotations=lazy_annotations or keeps_annotations_as_text(tree))
    walk.visit_all(tree.body)
    return _record(walk.notes)


def beyond_builtins(names: Iterable[str]) -> frozenset[str]:
    """Those of ``names`` that neither Python nor IPython provides."""
    return frozenset(names) - PROVIDED_NAMES


def keeps_annotations_as_text(tree: ast.Module) -> bool:
    """Whether the text asks Python to keep annotations as text, also in later cells."""
    return any(
        isinstance(node, ast.ImportFrom)
        and node.module == "__future__"
        and any(each.name == "annotations" for each in node.names)
        for node in tree.body
    )


def _record(notes: Notes) -> CellNames:
    modules = {name for name, source in notes.imports.items() if ":" not in source}
    return CellNames(
        reads=frozenset(notes.reads),
        reads_later=frozenset(notes.reads_later),
        needs=frozenset(notes.needs),
        binds=frozenset(notes.binds),
        binds_later=frozenset(notes.binds_later),
        deletes=frozenset(notes.deletes),
        # ``np.add`` and ``os.remove`` are spelled like methods that change their object.
        mutates=frozenset(notes.mutates | (notes.calls_on - modules)),
        annotation_reads=frozenset(notes.annotation_reads),
        star_imports=frozenset(notes.star_imports),
        imports=notes.imports,
        first_read=notes.first_read,
    )
