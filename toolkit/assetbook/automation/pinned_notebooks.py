"""The notebooks that a pinned source runs as jobs, and their files as they are now: these are what
would run, whether or not anybody has loaded them since."""

from __future__ import annotations

from pathlib import Path

from assetbook.definitions.secret_literals import masked
from assetbook.errors import StoreError
from assetbook.instance.bundles import bundle_at, code_lines
from assetbook.instance.code_difference import Difference, difference_of
from assetbook.instance.instance import Instance
from assetbook.notebook.run_notebooks import code_cells


def edited_notebooks(instance: Instance, bundle: str) -> dict[str, Difference]:
    """Those of the bundle of that digest whose code is another one by now, or is gone, by what
    people call them; none of a bundle that was let go. Lines of comment do not count."""
    root = instance.project.root if instance.project is not None else None
    if root is None:
        return {}
    try:
        kept = bundle_at(instance, bundle).notebooks
    except StoreError:
        return {}
    pairs = {name: (_code(text), _code_of(root / name)) for name, text in kept.items()}
    return {
        f"notebook {name}": difference_of(f"notebook:{name}", before, now)
        for name, (before, now) in pairs.items()
        if before != now
    }


def _code_of(path: Path) -> str:
    try:
        return _code(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, LookupError, TypeError):
        return ""  # it is gone, or is no notebook any more


def _code(text: str) -> str:
    """The lines of all its cells; what looks like a secret is masked."""
    lines = [line for cell in code_cells(text).values() for line in code_lines(masked(cell))]
    return "\n".join(lines)
