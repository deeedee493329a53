"""The line of an asset's cell gives the same as if click had asked about every option."""

from __future__ import annotations

import click
import pytest

from assetbook.surfaces.asset_magic import ASSET_PARAMS
from assetbook.surfaces.cell_options import CellOptions


def command(kind: type[click.Command]) -> click.Command:
    return kind("asset", params=list(ASSET_PARAMS), callback=lambda **options: options)


@pytest.mark.parametrize(
    "words",
    [
        ["orders"],
        ["orders", "--group", "raw", "--kinds", "a", "--kinds", "b", "--effect"],
        ["--group=raw", "raw/orders", "--io", "pickle"],
        ["orders", "--description", "-x"],  # a value that looks like an option
        ["--", "--group"],
    ],
    ids=" ".join,
)
def test_lines_give_what_click_gives(words: list[str]) -> None:
    found = command(CellOptions).main(words, standalone_mode=False)
    assert found == command(click.Command).main(words, standalone_mode=False)


@pytest.mark.parametrize(
    "words", [[], ["a", "b"], ["a", "--gruop", "x"], ["a", "--group"]], ids=" ".join
)
def test_wrong_lines_say_what_click_says(words: list[str]) -> None:
    said = []
    for kind in (CellOptions, click.Command):
        with pytest.raises(click.UsageError) as error:
            command(kind).main(words, standalone_mode=False)
        said.append((type(error.value), error.value.format_message()))
    assert said[0] == said[1]


def test_help_lists_all_of_them(capsys: pytest.CaptureFixture[str]) -> None:
    command(CellOptions).main(["--help"], standalone_mode=False)
    assert "--partitions" in capsys.readouterr().out
