"""A notebook's run as a page: for people who read reports, with its code or without."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import Any, Literal, TypeAlias

from assetbook.errors import MissingLibraryError, UsageError
from assetbook.io.durable_path import new_beside, put_in_place
from assetbook.notebook.lean_nbformat import lean_nbformat

Page: TypeAlias = Literal["with code", "without code"]
PAGES: tuple[Page, ...] = ("with code", "without code")


def refuse_page(asked: str, page: str | None) -> None:
    """Raises UsageError for what is no kind of page, MissingLibraryError where nbconvert, which
    makes pages, is not installed; None asks for none."""
    if page is None:
        return
    if page not in PAGES:
        raise UsageError(asked, f"html={page!r} is no kind of page", f"There are {PAGES}.")
    if importlib.util.find_spec("nbconvert") is None:
        raise MissingLibraryError(asked, "pages need nbconvert", "pip install 'assetbook[html]'")


def write_page(notebook: Path, page: Page) -> Path:
    """The page beside a notebook that was kept, which is written whole or not at all.

    No script of an output is in it.
    """
    exporter: Any = _exporter(page)
    text, _ = exporter.from_notebook_node(lean_nbformat().read(notebook, as_version=4))
    path = notebook.with_suffix(".html")
    with new_beside(path) as new:
        new.write_text(text, encoding="utf-8")
        put_in_place(new, path)
    return path


def _exporter(page: Page) -> object:
    from nbconvert.exporters import HTMLExporter

    hidden = page == "without code"
    nowhere = dict.fromkeys(("mathjax_url", "require_js_url", "jquery_url", "mermaid_js_url"), "")
    return HTMLExporter(
        sanitize_html=True, exclude_input=hidden, exclude_input_prompt=hidden, **nowhere
    )
