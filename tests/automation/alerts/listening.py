"""Servers on this computer that take alerts: one of HTTP, one of SMTP, each in a thread."""

from __future__ import annotations

import base64
import json
import os
import signal
import socketserver
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Posted:
    """What one HTTP server was asked, in order."""

    url: str = ""
    bodies: list[dict[str, Any]] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)
    answers: list[int] = field(default_factory=list)
    """The codes that it answers next; after them 200."""
    kills: str = ""
    """Whether it kills who asks next: ``before`` or ``after`` it took that; empty for neither."""
    asker: int = 0
    """The process that asks, for that."""


class _Handler(BaseHTTPRequestHandler):
    posted: Posted

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        kills, self.posted.kills = self.posted.kills, ""
        if kills != "before":
            self.posted.bodies.append(body)
        if kills:
            self._kill()
            return
        self.posted.keys.append(self.headers.get("Idempotency-Key", ""))
        self._answer()

    def _kill(self) -> None:
        while not self.posted.asker:
            time.sleep(0.001)
        os.kill(self.posted.asker, signal.SIGKILL)

    def do_GET(self) -> None:
        self._answer()

    def _answer(self) -> None:
        self.posted.paths.append(f"{self.command} {self.path}")
        code = self.posted.answers.pop(0) if self.posted.answers else 200
        self.send_response(code)
        if code in (301, 302, 307):
            self.send_header("Location", f"{self.posted.url}elsewhere")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *args: object) -> None:
        """Nothing is printed."""


@contextmanager
def http_server() -> Iterator[Posted]:
    """One that answers 200 unless told."""
    posted = Posted()
    handler = type("Handler", (_Handler,), {"posted": posted})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        posted.url = f"http://127.0.0.1:{server.server_address[1]}/"
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        try:
            yield posted
        finally:
            server.shutdown()
            thread.join()


@dataclass
class Mails:
    """What one SMTP server took."""

    port: int = 0
    messages: list[EmailMessage] = field(default_factory=list)
    to: list[str] = field(default_factory=list)
    logins: list[str] = field(default_factory=list)
    refuse: int = 0
    """How many messages it answers with 554."""
    tls: ssl.SSLContext | None = None
    """What it offers STARTTLS with, or speaks from the beginning."""
    encrypted: bool = False
    """Whether it speaks TLS from the beginning."""
    hangs: bool = False
    """Whether it says nothing."""


class _Smtp(socketserver.StreamRequestHandler):
    mails: Mails

    def handle(self) -> None:
        if self.mails.hangs:
            self.rfile.readline()
            return
        if self.mails.encrypted:
            self._encrypt()
        self._say("220 here")
        while line := self.rfile.readline().decode().strip():
            word, _, rest = line.partition(" ")
            verb = word.upper()
            if verb == "EHLO":
                offers = ["250-STARTTLS"] if self.mails.tls is not None else []
                self._say("250-here", *offers, "250 AUTH PLAIN")
            elif verb == "STARTTLS":
                self._say("220 go on")
                self._encrypt()
            elif verb == "AUTH":
                self.mails.logins.append(base64.b64decode(rest.split()[1]).decode())
                self._say("235 welcome")
            elif verb == "RCPT":
                self.mails.to.append(rest)
                self._say("250 yes")
            elif verb == "DATA":
                self._take()
            elif verb == "QUIT":
                self._say("221 bye")
                return
            else:
                self._say("250 yes")

    def _encrypt(self) -> None:
        assert self.mails.tls is not None
        self.rfile.close()
        self.request = self.mails.tls.wrap_socket(self.request, server_side=True)
        self.rfile = self.request.makefile("rb")
        self.wfile = self.request.makefile("wb", buffering=0)

    def finish(self) -> None:
        super().finish()
        self.request.close()

    def _take(self) -> None:
        self._say("354 go on")
        lines = []
        while (line := self.rfile.readline()) != b".\r\n":
            lines.append(line.removeprefix(b".").replace(b"\r\n", b"\n"))
        if self.mails.refuse:
            self.mails.refuse -= 1
            self._say("554 no")
            return
        found = message_from_bytes(b"".join(lines), policy=policy.default)
        assert isinstance(found, EmailMessage)
        self.mails.messages.append(found)
        self._say("250 taken")

    def _say(self, *lines: str) -> None:
        self.wfile.write("".join(f"{line}\r\n" for line in lines).encode())


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that breaks off is no error."""


@contextmanager
def smtp_server() -> Iterator[Mails]:
    """One that takes any user and any message unless told."""
    mails = Mails()
    handler = type("Handler", (_Smtp,), {"mails": mails})
    with _Server(("127.0.0.1", 0), handler) as server:
        mails.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        try:
            yield mails
        finally:
            server.shutdown()
            thread.join()
