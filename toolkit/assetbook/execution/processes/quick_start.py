"""Starts one of assetbook's own programs, with no garbage looked for while it imports.

What imports make stays: looking through it again and again while it grows is a sixth of the start.
"""

from __future__ import annotations

import gc
import sys
from importlib import import_module

_STARTER = "assetbook.execution.processes.quick_start"


def command_of(interpreter: str, program: str, *arguments: str) -> list[str]:
    """The command that has ``interpreter`` run ``main()`` of the module ``program``, which finds
    the arguments where ``python -m`` would put them."""
    return [interpreter, "-m", _STARTER, program, *arguments]


def main() -> None:
    """Runs the program that the first argument names, with those behind it."""
    gc.disable()
    del sys.argv[0]
    program = import_module(sys.argv[0])
    gc.freeze()
    gc.enable()
    program.main()


if __name__ == "__main__":
    main()
