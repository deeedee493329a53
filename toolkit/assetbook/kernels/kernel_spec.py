"""The kernel that a notebook names: its interpreter, or what to do where there is none."""

from __future__ import annotations

import sys
from pathlib import Path

from jupyter_client.kernelspec import KernelSpecManager, NoSuchKernel

from assetbook.errors import NotLoadedError
from assetbook.notebook.document import Document


def interpreter_of(document: Document) -> str:
    """The Python of the notebook's kernel; this one where the kernel says only ``python``.

    Raises NotLoadedError if the kernel is not installed, its interpreter is gone, or the cells are
    of another language.
    """
    document.require_python()
    try:
        first = str(KernelSpecManager().get_kernel_spec(document.kernel).argv[0])
    except NoSuchKernel:
        raise not_installed(document.path, document.kernel) from None
    if not Path(first).is_absolute():
        return sys.executable
    if not Path(first).exists():
        raise NotLoadedError(
            f"the notebook {document.path}",
            f"its kernel `{document.kernel}` names {first}, which is gone",
            "Does its environment still exist?",
        )
    return first


def not_installed(path: Path, kernel: str) -> NotLoadedError:
    """The error for a kernel that nobody knows, with those that are known."""
    known = ", ".join(sorted(KernelSpecManager().find_kernel_specs()))
    return NotLoadedError(
        f"the notebook {path}",
        f"its kernel `{kernel}` is not installed",
        f"Choose another in Jupyter, or install it. There are: {known or 'none'}.",
    )
