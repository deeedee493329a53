"""How a kernel is started, by the kernelspec of its name."""

from __future__ import annotations

import re
import string
import sys
from collections.abc import Mapping
from pathlib import Path

import msgspec
from jupyter_client.kernelspec import KernelSpecManager, NoSuchKernel

from assetbook.kernels.kernel_spec import not_installed

_THIS_PYTHON = re.compile(r"python(3(\.\d+)?)?")


class KernelStart(msgspec.Struct, frozen=True):
    """The program and the environment of a kernel."""

    name: str
    argv: tuple[str, ...]
    """With ``{connection_file}`` where that is to stand."""
    environment: Mapping[str, str]
    is_python: bool = True
    """Whether its cells are Python."""
    interrupted_by_message: bool = False
    """Whether it is told to stop by a message, not by a signal."""

    @classmethod
    def named(cls, name: str, notebook: Path, environment: Mapping[str, str]) -> KernelStart | None:
        """The start of the kernel called ``name``, in that environment; None for a provisioner's.

        Raises NotLoadedError if there is no such kernel.
        """
        try:
            spec = KernelSpecManager().get_kernel_spec(name)
        except NoSuchKernel:
            raise not_installed(notebook, name) from None
        provisioner = spec.metadata.get("kernel_provisioner", {}).get("provisioner_name")
        if provisioner not in (None, "local-provisioner"):
            return None
        own = {
            key: string.Template(each).safe_substitute(environment)
            for key, each in spec.env.items()
        }
        argv = [each.replace("{resource_dir}", spec.resource_dir) for each in spec.argv]
        if _THIS_PYTHON.fullmatch(argv[0]):  # as jupyter_client takes it
            argv[0] = sys.executable
        by_message, language = spec.interrupt_mode == "message", spec.language.lower()
        return cls(name, tuple(argv), {**environment, **own}, language == "python", by_message)
