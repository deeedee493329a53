"""A proxy on this computer that cuts, alters, refuses or loses what goes through it."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from urllib.parse import urlsplit

_REFUSED = (
    b"HTTP/1.1 403 Forbidden\r\nContent-Type: application/xml\r\nConnection: close\r\n"
    b"Content-Length: 84\r\n\r\n<Error><Code>AccessDenied</Code><Message>Access Denied</Message>"
    b"<Key>x</Key></Error>"
)


class UnfaithfulProxy:
    """Passes connections on to ``upstream``; each fault happens so many times as its count says."""

    def __init__(self, upstream: str) -> None:
        parts = urlsplit(upstream)
        self._upstream = (parts.hostname or "", parts.port or 80)
        self._port = 0
        self.come_back()
        self.address = f"http://127.0.0.1:{self._port}"
        self.cuts = 0
        """Uploads to cut after ``offset`` bytes."""
        self.alterations = 0
        """Uploads of which the byte at ``offset`` becomes another one."""
        self.refusals = 0
        """Uploads to answer with 403."""
        self.lost_answers = 0
        """Uploads whose answer does not come back."""
        self.offset = 50_000

    def come_back(self) -> None:
        """Answers, again."""
        self._listening = socket.create_server(("127.0.0.1", self._port))
        self._port = self._listening.getsockname()[1]
        threading.Thread(target=self._serve, args=(self._listening,), daemon=True).start()

    def go_away(self) -> None:
        """Answers nobody any more."""
        with suppress(OSError):
            self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()

    def _serve(self, listening: socket.socket) -> None:
        with suppress(OSError):
            while True:
                client, _ = listening.accept()
                threading.Thread(target=self._connected, args=(client,), daemon=True).start()

    def _connected(self, client: socket.socket) -> None:
        with suppress(OSError), client, socket.create_connection(self._upstream) as server:
            first = client.recv(65536)
            upload = first.startswith((b"PUT", b"POST"))
            if upload and self._takes("refusals"):
                client.sendall(_REFUSED)
                client.shutdown(socket.SHUT_WR)
                while client.recv(65536):  # closing before would reset the connection
                    pass
                return
            loses = upload and self._takes("lost_answers")
            cuts = upload and self._takes("cuts")
            alters = upload and self._takes("alterations")
            back = threading.Thread(target=_answers, args=(server, client, loses), daemon=True)
            back.start()
            self._forward(first, client, server, cuts, alters)
            back.join(10)

    def _forward(
        self, data: bytes, client: socket.socket, server: socket.socket, cuts: bool, alters: bool
    ) -> None:
        passed = 0
        while data:
            at = self.offset - passed
            if cuts and at < len(data):
                _end(client, server)
                return
            if alters and 0 <= at < len(data):
                data = data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]
            server.sendall(data)
            passed += len(data)
            data = client.recv(65536)
        _end(server)

    def _takes(self, fault: str) -> bool:
        left = getattr(self, fault)
        setattr(self, fault, max(0, left - 1))
        return bool(left)


def _answers(server: socket.socket, client: socket.socket, loses: bool) -> None:
    with suppress(OSError):
        while data := server.recv(65536):
            if loses:
                _end(client, server)
                return
            client.sendall(data)
    _end(client)


def _end(*sockets: socket.socket) -> None:
    for each in sockets:
        with suppress(OSError):
            each.shutdown(socket.SHUT_RDWR)


@contextmanager
def unfaithful_proxy(upstream: str) -> Iterator[UnfaithfulProxy]:
    """A proxy that is faithful until told otherwise."""
    proxy = UnfaithfulProxy(upstream)
    try:
        yield proxy
    finally:
        proxy.go_away()
