"""What a notebook's run was made of beside its cells: the project's modules that these reach, as
they were when it began, and the Python and packages of its kernel."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path, PurePosixPath

import msgspec

from assetbook.definitions.secret_literals import secret_literals
from assetbook.io.durable_path import new_beside
from assetbook.kernels.cell_runs import Watch
from assetbook.kernels.exchange import EXCHANGE, Exchange
from assetbook.kernels.kernel_end import KernelGoneError
from assetbook.kernels.prelude import KernelPackages
from assetbook.kernels.run_reads import READS
from assetbook.notebook.document import Document
from assetbook.notebook.local_imports import LocalModule, WorkTree, modules_of_notebook
from assetbook.project import find_project

SOURCE = "source.json"
"""Its name in the folder of what is kept of a notebook."""


class RunSource(msgspec.Struct, frozen=True):
    """The source of one run."""

    folder: str
    """Where its cells ran."""
    modules: Mapping[str, LocalModule]
    """By dotted name."""
    not_kept: Mapping[str, str] = msgspec.field(default_factory=dict)
    """Modules that hold what looks like a secret, each with where."""
    python: str = ""
    """The version of the kernel's Python; empty if that is not known."""
    packages: tuple[str, ...] = ()
    """``pandas==3.0.1`` for each package that the kernel finds."""


def source_now(document: Document) -> RunSource:
    """What the cells of a notebook reach as it is now; no modules of one whose cells cannot be
    read."""
    modules: dict[str, LocalModule] = {}
    not_kept: dict[str, str] = {}
    for name, module in _reached(document).items():
        if found := next(iter(secret_literals(module.text)), None):
            not_kept[name] = f"line {found.line} looks like a secret ({found.why})"
        else:
            modules[name] = module
    return RunSource(str(document.path.parent), modules, not_kept)


def _reached(document: Document) -> dict[str, LocalModule]:
    root = find_project(document.path).root
    folder = document.path.parent.resolve()
    if not folder.is_relative_to(root):
        return {}
    place = PurePosixPath(folder.relative_to(root).as_posix())
    return modules_of_notebook(document, WorkTree(root), place)


class SourceKeeper(Watch):
    """Keeps the source of a run in ``folder``, once its kernel is up."""

    def __init__(self, folder: Path, document: Document) -> None:
        self._path = folder / SOURCE
        self._source = source_now(document)

    def packages(self, found: KernelPackages) -> None:
        """Writes it, with what the kernel finds; a run that goes on in a kernel has what that has
        imported."""
        if self._path.exists():
            return
        source = {
            **msgspec.to_builtins(self._source),
            "python": found.python,
            "packages": found.packages,
        }
        with new_beside(self._path) as new:
            new.write_text(json.dumps(source), encoding="ascii")
            new.replace(self._path)  # not synced, which takes a tenth of a short run


@contextmanager
def going_on(before: Path, folder: Path) -> Iterator[None]:
    """While a run goes on with the one whose notebook is kept in ``before``: what that was made of
    and has read is this one's too, unless its kernel is gone."""
    before_it, it = Exchange(before / EXCHANGE), Exchange(folder / EXCHANGE)
    if it.folder.exists():
        it.go_on_with(before_it)
    taken = [folder / name for name in (SOURCE, READS) if (before / name).exists()]
    for each in taken:
        shutil.copyfile(before / each.name, each)
    try:
        yield
    except KernelGoneError:
        for each in taken:
            each.unlink()
        it.begin_anew()
        raise


def source_in(folder: Path) -> RunSource | None:
    """The source of the run whose notebook is kept in ``folder``; None if none was kept, or the
    computer went down before it was on the disk."""
    try:
        read = json.loads((folder / SOURCE).read_text(encoding="ascii"))
    except (FileNotFoundError, ValueError):
        return None
    modules = {name: LocalModule(**each) for name, each in read.pop("modules").items()}
    return RunSource(modules=modules, packages=tuple(read.pop("packages")), **read)
