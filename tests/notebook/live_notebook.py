"""A notebook for tests: cells are compiled and kept in ``linecache`` as ipykernel does."""

from __future__ import annotations

import ast
import hashlib
import linecache
from typing import Any

from assetbook.definitions.code import CodeVersion
from assetbook.keys import AssetKey
from assetbook.notebook.cell_code import CellCode
from assetbook.notebook.versioner import Versioner


class LiveNotebook:
    """Runs cells in one namespace and takes versions of what they define."""

    def __init__(self, **options: Any) -> None:
        self.names: dict[str, Any] = {"__name__": "__main__"}
        self.keys: dict[int, AssetKey] = {}
        known = {"definition_of": lambda each: self.keys.get(id(each)), "project_root": None}
        self.versioner = Versioner(**{**known, **options})

    def run(self, *cells: str) -> None:
        """Runs cells one after the other."""
        for text in cells:
            name = f"/tmp/ipykernel_77/{hashlib.md5(text.encode()).hexdigest()}.py"
            lines = text.splitlines(keepends=True)
            linecache.cache[name] = (len(text), None, lines, name)
            exec(compile(text, name, "exec", dont_inherit=True), self.names)

    def version(self, name: str = "f", **options: Any) -> CodeVersion:
        """The version of the function called ``name``."""
        return self.versioner.version(self.names[name], **options)

    def digest(self, name: str = "f", **options: Any) -> str:
        """The digest of a version without unknowns."""
        version = self.version(name, **options)
        assert version.unknowns == ()
        return version.digest

    def cell(self, text: str, hidden_reads: frozenset[str] = frozenset()) -> CellCode:
        """The body of an asset cell."""
        return CellCode(text, ast.parse(text), self.names, "In[4]", hidden_reads)


def digest_of(*cells: str, **options: Any) -> str:
    """The digest of ``f`` after the cells ran in a new notebook."""
    notebook = LiveNotebook()
    notebook.run(*cells)
    return notebook.digest(**options)


def version_of(*cells: str, **options: Any) -> CodeVersion:
    """The version of ``f`` after the cells ran in a new notebook."""
    notebook = LiveNotebook()
    notebook.run(*cells)
    return notebook.version(**options)
