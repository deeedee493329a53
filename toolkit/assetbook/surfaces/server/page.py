"""The page and its web socket: what a browser gets from ``assetbook ui``.

Everything is served from here, nothing is fetched from elsewhere. Whoever asks must know the token,
ask by this computer's own name, and open the socket from this page.
"""

from __future__ import annotations

import hmac
import json
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import urlsplit

import tornado.ioloop
import tornado.web
import tornado.websocket

from assetbook.surfaces.desk import Desk
from assetbook.surfaces.display.html import escaped
from assetbook.surfaces.widgets.channel import Channel
from assetbook.surfaces.widgets.greeting import programs
from assetbook.surfaces.widgets.room import Room, room_of

COOKIE: Final = "assetbook-token"
_NAMES: Final = frozenset({"127.0.0.1", "localhost", "[::1]"})
_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline';"
    " img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none';"
    " frame-ancestors 'none'"
)
_PAGE: Final = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{project} · assetbook</title>
<link rel="icon" href="data:,">
<style>
:root {{ color-scheme: light dark; }}
body {{ margin: 12px; background: #f5f6f8; }}
@media (prefers-color-scheme: dark) {{ body {{ background: #0d1014; }} }}
</style>
</head>
<body>
<main id="dashboard"></main>
<script type="module" src="/web/page.js"></script>
</body>
</html>
"""


def application(desk: Desk, token: str) -> tornado.web.Application:
    """The pages of ``desk`` for those who know ``token``."""
    given = {"desk": desk, "token": token}
    return tornado.web.Application(
        [
            ("/", PageHandler, given),
            (r"/web/([\w-]+\.js)", ProgramHandler, given),
            ("/socket", SocketHandler, given),
        ],
        websocket_ping_interval=20,
    )


class _Guarded(tornado.web.RequestHandler):
    """Lets in who knows the token, by the address once and then by a cookie."""

    def initialize(self, desk: Desk, token: str) -> None:
        self.desk = desk
        self.token = token

    def prepare(self) -> None:
        if urlsplit(f"//{self.request.host}").hostname not in {each.strip("[]") for each in _NAMES}:
            raise tornado.web.HTTPError(403, "asked by another name than this computer's")
        given = self.get_query_argument("token", "") or self.get_cookie(COOKIE, "") or ""
        if not hmac.compare_digest(given.encode(), self.token.encode()):
            raise tornado.web.HTTPError(403, "the token is missing or another one")

    def set_default_headers(self) -> None:
        self.set_header("Content-Security-Policy", _POLICY)
        self.set_header("X-Content-Type-Options", "nosniff")
        self.set_header("Referrer-Policy", "no-referrer")
        self.set_header("Cache-Control", "no-store")

    def write_error(self, status_code: int, **more: Any) -> None:
        self.set_header("Content-Type", "text/plain; charset=utf-8")
        said = "Open the address that `assetbook ui` printed: it holds the token."
        self.finish(said if status_code == 403 else f"{status_code} {self._reason}")


class PageHandler(_Guarded):
    """The page itself."""

    def get(self) -> None:
        """The page; with the token in the address, it is kept in a cookie and left out of it."""
        if self.get_query_argument("token", ""):
            self.set_cookie(COOKIE, self.token, httponly=True, samesite="Strict")
            self.redirect("/")
            return
        self.set_header("Content-Type", "text/html; charset=utf-8")
        self.finish(_PAGE.format(project=escaped(self.desk.instance.root.name)))


class ProgramHandler(_Guarded):
    """The programs of the views."""

    def get(self, name: str) -> None:
        """The ES module of that name."""
        if name not in programs():
            raise tornado.web.HTTPError(404)
        self.set_header("Content-Type", "text/javascript; charset=utf-8")
        self.finish(programs()[name])


class SocketHandler(_Guarded, tornado.websocket.WebSocketHandler):
    """One viewer."""

    def open(self) -> None:
        """Begins the talk."""
        loop = tornado.ioloop.IOLoop.current()

        def send(message: Mapping[str, Any]) -> None:
            loop.add_callback(self._write, message)

        room: Room = room_of(self.desk)
        self.channel = Channel(room, send)

    def on_message(self, message: str | bytes) -> None:
        """Takes what the page says; what is no JSON is left."""
        try:
            said = json.loads(message)
        except ValueError:
            return
        self.channel.receive(said)

    def on_close(self) -> None:
        """Ends what the page watched."""
        self.channel.close()

    async def _write(self, message: Mapping[str, Any]) -> None:
        try:
            await self.write_message(json.dumps(message))
        except tornado.websocket.WebSocketClosedError:
            self.channel.close()
