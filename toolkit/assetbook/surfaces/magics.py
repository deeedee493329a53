"""Line magics: each parses its line with its verb's options and calls its verb's function."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Mapping
from functools import cached_property
from typing import Any

import click

from assetbook.errors import UsageError, did_you_mean
from assetbook.notebook.cell_text import strip_comment
from assetbook.surfaces.commands import VERBS
from assetbook.surfaces.verb import Verb, call


class Magic:
    """A magic as IPython calls it, with a command's options.

    The command is made when it is called first, and its help (``__doc__``) when somebody asks:
    making those of all magics takes longer than the rest of bringing assetbook into a kernel.
    ``run`` gets this magic, the line and the cell; without it the command's callback does it all.
    """

    def __init__(
        self, name: str, command: Callable[[], click.Command], run: Run | None = None
    ) -> None:
        self.__name__ = name.lstrip("%")
        self._title = name
        self._make = command
        self._run = run

    @cached_property
    def command(self) -> click.Command:
        """The options and arguments that it takes."""
        return self._make()

    def __call__(self, line: str, cell: str | None = None) -> Any:
        __tracebackhide__ = True
        return self.parse(line) if self._run is None else self._run(self, line, cell)

    def parse(self, line: str) -> Any:
        """What the command's callback gives for the line; None where its help was printed."""
        __tracebackhide__ = True
        return run_command(self.command, line, self._title)

    @property
    def __doc__(self) -> str:  # type: ignore[override]
        return self.command.get_help(click.Context(self.command, info_name=self._title))


Run = Callable[[Magic, str, str | None], Any]


class MagicFamily:
    """The magic of verbs that share their first word: ``%store verify``, ``%store gc``."""

    def __init__(self, name: str, members: Mapping[str, Magic]) -> None:
        self.__name__ = name
        self.members = members

    def __call__(self, line: str) -> Any:
        __tracebackhide__ = True
        first, _, rest = line.strip().partition(" ")
        if first in self.members:
            return self.members[first](rest)
        if first in ("-h", "--help"):
            print(self.__doc__)
            return None
        offered = did_you_mean(first, self.members) or f"There are: {', '.join(self.members)}."
        found = f"it has no `{first}`" if first else "what is to be done is not said"
        raise UsageError(f"%{self.__name__} {line}".rstrip(), found, offered)

    @property
    def __doc__(self) -> str:  # type: ignore[override]
        return "\n\n".join(member.__doc__ for member in self.members.values())


def line_magics() -> dict[str, Magic | MagicFamily]:
    """A magic for each verb, by name; verbs of two words share that of the first."""
    families: dict[str, dict[str, Magic]] = {}
    magics: dict[str, Magic] = {}
    for name, verb in VERBS.items():
        first, _, second = name.partition(" ")
        if second:
            families.setdefault(first, {})[second] = _magic(verb)
        else:
            magics[name] = _magic(verb)
    return magics | {name: MagicFamily(name, members) for name, members in families.items()}


def _magic(verb: Verb) -> Magic:
    return Magic(
        f"%{verb.name}", lambda: verb.command(lambda **arguments: call(verb, arguments), "%")
    )


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
