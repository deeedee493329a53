"""Whether what is shown now goes to a page that can have widgets."""

from __future__ import annotations

import os

from assetbook.notebook.notebook_path import RUN_VARIABLE


def somebody_looks() -> bool:
    """Whether the cell that runs was sent by a page that can have widgets and that a person looks
    at: what runs notebooks by itself cannot be asked for a line, either."""
    if not can_show_widgets():
        return False
    from IPython.core.getipython import get_ipython

    return bool(getattr(get_ipython().kernel, "_allow_stdin", True))


def can_show_widgets() -> bool:
    """Whether a kernel runs here, and no notebook's run: what that keeps shows anywhere."""
    if os.environ.get(RUN_VARIABLE):
        return False
    from IPython.core.getipython import get_ipython

    shell = get_ipython()
    return shell is not None and getattr(shell, "kernel", None) is not None
