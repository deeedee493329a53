"""What a kernel is told before the first cell of a notebook's run: where it is, and what holds; and
what it tells of its packages."""

from __future__ import annotations

import ast
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec

PRELUDE = "_assetbook_prelude"
"""The name of the function in which it is."""
STRICT_SYSTEM = """
    shell = get_ipython()
    system = shell.system

    def strict_system(command):
        system(command)
        code = shell.user_ns.get("_exit_code")
        if code:
            raise subprocess.CalledProcessError(code, command)

    shell.system = strict_system
"""
"""The lines of a function, which imports subprocess, by which a ``!`` line that fails fails its
cell."""
_BEGINNING = f"""
def {PRELUDE}(folder, environment, modules):
    import os, subprocess, sys
    for name in [each for each in os.environ if each.startswith("ASSETBOOK_")]:
        del os.environ[name]  # of whoever had the kernel started
    os.environ.update(environment)
    os.chdir(folder)
    if modules:
        sys.path.insert(0, modules)
    exchange = environment.get("ASSETBOOK_EXCHANGE")
    if exchange:
        try:
            from assetbook.kernels.kernel_reads import watch_kernel
        except ImportError:  # of an environment without it
            pass
        else:
            watch_kernel(get_ipython(), exchange)
    known = sys.modules.get("assetbook.definitions.secret_literals")
    if known is not None:  # else it reads the variables once it is imported
        known.know_given_secrets()
"""
_LISTED = "packages"
# by the names of their folders, since reading what is in them takes half a second
PACKAGES: Mapping[str, str] = {
    _LISTED: "'\\n'.join([__import__('platform').python_version(), *sorted({name[:-10]"
    " for folder in __import__('sys').path if __import__('os').path.isdir(folder or '.')"
    " for name in __import__('os').listdir(folder or '.') if name.endswith('.dist-info')})])"
}
"""The expression by which a kernel tells what it finds, for ``KernelPackages.of``."""


class KernelPackages(msgspec.Struct, frozen=True):
    """What a Python kernel finds."""

    python: str
    """Its version; empty if it did not tell."""
    packages: tuple[str, ...]
    """``pandas==3.0.1`` for each, sorted."""

    @classmethod
    def of(cls, answered: Mapping[str, Any]) -> KernelPackages:
        """By what a kernel answered to ``PACKAGES``."""
        told = answered.get(_LISTED, {}).get("data", {}).get("text/plain", "''")
        python, *names = str(ast.literal_eval(told)).split("\n")
        pairs = (each.rpartition("-") for each in names)
        return cls(python, tuple(f"{name}=={version}" for name, _, version in pairs if name))


def prelude(folder: Path, environment: Mapping[str, str], modules: Path | None = None) -> str:
    """Python for an IPython kernel: its folder and variables, and a ``!`` line that fails, fails
    its cell. ``modules`` is a folder whose modules go before all others; None for none."""
    first = json.dumps(str(modules or ""))
    call = f"{PRELUDE}({json.dumps(str(folder))}, {dict(environment)!r}, {first})"
    return f"{_BEGINNING}{STRICT_SYSTEM}\n{call}\ndel {PRELUDE}\n"
