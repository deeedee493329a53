"""What there is, is in the documentation; and what it names, is there."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterable
from pathlib import Path

import click
import pytest
from click.testing import CliRunner
from tests.docs.cells import DOCS, ROOT

import assetbook
from assetbook.dependencies.reasons import ReasonKind
from assetbook.surfaces.asset_magic import ASSET_PARAMS, asset_magic
from assetbook.surfaces.cli import cli
from assetbook.surfaces.commands import VERBS
from assetbook.surfaces.sql_magics import SQL_ASSET_PARAMS

PAGES = sorted(DOCS.glob("*.md"))
FILES = [*PAGES, *(ROOT / name for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md"))]
TEXT = "\n".join(page.read_text(encoding="utf-8") for page in PAGES)


def _missing(names: Iterable[str], text: str = TEXT) -> list[str]:
    return [name for name in names if not re.search(rf"(?<![\w-]){re.escape(name)}(?!\w)", text)]


def _page(name: str) -> str:
    return (DOCS / f"{name}.md").read_text(encoding="utf-8")


def test_every_verb_is_documented_as_a_magic() -> None:
    assert _missing(f"%{name}" for name in VERBS) == []


def test_every_command_is_documented() -> None:
    assert _missing((f"assetbook {name}" for name in cli.commands), _page("command-line")) == []


def test_every_option_of_a_verb_is_documented() -> None:
    options = {option for verb in VERBS.values() for option in _options(verb.params)}
    assert _missing(sorted(options)) == []


def test_every_option_of_an_asset_cell_is_documented() -> None:
    told = asset_magic(None).__doc__ or ""  # the text of `%%asset?`
    options = set(re.findall(r"^ +(--[\w-]+)", told, re.M)) - {"--help"}
    assert len(options) > 10
    assert _missing(sorted(options), _page("asset-cells")) == []


def test_every_option_of_an_sql_cell_is_documented() -> None:
    told = {option for each in SQL_ASSET_PARAMS for option in each.opts if option.startswith("--")}
    own = told - {option for each in ASSET_PARAMS for option in each.opts}
    assert own == {"--on", "--table"}
    assert _missing(sorted(own), _page("sql")) == []


def test_every_public_name_is_documented() -> None:
    assert _missing(assetbook.__all__) == []


@pytest.mark.parametrize("state", ["missing", "stale", "blocked", "unknown", "fresh"])
def test_every_state_is_explained(state: str) -> None:
    assert f"| **{state}** |" in _page("freshness")


@pytest.mark.parametrize("kind", ReasonKind, ids=lambda kind: kind.name)
def test_every_reason_is_listed(kind: ReasonKind) -> None:
    pieces = [re.escape(each) for each in re.split(r"\{\d\}", kind.value)]
    assert re.search(r"^\| .*" + "[^|;]*".join(pieces), _page("freshness"), re.M)


def test_every_kind_of_error_is_documented() -> None:
    from assetbook import errors

    kinds = [name for name in vars(errors) if name.endswith("Error")]
    assert _missing(kinds, _page("errors")) == []


def test_every_setting_is_documented() -> None:
    from assetbook.settings import Settings

    assert _missing(Settings.__dataclass_fields__, _page("store")) == []


def _shell_lines() -> list[str]:
    blocks = re.findall(r"^```sh\n(.*?)^```", TEXT, re.M | re.S)
    lines = [line for block in blocks for line in block.splitlines()]
    return [line for line in lines if line.startswith("assetbook")]


@pytest.mark.parametrize("line", _shell_lines())
def test_command_lines_can_be_read(line: str) -> None:
    words = shlex.split(line, comments=True)[1:]
    if not words:
        return
    command: click.Command = cli
    while isinstance(command, click.Group):
        command = command.commands[words.pop(0)]
    context = command.make_context(command.name, words, resilient_parsing=False)
    assert context.params


def test_help_of_the_command_line_ends_well() -> None:
    assert CliRunner().invoke(cli, ["--help"]).exit_code == 0


@pytest.mark.parametrize("file", FILES, ids=lambda path: path.name)
def test_links_lead_somewhere(file: Path) -> None:
    text = _without_code(file.read_text(encoding="utf-8"))
    targets = re.findall(r"\]\(([^)\s]+)\)", text)
    assert [each for each in targets if not _leads_somewhere(file, each)] == []


@pytest.mark.parametrize("file", FILES, ids=lambda path: path.name)
def test_no_absolute_path_is_named(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    assert (
        re.findall(r"(?<![\w.:/~])/(?:home|root|tmp|usr|var|opt|etc|work|Users)\b\S*", text) == []
    )


def test_every_page_is_in_a_table_of_contents() -> None:
    index = _page("index")
    listed = {line for line in index.splitlines() if (DOCS / f"{line}.md").is_file()}
    assert {page.stem for page in PAGES} - listed == {"index"}


def _options(params: Iterable[click.Parameter]) -> list[str]:
    return [option for param in params for option in param.opts if option.startswith("--")]


def _without_code(text: str) -> str:
    return re.sub(r"^```.*?^```", "", text, flags=re.M | re.S)


def _leads_somewhere(file: Path, target: str) -> bool:
    if re.match(r"https?:", target):
        return True
    path, _, anchor = target.partition("#")
    found = (file.parent / path).resolve() if path else file
    return found.exists() and (not anchor or anchor in _anchors(found))


def _anchors(page: Path) -> set[str]:
    """The anchors of a page's headings, as GitHub and MyST make them."""
    headings = re.findall(r"^#+ (.*)$", _without_code(page.read_text(encoding="utf-8")), re.M)
    return {re.sub(r"[^\w\- ]", "", each.lower()).replace(" ", "-") for each in headings}
