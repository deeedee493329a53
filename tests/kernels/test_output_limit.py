"""A run whose output has an end: it is interrupted there, and what came before is kept."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.kernels.notebooks import written
from tests.kernels.test_notebook_runs import Run, run

from assetbook.definitions.secret import known_secrets
from assetbook.errors import RunFailedError
from assetbook.kernels.limits import Limits
from assetbook.kernels.output_log import LOG, logged_lines

pytestmark = pytest.mark.xdist_group("notebook_runs")


def printed(made: Run) -> str:
    """All that the log has of what the cells printed."""
    lines = (each for each in logged_lines(made.folder / LOG) if each.get("msg_type") == "stream")
    return "".join(each["content"]["text"] for each in lines)


def test_a_cell_that_prints_without_end_is_interrupted(tmp_path: Path) -> None:
    made = run(
        tmp_path,
        "print('before')",
        "n = 0\nwhile True:\n    print('line', n)\n    n += 1",
        "print('never')",
        limits=Limits(whole_output=100_000),
    )

    assert isinstance(made.error, RunFailedError)
    assert made.error.asked == "cell 2, `n = 0`"
    assert "the run's output came to its limit of 100,000 bytes" in made.error.found
    assert made.states == ["completed", "failed", "pending"]
    text = printed(made)
    assert len(text) == 100_000
    assert text.startswith("before\nline 0\nline 1\n")
    assert made.outputs[1].startswith("line 0\nline 1\n")
    assert "KeyboardInterrupt" in made.outputs[1]


def test_displays_count_and_one_that_is_too_large_is_left_out(tmp_path: Path) -> None:
    shows = "from IPython.display import HTML\nimport time\n"
    cell = f"{shows}for _ in range(9):\n    display(HTML('x' * 3000))\ntime.sleep(60)"

    made = run(tmp_path, "print('before')", cell, limits=Limits(whole_output=10_000))

    assert "limit of 10,000 bytes" in str(made.error)
    kept = [each for each in logged_lines(made.folder / LOG) if "output" in each]
    assert [each["msg_type"] for each in kept] == ["stream", *["display_data"] * 3, "error"]


def test_all_cells_together_count(tmp_path: Path) -> None:
    cells = ["print('x' * 600)", "print('y' * 600)\nimport time\ntime.sleep(60)"]

    made = run(tmp_path, *cells, limits=Limits(whole_output=1000))

    assert made.states == ["completed", "failed"]
    assert printed(made) == "x" * 600 + "\n" + "y" * 399


def test_what_fits_exactly_is_no_failure(tmp_path: Path) -> None:
    made = run(tmp_path, "print('é' * 10)", "1", limits=Limits(whole_output=21 + 20))

    assert made.error is None and made.states == ["completed", "completed"]


def test_a_short_cell_that_is_over_fails_too(tmp_path: Path) -> None:
    made = run(tmp_path, "print('x' * 600)", "print('never')", limits=Limits(whole_output=100))

    assert "limit of 100 bytes" in str(made.error)
    assert made.states == ["failed", "pending"]
    assert printed(made) == "x" * 100


def test_no_letter_is_cut_and_no_secret_shows_where_it_ends(tmp_path: Path) -> None:
    known_secrets.add("canary-5678")
    cell = "print('é' * 5 + token, flush=True)\nimport time\ntime.sleep(60)"

    made = run(
        tmp_path, cell, parameters="token = ''", limits=Limits(whole_output=9), token="canary-5678"
    )

    assert printed(made) == "é" * 4
    assert "canary" not in (made.folder / LOG).read_text()


def test_one_that_goes_on_printing_is_killed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from assetbook.kernels import cell_execution

    monkeypatch.setattr(cell_execution, "GRACE", 0.5)
    deaf = "while True:\n    try:\n        while True: print('more')\n"
    path = written(tmp_path / "a.ipynb", f"{deaf}    except KeyboardInterrupt: pass")

    made = Run(path, {}, Limits(whole_output=10_000)).go()

    assert "limit of 10,000 bytes" in str(made.error)
    assert len(printed(made)) == 10_000


def test_without_a_limit_all_is_kept(tmp_path: Path) -> None:
    """The control: the same output, and nothing that ends it."""
    made = run(tmp_path, "for n in range(20_000): print('line', n)")

    assert made.error is None and len(printed(made)) > 200_000
