"""The command line's start; ``python -m assetbook`` too, where the command is not on the path."""

from __future__ import annotations

import gc


def main() -> None:
    """Runs the command line and ends the process with its exit code."""
    # what imports make stays: looking through it for garbage, again and again while it grows, is a
    # quarter of the start
    gc.disable()
    from assetbook.surfaces.cli import main as run

    gc.freeze()
    gc.enable()
    run()


if __name__ == "__main__":
    main()
