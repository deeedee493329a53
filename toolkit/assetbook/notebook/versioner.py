"""``Versioner``: the version of an asset's code and of everything that it reaches.

It returns a version, and names what it could not version; it has no default and hides no error.
A version is taken anew only if something that it was taken from no longer holds.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from hashlib import blake2b
from pathlib import Path

from assetbook.definitions.code import CodeVersion, Piece
from assetbook.keys import AssetKey
from assetbook.notebook.attached import take_attached
from assetbook.notebook.cell_code import CellCode
from assetbook.notebook.changed_state import changed_objects
from assetbook.notebook.executed_cells import Imported
from assetbook.notebook.observed import Observed
from assetbook.notebook.observed_names import take_observed
from assetbook.notebook.reach import Reach
from assetbook.notebook.reach_graph import (
    Node,
    all_nodes,
    graph_digest,
    label_by_names,
    own_digest,
)
from assetbook.notebook.reach_values import expand

_MOST_KEPT = 50_000
_Key = tuple[int, frozenset[str], frozenset[str], frozenset[tuple[str, str]]]


@dataclass(frozen=True, slots=True, eq=False)
class _Taken:
    """A version, and the observations that it rests on."""

    code: object
    observed: Observed
    version: CodeVersion
    caches: tuple[Callable[[], None], ...]


class Versioner:
    """Takes code versions of live functions and cell bodies.

    ``definition_of`` gives the key of an object that is one of the session's definitions: a reached
    one counts by its key alone. Files are shown relative to ``project_root``. With
    ``package_versions`` the versions of installed packages count, not just their names.
    ``where_of`` turns a code file name and line into ``In[4]``; without it the file's name serves.
    ``bound_in`` gives the cell that bound a name last (empty: not known), ``imported`` what it is
    from if that was an import. ``is_replaced`` tells of a code file name whether its cell has run
    again with another text.
    """

    def __init__(
        self,
        *,
        definition_of: Callable[[object], AssetKey | None],
        project_root: Path | None,
        package_versions: bool = False,
        where_of: Callable[[str, int], str] | None = None,
        bound_in: Callable[[str], str] = lambda _: "",
        imported: Callable[[str], Imported | None] = lambda _: None,
        is_replaced: Callable[[str], bool] = lambda _: False,
    ) -> None:
        self._definition_of = definition_of
        self._root = project_root
        self._package_versions = package_versions
        self._where_of = where_of or self._file_name
        self._bound_in = bound_in
        self._imported = imported
        self._is_replaced = is_replaced
        self._shown: dict[str, str] = {}
        self._taken: dict[_Key, _Taken] = {}
        self._taking = threading.RLock()  # steps run on several threads

    def version(
        self,
        code: Callable[..., object] | CellCode,
        *,
        inputs: Collection[str] = (),
        ignore: Collection[str] = (),
        observed: Mapping[str, str] = {},
        authored: bool = False,
    ) -> CodeVersion:
        """The version of ``code`` now.

        The names in ``inputs`` are not looked up by the code itself; those in ``ignore`` count for
        nothing wherever they are reached. ``observed`` are names that it was seen to read, each
        with the call that did; they count as if the code named them. ``authored``: the author gave
        a ``code_version``, which stands for everything that cannot be versioned, so that nothing is
        unknown.
        """
        version = self._current(code, inputs, ignore, observed).version
        return replace(version, unknowns=()) if authored and version.unknowns else version

    def version_called(
        self,
        code: Callable[..., object] | CellCode,
        name: str,
        *,
        inputs: Collection[str] = (),
        ignore: Collection[str] = (),
        observed: Mapping[str, str] = {},
    ) -> CodeVersion:
        """The version that ``code`` would have if its function was called ``name``."""
        with self._taking:
            return self._take(code, inputs, ignore, observed, name).version

    def caches(
        self,
        code: Callable[..., object] | CellCode,
        *,
        inputs: Collection[str] = (),
        ignore: Collection[str] = (),
        observed: Mapping[str, str] = {},
    ) -> list[Callable[[], None]]:
        """What clears the ``functools`` caches of all functions that ``code`` reaches.

        As they were when its version was asked for last.
        """
        taken = self._taken.get(_key(code, inputs, ignore, observed))
        if taken is None or taken.code is not code:
            taken = self._current(code, inputs, ignore, observed)
        return list(taken.caches)

    def _current(
        self,
        code: Callable[..., object] | CellCode,
        inputs: Collection[str],
        ignore: Collection[str],
        observed: Mapping[str, str],
    ) -> _Taken:
        key = _key(code, inputs, ignore, observed)
        with self._taking:
            taken = self._taken.get(key)
            if taken is None or taken.code is not code or not taken.observed.still_holds():
                if len(self._taken) > _MOST_KEPT:
                    self._taken.clear()
                taken = self._taken[key] = self._take(code, inputs, ignore, observed)
            return taken

    def _take(
        self,
        code: Callable[..., object] | CellCode,
        inputs: Collection[str],
        ignore: Collection[str],
        observed: Mapping[str, str],
        called: str = "",
    ) -> _Taken:
        reach = Reach(
            expand,
            definition_of=self._definition_of,
            place_of=self._where_of,
            bound_in=self._bound_in,
            imported=self._imported,
            is_replaced=self._is_replaced,
            package_versions=self._package_versions,
            inputs=inputs,
            ignore=ignore,
            called=called,
        )
        root = reach.walk(code)
        if observed:
            take_observed(reach, root, code, observed)
        while take_attached(reach):
            reach.walk_on()
        for name in changed_objects(reach):
            reach.changed(name)
        nodes = all_nodes(root)
        if reach.sentinels:
            label_by_names(nodes, reach.sentinels)
        version = CodeVersion(
            digest=_digest(root, nodes, reach),
            pieces=_pieces(nodes) | _docs(nodes, reach),
            unknowns=tuple(reach.unknowns[name] for name in sorted(reach.unknowns)),
            reads_assets=tuple(sorted(reach.assets.items())),
            readers=tuple(sorted(reach.readers)),
            observed=observed,
            files=reach.observed.files,
        )
        return _Taken(code, reach.observed, version, tuple(reach.caches))

    def _file_name(self, filename: str, line: int) -> str:
        shown = self._shown.get(filename)
        if shown is None:
            path = Path(filename)
            inside = self._root is not None and path.is_relative_to(self._root)
            shown = str(path.relative_to(self._root or path)) if inside else path.name
            self._shown[filename] = filename if filename.startswith("<") else shown
        return self._shown[filename]


def _key(
    code: object, inputs: Collection[str], ignore: Collection[str], observed: Mapping[str, str]
) -> _Key:
    return id(code), frozenset(inputs), frozenset(ignore), frozenset(observed.items())


def _digest(root: Node, nodes: list[Node], reach: Reach) -> str:
    digest = graph_digest(root)
    if any(facts.reads_docs for facts in reach.facts):
        docs = sorted({node.docs for node in nodes if node.docs})
        digest = blake2b(b"\0".join([digest, *docs]), digest_size=16).digest()
    return digest.hex()


def _docs(nodes: list[Node], reach: Reach) -> dict[str, Piece]:
    """A piece for each docstring, if reached code reads any."""
    if not any(facts.reads_docs for facts in reach.facts):
        return {}
    return {
        f"constant:{node.name}.__doc__": Piece(
            "constant", f"{node.name}.__doc__", node.docs.hex(), node.docs.hex(), node.where
        )
        for node in nodes
        if node.docs and node.kind is not None
    }


def _pieces(nodes: list[Node]) -> dict[str, Piece]:
    """The pieces by kind and name; two things of one name get a number."""
    pieces: dict[str, Piece] = {}
    for node in nodes:
        if node.kind is None:
            continue
        name, count = node.name, 1
        while f"{node.kind}:{name}" in pieces:
            count += 1
            name = f"{node.name} ({count})"
        pieces[f"{node.kind}:{name}"] = Piece(
            node.kind, name, own_digest(node), node.text, node.where
        )
    return pieces
