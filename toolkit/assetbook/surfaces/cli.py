"""The command line: the same verbs, on the store of the project around this folder.

Exit codes: 0 all is well, 1 something failed (or is stale, with ``--check``), 2 wrong usage.
"""

from __future__ import annotations

import json
import os
import shlex
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, redirect_stdout
from copy import copy
from pathlib import Path
from typing import Any

import click

from assetbook.errors import AssetbookError, NotLoadedError, UsageError
from assetbook.instance.asset_record import SCRATCH
from assetbook.instance.instance import Instance
from assetbook.instance.snapshots import recall_all
from assetbook.project import STORE_VARIABLE, find_project, refuse_unsupported_platform
from assetbook.surfaces.against_option import outcome_options, show_against
from assetbook.surfaces.commands import VERBS
from assetbook.surfaces.desk import StoreDesk
from assetbook.surfaces.display.asset_table import AssetTable
from assetbook.surfaces.display.findings_view import FindingsView
from assetbook.surfaces.display.run_end import RunEnd
from assetbook.surfaces.loading_options import loading_options
from assetbook.surfaces.located_cli import ONE_NOTEBOOK, known_locations, run_located
from assetbook.surfaces.missing_store import missing_store
from assetbook.surfaces.notebook_process import (
    detach_notebook,
    from_pin,
    in_kernel,
    in_process,
    need_notebook,
)
from assetbook.surfaces.run_cli import do_again
from assetbook.surfaces.shell_completion import store_names
from assetbook.surfaces.starter import NAME, write_starter
from assetbook.surfaces.suggestion import NEED_NOTEBOOK, in_shell
from assetbook.surfaces.verb import Verb, call
from assetbook.surfaces.verb_parameters import store_option

FAILED, WRONG_USAGE = 1, 2
_STORE = "The one of the project's stores that is meant."


@click.group(
    "assetbook",
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"]},
)
@click.version_option(package_name="assetbook")
@click.option("--json", "as_json", is_flag=True, help="Plain JSON for programs.")
@click.option("--store", metavar="NAME", help=_STORE, shell_complete=store_names)
@click.pass_context
def cli(context: click.Context, as_json: bool, store: str | None) -> None:
    """Assets defined in notebook cells: what there is, in which state, and why.

    Without a verb it shows the store, the assets' states and the last runs.
    """
    context.ensure_object(dict).update(json=as_json, store=store)
    if context.invoked_subcommand is None:
        with _using(store, Path.cwd()), _at_desk(refresh=True) as desk:
            _show(call(VERBS["assetbook"], {}, desk=desk), as_json)


@cli.command("init")
@click.argument("notebook", type=click.Path(path_type=Path), default=NAME)
def init(notebook: Path) -> None:
    """Writes a starter notebook that runs.

    \b
    Examples:
      assetbook init
      assetbook init books/orders.ipynb
    """
    click.echo(write_starter(notebook))


@cli.command("ui")
@click.option("--port", type=click.IntRange(0, 65535), default=0, help="0 takes a free one.")
@click.option("--browser/--no-browser", default=True, help="Whether to open it in a browser.")
@click.option("--store", metavar="NAME", help=_STORE, shell_complete=store_names)
def ui(port: int, browser: bool, store: str | None) -> None:
    """Serves the dashboards as a page on this computer, until it is interrupted.

    \b
    Examples:
      assetbook ui
      assetbook ui --port 8470 --no-browser
    """
    from assetbook.surfaces.server.serving import serve

    with _using(store, Path.cwd()), _at_desk() as desk:
        serve(desk, port=port, browser=browser, say=lambda said: click.echo(said))


def main() -> None:
    """Runs the command line and ends the process with its exit code."""
    try:
        refuse_unsupported_platform()
        code = cli.main(prog_name="assetbook", standalone_mode=False)
        sys.exit(code if isinstance(code, int) else 0)
    except click.UsageError as error:
        error.show()
        sys.exit(WRONG_USAGE)
    except (click.Abort, KeyboardInterrupt) as error:
        left_alone = error.__cause__ or error
        click.echo(str(left_alone) or "interrupted", err=True)
        sys.exit(FAILED)
    except AssetbookError as error:
        click.echo(f"{type(error).__name__}: {error}", err=True)
        sys.exit(WRONG_USAGE if isinstance(error, UsageError) else FAILED)
    except BrokenPipeError:  # the reader of our output has gone, as with `| head`
        sys.stderr.close()


@contextmanager
def _at_desk(*, refresh: bool = False) -> Iterator[StoreDesk]:
    """The project's store, with suggestions for a shell as long as it is asked; with ``refresh``
    after its locations that have changed were loaded."""
    with in_shell():
        if refresh:
            known_locations()
        desk = _desk()
        with in_shell(_only_notebook(desk)):
            yield desk
    if missing := missing_store(desk.instance):
        click.echo(missing, err=True)


@contextmanager
def _using(store: str | None, start: Path) -> Iterator[None]:
    """While it lasts, the store of that name is the one of the project around ``start``, in every
    kernel that is started too; None changes nothing."""
    if store is None:
        yield
        return
    find_project(start, store=store)
    before = os.environ.get(STORE_VARIABLE)
    os.environ[STORE_VARIABLE] = store
    try:
        yield
    finally:
        del os.environ[STORE_VARIABLE]
        if before is not None:
            os.environ[STORE_VARIABLE] = before


def _only_notebook(desk: StoreDesk) -> str:
    """The notebook whose assets the store knows, as it is typed here; empty if several are."""
    root = find_project(Path.cwd()).root
    known = [root / each for each in recall_all(desk.instance) if each != SCRATCH]
    living = [path for path in known if path.exists()]
    return shlex.quote(os.path.relpath(living[0])) if len(living) == 1 else ""


def _desk() -> StoreDesk:
    """The store of the project around this folder; looking never makes one."""
    project = find_project(Path.cwd())
    if not project.store.exists() and not project.settings.locations:
        raise NotLoadedError(
            f"the store of {project.root}",
            "there is none yet",
            f"{_makes_one()}, or go to its folder.",
        )
    return StoreDesk(Instance.get(), "cli")


def _makes_one() -> str:
    """What makes a store in this folder."""
    there = sorted(Path.cwd().glob("*.ipynb"))
    if there:
        loads = f"`assetbook validate {shlex.quote(there[0].name)}` loads that notebook into one"
        return f"{loads}, and so does running it with `%load_ext assetbook`"
    return "A notebook that runs `%load_ext assetbook` makes it (`assetbook init` writes one)"


def _show(view: Any, as_json: bool) -> None:
    if as_json and hasattr(view, "iterrows"):  # a frame, whose own JSON is text by columns
        click.echo(view.to_json(orient="records", date_format="iso", indent=2))
    elif as_json and hasattr(view, "to_json"):
        click.echo(json.dumps(view.to_json(), indent=2))
    elif as_json:
        click.echo(json.dumps(view, indent=2, default=str))
    else:
        click.echo(str(view))


def _add(verb: Verb) -> None:
    """Adds a verb that only reads the store."""

    @click.pass_context
    def run(context: click.Context, /, **arguments: Any) -> None:
        as_json, store = _common(context, arguments)
        check = arguments.pop("check", False)
        asked = arguments.get("selection")
        with _using(store, Path.cwd()), _at_desk(refresh=verb.name in _OF_DEFINITIONS) as desk:
            # what is shown while it goes must not come between the lines of JSON
            with redirect_stdout(sys.stderr if as_json else sys.stdout):
                view = call(verb, arguments, desk=desk)
            _show(view, as_json)
        if check and isinstance(view, AssetTable) and _fails_check(view, asked):
            raise click.exceptions.Exit(FAILED)
        if isinstance(view, FindingsView | RunEnd) and not view.is_well:
            raise click.exceptions.Exit(FAILED)

    more: list[click.Parameter] = [_json_option(), store_option(_STORE)]
    if verb.name == "assets":
        more.append(
            click.Option(["--check"], is_flag=True, help="Exit with 1 if one is not fresh.")
        )
    _place(verb.command(run, "assetbook ", *more))


def _place(command: click.Command) -> None:
    """Adds a command under its name; one of two words to the family that its first word names."""
    family, _, last = (command.name or "").rpartition(" ")
    if not family:
        cli.add_command(command)
        return
    group = cli.commands.get(family)
    if not isinstance(group, click.Group):
        group = click.Group(family, short_help=_FAMILIES[family], help=_FAMILIES[family])
        cli.add_command(group)
    group.add_command(command, last)


_FAMILIES = {"store": "Looks after the store."}


def _fails_check(view: AssetTable, asked: Sequence[str] | None) -> bool:
    """Whether one is not fresh; also if a selection was given that matches none."""
    return any(row.state != "fresh" for row in view) or bool(asked and not view)


def _add_for_notebook(verb: Verb) -> None:
    """Adds a verb that needs definitions: of a notebook, else of the project's locations."""

    @click.pass_context
    def run(context: click.Context, /, notebook: str | None, **arguments: Any) -> None:
        as_json, store = _common(context, arguments)
        check = arguments.pop("check", False)
        against, form = arguments.pop("against", None), arguments.pop("form", None)
        notebook = _notebook_in(notebook, arguments)
        if against is not None or form is not None:
            need_notebook(notebook, "--against" if against else "--format")
            with _using(store, Path(notebook or "")), in_shell(shlex.quote(notebook or "")):
                left = int(show_against(str(notebook), against, "json" if as_json else form))
            success = True
        else:
            success, left = _done(verb.name, notebook, arguments, store, as_json)
        if not success or (check and left):
            raise click.exceptions.Exit(FAILED)

    command = verb.command(run, "assetbook ", _json_option(), store_option(_STORE))
    command.params = [
        click.Argument(["notebook"], type=click.Path(), required=False),
        *(_optional(each) for each in command.params),
        *loading_options(),
    ]
    if verb.name == "plan":
        command.params += outcome_options()
    command.help = _with_notebooks(command.help or "", verb.name)
    cli.add_command(command)


def _with_notebooks(text: str, verb: str) -> str:
    """The help with a notebook in the first example, and in those that need one."""
    shown = f"  assetbook {verb}"
    lines = text.splitlines()
    for at, line in enumerate(lines):
        if line.startswith(shown) and (verb in ONE_NOTEBOOK or _OF_ONE_NOTEBOOK & {*line.split()}):
            lines[at] = line.replace(shown, f"{shown} flights.ipynb")
    first = "" if verb in ONE_NOTEBOOK else f"{shown} flights.ipynb\n"
    return "\n".join(lines).replace(shown, f"{first}{shown}", 1)


_OF_ONE_NOTEBOOK = frozenset({"--against", "--detach"})


def _optional(parameter: click.Parameter) -> click.Parameter:
    """It as one that may be left out: a job's name alone stands in the notebook's place."""
    found = copy(parameter)
    found.required = False
    return found


def _notebook_in(notebook: str | None, arguments: dict[str, Any]) -> str | None:
    """The first word if it names a notebook; else it is the first of the verb's own words."""
    if notebook is not None and notebook.endswith((".ipynb", ".py")):
        name = arguments.get("name", "")
        if name is None or ("=" in name and not name.endswith((".ipynb", ".py"))):
            arguments["parameters"] = (*([name] if name else ()), *arguments["parameters"])
            arguments["name"] = str(Path(notebook).absolute())
        return notebook
    if "selection" in arguments:
        words = () if notebook is None else (notebook,)
        arguments["selection"] = (*words, *arguments["selection"])
    elif notebook is None or arguments["name"] is not None:
        named = f"{notebook} is no notebook: " if notebook is not None else ""
        raise click.UsageError(f"{named}name a job, or NOTEBOOK JOB")
    else:
        arguments["name"] = notebook
    return None


def _done(
    verb: str, notebook: str | None, arguments: dict[str, Any], store: str | None, as_json: bool
) -> tuple[bool, int]:
    """Whether ``plan`` or ``materialize`` went well, and how many steps there were."""
    location = arguments.pop("location")
    whole, pinned = arguments.pop("load") == "all", arguments.pop("pinned")
    if notebook is None:
        if whole or pinned or arguments.get("detach"):
            option = "--load all" if whole else "--pinned" if pinned else "--detach"
            need_notebook(notebook, option)
        with _using(store, Path.cwd()):
            return run_located(verb, arguments, location, as_json=as_json)
    if verb != "backfill" and arguments.pop("detach", False):
        if whole:
            raise click.UsageError("--detach goes with what definitions need, not with --load all")
        with _using(store, Path(notebook)), in_shell(shlex.quote(notebook)):
            return detach_notebook(Path(notebook), verb, arguments, pinned=pinned, as_json=as_json)
    asked = {"verb": verb, "arguments": arguments, "json": as_json}
    asked["notebook"] = shlex.quote(notebook)
    with _using(store, Path(notebook)):
        ask = from_pin if pinned else in_kernel if whole else in_process
        return ask(Path(notebook), asked)


def _add_of_run(verb: Verb) -> None:
    """Adds a verb that does an earlier run again, where its definitions are."""

    @click.pass_context
    def run(context: click.Context, /, **arguments: Any) -> None:
        as_json, store = _common(context, arguments)
        with _using(store, Path.cwd()), in_shell():
            success = do_again(verb.name, arguments, _desk().instance, as_json=as_json)
        if not success:
            raise click.exceptions.Exit(FAILED)

    cli.add_command(verb.command(run, "assetbook ", _json_option(), store_option(_STORE)))


def _add_loading(verb: Verb) -> None:
    """Adds a verb that loads notebooks by itself, and that needs no store before."""

    @click.pass_context
    def run(context: click.Context, /, **arguments: Any) -> None:
        as_json, store = _common(context, arguments)
        with in_shell(shlex.quote(arguments.get("notebook", ""))), _using(store, Path.cwd()):
            view = call(verb, arguments)
            _show(view, as_json)
        if not view.is_well:
            raise click.exceptions.Exit(FAILED)

    command = verb.command(run, "assetbook ", _json_option(), store_option(_STORE))
    if verb.name in NEED_NOTEBOOK:
        command.params.insert(0, click.Argument(["notebook"], type=click.Path()))
        shown = f"assetbook {verb.name}"
        command.help = (command.help or "").replace(shown, f"{shown} flights.ipynb")
    cli.add_command(command)


def _common(context: click.Context, arguments: dict[str, Any]) -> tuple[bool, str | None]:
    """Whether JSON is wanted, and the store, as said behind the verb or before it."""
    before = context.obj or {}
    as_json = arguments.pop("as_json") or bool(before.get("json"))
    return as_json, arguments.pop("store") or before.get("store")


def _json_option() -> click.Option:
    return click.Option(["--json", "as_json"], is_flag=True, help="Plain JSON for programs.")


_OF_DEFINITIONS = {"assets", "show", "lineage", "why"}
"""Verbs whose answer depends on what is defined now."""
_NOT_HERE = {"forget"}
_LOADING = {"promote", "validate"}
_OF_RUN = {"resume", "retry"}
_adders: dict[bool, Callable[[Verb], None]] = {True: _add_for_notebook, False: _add}
for _verb in VERBS.values():
    if _verb.name in _LOADING:
        _add_loading(_verb)
    elif _verb.name in _OF_RUN:
        _add_of_run(_verb)
    elif _verb.name not in _NOT_HERE and _verb.name != "assetbook":
        _adders[_verb.name in NEED_NOTEBOOK](_verb)
