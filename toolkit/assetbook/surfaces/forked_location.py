"""A location's process that is forked from this one, which has imported what it needs.

It saves what a new interpreter takes to import: most of the time from a tick to its first step.
"""

from __future__ import annotations

import gc
import os
import sys
import threading
import warnings
from collections.abc import Callable, Mapping
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import assetbook
from assetbook.execution.processes.preloads import PRELOADABLE
from assetbook.kernels.kernel_spec import interpreter_of
from assetbook.kernels.own_process import (
    answer_left,
    call_in_process,
    location_environment,
    waited_for,
)
from assetbook.notebook.document import read_document
from assetbook.notebook.location_source import LocationSource
from assetbook.surfaces.location_process import serve

_SHELL = ("IPython.core.interactiveshell", "IPython.core.completerlib", "IPython.core.oinspect")
_STORE = "assetbook.storage.sqlite_store"


def warm_up() -> None:
    """Imports what locations use, of what is known to work in a process that is forked."""
    for name in (*PRELOADABLE, *_SHELL, _STORE):
        with suppress(ImportError):
            import_module(name)
    for name in assetbook.__all__:  # of which a notebook's first cell may name any, or all
        getattr(assetbook, name)
    gc.collect()
    gc.freeze()  # what is there now stays shared with the child


def call_forked(
    source: LocationSource,
    module: str,
    asked: Mapping[str, Any],
    begun: Callable[[int], object] = lambda pid: None,
) -> Any:
    """As :func:`call_in_process`, which is called where the location has another interpreter or
    this process has other threads: then a child of it would have an unsound copy."""
    interpreter = interpreter_of(read_document(source.path))
    if interpreter != sys.executable or threading.active_count() > 1:
        return call_in_process(source, module, asked, begun)
    with TemporaryDirectory(prefix="assetbook") as folder:
        answer = Path(folder) / "answer.json"
        child = _forked(source, {**asked, "source": source.to_json()}, answer)
        begun(child)
        code = waited_for(lambda: os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
        return answer_left(answer, source, code, interpreter)


def _forked(source: LocationSource, asked: dict[str, Any], answer: Path) -> int:
    with warnings.catch_warnings():
        # of the threads that numpy's BLAS has: it stops them before a fork by itself
        warnings.simplefilter("ignore", DeprecationWarning)
        child = os.fork()
    if child:
        with suppress(OSError):  # it has ended, or has done that itself
            os.setpgid(child, child)
        return child
    code = 1
    try:
        os.setpgid(0, 0)  # what it starts can be ended with it
        os.chdir(source.folder)
        os.environ.update(location_environment(source))
        sys.path[0] = str(source.folder)  # as `python -m` has it there
        serve(asked, answer)
        code = 0
    except SystemExit as error:
        code = error.code if isinstance(error.code, int) else 1
    except BaseException:  # noqa: BLE001 - it says what ended it, and never returns
        sys.excepthook(*sys.exc_info())
    finally:
        sys.stdout.flush()
        os._exit(code)
