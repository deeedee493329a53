"""Sends a report to where a target is reached, and asks a heartbeat's address; never for long."""

from __future__ import annotations

import http.client
import json
import os
import smtplib
import ssl
import threading
import urllib.error
import urllib.request
from collections.abc import Callable
from email.message import EmailMessage
from email.utils import format_datetime
from typing import Any, Final

import msgspec

from assetbook.automation.alerts.rendering import as_json, as_slack, as_text
from assetbook.automation.alerts.report import Report, clean
from assetbook.definitions.secret import Secret
from assetbook.errors import ConfigError
from assetbook.settings.alerts import FromEnv, Mail, SlackHook, Text, Webhook, url_problem

_STEP_SECONDS, _SECONDS = 10.0, 30.0
"""What one answer, and all of it, may take."""
_REFUSED: Final = (400, 413, 422)
"""What is answered to something that is not taken however often it comes."""


class Delivery(msgspec.Struct, frozen=True):
    """What became of one try."""

    sent: bool
    said: str = ""
    """How it failed, or what was answered besides; without secrets."""
    refused: bool = False
    """Whether it was understood and not taken, so that it never will be."""


def send(to: Webhook | SlackHook | Mail, report: Report) -> Delivery:
    """What became of it, after half a minute at the latest; raises nothing."""
    if isinstance(to, Mail):
        return _within(lambda: _mailed(to, report))
    made = as_slack(report) if isinstance(to, SlackHook) else as_json(report)
    headers = {"Content-Type": "application/json", "Idempotency-Key": report.id}
    body = json.dumps(made).encode()
    return _within(lambda: _asked(to.url, body, headers))


def ping(url: Text) -> Delivery:
    """Whether the address answered that all is well; as ``send``."""
    return _within(lambda: _asked(url, None, {}))


def _within(work: Callable[[], Delivery]) -> Delivery:
    """What ``work`` gives; one that does not come to its end is left to itself."""
    done: list[Delivery] = []
    thread = threading.Thread(target=lambda: done.append(_told(work)), name="alert", daemon=True)
    thread.start()
    thread.join(_SECONDS)
    return done[0] if done else Delivery(False, f"it took longer than {_SECONDS:g} s")


def _told(work: Callable[[], Delivery]) -> Delivery:
    try:
        return work()
    except urllib.error.HTTPError as error:
        with error:
            return Delivery(False, f"it answered {error.code}", error.code in _REFUSED)
    except smtplib.SMTPDataError as error:
        said = f"the server answered {error.smtp_code}"
        return Delivery(False, said, 500 <= error.smtp_code < 600)
    except smtplib.SMTPRecipientsRefused as error:
        return Delivery(
            False, f"the server takes none of {', '.join(map(clean, error.recipients))}"
        )
    except smtplib.SMTPResponseException as error:
        return Delivery(False, f"the server answered {error.smtp_code}: {_words(error.smtp_error)}")
    except urllib.error.URLError as error:
        return Delivery(False, f"it cannot be reached: {clean(str(error.reason))}")
    except ConfigError as error:
        return Delivery(False, f"{error.asked}: {error.found}")
    except (OSError, smtplib.SMTPException, http.client.HTTPException) as error:
        return Delivery(False, f"it cannot be reached: {clean(str(error)) or type(error).__name__}")
    except Exception as error:  # noqa: BLE001 - its text may hold the address, which may be secret
        return Delivery(False, f"it could not be sent: {type(error).__name__}")


def _words(answer: bytes | str) -> str:
    return clean(answer.decode(errors="replace") if isinstance(answer, bytes) else answer)


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """An alert is for the address in the settings alone: what sends it elsewhere has failed."""

    def redirect_request(self, *given: Any) -> None:
        """None: the answer counts as it is."""


_opener = urllib.request.build_opener(_NoRedirect)


def _asked(url: Text, body: bytes | None, headers: dict[str, str]) -> Delivery:
    address = _read(url)
    if wrong := url_problem(address):
        raise ConfigError(_named(url), f"it {wrong}")
    request = urllib.request.Request(
        address, data=body, headers={"User-Agent": "assetbook", **headers}
    )
    with _opener.open(request, timeout=_STEP_SECONDS):
        return Delivery(True)


def _mailed(mail: Mail, report: Report) -> Delivery:
    message = EmailMessage()
    message["Subject"] = " ".join(f"[assetbook] {report.title}".split())[:200]
    message["From"], message["To"] = mail.sender, ", ".join(mail.to)
    message["Date"] = format_datetime(report.at)
    message["Message-ID"] = f"<{report.id}@{mail.sender.rpartition('@')[2]}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(as_text(report))
    with _server(mail) as server:
        if mail.user is not None and mail.password is not None:
            server.login(_read(mail.user), _read(mail.password))
        left_out = server.send_message(message)
    if left_out:
        return Delivery(True, f"the server took it, but not for {', '.join(map(clean, left_out))}")
    return Delivery(True)


def _server(mail: Mail) -> smtplib.SMTP:
    if mail.security == "tls":
        return smtplib.SMTP_SSL(
            mail.host, mail.port, timeout=_STEP_SECONDS, context=ssl.create_default_context()
        )
    server = smtplib.SMTP(mail.host, mail.port, timeout=_STEP_SECONDS)
    if mail.security == "starttls":
        try:
            server.starttls(context=ssl.create_default_context())
        except BaseException:
            server.close()
            raise
    return server


def _read(text: Text) -> str:
    """The text, from the environment if it is there; that is never shown from now on."""
    if isinstance(text, str):
        return text
    value = os.environ.get(text.name)
    if not value:
        raise ConfigError(_named(text), "it is not set where the daemon was started")
    return Secret(value).get_value()


def _named(text: Text) -> str:
    return f"the variable {text.name}" if isinstance(text, FromEnv) else "its address"
