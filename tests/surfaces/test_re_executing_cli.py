"""``assetbook resume`` and ``assetbook retry``: a run's own notebook or module does it again."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.surfaces.book import CellFailedError, opened
from tests.surfaces.shell import program, saved, told

from assetbook.instance.instance import Instance
from assetbook.surfaces.code_location import load_definitions

ORDERS = "@asset\ndef orders():\n    return [1, 2]"
TOTALS = (
    "from pathlib import Path\n@asset\ndef totals(orders):\n"
    "    if Path('down').exists():\n        raise ConnectionError('the source is down')\n"
    "    return sum(orders)"
)
MODULE = f"from assetbook import asset\n\n{ORDERS}\n\n\n{TOTALS}\n"


@pytest.fixture
def failed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A project with a notebook in which the last run failed."""
    with opened(tmp_path, "numbers.ipynb") as book:
        saved(tmp_path, "%load_ext assetbook", ORDERS, TOTALS)
        (tmp_path / "down").touch()
        book.run(ORDERS)
        book.run(TOTALS)
        with pytest.raises(CellFailedError, match="the source is down"):
            book.run("%materialize")
    (tmp_path / "down").unlink()
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("ASSETBOOK_STORE", raising=False)
    yield tmp_path
    Instance.get(tmp_path).close()


def test_a_failed_run_is_retried_in_its_notebook(
    failed: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    run = Instance.get(failed).runs()[0]
    assert told("retry", run.id[:5], "--from-failure").exit_code == 0
    assert f"totals  failed in run {run.id[:6]}" in capfd.readouterr().out
    assert f"* · retries {run.id[:6]} from failure" in told("runs").stdout
    [last, first] = json.loads(told("runs", "--json").stdout)
    assert (last["parent_run_id"], last["root_run_id"]) == (run.id, run.id)
    assert (last["steps"], last["status"]) == (["totals"], "success")
    assert first["parent_run_id"] is None
    assert f"retries {run.id[:6]} from failure" in told("show", "totals").stdout
    assert f"retries {run.id[:6]} from failure" in told("logs").stdout


def test_a_run_of_a_module_is_retried_in_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "pyproject.toml").write_text('[tool.assetbook]\nlocations = ["shop.py"]\n')
    (tmp_path / "shop.py").write_text(MODULE)
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("ASSETBOOK_STORE", raising=False)
    load_definitions("shop.py", in_process=True).materialize("*")
    run = Instance.get(tmp_path).runs()[0]
    capfd.readouterr()
    assert told("retry", run.id, "orders", "--dry-run", "--json").exit_code == 0
    [step] = json.loads(capfd.readouterr().out)["steps"]
    assert step["reasons"] == [f"you retry run {run.id[:6]}"]
    assert Instance.get(tmp_path).runs()[0].id == run.id
    Instance.get(tmp_path).close()


@pytest.mark.long
def test_a_pinned_run_is_retried_from_its_source(failed: Path) -> None:
    assert program(failed, "promote", "numbers.ipynb").returncode == 0
    (failed / "down").touch()
    down = program(failed, "materialize", "numbers.ipynb", "--pinned", "--force")
    assert (down.returncode, "ConnectionError" in down.stdout) == (1, True), down
    run = Instance.get(failed).runs()[0]
    (failed / "down").unlink()
    saved(failed, "%load_ext assetbook", ORDERS, TOTALS.replace("sum(orders)", "-1"))
    again = program(failed, "retry", run.id, "--from-failure")
    assert again.returncode == 0, again.stderr
    assert told("value", "totals").stdout == "3\n"


def test_what_cannot_be_done_again_is_said(failed: Path) -> None:
    run = Instance.get(failed).runs()[0]
    remedy = f"`assetbook retry {run.id[:6]} --from-failure`"
    assert remedy in str(told("resume", run.id).exception)
    assert "there is none" in str(told("retry", "xyz").exception)
