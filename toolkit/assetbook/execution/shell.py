"""The IPython shell of this process, looked for without importing IPython."""

from __future__ import annotations

import sys
from typing import Any


def running_shell() -> Any | None:
    """The IPython shell of this process; None outside IPython."""
    module = sys.modules.get("IPython.core.interactiveshell")
    if module is None or not module.InteractiveShell.initialized():
        return None
    return module.InteractiveShell.instance()
