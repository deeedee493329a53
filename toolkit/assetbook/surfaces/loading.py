"""A code location's definitions, loaded into an IPython shell: what they need is run, no more."""

from __future__ import annotations

import importlib
import io
import pkgutil
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from types import ModuleType
from typing import Any, Literal

import msgspec

from assetbook.errors import AssetbookError, DefinitionError, RunFailedError
from assetbook.execution.failure import error_info
from assetbook.instance.observed_reads import names_seen
from assetbook.instance.snapshots import snapshot_of
from assetbook.instance.states import standing
from assetbook.notebook.cell_places import cell_title
from assetbook.notebook.document import Document, SourceCell, read_document
from assetbook.notebook.location_source import LocationSource
from assetbook.notebook.own_modules import local_files
from assetbook.notebook.reachable import KINDS, Cell, reachable_in
from assetbook.notebook.slice_text import slice_text
from assetbook.notebook.slicing import slice_of
from assetbook.notebook.source_digests import digests_of
from assetbook.surfaces.cell_files import named_after_cells
from assetbook.surfaces.cell_runs import CellRuns
from assetbook.surfaces.extension import attach
from assetbook.surfaces.live import LiveNotebook

Load = Literal["slice", "all"]
"""What runs to load a notebook: what its definitions need, or all of its cells."""


class KeptSource(msgspec.Struct, frozen=True):
    """Says that a location is loaded from a folder that ``rebuild`` made."""

    bundle: str | None = None
    """The digest of the bundle that is in it; None for files of another time."""


def load_into(
    shell: Any,
    source: LocationSource,
    load: Load = "slice",
    kept: KeptSource | None = None,
    *,
    remembered: bool = True,
    cell_words: Mapping[str, str] | None = None,
) -> LiveNotebook:
    """The location ``source``, loaded into ``shell``, which verbs of this process act on then.

    What its code prints is dropped. Its snapshot is stored, unless it is ``kept``: a bundle's, or
    files of another time; or not to be ``remembered``. ``cell_words`` says what cells are known as
    elsewhere, by id. Raises NotLoadedError and DefinitionError for what cannot be loaded,
    RunFailedError naming the cell or line that failed.
    """
    live = LiveNotebook(shell, source)
    live.cell_words = cell_words or {}
    with _quiet():
        attach(live)
        if source.module is not None:
            _import_all(live, source.module)
        else:
            document = read_document(source.path)
            live.take_document(document)
            live.run_by = "all" if load == "all" else None
            _run_notebook(live, document, load)
    live.loading = None
    if live.session.clashes:
        raise DefinitionError(
            f"the definitions of {source}",
            "; ".join(live.session.clashes),
            "Take one of them away, or tag its cell `assetbook:skip`.",
        )
    if kept is not None:
        loaded, at = live.loaded(), live.instance.clock.now()
        snapshot, _ = snapshot_of(loaded, standing(live.instance, loaded), at)
        live.hold(snapshot, kept.bundle)
    elif source.id is not None and remembered:
        files = [source.path, *local_files()]
        live.remember_load(digests_of(files, live.instance.root, live.document))
    return live


def new_shell(main: ModuleType | None = None) -> Any:
    """A shell without a history: with ``main`` one of its own, else this process's only one."""
    from IPython.core.interactiveshell import InteractiveShell
    from traitlets.config import Config

    settings = Config()
    settings.HistoryManager.enabled = False  # nothing of it belongs into the person's history
    settings.HistoryManager.hist_file = ":memory:"
    named = {"config": settings, "compiler_class": named_after_cells()}
    if main is not None:
        return InteractiveShell(**named, user_module=main, user_ns=vars(main))
    shell = InteractiveShell.instance(**named)
    shell.user_ns["__name__"] = "__main__"
    return shell


@contextmanager
def _quiet() -> Iterator[None]:
    with redirect_stdout(io.StringIO()), redirect_stderr(io.StringIO()):
        yield


def _run_notebook(live: LiveNotebook, document: Document, load: Load) -> None:
    document.require_python()
    runs = CellRuns(live.shell)
    if load == "all":
        for each in document.code_cells:
            _run(live, runs, each, each.text)
        return
    found = slice_of(document, observed=names_seen(live.instance))
    left: list[str] = []
    for cell in found.cells:
        taken = found.taken(cell)
        if taken:
            _run(live, runs, cell.cell, slice_text(cell, taken))
        else:
            left.append(f"{cell.cell}, `{cell.cell.first_line}`")
    live.left_out = tuple(left)


def _run(live: LiveNotebook, runs: CellRuns, cell: SourceCell, text: str) -> None:
    live.loading = cell
    compiler = live.shell.compile
    compiler.cell = cell_title(live.known_as(cell.id, str(cell)), cell.first_line)
    compiler.parsed_before = live.run_by is None and not live.shell.ast_transformers
    result = runs.run(text, cell.id)
    error = result.error_before_exec or result.error_in_exec
    if error is None:
        return
    if isinstance(error, AssetbookError):
        raise error
    asked = f"{cell} of the notebook, `{cell.first_line}`"
    raise _failed(live, asked, error, "Mend the cell.") from error


def _failed(live: LiveNotebook, asked: str, error: BaseException, todo: str) -> RunFailedError:
    info = error_info(error, live.places.where)
    where = info.where
    if where is None and isinstance(error, SyntaxError) and error.lineno is not None:
        where = f"line {error.lineno}"
    found = f"{type(error).__name__}: {info.message}"
    told = where is None or f"{where})" in found  # Python may have said so itself
    return RunFailedError(asked, found if told else f"{found} ({where})", todo)


# -- modules


def _import_all(live: LiveNotebook, name: str) -> None:
    """Imports a module, or a package with all its modules, and takes what they define."""
    cell = Cell(name, 1, in_file=True)
    live.session.begin(cell)
    success = False
    try:
        for module in _imported(name):
            _take(live, module)
        success = True
    except (Exception, SystemExit) as error:
        raise _failed(live, f"the module {name}", error, "Mend the module.") from error
    finally:
        live.notices += live.session.end(success)


def _imported(name: str) -> Iterator[ModuleType]:
    module = importlib.import_module(name)
    yield module
    for found in pkgutil.walk_packages(getattr(module, "__path__", ()), f"{name}."):
        if not found.name.endswith(".__main__"):
            yield importlib.import_module(found.name)


def _take(live: LiveNotebook, module: ModuleType) -> None:
    """Binds a module's names as a notebook's, and its definitions, also those of equal names."""
    names = {name: value for name, value in vars(module).items() if not name.startswith("_")}
    namespace = live.session.namespace
    namespace.update((name, each) for name, each in names.items() if not isinstance(each, KINDS))
    living = reachable_in(names, Cell(module.__name__, 1))
    namespace[module.__name__] = [each.definition for each in living.values()]
    sys.modules.setdefault(module.__name__, module)
