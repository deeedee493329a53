"""What the command line does with an earlier run: it does it again where its definitions are."""

from __future__ import annotations

import os
import shlex
from collections.abc import Mapping
from typing import Any

from assetbook.errors import SelectionError, StoreError
from assetbook.instance.bundles import Bundle, bundle_at
from assetbook.instance.former_runs import FormerRun, former_run, run_to_resume
from assetbook.instance.instance import Instance
from assetbook.instance.kept_notebooks import failed_in_a_cell
from assetbook.notebook.location_source import LocationSource, source_of
from assetbook.surfaces.crash_retries import ask_retrying, retrying
from assetbook.surfaces.kept_location import ask_kept
from assetbook.surfaces.notebook_process import in_kernel
from assetbook.surfaces.runs_meant import refuse_unnamed


def do_again(verb: str, arguments: Mapping[str, Any], instance: Instance, *, as_json: bool) -> bool:
    """Whether ``resume`` or ``retry`` of a run went well; prints what it shows.

    Raises an error for a run that there is not, that still runs, or whose definitions are nowhere.
    """
    refuse_unnamed(instance, verb, arguments["run"])
    if verb == "resume":
        former = run_to_resume(instance, arguments["run"])
    else:
        former = former_run(instance, arguments["run"], verb)
    source = _source(instance, former, verb)
    asked = {"verb": verb, "arguments": {**arguments, "run": former.record.id}, "json": as_json}
    asked["notebook"] = shlex.quote(os.path.relpath(source.path))
    bundle = _bundle(instance, former)
    in_a_cell = verb == "resume" and failed_in_a_cell(instance, former.record)
    if former.request.pinned and bundle is not None and not in_a_cell:  # that one was edited
        digest = former.started.bundle
        answered = retrying(
            source, asked, lambda more, begun: ask_kept(source, bundle, more, digest, begun)
        )
    elif bundle is not None and bundle.whole:
        return in_kernel(source.path, asked)[0]
    else:
        answered = ask_retrying(source, asked)
    return bool(answered["success"])


def _source(instance: Instance, former: FormerRun, verb: str) -> LocationSource:
    location = former.record.origin.notebook
    if location is None:
        raise SelectionError(
            f"{verb} {former.name}",
            "it was a run of definitions given as objects, or of a notebook that has no file",
            f'In Python: {verb}("{former.name}", definitions=[...]).',
        )
    return source_of(location, instance.root)


def _bundle(instance: Instance, former: FormerRun) -> Bundle | None:
    """The source that the run was made from; None if it was not kept, or is no longer.

    Raises StoreError for a run that was pinned to it.
    """
    digest = former.started.bundle
    if digest is None:
        return None
    try:
        return bundle_at(instance, digest)
    except StoreError:
        if former.request.pinned:
            raise
        return None
