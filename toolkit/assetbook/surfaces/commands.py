"""The one table of verbs: names, options, help and examples, for magics and the CLI alike."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import click

from assetbook.surfaces import verbs
from assetbook.surfaces.shell_completion import asset_names, run_ids
from assetbook.surfaces.sql_verb import sql

Completes = str
"""What a parameter stands for, for completion: ``selection``, ``asset``, ``table``, ``run`` or
empty."""


@dataclass(frozen=True, slots=True)
class Verb:
    """One verb: what it is called, what it does, what it takes."""

    name: str
    function: Callable[..., Any]
    params: tuple[click.Parameter, ...]
    examples: tuple[str, ...]
    completes: Completes = ""
    """What its words are, for completion."""
    needs_notebook: bool = False
    """Whether it needs living definitions."""

    @property
    def help(self) -> str:
        """Its first sentence."""
        paragraph = (self.function.__doc__ or "").split("\n\n")[0]
        return " ".join(paragraph.replace("``", "`").split())

    def command(
        self, call: Callable[..., Any], prefix: str, *more: click.Parameter
    ) -> click.Command:
        """It as a click command that calls ``call``; examples begin with ``prefix``."""
        examples = "\n".join(f"  {prefix}{example}" for example in self.examples)
        return click.Command(
            self.name,
            callback=call,
            params=[*self.params, *more],
            help=f"{self.help}\n\n\b\nExamples:\n{examples}",
            short_help=self.help.split(";")[0].split(":")[0].rstrip(".") + ".",
            context_settings={"help_option_names": ["-h", "--help"]},
        )


def _selection() -> click.Argument:
    return click.Argument(["selection"], nargs=-1, shell_complete=asset_names)


def _name() -> click.Argument:
    return click.Argument(["name"], shell_complete=asset_names)


def _flag(name: str, text: str) -> click.Option:
    return click.Option([f"--{name}"], is_flag=True, help=text)


_PLAN_OPTIONS = (
    _flag("force", "Run what is named though it is fresh."),
    _flag("only", "Bring nothing but what is named."),
    _flag("unknown", "Run unknown upstreams too."),
    _flag("sources", "Read again what reads the world outside."),
)

VERBS: dict[str, Verb] = {
    verb.name: verb
    for verb in (
        Verb(
            "assets",
            verbs.assets,
            (
                _selection(),
                _flag("checks", "A line for each check."),
                _flag("orphans", "Only assets that nothing defines any more."),
            ),
            ("assets", "assets group:marts", "assets +delays --checks"),
            "selection",
        ),
        Verb(
            "show",
            verbs.show,
            (_name(),),
            ("show orders",),
            "asset",
        ),
        Verb(
            "lineage",
            verbs.lineage,
            (_selection(),),
            ("lineage", "lineage +delays"),
            "selection",
        ),
        Verb("why", verbs.why, (_name(),), ("why orders",), "asset"),
        Verb(
            "plan",
            verbs.plan,
            (_selection(), *_PLAN_OPTIONS),
            ("plan", "plan +delays", "plan group:marts --force"),
            "selection",
            True,
        ),
        Verb(
            "materialize",
            verbs.materialize,
            (
                _selection(),
                *_PLAN_OPTIONS,
                _flag("take-over", "Make assets of another notebook this one's."),
            ),
            ("materialize +delays", "materialize orders --force --only", "materialize"),
            "selection",
            True,
        ),
        Verb(
            "runs",
            verbs.runs,
            (click.Option(["--limit"], type=click.IntRange(1), default=20, help="How many."),),
            ("runs", "runs --limit 5"),
        ),
        Verb(
            "logs",
            verbs.logs,
            (
                click.Argument(["run"], required=False, default="", shell_complete=run_ids),
                click.Option(["--step"], help="Only this step's."),
            ),
            ("logs", "logs 4f2", "logs 4f2 --step orders"),
            "run",
        ),
        Verb(
            "value",
            verbs.value,
            (_name(),),
            ("value orders", "value orders@3"),
            "asset",
        ),
        Verb(
            "versions",
            verbs.versions,
            (
                _name(),
                click.Option(["--newest"], type=click.IntRange(1), default=20, help="How many."),
            ),
            ("versions orders",),
            "asset",
        ),
        Verb(
            "forget",
            verbs.forget,
            (_name(),),
            ("forget orders",),
            "asset",
            True,
        ),
        Verb(
            "sql",
            sql,
            (click.Argument(["query"], nargs=-1, required=True, shell_complete=asset_names),),
            ("sql from orders limit 5", "sql describe raw.orders"),
            "table",
        ),
        Verb("assetbook", verbs.overview, (), ("assetbook",)),
    )
}
"""Every verb by its name."""


def call(verb: Verb, arguments: dict[str, Any], **more: Any) -> Any:
    """Calls the verb's function with what click read; several words are one selection."""
    if isinstance(arguments.get("query"), tuple):
        arguments["query"] = " ".join(arguments["query"])
    words = arguments.pop("selection", None)
    if words is not None:
        text = " ".join(words)
        if verb.name == "materialize":
            arguments["assets"] = text or "*"
        elif verb.name == "plan":
            arguments["selection"] = text or "*"
        else:
            arguments["selection"] = text
    return verb.function(**arguments, **more)
