"""How the command line has a verb called where one notebook's definitions are: the three ways."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from assetbook.errors import NotLoadedError
from assetbook.notebook.location_source import source_of
from assetbook.surfaces.crash_retries import ask_retrying


def need_notebook(notebook: str | None, option: str) -> None:
    """Raises click's UsageError for an option that goes with one notebook, without one."""
    if notebook is None:
        raise click.UsageError(f"{option} goes with one notebook: name it first")


def in_process(notebook: Path, asked: dict[str, Any]) -> tuple[bool, int]:
    """Whether the verb went well on the notebook's slice, and how many steps it had."""
    answered = ask_retrying(source_of(notebook), asked)
    return bool(answered["success"]), int(answered["steps"])


def from_pin(notebook: Path, asked: dict[str, Any]) -> tuple[bool, int]:
    """Whether the verb went well on what the notebook's pin names, and how many steps it had."""
    from assetbook.surfaces.kept_location import ask_pinned

    answered = ask_pinned(source_of(notebook), asked)
    return bool(answered["success"]), int(answered["steps"])


def in_kernel(notebook: Path, asked: dict[str, Any]) -> tuple[bool, int]:
    """Whether the verb went well in the notebook's kernel, and how many steps it had."""
    from assetbook.kernels.whole_notebook import whole_notebook

    code = (
        "from assetbook.surfaces.headless import answer_verb as _assetbook_run\n"
        f"_assetbook_run({json.dumps(asked)!r})"
    )
    with whole_notebook(notebook, _echo) as kernel:
        answered = kernel.ask(code)
    if not isinstance(answered, dict):
        raise NotLoadedError(
            f"the notebook {notebook}",
            "its kernel gave no answer",
            "Does it run `%load_ext assetbook` in its first cell?",
        )
    return bool(answered["success"]), int(answered["steps"])


def _echo(stream: str, text: str) -> None:
    click.echo(text, nl=False, err=stream == "stderr")
