"""A run's progress as HTML and plain text: the same facts as at that moment."""

from __future__ import annotations

from collections.abc import Iterator

from assetbook.planning.steps import Step
from assetbook.surfaces.display.formatting import counted, duration_text, short_id
from assetbook.surfaces.display.grid import WIDTH, Cell, Grid
from assetbook.surfaces.display.html import Html, join, tag, visible
from assetbook.surfaces.display.outcome_words import (
    facts_of,
    message_of,
    outcome_look,
    summary_text,
)
from assetbook.surfaces.display.run_progress import RunProgress
from assetbook.surfaces.display.status import (
    QUEUED,
    RUNNING,
    STEPS,
    WAITING,
    badge,
    run_look,
    symbol,
)
from assetbook.surfaces.display.theme import Look
from assetbook.surfaces.display.view import framed, muted, quiet_line
from assetbook.surfaces.suggestion import typed


def progress_html(progress: RunProgress, now: float) -> Html:
    """The lines of the steps, and how far the whole is; ``now`` as the progress counts time."""
    if progress.waiting is not None:
        return quiet_line(QUEUED, QUEUED.word, progress.waiting.text)
    if progress.is_quiet:
        step = progress.plan.steps[0]
        look, said = _standing(progress, step, now)
        return quiet_line(look, step.name, said)
    lines = Grid(("step", "status", "why"), tuple(_rows(progress, now))).html()
    return framed(lines, *(muted(each) for each in _left(progress)), _foot(progress))


def progress_text(progress: RunProgress, now: float) -> str:
    """The same as plain text."""
    if progress.waiting is not None:
        said = visible(progress.waiting.text, one_line=True)
        return f"{QUEUED.symbol} {QUEUED.word}  {said}"
    if progress.is_quiet:
        step = progress.plan.steps[0]
        look, said = _standing(progress, step, now)
        return f"{look.symbol} {visible(step.name, one_line=True)}  {visible(said, one_line=True)}"
    grid = Grid(("step", "status", "why"), tuple(_rows(progress, now)))
    lines = grid.text(WIDTH).split("\n")[1:]
    left = (visible(each, one_line=True) for each in _left(progress))
    return "\n".join([*lines, *left, visible(_said(progress))])


def running_text(progress: RunProgress, now: float) -> str:
    """One line: how far a run is, and the steps that run; empty while none does."""
    if not progress.running:
        return ""
    running = progress.running.items()
    named = ", ".join(f"{name} {duration_text(now - since)}" for name, since in running)
    return f"{_counts(progress)} · {visible(named, one_line=True)}"


def _rows(progress: RunProgress, now: float) -> Iterator[tuple[Cell | str, ...]]:
    for step in progress.listed():
        look, said = _standing(progress, step, now)
        name = tag("span", symbol(look), " ", tag("span", step.name, class_="assetbook-name"))
        status = tag("span", tag("span", look.word, class_="assetbook-state"), f" {said}")
        text = f"{look.word} {said}".rstrip()
        yield Cell(f"{look.symbol} {step.name}", name), Cell(text, status), _why(progress, step)


def _standing(progress: RunProgress, step: Step, now: float) -> tuple[Look, str]:
    """How the step stands, and what is said of that."""
    outcome = progress.outcomes.get(step.name)
    if outcome is not None:
        return outcome_look(outcome), facts_of(outcome)
    since = progress.running.get(step.name)
    if since is not None:
        said = progress.said.get(step.name)
        elapsed = _elapsed(max(now - since, 0.0))
        return RUNNING, f"{elapsed} · {said}" if said else elapsed
    return (WAITING if progress.status is None else STEPS["upstream_failed"]), ""


def _elapsed(seconds: float) -> str:
    """As a duration, but always with one digit below a minute: it counts."""
    return f"{seconds:.1f} s" if seconds < 59.95 else duration_text(seconds)


def _why(progress: RunProgress, step: Step) -> Cell:
    """Why it did not end well, else, in a quieter tone, why it runs."""
    outcome = progress.outcomes.get(step.name)
    message = message_of(outcome) if outcome is not None else ""
    message = message or progress.held_back.get(step.name, "")
    return Cell(message or step.why, muted(step.why) if not message else None)


def _foot(progress: RunProgress) -> Html:
    if progress.status is not None:
        look = run_look(progress.status)
        return tag(
            "div",
            badge(look),
            tag("span", _summary(progress), class_="assetbook-muted"),
            class_="assetbook-line assetbook-small",
        )
    line = tag("div", _counts(progress), class_="assetbook-muted assetbook-small")
    several = len(progress.steps) > 1
    return join((bar(len(progress.outcomes), len(progress.steps)), line)) if several else line


def bar(done: int, total: int) -> Html:
    """A bar of which so much is filled."""
    share = done / (total or 1)
    filled = tag("div", style=f"width: {share:.1%}; background: {RUNNING.colour}")
    return tag("div", filled, class_="assetbook-bar", style="max-width: 360px; margin: 4px 0")


def _said(progress: RunProgress) -> str:
    if progress.status is None:
        return _counts(progress)
    look = run_look(progress.status)
    return f"{look.symbol} {look.word}  {_summary(progress)}"


def _summary(progress: RunProgress) -> str:
    outcomes = tuple(progress.outcomes.values())
    return summary_text(
        outcomes, progress.plan, progress.duration, progress.run_id, progress.status or ""
    )


def _counts(progress: RunProgress) -> str:
    """``412 of 1,000 steps: 409 done, 3 failed, 1 running, 587 waiting``."""
    counts = {
        (STEPS[status].word if status in STEPS else status): count
        for status, count in progress.counts().items()
        if count
    }
    said = ", ".join(f"{count:,} {word}" for word, count in counts.items())
    steps = counted(len(progress.steps), "step")
    return f"{len(progress.outcomes):,} of {steps}: {said}"


def _left(progress: RunProgress) -> list[str]:
    if progress.status is None:
        return []
    more = len(progress.steps) - len(progress.listed())
    logs = typed(f"logs {short_id(progress.run_id)}")
    lines = [f"{counted(more, 'step')} not listed: see {logs}"] if more > 0 else []
    return lines + [line.strip() for line in progress.plan.left_lines()]
