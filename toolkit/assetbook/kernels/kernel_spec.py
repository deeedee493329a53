"""The kernel that a notebook names: its interpreter, or what to do where there is none."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from jupyter_core.paths import jupyter_path

from assetbook.errors import NotLoadedError
from assetbook.notebook.document import Document


def interpreter_of(document: Document) -> str:
    """The Python of the notebook's kernel; this one where the kernel says only ``python``.

    Raises NotLoadedError if the kernel is not installed, its interpreter is gone, or the cells are
    of another language.
    """
    document.require_python()
    first = _first_word(document.kernel) or _asked_first_word(document)
    if not Path(first).is_absolute():
        return sys.executable
    if not Path(first).exists():
        raise NotLoadedError(
            f"the notebook {document.path}",
            f"its kernel `{document.kernel}` names {first}, which is gone",
            "Does its environment still exist?",
        )
    return first


def _first_word(kernel: str) -> str | None:
    """The first word of a kernel's command; None where its file alone does not tell.

    Jupyter's client, whose import takes as long as loading a notebook, looks in these folders too.
    """
    for folder in map(Path, jupyter_path("kernels")):
        named = [each for each in _in(folder) if each.name.lower() == kernel.lower()]
        for spec in (each / "kernel.json" for each in named):
            if spec.is_file():
                return _word_in(spec)
    return None


def _in(folder: Path) -> list[Path]:
    return list(folder.iterdir()) if folder.is_dir() else []


def _word_in(spec: Path) -> str | None:
    try:
        read = json.loads(spec.read_text(encoding="utf-8"))
        plain = not read.get("metadata", {}).get("kernel_provisioner")  # else it may be elsewhere
        return str(read["argv"][0]) if plain else None
    except (OSError, ValueError, AttributeError, LookupError, TypeError):
        return None  # it is told by whoever reads all of it


def _asked_first_word(document: Document) -> str:
    from jupyter_client.kernelspec import KernelSpecManager, NoSuchKernel

    try:
        return str(KernelSpecManager().get_kernel_spec(document.kernel).argv[0])
    except NoSuchKernel:
        raise not_installed(document.path, document.kernel) from None


def not_installed(path: Path, kernel: str) -> NotLoadedError:
    """The error for a kernel that nobody knows, with those that are known."""
    from jupyter_client.kernelspec import KernelSpecManager

    known = ", ".join(sorted(KernelSpecManager().find_kernel_specs()))
    return NotLoadedError(
        f"the notebook {path}",
        f"its kernel `{kernel}` is not installed",
        f"Choose another in Jupyter, or install it. There are: {known or 'none'}.",
    )
