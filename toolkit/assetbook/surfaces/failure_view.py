"""A failure in a notebook: the user's frames with their cells, and where the whole log is."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from assetbook.definitions.secret import scrub
from assetbook.errors import (
    AssetbookError,
    CheckFailedError,
    NotebookCellError,
    RunFailedError,
    TypeCheckError,
)
from assetbook.execution.capture import running_shell
from assetbook.execution.failure import Where, user_lines, user_part
from assetbook.execution.reporter import StepOutcome
from assetbook.execution.run_result import RunResult
from assetbook.instance.instance import Instance
from assetbook.instance.kept_notebooks import kept_notebooks, kernels_kept_until
from assetbook.kernels.limits import LONGEST_KEPT
from assetbook.surfaces.blocked import blocked_lines
from assetbook.surfaces.display.formatting import instant_text, short_id
from assetbook.surfaces.display.html import visible
from assetbook.surfaces.suggestion import as_typed, typed


def raise_shown(result: RunResult, where: Where, instance: Instance) -> None:
    """Raises what the first failed step raised, made to show itself short; nothing if all is well.

    ``%debug`` still lands in the frame that raised.
    """
    __tracebackhide__ = True
    for outcome in result.failures:
        error = outcome.exception
        lines = failure_lines(outcome, result, where, instance)
        if error is None:
            error = RunFailedError(f"the step `{outcome.step.name}`", outcome.message)
            _show_as(error, lines)
            raise error
        trimmed = user_part(error.__traceback__)
        if trimmed is not None:
            error = error.with_traceback(trimmed)
        _show_as(error, lines)
        raise error


@contextmanager
def interrupts_short(instance: Instance) -> Iterator[None]:
    """Lets an interrupt of a run in ``instance`` show itself in a line with the command that goes
    on; it passes through all the same."""
    __tracebackhide__ = True
    try:
        yield
    except KeyboardInterrupt as error:
        trimmed = user_part(error.__traceback__)
        canceled = instance.runs(1, statuses=("canceled",))
        again = typed(f"resume {short_id(canceled[0].id) if canceled else 'RUN'}")
        kept = f"what it had made is kept, and {again} goes on"
        _show_as(error, [f"KeyboardInterrupt: the run was canceled; {kept}"])
        raise error.with_traceback(trimmed) from None


def failure_lines(
    outcome: StepOutcome, result: RunResult, where: Where, instance: Instance
) -> list[str]:
    """What a person sees of a failed step: frames, the error, what it read, where the log is.

    If a blocking check is why, it shows what the check said, and how to go on all the same.
    Characters that would colour, hide or reorder text are shown as escapes.
    """
    step = outcome.step
    lines = [f"`{step.name}` failed after {outcome.duration:.1f} s", *_error(outcome, where)]
    blocked = blocked_lines(outcome, result, instance)
    if blocked:
        lines += blocked
    elif step.inputs:
        lines.append("it read " + ", ".join(f"`{key}`" for key in step.inputs))
    if not blocked and any(each.status == "upstream_failed" for each in result.outcomes):
        again = typed(f"retry {short_id(result.run_id)} --from-failure")
        lines.append(f"what failed, and what comes after it, once more: {again}")
    if _goes_on(outcome, result, instance):
        resume = typed(f"resume {short_id(result.run_id)}")
        lines.append(f"once that cell is mended, on from there: {resume}, {kept_until(instance)}")
    logs = typed(f"logs {short_id(result.run_id)} --step {shlex.quote(step.name)}")
    return [visible(line) for line in [*lines, f"the whole log: {logs}"]]


def _goes_on(outcome: StepOutcome, result: RunResult, instance: Instance) -> bool:
    """Whether a cell of a notebook failed, or was ended by a limit that its kernel outlived."""
    if isinstance(outcome.exception, RunFailedError):
        kept = kept_notebooks(instance, result.run_id, [outcome.step.name])
        return bool(kernels_kept_until(instance, kept))
    return isinstance(outcome.exception, NotebookCellError)


def kept_until(instance: Instance) -> str:
    """How long the kernel of a notebook that failed just now is kept."""
    until = instance.clock.now() + timedelta(seconds=LONGEST_KEPT)
    return f"in its kernel until {instant_text(until)}, or until the notebook runs again"


def _error(outcome: StepOutcome, where: Where) -> list[str]:
    error = outcome.exception
    if isinstance(error, CheckFailedError):  # its remedy, more exactly, stands below what it says
        return [f"{type(error).__name__}: {error.asked}: {error.found}"]
    if isinstance(error, TypeCheckError):
        return [f"{type(error).__name__}: {error}", *map(scrub, error.samples)]
    if isinstance(error, NotebookCellError):
        return [*error.lines, f"{error.asked}: {error.found}", error.remedy]
    if isinstance(error, AssetbookError):
        return [as_typed(f"{type(error).__name__}: {error}")]
    if error is not None:
        return user_lines(error, where)
    failed = RunFailedError(f"the step `{outcome.step.name}`", scrub(outcome.message))
    return [f"{RunFailedError.__name__}: {failed}"]


def _show_as(error: BaseException, lines: list[str]) -> None:
    """Makes IPython show ``lines`` instead of a traceback, and debug the right frames."""

    def render() -> list[str]:
        shell: Any = running_shell()
        if shell is not None:
            shell.InteractiveTB.tb = error.__traceback__
        return lines

    error._render_traceback_ = render  # type: ignore[attr-defined]
