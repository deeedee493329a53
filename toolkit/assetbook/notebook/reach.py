"""One walk over what a piece of code reaches: the graph so far, and what was noticed.

``Reach`` keeps the books; what code reaches is ``code_reach``'s to say, what a value holds
``reach_values``'. Everything live is looked at through ``observed``.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Collection
from typing import Any

from assetbook.definitions.code import PieceKind, Unknown
from assetbook.keys import AssetKey
from assetbook.notebook import readers
from assetbook.notebook.cell_code import CellCode
from assetbook.notebook.code_facts import CodeFacts
from assetbook.notebook.constants import IMMUTABLE
from assetbook.notebook.executed_cells import Imported
from assetbook.notebook.observed import UNBOUND, Observed
from assetbook.notebook.reach_graph import Node

Slot = tuple[int, str]
"""A name of a namespace, which is told by its id."""


class Reach:
    """One walk. ``expand`` gives a node the label and edges of its value."""

    def __init__(
        self,
        expand: Callable[[Reach, Node, Any], None],
        *,
        definition_of: Callable[[object], AssetKey | None],
        place_of: Callable[[str, int], str],
        bound_in: Callable[[str], str],
        imported: Callable[[str], Imported | None],
        is_replaced: Callable[[str], bool],
        package_versions: bool,
        inputs: Collection[str],
        ignore: Collection[str],
        called: str = "",
    ) -> None:
        self.called = called
        """The name that the walked function is taken to have; empty: its own."""
        self.definition_of = definition_of
        self.place_of = place_of
        self.bound_in = bound_in
        """The cell that bound a name of the notebook, as people know it; empty if none did."""
        self.imported = imported
        """What a name of the notebook was imported from, if a cell bound it so."""
        self.is_replaced = is_replaced
        """Whether the cell of a code file name has run again with another text."""
        self.package_versions = package_versions
        self.inputs = frozenset(inputs)
        self.observed = Observed()
        self.unknowns: dict[str, Unknown] = {}
        self.readers: set[str] = set()
        self.assets: dict[str, str] = {}
        """Names of reached definitions, with the code that reaches them."""
        self.caches: list[Callable[[], None]] = []
        self.facts: list[CodeFacts] = []
        self.classes: list[type] = []
        self.instances: list[tuple[str, object]] = []
        self.library_classes: list[type] = []
        """Classes of installed libraries that code names."""
        self.sought: set[tuple[int, str]] = set()
        """What was looked for of the project's own among a library class's attributes."""
        self.sentinels: list[Node] = []
        """Plain ``object()``s."""
        self.stored: dict[Slot, str] = {}
        """Module names that reached code binds, with how people know them."""
        self.loaded: set[Slot] = set()
        """Module names that reached code looks up."""
        self.root: Node | None = None
        self._expand = expand
        self._ignore = frozenset(ignore)
        self._nodes: dict[object, Node] = {}
        self._leaves: dict[str, Node] = {}
        self._waiting: deque[Node] = deque()

    def walk(self, code: object) -> Node:
        """The node of ``code``, with everything that it reaches below it."""
        name = "cell" if isinstance(code, CellCode) else getattr(code, "__name__", "code")
        self.root = root = Node(code, name)
        root.kind = "asset"
        self._nodes[id(code)] = root
        self._waiting.append(root)
        self.walk_on()
        return root

    def walk_on(self) -> None:
        """Looks into whatever edges were added to since."""
        while self._waiting:
            node = self._waiting.popleft()
            self._expand(self, node, node.value)
        if self.root is not None:
            self.root.kind = "asset"

    def edge(
        self, node: Node, label: str, value: object, name: str, *, piece: bool = False
    ) -> None:
        """Leads from ``node`` to ``value``, which people know as ``name``.

        With ``piece`` it is shown as a thing of its own; else it is a part of ``node``.
        """
        if value is UNBOUND:
            self.leaf(node, label, "unbound", name, "unbound")
            return
        if self._ignore and self.is_left_out(name):
            return
        if value is eval or value is exec or value is globals:
            self._reads_text(label, name, value.__name__)
        # equal constants are often one object: each name of one is a thing of its own
        known: object = (id(value), name, piece) if type(value) in IMMUTABLE else id(value)
        child = self._nodes.get(known)
        if child is None:
            child = self._nodes[known] = Node(value, name)
            child.installed = node.installed
            self._waiting.append(child)
        if piece and child.kind is None and not child.nameless:
            child.kind, child.name = "constant", name
        node.edges.append((label, child))

    def _reads_text(self, label: str, name: str, function: str) -> None:
        if label != f"name:{function}":  # called by its own name, its text was looked at
            self.unknown(name, f"`{name}` is `{function}`: what it reads cannot be told")

    def leaf(
        self, node: Node, label: str, said: str, name: str, kind: PieceKind | None = None
    ) -> None:
        """Leads to something that is known by ``said`` alone."""
        if self.is_left_out(name):
            return
        known = f"{kind}:{name}:{said}"
        leaf = self._leaves.get(known)
        if leaf is None:
            leaf = self._leaves[known] = Node(None, name)
            leaf.label, leaf.kind = said.encode("utf-8", "surrogatepass"), kind
        if (label, leaf) not in node.edges:  # being named twice is nothing of its own
            node.edges.append((label, leaf))

    def is_left_out(self, name: str) -> bool:
        """Whether the author said that ``name`` counts for nothing."""
        if not self._ignore:
            return False
        return name in self._ignore or name.rpartition(".")[2] in self._ignore

    def unknown(self, name: str, why: str) -> None:
        """Notes that something cannot be versioned, once for each name."""
        if not self.is_left_out(name):
            self.unknowns.setdefault(name, Unknown(name, why))

    def changed(self, name: str) -> None:
        """Notes a reached value as state, since reached code changes it."""
        last = name.rpartition(".")[2]
        self.unknown(
            name,
            f"`{name}` is changed by the asset's own code: pass it in as an input, "
            f'or say ignore={{"{last}"}} if it is only a cache',
        )

    def reads_world(self, name: str, *, seeded: bool = True) -> bool:
        """Notes a reader if ``name`` is one; tells whether it is."""
        reads = readers.reader_by_name(name, seeded=seeded)
        if reads:
            self.readers.add(name)
        return reads
