"""Line magics: each parses its line with its verb's options and calls its verb's function."""

from __future__ import annotations

import shlex
from collections.abc import Callable
from typing import Any

import click

from assetbook.errors import UsageError, did_you_mean
from assetbook.notebook.cell_text import strip_comment
from assetbook.surfaces.commands import VERBS, Verb, call


def line_magics() -> dict[str, Callable[[str], Any]]:
    """A magic function for each verb, by name; verbs of two words share that of the first."""
    families: dict[str, dict[str, Callable[[str], Any]]] = {}
    magics = {}
    for name, verb in VERBS.items():
        first, _, second = name.partition(" ")
        if second:
            families.setdefault(first, {})[second] = _magic(verb)
        else:
            magics[name] = _magic(verb)
    return magics | {name: _family(name, members) for name, members in families.items()}


def _family(name: str, members: dict[str, Callable[[str], Any]]) -> Callable[[str], Any]:
    def magic(line: str) -> Any:
        __tracebackhide__ = True
        first, _, rest = line.strip().partition(" ")
        if first in members:
            return members[first](rest)
        if first in ("-h", "--help"):
            print(magic.__doc__)
            return None
        offered = did_you_mean(first, members) or f"There are: {', '.join(members)}."
        raise UsageError(f"%{name} {line}".rstrip(), f"it has no `{first}`", offered)

    magic.__name__ = name
    magic.__doc__ = "\n\n".join(member.__doc__ or "" for member in members.values())
    magic.members = frozenset(members)  # type: ignore[attr-defined]
    return magic


def _magic(verb: Verb) -> Callable[[str], Any]:
    command = verb.command(lambda **arguments: call(verb, arguments), "%")

    def magic(line: str) -> Any:
        __tracebackhide__ = True
        return run_command(command, line, f"%{verb.name}")

    magic.__name__ = verb.name
    magic.__doc__ = command.get_help(click.Context(command, info_name=f"%{verb.name}"))
    return magic


def run_command(command: click.Command, line: str, name: str) -> Any:
    """What ``command`` returns for the words of ``line``; prints its help for ``--help``.

    Raises UsageError for words and options that it does not take.
    """
    __tracebackhide__ = True
    words = _words(line, name)
    try:
        with command.make_context(name, words) as context:
            return command.invoke(context)
    except click.exceptions.Exit:
        return None
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.format_message())
        return None
    except click.NoSuchOption as error:
        known = [option for each in command.params for option in each.opts]
        raise UsageError(
            f"{name} {line.strip()}",
            f"it has no option {error.option_name}",
            did_you_mean(error.option_name, known) or f"`{name} --help` lists them.",
        ) from None
    except click.UsageError as error:
        raise UsageError(
            f"{name} {line.strip()}", error.format_message(), f"See `{name} --help`."
        ) from None


def _words(line: str, name: str) -> list[str]:
    try:
        return shlex.split(strip_comment(line))
    except ValueError as error:
        raise UsageError(f"{name} {line.strip()}", str(error), "Close the quotes.") from None
