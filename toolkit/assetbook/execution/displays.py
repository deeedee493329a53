"""Displays where there is no IPython shell, as in a worker process: kept as their mime bundles.

IPython is not imported for that: ``display`` is there as in any cell, and takes the place of
IPython's own once the author's code imports it.
"""

from __future__ import annotations

import builtins
import io
import sys
from collections.abc import Collection
from types import ModuleType
from typing import Any

from assetbook.events.records import LogRecord
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
    display_id: str | bool | None = None,
    update: bool = False,
    **others: object,
) -> Any:
    """Keeps what is displayed with the step, as IPython's ``display`` shows it; updates are left
    out. Gives back a handle if there is a ``display_id``."""
    sink = current_sink.get()
    if sink is None:
        print(*values)
    elif not update:
        for each in values:
            bundle = each if raw and isinstance(each, dict) else bundle_of(each)
            keep({kind: bundle[kind] for kind in bundle if _wanted(kind, include, exclude)})
    if display_id is None:
        return None
    from IPython.core.display_functions import DisplayHandle

    return DisplayHandle(None if display_id is True else display_id)


def keep(bundle: dict[str, Any]) -> None:
    """Keeps a mime bundle with the step; of one over 10 MB the text alone, and its size."""
    sink = current_sink.get()
    if sink is None:
        return
    for stream in (sys.stdout, sys.stderr):
        stream.flush()  # what was printed before comes before
    size = sum(len(each) for each in bundle.values() if isinstance(each, str | bytes))
    if size > _LARGEST:
        text = str(bundle.get("text/plain", ""))[:1000]
        bundle = {"text/plain": f"{text} ({size / 1e6:,.0f} MB are too much to be displayed)"}
    sink.display(bundle)


def bundle_of(value: object) -> dict[str, Any]:
    """How ``value`` shows itself, by mime type; its ``repr`` at least."""
    figure = sys.modules.get("matplotlib.figure")
    if figure is not None and isinstance(value, figure.Figure):
        return {"text/plain": repr(value), "image/png": _picture(value)}
    bundle: dict[str, Any] = {"text/plain": repr(value)}
    if isinstance(value, type):
        return bundle
    for method, kind in _KINDS.items():
        shown = _shown(value, method)
        if shown is not None:
            bundle[kind] = shown
    bundle.update(_shown(value, "_repr_mimebundle_", include=None, exclude=None) or {})
    return bundle


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
    """Shows a display that is kept already, in the shell, or as text where there is none."""
    token = current_sink.set(None)
    try:
        shell = running_shell()
        if shell is None or record.bundle is None:
            sys.stdout.write(record.text + "\n")
        else:
            shell.display_pub.publish(record.bundle)
    finally:
        current_sink.reset(token)


def _replace_functions(module: ModuleType) -> Undo:
    def publish_display_data(data: dict[str, Any], *others: object, **named: object) -> None:
        if not named.get("update"):
            keep(data)

    undo = [
        replaced(module, "display", display),
        replaced(module, "publish_display_data", publish_display_data),
    ]
    return together(undo)


def _wanted(kind: str, include: Collection[str] | None, exclude: Collection[str] | None) -> bool:
    return (include is None or kind in include) and (exclude is None or kind not in exclude)


def _shown(value: object, method: str, **named: object) -> Any:
    """What one of its methods gives; without the metadata that may come along."""
    call = getattr(value, method, None)
    shown = call(**named) if callable(call) else None
    return shown[0] if isinstance(shown, tuple) else shown


def _picture(figure: Any) -> bytes:
    sink = io.BytesIO()
    figure.savefig(sink, format="png", dpi=figure.dpi, bbox_inches="tight")
    return sink.getvalue()
