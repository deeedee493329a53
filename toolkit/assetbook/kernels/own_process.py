"""A process of a notebook's own, with the interpreter of its kernel, without a kernel."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from assetbook.errors import RunFailedError
from assetbook.kernels.kernel_spec import interpreter_of
from assetbook.notebook.document import read_document
from assetbook.notebook.notebook_path import DEFINE_ONLY, VARIABLE


def call_in_process(path: Path, module: str, asked: Any) -> Any:
    """What ``module``, run as a program for the notebook at ``path``, answers to ``asked``.

    It inherits this process's streams, and its folder is the notebook's. Raises NotLoadedError if
    there is no such notebook or interpreter, RunFailedError if the process dies.
    """
    interpreter = interpreter_of(read_document(path))
    environment = {
        **os.environ,
        VARIABLE: str(path.absolute()),
        DEFINE_ONLY: "1",
        # figures are shown as in a kernel
        "MPLBACKEND": os.environ.get("MPLBACKEND", "module://matplotlib_inline.backend_inline"),
    }
    with TemporaryDirectory(prefix="assetbook") as folder:
        answer = Path(folder) / "answer.json"
        command = [interpreter, "-m", module, json.dumps(asked), str(answer)]
        code = _waited_for(subprocess.Popen(command, env=environment, cwd=path.absolute().parent))
        if code != 0 or not answer.exists():
            raise RunFailedError(
                f"the notebook {path}", f"its process ended with {code} and without an answer"
            )
        return json.loads(answer.read_text(encoding="utf-8"))


def _waited_for(process: subprocess.Popen[bytes]) -> int:
    """The exit code; an interrupt reaches the process by itself, and it ends what it does."""
    while True:
        try:
            return process.wait()
        except KeyboardInterrupt:
            continue
