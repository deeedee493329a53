"""What a process started by the command line does once its notebook is loaded."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, nullcontext, redirect_stdout
from typing import Any

from assetbook.definitions.secret import scrub
from assetbook.errors import AssetbookError, NotLoadedError, RunFailedError
from assetbook.events.parts import OriginKind
from assetbook.execution.reporter import Reporter, Silent
from assetbook.instance.config_elsewhere import config_received
from assetbook.instance.materializing import Options
from assetbook.keys import AssetKey
from assetbook.notebook.document import read_document
from assetbook.notebook.own_modules import local_files
from assetbook.notebook.source_digests import digests_of
from assetbook.planning.parity import Parity
from assetbook.surfaces.commands import VERBS
from assetbook.surfaces.desk import current_desk
from assetbook.surfaces.detached_run import DetachedRun
from assetbook.surfaces.display.parity_words import parity_lines
from assetbook.surfaces.display.plan_view import plan_json
from assetbook.surfaces.executor_option import executor_of
from assetbook.surfaces.failure_view import failure_lines
from assetbook.surfaces.inside_run import within_run
from assetbook.surfaces.launching_verb import Launched, launch_headless
from assetbook.surfaces.live import LiveNotebook
from assetbook.surfaces.location_answer import answer_of
from assetbook.surfaces.making import Given, make
from assetbook.surfaces.missing_store import missing_store
from assetbook.surfaces.partition_options import asked_in
from assetbook.surfaces.progress import TerminalProgress
from assetbook.surfaces.retry_options import retries_in
from assetbook.surfaces.suggestion import in_shell
from assetbook.surfaces.tag_option import run_tags
from assetbook.surfaces.timeout_option import with_timeout
from assetbook.surfaces.verb import call


def run_verb(asked: dict[str, Any]) -> dict[str, Any]:
    """Runs the verb that is asked for, prints what it shows; gives how it went.

    ``asked`` with ``quiet`` prints nothing.
    """
    try:
        with in_shell(asked.get("notebook", "")), _printing(not asked.get("quiet")):
            answered = _run(asked["verb"], asked["arguments"], asked["json"])
            if missing := missing_store(current_desk().instance):
                print(missing, file=sys.stderr)
            return answered
    except AssetbookError as error:
        return failed(error, quiet=bool(asked.get("quiet")))
    except KeyboardInterrupt:
        ended = RunFailedError(
            f"{asked['verb']} {asked.get('notebook', '')}".rstrip(),
            "it was interrupted; what it had made is kept",
        )
        return failed(ended, quiet=bool(asked.get("quiet")))
    except SystemExit as error:
        found = scrub(f"its code asked to end the process (SystemExit: {error})")
        ended = RunFailedError(f"{asked['verb']} {asked.get('notebook', '')}".rstrip(), found)
        return failed(ended, quiet=bool(asked.get("quiet")))


@contextmanager
def _printing(wanted: bool) -> Iterator[None]:
    with nullcontext() if wanted else redirect_stdout(io.StringIO()):
        yield


def failed(error: AssetbookError, *, quiet: bool = False) -> dict[str, Any]:
    """Says what went wrong, unless ``quiet``; gives that it did."""
    if not quiet:
        print(f"{type(error).__name__}: {error}", file=sys.stderr)
    parts = {"asked": error.asked, "found": error.found, "remedy": error.remedy}
    return {"success": False, "steps": 0, "error": {"kind": type(error).__name__, **parts}}


def answer_verb(text: str) -> None:
    """Runs, in a kernel, the verb that ``text`` (JSON) asks for, and answers how it went."""
    from assetbook.kernels.whole_notebook import answer  # a process without a kernel needs none

    answer(run_verb(json.loads(text)))


def answer_location() -> None:
    """Answers, in a kernel in which a whole notebook has run, what it defines; stores that."""
    from assetbook.kernels.whole_notebook import answer

    live = _live_notebook()
    if live.path is not None and live.location is not None:
        live.remember_load(digests_of([live.path, *local_files()], live.instance.root))
    answer(answer_of(live).to_json())


def _live_notebook() -> LiveNotebook:
    live = current_desk()
    if not isinstance(live, LiveNotebook):
        raise NotLoadedError(
            "the notebook's definitions", "it does not load assetbook", "Add `%load_ext assetbook`."
        )
    return live


def _run(name: str, arguments: dict[str, Any], as_json: bool) -> dict[str, Any]:
    live = _live_notebook()
    if name == "plan" or (arguments.get("dry_run") and name != "backfill"):
        plan = call(VERBS[name], arguments, desk=live)
        answers = live.parity()
        if as_json:
            print(json.dumps({**plan_json(plan), "parity": _parity_json(answers)}, indent=2))
        else:
            print("\n".join([str(plan), *parity_lines(answers)]))
        return {"success": True, "steps": len(plan)}
    kind: OriginKind = "cli"
    live.called_by = kind
    if live.source is None and live.path is not None:  # all of it has run, in this kernel
        live.document = read_document(live.path)
    if name in ("backfill", "backfills"):
        with redirect_stdout(sys.stderr if as_json else sys.stdout):  # its runs have a line each
            done = call(VERBS[name], arguments, desk=live)
        if name == "backfill":  # of the other one whoever asks shows what became of it
            print(json.dumps(done.to_json(), indent=2) if as_json else str(done))
        return {"success": getattr(done, "success", True), "steps": 1}
    reporter: Reporter = Silent() if as_json else TerminalProgress()
    # what assets print must not come between the lines of JSON
    with redirect_stdout(sys.stderr if as_json else sys.stdout):
        outcome = _made(live, name, arguments, reporter)
    if as_json:
        parity = _parity_json(live.parity())
        print(json.dumps({**_outcome_json(outcome), "parity": parity}, indent=2))
    elif outcome.result is None:
        print(str(outcome.plan))
    else:
        for failed in outcome.result.failures:
            lines = failure_lines(failed, outcome.result, live.loaded().where, live.instance)
            print("\n".join(lines))
    if not as_json and (said := parity_lines(live.parity())):
        print("\n".join(said))
    steps = len(outcome.plan)
    return {"success": outcome.success, "steps": steps, "outcome": _outcome_json(outcome)}


def _made(live: LiveNotebook, name: str, arguments: dict[str, Any], reporter: Reporter) -> Launched:
    if name == "launch":
        return launch_headless(live, arguments, reporter)
    if name != "materialize":
        verb, shown = VERBS[name], {"reporter": reporter, "raise_on_error": False}
        outcome: Launched = call(verb, arguments, desk=live, **shown)
        return outcome
    selection = " ".join(arguments["selection"]) or "*"
    names = {*Options.__struct_fields__} - {"partitions"}
    said = {name: value for name, value in arguments.items() if name in names}
    options = Options(**said, partitions=asked_in(arguments))
    executor = executor_of(arguments.get("executor"), arguments.get("workers"))
    detached = arguments.get("detached")
    tags = with_timeout(within_run(run_tags(arguments.get("tags", ()))), arguments.get("timeout"))
    given = Given(
        run_config=config_received(arguments.get("run_config")),
        executor=executor,
        reporter=reporter,
        detached=DetachedRun.from_json(detached) if detached else None,
        tags=tags,
        retries=retries_in(arguments, tags),
        pinned=arguments.get("pinned"),
    )
    return make(live, selection, options, given)


def _parity_json(answers: Mapping[AssetKey, Parity]) -> dict[str, Any]:
    return {str(key): each.to_json() for key, each in answers.items()}


def _outcome_json(outcome: Any) -> dict[str, Any]:
    return {
        "run_id": outcome.run_id,
        "success": outcome.success,
        "steps": [
            {
                "name": each.step.name,
                "status": each.status,
                "duration_seconds": each.duration,
                "message": each.message,
                "versions": {str(key): number for key, number in each.versions.items()},
                "checks": [
                    {
                        "name": check.check,
                        "passed": check.passed and check.error is None,
                        "severity": check.severity,
                        "description": scrub(check.description),
                        "metadata": dict(check.metadata),
                    }
                    for check in each.checks
                ],
            }
            for each in outcome.outcomes
        ],
    }
