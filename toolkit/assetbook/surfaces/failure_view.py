"""A failure in a notebook: the user's frames with their cells, and where the whole log is."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from assetbook.errors import AssetbookError, RunFailedError
from assetbook.execution.capture import running_shell
from assetbook.execution.failure import Where, user_lines, user_part
from assetbook.execution.reporter import StepOutcome
from assetbook.execution.runner import RunResult
from assetbook.surfaces.display.html import visible


def raise_shown(result: RunResult, where: Where) -> None:
    """Raises what the first failed step raised, made to show itself short; nothing if all is well.

    ``%debug`` still lands in the frame that raised.
    """
    __tracebackhide__ = True
    for outcome in result.failures:
        error = outcome.exception
        if error is None:
            raise RunFailedError(
                f"the step `{outcome.step.name}`",
                outcome.message,
                f"`%logs {result.run_id[:6]}` shows the whole run.",
            )
        lines = failure_lines(outcome, result.run_id, where)
        trimmed = user_part(error.__traceback__)
        if trimmed is not None:
            error = error.with_traceback(trimmed)
        _show_as(error, lines)
        raise error


@contextmanager
def interrupts_short() -> Iterator[None]:
    """Lets an interrupt of a run show itself in a line; it passes through all the same."""
    __tracebackhide__ = True
    try:
        yield
    except KeyboardInterrupt as error:
        trimmed = user_part(error.__traceback__)
        _show_as(
            error, ["KeyboardInterrupt: the run was canceled; what it had made is kept: %runs"]
        )
        raise error.with_traceback(trimmed) from None


def failure_lines(outcome: StepOutcome, run_id: str, where: Where) -> list[str]:
    """What a person sees of a failed step: frames, the error, what it read, where the log is.

    Characters that would colour, hide or reorder text are shown as escapes.
    """
    lines = [f"`{outcome.step.name}` failed after {outcome.duration:.1f} s"]
    error = outcome.exception
    if isinstance(error, AssetbookError):
        lines.append(f"{type(error).__name__}: {error}")
    elif error is not None:
        lines += user_lines(error, where)
    if outcome.step.inputs:
        lines.append("it read " + ", ".join(f"`{key}`" for key in outcome.step.inputs))
    lines.append(f"the whole log: %logs {run_id[:6]} --step {outcome.step.name}")
    return [visible(line) for line in lines]


def _show_as(error: BaseException, lines: list[str]) -> None:
    """Makes IPython show ``lines`` instead of a traceback, and debug the right frames."""

    def render() -> list[str]:
        shell: Any = running_shell()
        if shell is not None:
            shell.InteractiveTB.tb = error.__traceback__
        return lines

    error._render_traceback_ = render  # type: ignore[attr-defined]
