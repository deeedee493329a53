"""Displays where there is no IPython shell, as in a worker process: kept as their mime bundles.

IPython is not imported for that: ``display`` is there as in any cell, and takes the place of
IPython's own once the author's code imports it.
"""

from __future__ import annotations

import builtins
import io
import sys
import uuid
from collections.abc import Collection, Mapping
from types import ModuleType
from typing import Any

import msgspec

from assetbook.events.log_record import LogRecord
from assetbook.execution.after_import import Undo, after_import, replaced, together
from assetbook.execution.shell import running_shell
from assetbook.execution.sink import current_sink

_KINDS = {
    "_repr_html_": "text/html",
    "_repr_markdown_": "text/markdown",
    "_repr_latex_": "text/latex",
    "_repr_svg_": "image/svg+xml",
    "_repr_png_": "image/png",
    "_repr_jpeg_": "image/jpeg",
    "_repr_json_": "application/json",
    "_repr_javascript_": "application/javascript",
}
_LARGEST = 10_000_000  # characters or bytes of one display


def display(
    *values: object,
    include: Collection[str] | None = None,
    exclude: Collection[str] | None = None,
    raw: bool = False,
    metadata: Mapping[str, Any] | None = None,
    display_id: str | bool | None = None,
    update: bool = False,
    clear: bool = False,
    **others: object,
) -> Any:
    """Keeps what is displayed with the step, as IPython's ``display`` shows it; an ``update`` of
    what has that ``display_id`` is shown, and not kept. With ``clear`` it takes the place of what
    the cell shows. Gives back a handle if there is an id."""
    if clear:
        clear_output(wait=True)
    name = uuid.uuid4().hex if display_id is True else display_id or ""
    if current_sink.get() is None:
        print(*values)
    else:
        for each in values:
            found = Displayed(each) if raw and isinstance(each, dict) else shown_as(each)
            found = found.beside(metadata or {}).of_kinds(include, exclude)
            keep(found, display_id=name, update=update)
    if not name:
        return None
    from IPython.core.display_functions import DisplayHandle

    return DisplayHandle(name)


def clear_output(wait: bool = False) -> None:
    """Clears what the cell shows, with ``wait`` when something else is shown; the step's log keeps
    it."""
    sink = current_sink.get()
    if sink is not None:
        _flush_printed()
        sink.clear(wait=wait)


def _flush_printed() -> None:
    for stream in (sys.stdout, sys.stderr):
        stream.flush()  # what was printed before comes before


class Displayed(msgspec.Struct, frozen=True):
    """How a value shows itself."""

    bundle: dict[str, Any]
    """By mime type."""
    metadata: dict[str, Any] = msgspec.field(default_factory=dict)
    """By mime type, too, but for what is said of all."""

    def beside(self, metadata: Mapping[str, Any]) -> Displayed:
        """It with more metadata, which goes before its own."""
        found = dict(self.metadata)
        for kind, given in metadata.items():
            own = found.get(kind)
            both = isinstance(own, Mapping) and isinstance(given, Mapping)
            found[kind] = {**own, **given} if both else given  # type: ignore[dict-item]
        return Displayed(self.bundle, found)

    def of_kinds(
        self, include: Collection[str] | None, exclude: Collection[str] | None
    ) -> Displayed:
        """It by the mime types that are wanted."""
        return Displayed(
            {kind: each for kind, each in self.bundle.items() if _wanted(kind, include, exclude)},
            self.metadata,
        )


def keep(shown: Displayed, *, display_id: str = "", update: bool = False) -> None:
    """Keeps what is shown with the step; of what is over 10 MB the text alone, and its size."""
    bundle, metadata = shown.bundle, shown.metadata
    sink = current_sink.get()
    if sink is None:
        return
    _flush_printed()
    size = sum(len(each) for each in bundle.values() if isinstance(each, str | bytes))
    if size > _LARGEST:
        text = str(bundle.get("text/plain", ""))[:1000]
        bundle = {"text/plain": f"{text} ({size / 1e6:,.0f} MB are too much to be displayed)"}
        metadata = {}
    sink.display(bundle, metadata, display_id=display_id, update=update)


def shown_as(value: object) -> Displayed:
    """How ``value`` shows itself; its ``repr`` at least."""
    figure = sys.modules.get("matplotlib.figure")
    if figure is not None and isinstance(value, figure.Figure):
        return Displayed({"text/plain": repr(value), "image/png": _picture(value)})
    found = Displayed({"text/plain": repr(value)})
    if isinstance(value, type):
        return found
    for method, kind in _KINDS.items():
        shown, said = _shown(value, method)
        if shown is not None:
            found.bundle[kind] = shown
        if said:
            found.metadata[kind] = said
    shown, said = _shown(value, "_repr_mimebundle_", include=None, exclude=None)
    found.bundle.update(shown or {})
    found.metadata.update(said or {})
    return found


def displays_kept() -> Undo:
    """Keeps displays from now on, if there is no shell that shows them; gives back what ends it."""
    if running_shell() is not None:
        return lambda: None
    undo = [
        replaced(builtins, "display", display),
        after_import("IPython.core.display_functions", _replace_functions),
    ]
    return together(undo)


def show_kept(record: LogRecord) -> None:
    """Shows a display that is kept already, in the shell, or as text where there is none; or clears
    what the shell's cell shows."""
    token = current_sink.set(None)
    try:
        shell = running_shell()
        if record.clears:
            if shell is not None:
                shell.display_pub.clear_output(record.clears == "later")
        elif shell is None or record.bundle is None:
            sys.stdout.write(record.text + "\n")
        else:
            shell.display_pub.publish(record.bundle, **_said_of(record))
    finally:
        current_sink.reset(token)


def _said_of(record: LogRecord) -> dict[str, Any]:
    """What a publisher is told beside the bundle."""
    said: dict[str, Any] = {"metadata": record.metadata} if record.metadata else {}
    if record.display_id:
        said["transient"] = {"display_id": record.display_id}
    return {**said, "update": True} if record.update else said


def display_id_in(named: Mapping[str, Any]) -> str:
    """The name of a display among the arguments of its publisher; empty for none."""
    return str((named.get("transient") or {}).get("display_id") or "")


def _replace_functions(module: ModuleType) -> Undo:
    def publish_display_data(
        data: dict[str, Any], metadata: dict[str, Any] | None = None, **named: Any
    ) -> None:
        shown = Displayed(data, metadata or {})
        keep(shown, display_id=display_id_in(named), update=bool(named.get("update")))

    undo = [
        replaced(module, "display", display),
        replaced(module, "publish_display_data", publish_display_data),
        replaced(module, "clear_output", clear_output),
    ]
    return together(undo)


def _wanted(kind: str, include: Collection[str] | None, exclude: Collection[str] | None) -> bool:
    return (include is None or kind in include) and (exclude is None or kind not in exclude)


def _shown(value: object, method: str, **named: object) -> tuple[Any, Any]:
    """What one of its methods gives, and the metadata that may come along."""
    call = getattr(value, method, None)
    shown = call(**named) if callable(call) else None
    return shown if isinstance(shown, tuple) else (shown, None)


def _picture(figure: Any) -> bytes:
    sink = io.BytesIO()
    figure.savefig(sink, format="png", dpi=figure.dpi, bbox_inches="tight")
    return sink.getvalue()
