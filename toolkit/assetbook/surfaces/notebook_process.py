"""How the command line has a verb called where one notebook's definitions are: the three ways."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import click

from assetbook.errors import NotLoadedError, RunFailedError, UsageError
from assetbook.instance.instance import Instance
from assetbook.instance.pins import need_pin
from assetbook.keys import new_run_id
from assetbook.notebook.document import read_document
from assetbook.notebook.location_source import source_of
from assetbook.surfaces.crash_retries import ask_retrying, retrying
from assetbook.surfaces.run_bundle import kept_bundle


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


def detach_notebook(
    notebook: Path, verb: str, arguments: dict[str, Any], *, pinned: bool, as_json: bool
) -> tuple[bool, int]:
    """Whether a run of the notebook goes on by itself now, and how many steps it has; from its
    file as it is, or from what its pin names.

    Raises DefinitionError for a notebook that cannot be kept as a bundle, UsageError for a module.
    """
    from assetbook.surfaces.detached_run import DetachedRun, detached_text
    from assetbook.surfaces.detaching import Asked, KeptLocation, start_detached

    source = source_of(notebook)
    if source.module is not None or source.id is None:
        raise UsageError(
            f"--detach {notebook}",
            "it is no notebook" if source.module is not None else "it is a copy of a notebook",
            "Name a notebook: what runs by itself is kept whole, and only a notebook can be.",
        )
    instance = Instance.get(source.folder)
    cells: dict[str, str] = {}
    if pinned:
        digest = need_pin(instance, source.id).bundle
    else:
        document = read_document(source.path)
        cells = {each.id: str(each) for each in document.cells}
        digest = kept_bundle(instance, document, source.id)
    detached = DetachedRun(new_run_id(), "cli")
    asked = Asked(verb, {**arguments, "pinned": pinned})
    steps = start_detached(instance, KeptLocation(source, digest, cells), detached, asked)
    run_id = detached.run_id if steps else None
    if as_json:
        click.echo(json.dumps({"run_id": run_id, "steps": steps, "detached": bool(steps)}))
    else:
        click.echo(detached_text(detached.run_id, steps) if run_id else "all fresh: nothing ran")
    return True, steps


def in_kernel(notebook: Path, asked: dict[str, Any]) -> tuple[bool, int]:
    """Whether the verb went well in the notebook's kernel, and how many steps it had.

    If the kernel dies amid a run that is to be run again, another one does so.
    """
    answered = retrying(source_of(notebook), asked, partial(_in_kernel, notebook))
    return bool(answered["success"]), int(answered["steps"])


def _in_kernel(
    notebook: Path, asked: Mapping[str, Any], begun: Callable[[int], object]
) -> dict[str, Any]:
    from assetbook.kernels.whole_notebook import whole_notebook

    code = (
        "from assetbook.surfaces.headless import answer_verb as _assetbook_run\n"
        f"_assetbook_run({json.dumps(asked)!r})"
    )
    with whole_notebook(notebook, _echo) as kernel:
        pid = kernel.pid
        try:
            answered = kernel.ask(code)
        except RunFailedError:
            if kernel.has_died:  # else what was asked failed, which another one would repeat
                begun(pid)
            raise
    if not isinstance(answered, dict):
        raise NotLoadedError(
            f"the notebook {notebook}",
            "its kernel gave no answer",
            "Does it run `%load_ext assetbook` in its first cell?",
        )
    return answered


def _echo(stream: str, text: str) -> None:
    click.echo(text, nl=False, err=stream == "stderr")
