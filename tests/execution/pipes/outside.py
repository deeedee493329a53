"""Processes outside for the tests: Python with the real dagster-pipes, or with nothing."""

from __future__ import annotations

import io
import sys
import textwrap
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from tests.execution.kept import Kept, plain_streams

from assetbook.execution.built_contexts import build_asset_context
from assetbook.execution.capture import into, watched
from assetbook.execution.context import AssetExecutionContext
from assetbook.execution.pipes.completed_invocation import PipesClientCompletedInvocation
from assetbook.execution.pipes.subprocess_client import PipesSubprocessClient

OPENED = "from dagster_pipes import open_dagster_pipes\nwith open_dagster_pipes() as pipes:\n"


def python(code: str) -> list[str]:
    """The command that runs this code without anything of ours."""
    return [sys.executable, "-c", textwrap.dedent(code)]


def piped(code: str) -> list[str]:
    """The command that runs this code, in which ``pipes`` is dagster-pipes' context."""
    return python(OPENED + textwrap.indent(textwrap.dedent(code), "    "))


@dataclass
class Step:
    """A step that a test stands in for, and what it has written."""

    kept: Kept
    out: io.StringIO
    err: io.StringIO
    context: AssetExecutionContext

    @property
    def log(self) -> list[tuple[str, str]]:
        """Levels and texts of the log lines, but for our own debug lines."""
        lines = [each for each in self.kept.records if each.stream == "log"]
        return [(each.level, each.text) for each in lines if each.level != "DEBUG"]

    def run(
        self, command: Any, client: PipesSubprocessClient | None = None, **others: Any
    ) -> PipesClientCompletedInvocation:
        client = client or PipesSubprocessClient()
        return client.run(context=self.context, command=command, **others)


@contextmanager
def a_step(context: AssetExecutionContext | None = None) -> Iterator[Step]:
    """While it lasts, what this context writes is kept as that of a step."""
    kept = Kept()
    with plain_streams() as (out, err), watched(), into(kept.sink):
        yield Step(kept, out, err, context or build_asset_context(asset_key="orders"))
