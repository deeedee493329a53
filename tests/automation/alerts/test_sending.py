"""What reaches a server: every form of a report, whatever its texts hold."""

from __future__ import annotations

import json
import socket
import time
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path

import pytest
from msgspec.structs import replace
from tests.automation.alerts.certificate import certified
from tests.automation.alerts.listening import http_server, smtp_server

from assetbook.automation.alerts import sending
from assetbook.automation.alerts.rendering import as_json, as_slack, as_text
from assetbook.automation.alerts.report import Report
from assetbook.automation.alerts.sending import Delivery, ping, send
from assetbook.settings.alerts import FromEnv, Mail, SlackHook, Webhook

REPORT = Report(
    id="0123abcd",
    kind="failed",
    subject="orders in shop.ipynb",
    said="run aaaaaa failed: orders: ValueError: no luck",
    at=datetime(2026, 3, 1, 12, tzinfo=UTC),
    project="shop",
    location="shop.ipynb",
    run_id="aaaaaa000001",
    step="orders",
    assets=("orders",),
    where="cell 4, line 3",
    source="@asset\ndef orders(raw):\n    raise ValueError('no luck')",
    traceback="Traceback:\nValueError: no luck",
    inputs={"raw": "version 7 of 2026-03-01 06:00:00 UTC"},
    remedy="assetbook retry aaaaaa --from-failure",
)


def mail(port: int, **more: object) -> Mail:
    given = {"security": "plain", "sender": "assetbook@example.org", **more}
    return Mail(("ann@example.org", "bob@example.org"), "127.0.0.1", port, **given)  # type: ignore[arg-type]


def test_the_text_of_a_report() -> None:
    assert as_text(REPORT) == (
        "run aaaaaa failed: orders: ValueError: no luck\n"
        "\n"
        "project:   shop\n"
        "at:        2026-03-01 12:00:00 UTC\n"
        "run:       aaaaaa000001\n"
        "raised in: cell 4, line 3\n"
        "read:      raw, version 7 of 2026-03-01 06:00:00 UTC\n"
        "next:      assetbook retry aaaaaa --from-failure\n"
        "\n"
        "source:\n"
        "    @asset\n"
        "    def orders(raw):\n"
        "        raise ValueError('no luck')\n"
        "\n"
        "traceback:\n"
        "    Traceback:\n"
        "    ValueError: no luck\n"
        "\n"
        "id 0123abcd\n"
    )


def test_a_webhook_gets_plain_values() -> None:
    with http_server() as posted:
        assert send(Webhook(f"{posted.url}hook"), REPORT) == Delivery(True)
    assert posted.paths == ["POST /hook"]
    assert posted.bodies == [as_json(REPORT)]
    assert posted.bodies[0]["inputs"] == {"raw": "version 7 of 2026-03-01 06:00:00 UTC"}
    assert posted.keys == ["0123abcd"]


def test_slack_gets_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    with http_server() as posted:
        monkeypatch.setenv("HOOK", f"{posted.url}services/T0/B0/x")
        assert send(SlackHook(FromEnv("HOOK")), REPORT) == Delivery(True)
    (body,) = posted.bodies
    assert body["text"] == f"failed: orders in shop.ipynb: {REPORT.said}"
    assert [each["type"] for each in body["blocks"]] == [
        "header",
        "section",
        "rich_text",
        "rich_text",
        "context",
    ]


HOSTILE = (
    "<!channel> <https://evil.example|click> *bold* `code` ```fence``` [a](b) & </b>\n"
    "Bcc: eve@example.org\r\n\r\n.\r\nQUIT"
)


def texts(found: object) -> list[str]:
    """Each text that Slack reads, with the type of what holds it."""
    if isinstance(found, list):
        return [text for each in found for text in texts(each)]
    if not isinstance(found, dict):
        return []
    own = [str(found["type"])] if isinstance(found.get("text"), str) else []
    return own + [text for each in found.values() for text in texts(each)]


def test_names_are_no_marks_in_slack() -> None:
    hostile = replace(REPORT, subject=HOSTILE, said=HOSTILE, source=HOSTILE, traceback=HOSTILE)
    made = as_slack(hostile)
    assert "<" not in made["text"]
    assert made["mrkdwn"] is False
    assert set(texts(made["blocks"])) == {"plain_text", "text"}  # no `mrkdwn` anywhere
    long = as_slack(replace(hostile, subject="x" * 9_000, source="y" * 9_000))
    assert len(long["blocks"][0]["text"]["text"]) <= 150
    assert len(json.dumps(long)) < 20_000


def test_names_are_no_headers_in_a_mail() -> None:
    with smtp_server() as mails:
        hostile = replace(REPORT, subject=HOSTILE, said=HOSTILE, project=HOSTILE)
        assert send(mail(mails.port), hostile) == Delivery(True)
    (message,) = mails.messages
    assert "Bcc" not in message
    assert mails.to == ["TO:<ann@example.org>", "TO:<bob@example.org>"]
    assert message["Subject"].startswith("[assetbook] failed: <!channel>")
    assert message.get_content_type() == "text/plain"


def test_a_mail_says_all_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MAIL_PASSWORD", "open-sesame-open")
    with smtp_server() as mails:
        to = mail(mails.port, user="ann", password=FromEnv("MAIL_PASSWORD"))
        assert send(to, REPORT) == Delivery(True)
    (message,) = mails.messages
    assert mails.logins == ["\0ann\0open-sesame-open"]
    assert message["Message-ID"] == "<0123abcd@example.org>"
    assert body(message) == as_text(REPORT)


def body(message: EmailMessage) -> str:
    found: str = message.get_content()
    return found


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_a_mail_is_encrypted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, security: str
) -> None:
    file = tmp_path / "here.pem"
    with smtp_server() as mails:
        mails.tls, mails.encrypted = certified(file), security == "tls"
        untrusted = send(mail(mails.port, security=security), REPORT)
        assert (untrusted.sent, "certificate verify failed" in untrusted.said) == (False, True)
        monkeypatch.setenv("SSL_CERT_FILE", str(file))
        assert send(mail(mails.port, security=security), REPORT) == Delivery(True)
    assert len(mails.messages) == 1


def test_a_server_without_tls_gets_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MAIL_PASSWORD", "open-sesame-open")
    with smtp_server() as mails:
        to = mail(mails.port, security="starttls", user="a", password=FromEnv("MAIL_PASSWORD"))
        assert "STARTTLS" in send(to, REPORT).said
    assert (mails.messages, mails.logins) == ([], [])


def test_a_server_that_takes_no_such_mail_has_refused_it() -> None:
    with smtp_server() as mails:
        mails.refuse = 1
        said = "the server answered 554"
        assert send(mail(mails.port), REPORT) == Delivery(False, said, refused=True)


def test_a_server_that_hangs_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sending, "_SECONDS", 0.2)
    began = time.monotonic()
    with smtp_server() as mails:
        mails.hangs = True
        assert send(mail(mails.port), REPORT).said == "it took longer than 0.2 s"
    assert time.monotonic() - began < 5


def test_nobody_listens() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        answer = send(Webhook(f"http://127.0.0.1:{free.getsockname()[1]}/"), REPORT)
    assert answer.said == "it cannot be reached: [Errno 111] Connection refused"


def test_a_variable_that_is_not_set_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("HOOK", raising=False)
    said = "the variable HOOK: it is not set where the daemon was started"
    assert send(SlackHook(FromEnv("HOOK")), REPORT) == Delivery(False, said)


@pytest.mark.parametrize(
    "secret", ["file:///etc/passwd", "http://no host/sesame-open", "sesame-open-sesame"]
)
def test_an_address_that_is_none_is_not_repeated(
    monkeypatch: pytest.MonkeyPatch, secret: str
) -> None:
    monkeypatch.setenv("HOOK", secret)
    answer = send(SlackHook(FromEnv("HOOK")), REPORT)
    assert answer.said.startswith("the variable HOOK: it is no URL")
    assert secret not in answer.said


def test_a_ping_asks_the_address() -> None:
    with http_server() as posted:
        posted.answers = [200, 404]
        assert ping(f"{posted.url}beat") == Delivery(True)
        assert ping(f"{posted.url}beat") == Delivery(False, "it answered 404")
    assert posted.paths == ["GET /beat"] * 2
