"""Where the notebook that runs in this kernel is on disk, as far as anybody says."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

VARIABLE = "ASSETBOOK_NOTEBOOK"
RUN_VARIABLE = "ASSETBOOK_RUN"
"""Set in the kernel of a notebook that runs as a job: the id of the run."""
REPRODUCES_VARIABLE = "ASSETBOOK_REPRODUCES"
"""Set in the kernel of a copy that reproduces a run: the id of the run."""
DEFINE_ONLY = "ASSETBOOK_DEFINE_ONLY"
"""Set in a kernel whose cells define and do not materialize."""


def is_ours(variable: str) -> bool:
    """Whether an environment variable is one of assetbook's, which says something of one run."""
    return variable.startswith("ASSETBOOK_")


def notebook_path(namespace: Mapping[str, Any], environment: Mapping[str, str]) -> Path | None:
    """The notebook's absolute path; None if nobody says.

    Our own runners say it in ``ASSETBOOK_NOTEBOOK``, VS Code in a variable of the namespace,
    Jupyter's server in ``JPY_SESSION_NAME``. A name that is no existing notebook is not believed.
    """
    told = environment.get(VARIABLE)
    if told:
        return Path(told).absolute()
    code = namespace.get("__vsc_ipynb_file__")
    for name in (code, environment.get("JPY_SESSION_NAME")):
        if isinstance(name, str) and name.endswith(".ipynb"):
            path = Path(name).absolute()
            if path.is_file():
                return path
    return None
