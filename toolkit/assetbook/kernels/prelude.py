"""What a kernel is told before the first cell of a notebook's run: where it is, and what holds."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

_PRELUDE = """
def _assetbook_prelude(folder, environment):
    import os, subprocess, sys
    for name in [each for each in os.environ if each.startswith("ASSETBOOK_")]:
        del os.environ[name]  # of whoever had the kernel started
    os.environ.update(environment)
    os.chdir(folder)
    known = sys.modules.get("assetbook.definitions.secret_literals")
    if known is not None:  # else it reads the variables once it is imported
        known.know_given_secrets()
    shell = get_ipython()
    system = shell.system

    def strict_system(command):
        system(command)
        code = shell.user_ns.get("_exit_code")
        if code:
            raise subprocess.CalledProcessError(code, command)

    shell.system = strict_system

_assetbook_prelude({folder}, {environment})
del _assetbook_prelude
"""


def prelude(folder: Path, environment: Mapping[str, str]) -> str:
    """Python for an IPython kernel: its folder and variables, and a ``!`` line that fails, fails
    its cell."""
    given = {"folder": json.dumps(str(folder)), "environment": repr(dict(environment))}
    return _PRELUDE.replace("{folder}", given["folder"]).replace(
        "{environment}", given["environment"]
    )
