"""What a notebook that runs as a whole reaches: its cells, and the project's modules they import.

Nothing of it is alive in this process, so that all is told from text: cells and modules count by
their canonical form, packages by name, and readers of the world outside by what imports bind.
"""

from __future__ import annotations

import builtins
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path, PurePosixPath

from assetbook.errors import AssetbookError
from assetbook.notebook import readers
from assetbook.notebook.canonical import canonical, canonical_digest
from assetbook.notebook.cell_code import CellCode
from assetbook.notebook.code_facts import CHANCE_METHODS, CodeFacts, cell_facts
from assetbook.notebook.document import Document
from assetbook.notebook.local_imports import LocalModule, WorkTree, modules_of_notebook
from assetbook.notebook.notebook_code import NotebookCode
from assetbook.notebook.quiet_parsing import parse_quietly
from assetbook.notebook.reach import Reach
from assetbook.notebook.reach_graph import Node
from assetbook.notebook.statements import CodeCell, code_cells
from assetbook.project import find_project

_OTHER_FILES = frozenset({"run", "load"})
"""Magics that run another file, whose content is not looked into."""
_SHELL = frozenset({"!", "sx", "system", "sc", "bash", "sh", "script"})


def expand_notebook(reach: Reach, node: Node, code: NotebookCode) -> None:
    """Gives ``node`` the label and edges of a notebook as its file is now."""
    reach.observed.source(str(code.file))
    node.where = code.path.name
    try:
        document = code.document()
        cells = code_cells(document) if document.language == "python" else []
    except AssetbookError as error:
        reach.unknown(code.path.name, f"`{code.path.name}` cannot be versioned: {error.found}")
        return
    node.text = "\n\n".join(each.text for each in document.code_cells)
    if document.language == "python":
        _python(reach, node, document, cells)
    else:
        node.label = node.text.encode("utf-8", "surrogatepass")


def _python(reach: Reach, node: Node, document: Document, cells: list[CodeCell]) -> None:
    facts = [cell_facts(each) for each in _codes(cells)]
    node.label = b"notebook:" + b"".join(each.digest for each in facts)
    modules = _modules(reach, document)
    for name, module in modules.items():
        _take_module(node, name, module)
    texts = (each.text for each in modules.values())
    _note_readers(reach, [*facts, *map(cell_facts, _parsed(texts))])
    magics = {each for cell in cells for each in _magics(cell)}
    if magics & _SHELL:
        reach.readers.add("! lines")
    for name in sorted(magics & _OTHER_FILES):
        reach.unknown(f"%{name}", f"`%{name}` runs another file: import it as a module")


def _codes(cells: Iterable[CodeCell]) -> Iterator[CellCode]:
    for cell in cells:
        is_magic = any(each.node is None for each in cell.statements)
        # the text of a magic's cell counts as it is
        python = repr(cell.python) if is_magic else cell.python
        yield CellCode(python, parse_quietly(python), {}, str(cell.cell))


def _magics(cell: CodeCell) -> Iterator[str]:
    return (magic.name for each in cell.statements for magic in each.magics)


def _parsed(texts: Iterable[str]) -> Iterator[CellCode]:
    for text in texts:
        try:
            yield CellCode(text, parse_quietly(text), {}, "")
        except (SyntaxError, ValueError):
            continue  # it counts as text


class _Noted(WorkTree):
    """The files of a project, of which those that are read are noted."""

    def __init__(self, root: Path, reach: Reach) -> None:
        super().__init__(root)
        self._place = root
        self._reach = reach

    def text(self, path: PurePosixPath) -> str | None:
        """The text of a file, which the version rests on, be it that there is none."""
        self._reach.observed.source(str(self._place / path))
        return super().text(path)


def _modules(reach: Reach, document: Document) -> dict[str, LocalModule]:
    folder = document.path.parent.resolve()
    root = find_project(folder).root
    place = PurePosixPath(folder.relative_to(root))
    return modules_of_notebook(document, _Noted(root, reach), place)


def _take_module(node: Node, name: str, module: LocalModule) -> None:
    child = Node(None, name)
    child.kind, child.text = "module", module.text
    try:
        child.label = canonical_digest(canonical(parse_quietly(module.text), keep_docstring=True))
    except (SyntaxError, ValueError):
        child.label = module.text.encode("utf-8", "surrogatepass")
    node.edges.append((f"module:{name}", child))


def _note_readers(reach: Reach, every: list[CodeFacts]) -> None:
    """Notes what the code reads of the world outside, as far as names tell."""
    imports = {name: source for facts in every for name, source in facts.imports.items()}
    for facts in every:
        for name, paths in facts.chains.items():
            for path in paths:
                _note_chain(reach, facts, name, path, imports)
        reach.readers |= {f".{e}" for e in facts.loose if readers.reader_by_attribute(e)}


def _note_chain(
    reach: Reach, facts: CodeFacts, name: str, path: tuple[str, ...], imports: Mapping[str, str]
) -> None:
    seeded = (name, *path) not in facts.unseeded
    if name in imports:
        dotted = ".".join((imports[name].replace(":", "."), *path))
        known = reach.reads_world(dotted, seeded=seeded)
        if not known and path and readers.reader_by_attribute(path[-1], of_module=True):
            reach.readers.add(dotted)
    elif hasattr(builtins, name):
        reach.reads_world(".".join((name, *path)), seeded=seeded)
    elif path and readers.reader_by_attribute(path[-1]):
        reach.readers.add(f".{path[-1]}")
    elif path and path[-1] in CHANCE_METHODS and not seeded:
        reach.readers.add(f".{path[-1]}()")
