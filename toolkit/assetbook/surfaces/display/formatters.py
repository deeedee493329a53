"""How objects of lower layers, which know nothing of HTML, show in IPython."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from assetbook.definitions.asset_definition import AssetsDefinition
from assetbook.definitions.asset_job import UnresolvedAssetJobDefinition
from assetbook.definitions.check_definition import AssetChecksDefinition
from assetbook.definitions.collection import Definitions
from assetbook.definitions.graph_definition import GraphDefinition
from assetbook.definitions.job_definition import JobDefinition
from assetbook.definitions.op_definition import OpDefinition
from assetbook.definitions.spec import AssetSpec
from assetbook.execution.run_result import RunResult
from assetbook.instance.materializing import MaterializeOutcome
from assetbook.planning.steps import Plan
from assetbook.surfaces.display.definition_view import definition_html, definition_text
from assetbook.surfaces.display.html import Html
from assetbook.surfaces.display.op_view import op_html, op_text
from assetbook.surfaces.display.outcome_view import (
    outcome_html,
    outcome_text,
    result_html,
    result_text,
)
from assetbook.surfaces.display.plan_view import plan_html, plan_text

ToHtml = Callable[[Any], Html]
ToText = Callable[[Any], str]

FORMS: Final[tuple[tuple[type, ToHtml, ToText], ...]] = (
    (Plan, plan_html, plan_text),
    (RunResult, result_html, result_text),
    (MaterializeOutcome, outcome_html, outcome_text),
    (AssetsDefinition, definition_html, definition_text),
    (AssetSpec, definition_html, definition_text),
    (AssetChecksDefinition, definition_html, definition_text),
    (Definitions, definition_html, definition_text),
    (OpDefinition, op_html, op_text),
    (GraphDefinition, op_html, op_text),
    (JobDefinition, op_html, op_text),
    (UnresolvedAssetJobDefinition, op_html, op_text),
)
"""Each class with its HTML and its plain form."""


def register_formatters(shell: Any) -> None:
    """Makes ``shell`` show these objects by their views; a second call changes nothing."""
    formatters = shell.display_formatter.formatters
    for kind, to_html, to_text in FORMS:
        formatters["text/html"].for_type(kind, to_html)
        formatters["text/plain"].for_type(kind, _pretty(to_text))


def unregister_formatters(shell: Any) -> None:
    """Lets ``shell`` show these objects by their ``repr`` again."""
    formatters = shell.display_formatter.formatters
    for kind, _, _ in FORMS:
        formatters["text/html"].pop(kind, None)
        formatters["text/plain"].pop(kind, None)


def _pretty(to_text: ToText) -> Callable[[Any, Any, bool], None]:
    """The plain form as IPython's pretty printer asks for it; inside a list it stays short."""

    def write(shown: Any, printer: Any, cycle: bool) -> None:
        inside = bool(getattr(printer, "indentation", 0)) or len(getattr(printer, "stack", ())) > 1
        printer.text(repr(shown) if inside else to_text(shown))

    return write
