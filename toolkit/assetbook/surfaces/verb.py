"""A verb: its function, what it takes, and what it looks like as a command."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any

import click
import msgspec

Completes = str
"""What a parameter stands for, for completion: ``selection``, ``asset``, ``version``, ``table``,
``run``, ``location``, ``job`` or empty."""


class Verb(msgspec.Struct, frozen=True):
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


def apart(words: Sequence[str]) -> tuple[str, str | None]:
    """A selection and the partitions behind it, which are ``A..B`` or ``all``; None without."""
    behind = bool(words) and (".." in words[-1] or words[-1] == "all")
    return (" ".join(words[:-1]), words[-1]) if behind else (" ".join(words), None)


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
        elif verb.name == "backfill":
            names, keys = apart(words)
            arguments["selection"] = names
            arguments["partitions"] = arguments.get("partitions") or keys
        else:
            arguments["selection"] = text
    return verb.function(**arguments, **more)
