"""The project's own modules that code may import, found in a tree of files without running any.

The tree is the work tree or a revision of it. Imports in functions count, so that what is imported
late is there too; what is imported by a computed name is not seen.
"""

from __future__ import annotations

import ast
import posixpath
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path, PurePosixPath
from typing import Protocol

import msgspec

from assetbook.errors import AssetbookError
from assetbook.notebook.document import Document
from assetbook.notebook.local_modules import FRAMEWORK, find_installed
from assetbook.notebook.quiet_parsing import parse_quietly
from assetbook.notebook.statements import Statement, code_cells


class SourceTree(Protocol):
    """Files below a project's root at one time; paths are relative to it."""

    def text(self, path: PurePosixPath) -> str | None:
        """The text of a file; None if there is none."""
        ...

    def is_folder(self, path: PurePosixPath) -> bool:
        """Whether there is such a folder."""
        ...


class WorkTree:
    """The files below ``root`` as they are now."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def text(self, path: PurePosixPath) -> str | None:
        """See :meth:`SourceTree.text`."""
        file = self._root / path
        if not file.is_file():
            return None
        return file.read_bytes().decode("utf-8", "surrogateescape")

    def is_folder(self, path: PurePosixPath) -> bool:
        """See :meth:`SourceTree.is_folder`."""
        return (self._root / path).is_dir()


class LocalModule(msgspec.Struct, frozen=True):
    """One module of the project."""

    text: str
    """Empty for a folder without ``__init__.py``."""
    package: bool = False


def write_module(folder: Path, name: str, module: LocalModule) -> None:
    """Writes a module below ``folder``, where it is found by its dotted name. Raises OSError."""
    path = folder.joinpath(*name.split("."))
    file = path / "__init__.py" if module.package else path.with_name(f"{path.name}.py")
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(module.text.encode("utf-8", "surrogateescape"))


def local_modules(
    statements: Iterable[Statement], tree: SourceTree, folder: PurePosixPath
) -> dict[str, LocalModule]:
    """The modules of the project that the statements reach, by dotted name, sorted.

    ``folder`` is the notebook's, from the tree's root. Looked in are it, the folders that the
    statements add to ``sys.path``, and those above it, with ``src`` in each.
    """
    nodes = [each.node for each in statements if each.node is not None]
    finding = _Finding(tree, list(_places(nodes, folder)))
    for node in nodes:
        finding.follow(node, "")
    for each in statements:
        if each.node is None and each.magics[0].name in _PYTHON_CELLS:
            finding.follow_text(each.magics[0].body)
        for magic in each.magics:
            if magic.name in _LOADING:
                finding.take(magic.line.strip())
    return dict(sorted(finding.found.items()))


def modules_of_notebook(
    document: Document, tree: SourceTree, folder: PurePosixPath
) -> dict[str, LocalModule]:
    """The same of all cells of a notebook; none of one in another language, or whose cells cannot
    be read: they fail when they run, and say why."""
    try:
        cells = code_cells(document) if document.language == "python" else []
    except AssetbookError:
        return {}
    return local_modules([each for cell in cells for each in cell.statements], tree, folder)


_PYTHON_CELLS = frozenset({"asset", "time", "capture"})
_LOADING = frozenset({"load_ext", "reload_ext", "aimport"})


class _Finding:
    def __init__(self, tree: SourceTree, places: list[PurePosixPath]) -> None:
        self._tree = tree
        self._places = places
        self._tops: dict[str, PurePosixPath | None] = {}
        self.found: dict[str, LocalModule] = {}

    def follow(self, node: ast.AST, package: str) -> None:
        """Takes all that is imported somewhere in ``node``, code of that package."""
        for name in _imported(node, package):
            self.take(name)

    def follow_text(self, text: str, package: str = "") -> None:
        """The same for source text; what is no Python imports nothing."""
        try:
            self.follow(parse_quietly(text), package)
        except (SyntaxError, ValueError):
            return

    def take(self, name: str) -> None:
        """Takes a module and the packages that it is in, if it is the project's own."""
        parts = name.split(".")
        if not all(part.isidentifier() for part in parts):
            return
        place = self._place_of(parts[0])
        if place is None:
            return
        for end in range(1, len(parts) + 1):
            dotted = ".".join(parts[:end])
            if dotted not in self.found:
                module = self._read(place.joinpath(*parts[:end]))
                if module is None:
                    return
                self.found[dotted] = module
                package = dotted if module.package else dotted.rpartition(".")[0]
                self.follow_text(module.text, package)

    def _place_of(self, top: str) -> PurePosixPath | None:
        if top not in self._tops:
            self._tops[top] = self._find(top)
        return self._tops[top]

    def _find(self, top: str) -> PurePosixPath | None:
        if top in sys.stdlib_module_names or top == FRAMEWORK:
            return None
        for at, place in enumerate(self._places):
            # beside the notebook a module hides an installed one, elsewhere it does not
            if self._read(place / top) is not None and (at == 0 or find_installed(top) is not True):
                return place
        return None

    def _read(self, path: PurePosixPath) -> LocalModule | None:
        text = self._tree.text(path / "__init__.py")
        if text is not None:
            return LocalModule(text, package=True)
        text = self._tree.text(path.with_name(f"{path.name}.py"))
        if text is not None:
            return LocalModule(text)
        return LocalModule("", package=True) if self._tree.is_folder(path) else None


def _places(nodes: Iterable[ast.stmt], folder: PurePosixPath) -> Iterator[PurePosixPath]:
    yield folder
    for node in nodes:
        for text in _added_paths(node):
            place = posixpath.normpath((folder / text).as_posix())
            if not place.startswith(("..", "/")):
                yield PurePosixPath(place)
    for above in (folder, *folder.parents):
        yield above / "src"
        yield above


def _added_paths(node: ast.stmt) -> Iterator[str]:
    """The texts in a statement that names ``sys.path``."""
    inside = list(ast.walk(node))
    if any(isinstance(each, ast.Attribute) and each.attr == "path" for each in inside):
        for each in inside:
            if isinstance(each, ast.Constant) and isinstance(each.value, str):
                yield each.value


def _imported(node: ast.AST, package: str) -> Iterator[str]:
    for each in ast.walk(node):
        match each:
            case ast.Import(names=names):
                yield from (alias.name for alias in names)
            case ast.ImportFrom(module=module, names=names, level=level):
                base = _absolute(module or "", package, level)
                if base is not None:
                    yield base
                    yield from (f"{base}.{alias.name}" for alias in names)
            case ast.Call(
                func=ast.Attribute(attr="import_module")
                | ast.Name(id="import_module" | "__import__"),
                args=[ast.Constant(value=str(name)), *_],
            ):
                yield name


def _absolute(module: str, package: str, level: int) -> str | None:
    """The full name of what a ``from`` import names; None if it leads out of the package."""
    if not level:
        return module
    parts = package.split(".") if package else []
    if level > len(parts):
        return None
    return ".".join([*parts[: len(parts) - level + 1], *([module] if module else [])])
