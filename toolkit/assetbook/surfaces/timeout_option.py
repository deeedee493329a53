"""``--timeout TIME``: how long a run may take, which is a tag of the run."""

from __future__ import annotations

from collections.abc import Mapping

import click

from assetbook.definitions.time_limit import MAX_RUNTIME, seconds_of
from assetbook.errors import UsageError


def timeout_option() -> click.Option:
    """``--timeout TIME``."""
    text = "How long it may take: 90s, 10m, 6h, 2d; then it fails."
    return click.Option(["--timeout"], metavar="TIME", help=text)


def with_timeout(tags: Mapping[str, str], timeout: float | str | None) -> dict[str, str]:
    """The tags of a run that may take so long, seconds or text; None leaves them as they are.

    Raises UsageError for what is no time.
    """
    if timeout is None:
        return dict(tags)
    text = timeout if isinstance(timeout, str) else f"{timeout:g}"
    if not seconds_of(text):
        raise UsageError(f"--timeout {text}", "it is no time", "Write 90s, 10m, 6h or 2d.")
    return {**tags, MAX_RUNTIME: text}
