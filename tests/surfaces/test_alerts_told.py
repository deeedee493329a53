"""``daemon alerts`` and what ``daemon status`` says of alerts."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.automation.alerts.happening import Shop
from tests.automation.alerts.listening import http_server
from tests.surfaces.shell import told

from assetbook.automation.alerts.heartbeat_url import HeartbeatUrl
from assetbook.errors import RunFailedError, UsageError
from assetbook.instance.instance import Instance
from assetbook.project import find_project
from assetbook.settings.alerts import AlertTarget, FromEnv, SlackHook

SETTINGS = """
[tool.assetbook.alerts.team]
slack = {env = "HOOK"}
[tool.assetbook.alerts.pager]
webhook = "http://127.0.0.1:9/long/secret/path"
on = ["late"]
interactive = true
[tool.assetbook.alerts.night]
email = "ann@example.org"
smtp = "mail.example.org"
from = "assetbook@example.org"
select = "group:marts"
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "pyproject.toml").write_text(SETTINGS)
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("ASSETBOOK_STORE", raising=False)
    Instance.get(tmp_path)  # makes the store
    return tmp_path


def said(*words: str) -> str:
    found = told("daemon", *words)
    assert found.exit_code == 0, found.output
    return found.output


def test_without_settings_nobody_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Instance.get(tmp_path)
    assert said("alerts").startswith("nobody is told what goes wrong: [tool.assetbook.alerts]")
    assert said("alerts", "--test").startswith("nobody is told")
    assert "alerts" not in said("status")


def test_targets_are_listed_without_secrets(folder: Path) -> None:
    assert said("alerts").splitlines() == [
        "team: everything, to $HOOK",
        "  no daemon has looked yet",
        "pager: late, also what was started by hand, to 127.0.0.1:9",
        "  no daemon has looked yet",
        "night: everything of group:marts, to ann@example.org by mail.example.org",
        "  no daemon has looked yet",
        "`assetbook daemon alerts --test` sends a test to each",
    ]


def test_a_target_that_cannot_be_reached_shows(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop = Shop(folder)
    with http_server() as posted:
        monkeypatch.setenv("HOOK", f"{posted.url}services/sesame-open")
        channel = shop.channel_of(AlertTarget("team", SlackHook(FromEnv("HOOK"))))
        channel.look()
        assert "  nothing was sent yet" in said("alerts")
        posted.answers = [500]
        shop.fails("aaaaaa000001")
        channel.look()
        wrong = "nothing could be sent since 2026-03-01 12:00:00 UTC, 1 alert to be sent: it"
        assert f"  {wrong} answered 500" in said("alerts")
        assert f"alerts to team: {wrong} answered 500" in said("status")
        shop.clock.advance(10)
        channel.look()
    assert "2026-03-01 12:00:10 UTC sent failed: orders in shop.ipynb" in said("alerts")
    assert "alerts go to team, pager, night" in said("status")
    assert "nothing could be sent" not in said("status")
    assert "sesame" not in said("alerts")
    shop.close()


def test_a_test_reaches_each_target(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with http_server() as posted:
        text = f'[tool.assetbook.alerts.team]\nwebhook = "{posted.url}hook"\n'
        (folder / "pyproject.toml").write_text(text)
        Instance.get(folder).close()
        assert said("alerts", "--test") == "team: sent\n"
        posted.answers = [500]
        failed = told("daemon", "alerts", "--test")
    assert isinstance(failed.exception, RunFailedError)
    assert failed.exception.found == "team: not sent, it answered 500"
    assert posted.bodies[0]["said"] == "this is a test for team: nothing has failed"


def test_only_alerts_are_tested(folder: Path) -> None:
    found = told("daemon", "status", "--test")
    assert isinstance(found.exception, UsageError)
    assert "tests are of alerts" in str(found.exception)


def test_the_heartbeat_is_asked_once_a_minute(folder: Path) -> None:
    shop = Shop(folder)
    with http_server() as posted:
        url = f"{posted.url}beat"
        (folder / "pyproject.toml").write_text(f'[tool.assetbook]\nheartbeat_url = "{url}"\n')
        Instance.get(folder).close()
        assert "its heartbeat's address was not asked yet" in said("status")
        beat = HeartbeatUrl(shop.instance, url)
        for _ in range(70):
            beat.look()
            shop.clock.advance(1)
        assert posted.paths == ["GET /beat"] * 2
        answered = "its heartbeat's address answered at 2026-03-01 12:01:00 UTC"
        assert answered in said("status")
        posted.answers = [503]
        shop.clock.advance(60)
        beat.look()
    wrong = "its heartbeat's address did not answer at 2026-03-01 12:02:10 UTC: it answered 503"
    assert wrong in said("status")
    assert find_project(folder).settings.heartbeat_url == url
    shop.close()
