"""What a real kernel answers to a front end: completions, and the debugger after a failure."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from tests.browser.asking_kernel import AskingKernel
from tests.notebooks.kernel import CellError

CELLS = {
    "load": "%load_ext assetbook",
    "assets": "@asset\ndef prices():\n    return [1]\n\n"
    "@asset\ndef price_list(prices):\n    return prices",
    "fail": "%%asset broken\nshelf = 'the user local'\nprices[7]",
}


@pytest.fixture(scope="module")
def kernel(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AskingKernel]:
    """A kernel with two assets, of a notebook that is saved."""
    with AskingKernel(tmp_path_factory.mktemp("asking"), "book") as kernel:
        kernel.save(CELLS)
        kernel.run(CELLS["load"], "load")
        kernel.run(CELLS["assets"], "assets")
        yield kernel


def test_asset_names_complete_after_a_magic(kernel: AskingKernel) -> None:
    assert sorted(kernel.completions("%materialize pri")) == ["price_list", "prices"]


def test_selections_complete_behind_their_signs(kernel: AskingKernel) -> None:
    assert kernel.completions("%lineage +pri") == ["prices", "price_list"]
    assert kernel.completions("%assets group:") == ["group:default"]


def test_options_complete_after_their_dashes(kernel: AskingKernel) -> None:
    found = kernel.completions("%materialize prices --")
    assert {"--config", "--force", "--only"} <= set(found)
    assert all(each.startswith("--") for each in found)


def test_other_lines_complete_as_ever(kernel: AskingKernel) -> None:
    assert "price_list" in kernel.completions("price_l")


@pytest.mark.parametrize("line", ["%lineage", "%assets"])
def test_what_runs_cells_by_itself_is_given_pictures_alone(kernel: AskingKernel, line: str) -> None:
    kernel.run(f"display(get_ipython().run_line_magic('{line[1:]}', ''))")

    assert [set(each) for each in kernel.displays] == [{"text/html", "text/plain"}]


def test_debug_lands_in_the_frame_that_raised(kernel: AskingKernel) -> None:
    with pytest.raises(CellError, match="IndexError: list index out of range"):
        kernel.run(CELLS["fail"], "fail")
    said = re.sub(r"\x1b\[[0-9;]*m", "", kernel.converse("%debug", ["p shelf", "q"]))
    assert "'the user local'" in said
