"""The parameters of a notebook as a form, read in a process of its own: reading them runs the cell
that declares them."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from assetbook.definitions.config_form import Form, config_form
from assetbook.errors import AssetbookError, DefinitionError

_SECONDS = 60.0


def notebook_form(root: Path, path: str) -> Form:
    """The parameters of the notebook at ``path``, which begins at ``root``.

    Raises DefinitionError for one whose parameters cannot be read.
    """
    try:
        done = subprocess.run(
            [sys.executable, "-m", __name__, path],
            cwd=root,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            timeout=_SECONDS,
        )
    except subprocess.TimeoutExpired:
        raise _unread(path, f"its parameters were not told within {_SECONDS:.0f} s") from None
    if done.returncode:
        last = done.stderr.strip().splitlines()[-1:] or [f"it ended with {done.returncode}"]
        raise _unread(path, last[0])
    found: list[dict[str, object]] = json.loads(done.stdout.splitlines()[-1])
    return tuple(found)


def _unread(path: str, why: str) -> DefinitionError:
    return DefinitionError(f"the parameters of {path}", why, "Mend its cell tagged `parameters`.")


def _tell(path: str) -> None:
    """Prints the form as one line of JSON."""
    from assetbook.kernels.notebook_as_job import parameters_of

    try:
        declared = parameters_of(Path(path).absolute())
    except AssetbookError as error:
        sys.exit(f"{error.found}")
    print(json.dumps(config_form(declared.model, declared.instance)))


if __name__ == "__main__":
    _tell(sys.argv[1])
