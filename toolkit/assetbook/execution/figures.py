"""The figures of each step are its own: pyplot's list of open figures is one for each context.

So concurrent steps do not draw into, show or close each other's figures. What is open at a step's
end is shown with it, and closed. Backends with windows or widgets keep one list for all.
"""

from __future__ import annotations

import logging
import sys
from collections import OrderedDict
from collections.abc import Callable, Iterator, MutableMapping
from contextlib import contextmanager
from contextvars import ContextVar
from types import ModuleType
from typing import Any

from assetbook.execution.after_import import Undo, after_import, replaced, together
from assetbook.execution.displays import keep, shown_as
from assetbook.execution.shell import running_shell

_own: ContextVar[OrderedDict[Any, Any] | None] = ContextVar("assetbook_figures", default=None)
_log = logging.getLogger(__name__)


@contextmanager
def own_figures() -> Iterator[None]:
    """Figures made until the end of the block are this context's; what is open then is shown."""
    token = _own.set(OrderedDict())
    try:
        yield
    finally:
        try:
            _show_open()
        finally:
            _own.reset(token)


def figures_apart() -> Undo:
    """Keeps the figures of steps apart from now on; gives back what ends it."""
    undo = [
        after_import("matplotlib._pylab_helpers", _by_step),
        after_import("matplotlib.backend_bases", _shown_with_step),
    ]
    return together(undo)


class _FiguresByStep(MutableMapping[Any, Any]):
    """The open figures of the step in whose context it is asked; outside steps, all others."""

    def __init__(self, shared: OrderedDict[Any, Any]) -> None:
        self._shared = shared

    def _here(self) -> OrderedDict[Any, Any]:
        own = _own.get()
        return self._shared if own is None or not _draws_pictures() else own

    def __getitem__(self, number: Any) -> Any:
        return self._here()[number]

    def __setitem__(self, number: Any, manager: Any) -> None:
        self._here()[number] = manager

    def __delitem__(self, number: Any) -> None:
        del self._here()[number]

    def __iter__(self) -> Iterator[Any]:
        return iter(self._here())

    def __len__(self) -> int:
        return len(self._here())

    def values(self) -> Any:
        """Those of an ordered dictionary, which can be reversed."""
        return self._here().values()

    def move_to_end(self, number: Any) -> None:
        """Makes a figure the current one."""
        self._here().move_to_end(number)


def _draws_pictures() -> bool:
    """Whether pyplot's backend only draws pictures, or none is chosen yet."""
    backend = getattr(sys.modules.get("matplotlib.pyplot"), "_backend_mod", None)
    if backend is None:
        return True
    base = sys.modules["matplotlib.backend_bases"].FigureManagerBase
    manager = getattr(backend, "FigureManager", base)
    return manager is base and backend.FigureCanvas.manager_class is base


def _by_step(module: ModuleType) -> Undo:
    return replaced(module.Gcf, "figs", _FiguresByStep(module.Gcf.figs))


def _shown_with_step(module: ModuleType) -> Undo:
    """Has ``plt.show()`` show pictures where there is no shell: with their step."""
    show: Callable[[Any], None] = module.FigureManagerBase.show

    def show_with_step(manager: Any) -> None:
        if _own.get() is None or running_shell() is not None:
            show(manager)
            return
        keep(shown_as(manager.canvas.figure))
        sys.modules["matplotlib._pylab_helpers"].Gcf.destroy(manager)

    return replaced(module.FigureManagerBase, "show", show_with_step)


def _show_open() -> None:
    """Shows this step's open figures, and closes them; a cell would at its end."""
    own = _own.get()
    if not own:
        return
    try:
        if running_shell() is None:
            for manager in own.values():
                keep(shown_as(manager.canvas.figure))
        elif sys.modules["matplotlib"].get_backend() in ("inline", _INLINE):
            sys.modules[_INLINE.removeprefix("module://")].show(close=False)
    except Exception as error:  # noqa: BLE001 - the step's own code is done: said
        _log.warning("a figure cannot be drawn: %s: %s", type(error).__name__, error)
    finally:
        sys.modules["matplotlib.pyplot"].close("all")


_INLINE = "module://matplotlib_inline.backend_inline"
