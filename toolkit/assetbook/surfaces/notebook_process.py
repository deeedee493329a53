"""How the command line has a verb called where one notebook's definitions are: the three ways."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import click

from assetbook.errors import NotLoadedError, RunFailedError, UsageError
from assetbook.instance.bundles import bundle_at
from assetbook.instance.instance import Instance
from assetbook.instance.pins import need_pin
from assetbook.keys import new_run_id
from assetbook.notebook.document import read_document
from assetbook.notebook.location_source import source_of
from assetbook.surfaces.crash_retries import ask_retrying, retrying
from assetbook.surfaces.run_bundle import kept_bundle, launched_notebooks


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

    source = source_of(notebook)
    if source.id is not None:
        _refuse_unpinned(Instance.get(source.folder), source.id, asked["arguments"])
    answered = ask_pinned(source, asked)
    return bool(answered["success"]), int(answered["steps"])


def _refuse_unpinned(instance: Instance, location: str, arguments: Mapping[str, Any]) -> None:
    """Raises UsageError for a notebook that is to run as a whole, and that the location's pin does
    not hold; SelectionError if that was never pinned."""
    held = bundle_at(instance, need_pin(instance, location).bundle).notebooks
    for each in launched_notebooks(instance, arguments.get("name")):
        if each not in held:
            raise UsageError(
                f"launch {each} --pinned",
                f"the pin of {location} holds what definitions need, and not that notebook whole",
                "Leave out --pinned; or have a job run it (`notebook_job`), and promote that.",
            )


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
        _refuse_unpinned(instance, source.id, arguments)
    else:
        document = read_document(source.path)
        cells = {each.id: str(each) for each in document.cells}
        launched = launched_notebooks(instance, arguments.get("name"))
        digest = kept_bundle(instance, document, source.id, launched=launched)
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
