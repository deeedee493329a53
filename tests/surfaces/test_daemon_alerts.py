"""``daemon alerts``, and a daemon in a process of its own that tells what its runs came to."""

from __future__ import annotations

import shlex
from datetime import timedelta
from pathlib import Path

import pytest
from tests.automation.alerts.listening import http_server
from tests.surfaces.gated import until
from tests.surfaces.shell import saved, told
from tests.surfaces.test_daemon import daemon

from assetbook.automation.known_schedules import known_schedules, turned
from assetbook.instance.instance import Instance

CELLS = (
    "%load_ext assetbook\nfrom assetbook import *",
    "import os, pathlib",
    "@asset(group_name='raw')\ndef one():\n    return 1",
    "%%asset two --group marts\n# doubles it\nsecret = Secret(os.environ['DOOR'])\n"
    "if not pathlib.Path('open').exists():\n"
    "    raise ValueError(f'no luck with {secret.get_value()}')\none * 2",
    '%schedule plain "* * * * *" two',
)
SETTINGS = """
[tool.assetbook]
heartbeat_url = {env = "BEAT"}
[tool.assetbook.alerts.team]
webhook = {env = "HOOK"}
on = ["failed", "recovered"]
select = "group:marts"
"""


def test_a_failing_schedule_is_told_with_what_it_takes_to_mend_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    saved(tmp_path, *CELLS, name="shop.ipynb")
    (tmp_path / "pyproject.toml").write_text(SETTINGS)
    monkeypatch.setenv("DOOR", "sesame-open-sesame")
    monkeypatch.delenv("ASSETBOOK_STORE", raising=False)
    monkeypatch.chdir(tmp_path)
    assert told("plan", "shop.ipynb").exit_code == 0
    instance = Instance.get(tmp_path)
    (known,) = known_schedules(instance)
    with http_server() as posted:
        monkeypatch.setenv("HOOK", f"{posted.url}hook")
        monkeypatch.setenv("BEAT", f"{posted.url}beat")
        with daemon(tmp_path):
            until(lambda: instance.own.automation("assetbook/alerts/team").cursor)
            turned(instance.own, known, instance.clock.now() - timedelta(minutes=1), on=True)
            until(lambda: posted.bodies)
            (known,) = known_schedules(instance)
            turned(instance.own, known, instance.clock.now(), on=False)
            failed = posted.bodies[0]
            (tmp_path / "open").touch()
            again = shlex.split(failed["retry"])
            assert again[0] == "assetbook"
            assert told(*again[1:]).exit_code == 0
            until(lambda: posted.bodies[-1]["kind"] == "recovered")
        status, listed = told("daemon").output, told("daemon", "alerts").output
    assert "GET /beat" in posted.paths
    assert failed["title"] == "failed: two in shop.ipynb"
    assert failed["source"] == CELLS[3]
    assert failed["traceback"].endswith("ValueError: no luck with ***")
    assert "sesame" not in str(posted.bodies)
    assert list(failed["inputs"]) == ["one"]
    assert failed["inputs"]["one"].startswith("version 1 of 20")
    assert "alerts go to team" in status
    assert "its heartbeat's address answered at" in status
    assert "team: failed, recovered of group:marts, to $HOOK" in listed
    assert "sent recovered: two in shop.ipynb" in listed
    instance.close()
