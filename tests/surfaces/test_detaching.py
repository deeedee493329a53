"""``--detach``: what goes on by itself, and what is refused."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.surfaces.book import Book, CellFailedError, opened
from tests.surfaces.gated import until
from tests.surfaces.shell import saved, told

import assetbook
from assetbook.errors import NotLoadedError, UsageError
from assetbook.instance.instance import Instance
from assetbook.surfaces.cli import cli


def test_a_literal_that_looks_like_a_secret_is_refused(book: Book) -> None:
    book.run("password = 'hT6!kq9#Zr2pLw8x'")
    book.run("@asset\ndef login():\n    return len(password)")
    with pytest.raises(CellFailedError, match=r"loaded cell \d, .*looks like a secret"):
        book.run("%materialize login --detach")
    assert book.instance.runs() == []


def test_what_loads_to_other_code_is_refused(book: Book) -> None:
    book.run("import random\nnumber = random.random()")
    book.run("@asset\ndef lucky():\n    return number")
    with pytest.raises(
        CellFailedError, match=r"`lucky`: its code, loaded by itself, is not what it is in In\[4\]"
    ):
        book.run("%materialize lucky --detach")
    assert book.instance.runs() == []


def test_objects_of_this_process_are_refused(book: Book) -> None:
    book.run("@asset\ndef one():\n    return 1")
    one = book.names["one"]
    for given in ({"assets": [one]}, {"resources": {"a": 1}}, {"run_config": {"a": object()}}):
        with pytest.raises(UsageError, match=r"no other (one|process)|no plain value"):
            assetbook.materialize(**{"assets": "one", **given}, detach=True)


def test_a_run_config_goes_along(book: Book, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHOP_TOWN", "Turin")
    book.run("from assetbook import Config, ConfigurableResource, EnvVar, RunConfig")
    book.run("class Days(Config):\n    days: int = 1\n    town: str = ''")
    book.run("class Shop(ConfigurableResource):\n    name: str = 'north'")
    book.run("shop = Shop()")
    book.run(
        "@asset\ndef told(config: Days, shop: Shop):\n"
        "    return [config.days, config.town, shop.name]"
    )
    days = "Days(days=3, town=EnvVar('SHOP_TOWN'))"
    resources = "{'shop': {'config': {'name': 'south'}}}"
    book.run(f"given = RunConfig(ops={{'told': {days}}}, resources={resources})")
    outcome = assetbook.materialize("told", run_config=book.names["given"], detach=True)
    assert outcome.detached is not None
    run_id = outcome.detached
    until(lambda: book.instance.run(run_id).status not in ("started", "queued"))
    assert book.instance.run(run_id).status == "success"
    assert book.instance.versions("told")[0].event.run_id == run_id
    assert book.instance.value(f"told@run:{run_id}") == [3, "Turin", "south"]


def test_its_log_names_cells_as_the_notebook_does(book: Book) -> None:
    book.run("%matplotlib --list")  # no part of what is kept: positions there are others
    book.run("import warnings\ndef half():\n    warnings.warn('late')\n    return 1 / 0")
    book.run(
        "@asset\ndef one(context):\n    try:\n        return half()\n"
        "    except ZeroDivisionError:\n"
        "        import logging\n        logging.getLogger('shop').exception('no half')\n"
        "        raise"
    )
    run_id = assetbook.materialize("one", detach=True).detached
    assert run_id is not None
    until(lambda: book.instance.run(run_id).status == "failed")
    shown = str(book.instance.run(run_id)) + book.run(f"%logs {run_id}")
    assert "<In[4]: import warnings>:3: UserWarning: late" in shown
    assert shown.count('File "<In[5]: @asset>", line 4, in one') == 2  # logged, and raised
    assert "In[4], line 4" in shown and "ipython-input" not in shown


def test_a_scratch_notebook_is_refused(tmp_path: Path) -> None:
    with opened(tmp_path, scratch=True) as book:
        book.run("@asset\ndef one():\n    return 1")
        with pytest.raises(NotLoadedError, match=r"file is not known.*\n.*ASSETBOOK_NOTEBOOK"):
            assetbook.materialize("one", detach=True)


def test_a_shell_starts_one_and_has_its_id(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    saved(tmp_path, "%load_ext assetbook", "@asset\ndef one():\n    return 1")
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("ASSETBOOK_STORE", raising=False)
    found = told("materialize", "numbers.ipynb", "--detach", "--json")
    assert found.exit_code == 0, found.output
    run_id = json.loads(found.stdout)["run_id"]
    instance = Instance.get(tmp_path)
    until(lambda: instance.run(run_id).status == "success")
    assert instance.value("one") == 1
    run = instance.run(run_id)
    assert (run.origin.kind, run.origin.notebook, run.origin.detached) == (
        "cli",
        "numbers.ipynb",
        True,
    )
    assert "detached" in told("runs").stdout
    assert told("materialize", "numbers.ipynb", "--detach").stdout == "all fresh: nothing ran\n"
    instance.close()


def test_a_shell_refuses_what_is_no_notebook(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "pyproject.toml").touch()
    (tmp_path / "shop.py").write_text("import assetbook\n")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UsageError, match=r"--detach shop.py: it is no notebook"):
        cli.main(["materialize", "shop.py", "--detach"], standalone_mode=False)
    assert "--detach goes with one notebook" in told("materialize", "--detach").output
