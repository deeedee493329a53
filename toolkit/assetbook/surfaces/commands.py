"""The one table of verbs: names, options, help and examples, for magics and the CLI alike."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import click

from assetbook.instance.canceling import GRACE
from assetbook.surfaces import re_executing, store_care, value_verbs, verbs
from assetbook.surfaces.against_option import against_option
from assetbook.surfaces.canceling_verb import cancel
from assetbook.surfaces.config_option import config_option
from assetbook.surfaces.differing import diff
from assetbook.surfaces.executor_option import executor_options
from assetbook.surfaces.launching_verb import launch
from assetbook.surfaces.observing import observe
from assetbook.surfaces.promoting import promote
from assetbook.surfaces.reloading import reload
from assetbook.surfaces.retry_options import retry_options
from assetbook.surfaces.shell_completion import (
    asset_names,
    job_names,
    location_names,
    run_ids,
    store_names,
    version_names,
)
from assetbook.surfaces.sql_verb import sql
from assetbook.surfaces.tag_option import tag_option
from assetbook.surfaces.timeout_option import timeout_option
from assetbook.surfaces.validating import validate
from assetbook.surfaces.watching import attach
from assetbook.surfaces.wiping_verb import wipe

Completes = str
"""What a parameter stands for, for completion: ``selection``, ``asset``, ``version``, ``table``,
``run``, ``location``, ``job`` or empty."""


@dataclass(frozen=True, slots=True)
class Verb:
    """One verb: what it is called, what it does, what it takes."""

    name: str
    """One word, or two of which the first is a family's: ``store verify``."""
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
            short_help=_first_part(self.help),
            context_settings={"help_option_names": ["-h", "--help"]},
        )


def _first_part(text: str) -> str:
    """A sentence up to its first colon or semicolon outside brackets."""
    found = re.match(r"(?:\([^)]*\)|[^;:(.])*", text)
    return f"{found.group().rstrip() if found is not None else text}."


def _selection() -> click.Argument:
    return click.Argument(["selection"], nargs=-1, shell_complete=asset_names)


def _name() -> click.Argument:
    return click.Argument(["name"], shell_complete=asset_names)


def _version() -> click.Argument:
    return click.Argument(["name"], metavar="NAME[@V]", shell_complete=version_names)


def _earlier_run() -> click.Argument:
    return click.Argument(["run"], shell_complete=run_ids)


def _run() -> click.Argument:
    return click.Argument(["run"], required=False, default="", shell_complete=run_ids)


def _location() -> click.Argument:
    name, complete = ["location"], location_names
    return click.Argument(name, required=False, default="", shell_complete=complete)


def _flag(name: str, text: str) -> click.Option:
    return click.Option([f"--{name}"], is_flag=True, help=text)


def store_option(text: str) -> click.Option:
    """``--store NAME``."""
    return click.Option(["--store"], metavar="NAME", help=text, shell_complete=store_names)


_PLAN_OPTIONS = (
    config_option(),
    _flag("force", "Run what is named though it is fresh."),
    _flag("only", "Bring nothing but what is named."),
    _flag("unknown", "Run unknown upstreams too."),
    _flag("sources", "Read again what reads the world outside."),
    click.Option(
        ["--with", "with_versions"],
        multiple=True,
        metavar="NAME@V",
        help="Read this version, not the latest; what is made never is the latest.",
        shell_complete=version_names,
    ),
)

_AGAIN_OPTIONS = (_flag("dry-run", "Only show the plan; run nothing."), *executor_options())

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
        Verb("show", verbs.show, (_version(),), ("show orders", "show orders@3"), "version"),
        Verb(
            "lineage",
            verbs.lineage,
            (_selection(),),
            ("lineage", "lineage +delays"),
            "selection",
        ),
        Verb("why", verbs.why, (_version(),), ("why orders", "why orders@3"), "version"),
        Verb(
            "plan",
            verbs.plan,
            (_selection(), *_PLAN_OPTIONS, against_option()),
            ("plan", "plan +delays", "plan group:marts --force", "plan --against main"),
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
                *executor_options(),
                *retry_options(),
                _flag("detach", "In a process of its own that outlives this one."),
                tag_option(),
                timeout_option(),
            ),
            (
                "materialize +delays",
                "materialize orders --force --only",
                "materialize report --with orders@41",
                "materialize window --config window.size=10",
                "materialize group:marts --executor processes --workers 4",
                "materialize +report --max-retries 2",
                "materialize +delays --detach --timeout 10m",
                "materialize +delays --tag team=etl",
                "materialize",
            ),
            "selection",
            True,
        ),
        Verb(
            "observe",
            observe,
            (_selection(), config_option(), *executor_options()),
            ("observe", "observe landed"),
            "selection",
            True,
        ),
        Verb(
            "resume",
            re_executing.resume,
            (_earlier_run(), *_AGAIN_OPTIONS),
            ("resume 4f2 --dry-run", "resume 4f2"),
            "run",
        ),
        Verb(
            "retry",
            re_executing.retry,
            (
                _earlier_run(),
                _selection(),
                _flag("from-failure", "What failed, and what comes after it."),
                *_AGAIN_OPTIONS,
            ),
            ("retry 4f2 --from-failure --dry-run", "retry 4f2", "retry 4f2 orders+"),
            "run",
        ),
        Verb(
            "launch",
            launch,
            (
                click.Argument(["name"], shell_complete=job_names),
                config_option(),
                click.Option(
                    ["--select"],
                    multiple=True,
                    metavar="OP",
                    help="Only these ops; `+op` with what they need.",
                ),
                *executor_options(),
                _flag("detach", "In a process of its own that outlives this one."),
            ),
            (
                "launch nightly",
                "launch nightly --config fetch.day=monday",
                "launch nightly --select +report --executor threads",
                "launch nightly --detach",
            ),
            "job",
            True,
        ),
        Verb(
            "runs",
            verbs.runs,
            (click.Option(["--limit"], type=click.IntRange(1), default=20, help="How many."),),
            ("runs", "runs --limit 5"),
        ),
        Verb("pools", verbs.pools, (), ("pools",)),
        Verb(
            "logs",
            verbs.logs,
            (
                _run(),
                click.Option(["--step"], help="Only this step's."),
                _flag("follow", "Line by line as it comes, until the run has ended."),
                _flag("stdout", "All that was printed, from the run's log files."),
                _flag("stderr", "All that was printed to stderr, from the log files."),
                _flag("log", "All lines that were logged, from the log files."),
            ),
            (
                "logs",
                "logs 4f2",
                "logs 4f2 --step orders",
                "logs 4f2 --follow",
                "logs 4f2 --step orders --stdout",
            ),
            "run",
        ),
        Verb("attach", attach, (_run(),), ("attach", "attach 4f2"), "run"),
        Verb(
            "cancel",
            cancel,
            (
                click.Argument(["run"], shell_complete=run_ids),
                _flag("kill", "End its kernel or program, too, if it does not react."),
                click.Option(
                    ["--grace"],
                    type=click.FloatRange(0),
                    default=GRACE,
                    metavar="SECONDS",
                    help="How long it may take to react, before the next step; 10 unless told.",
                ),
            ),
            ("cancel 4f2", "cancel 4f2 --kill", "cancel 4f2 --grace 60"),
            "run",
        ),
        Verb(
            "value",
            value_verbs.value,
            (_version(),),
            ("value orders", "value orders@3", "value orders@2026-11-17", "value orders@run:9f2"),
            "version",
        ),
        Verb(
            "versions",
            value_verbs.versions,
            (
                _version(),
                click.Option(["--newest"], type=click.IntRange(1), default=20, help="How many."),
            ),
            ("versions orders", "versions orders@2026-11-17"),
            "version",
        ),
        Verb("restore", value_verbs.restore, (_version(),), ("restore orders@3",), "version"),
        Verb(
            "keep",
            value_verbs.keep,
            (_version(), _flag("release", "Leave it to retention again.")),
            ("keep orders@3", "keep orders", "keep orders@3 --release"),
            "version",
        ),
        Verb(
            "export",
            value_verbs.export,
            (
                _version(),
                click.Argument(["file"], type=click.Path()),
                _flag("force", "Replace a file that is there."),
            ),
            ("export orders orders.csv", "export orders@3 orders.xlsx --force"),
            "version",
        ),
        Verb(
            "diff",
            diff,
            (
                click.Argument(["before"], shell_complete=version_names),
                click.Argument(["after"], required=False, default="", shell_complete=version_names),
                click.Option(
                    ["--key"], default="", help="Columns that match rows, with commas between."
                ),
                _flag("code", "How they were made, too: code, config, inputs."),
            ),
            ("diff orders", "diff orders@40 orders@41 --key order_id", "diff orders@40 --code"),
            "version",
        ),
        Verb(
            "rename",
            value_verbs.rename,
            (click.Argument(["old"], shell_complete=asset_names), click.Argument(["new"])),
            ("rename orders sales",),
            "asset",
        ),
        Verb("forget", verbs.forget, (_name(),), ("forget orders",), "asset", True),
        Verb(
            "sql",
            sql,
            (click.Argument(["query"], nargs=-1, required=True, shell_complete=asset_names),),
            ("sql from orders limit 5", "sql describe raw.orders"),
            "table",
        ),
        Verb(
            "wipe",
            wipe,
            (
                click.Argument(
                    ["names"],
                    nargs=-1,
                    required=True,
                    metavar="NAME[@V]...",
                    shell_complete=version_names,
                ),
                _flag("yes", "Do it; without this it only says what would go."),
                _flag("kept", "Kept versions too."),
            ),
            ("wipe orders", "wipe orders@3 orders@4 --yes"),
            "version",
        ),
        Verb("reload", reload, (_location(),), ("reload", "reload report.ipynb"), "location"),
        Verb(
            "promote",
            promote,
            (_selection(), _flag("dry-run", "Only compare; lock nothing.")),
            ("promote --dry-run", "promote", "promote +delays"),
            "selection",
            True,
        ),
        Verb(
            "validate",
            validate,
            (click.Argument(["locations"], nargs=-1, shell_complete=location_names),),
            ("validate", "validate flights.ipynb"),
            "location",
        ),
        Verb("doctor", store_care.doctor, (), ("doctor",)),
        Verb("store verify", store_care.store_verify, (), ("store verify",)),
        Verb(
            "store gc",
            store_care.store_gc,
            (_flag("plan", "Only say what would go."),),
            ("store gc --plan", "store gc"),
        ),
        Verb(
            "store backup",
            store_care.store_backup,
            (click.Argument(["path"], type=click.Path(file_okay=False)),),
            ("store backup /backups/shop",),
        ),
        Verb(
            "assetbook",
            verbs.overview,
            (store_option("Write this one of the project's stores from now on."),),
            ("assetbook", "assetbook --store prod"),
        ),
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
        if verb.name in ("materialize", "observe"):
            arguments["assets"] = text or "*"
        elif verb.name == "plan":
            arguments["selection"] = text or "*"
        else:
            arguments["selection"] = text
    return verb.function(**arguments, **more)
