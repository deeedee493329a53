"""``assetbook ui``: the dashboards as a page on this computer, until it is interrupted."""

from __future__ import annotations

import asyncio
import secrets
import signal
import webbrowser
from collections.abc import Callable

import tornado.httpserver
import tornado.netutil

from assetbook.errors import UsageError
from assetbook.surfaces.desk import Desk
from assetbook.surfaces.server.page import application

ADDRESS = "127.0.0.1"


def serve(desk: Desk, *, port: int, browser: bool, say: Callable[[str], object]) -> None:
    """Serves the page of ``desk`` until SIGINT or SIGTERM; ``say`` is told its address.

    ``port`` 0 takes a free one. Raises UsageError if the port is taken.
    """
    asyncio.run(_serve(desk, port, browser, say))


async def _serve(desk: Desk, port: int, browser: bool, say: Callable[[str], object]) -> None:
    token = secrets.token_urlsafe(24)
    try:
        sockets = tornado.netutil.bind_sockets(port, ADDRESS)
    except OSError as error:
        raise UsageError(
            f"assetbook ui --port {port}", f"it cannot listen there: {error}", "Leave --port out."
        ) from None
    server = tornado.httpserver.HTTPServer(application(desk, token))
    server.add_sockets(sockets)
    address = f"http://{ADDRESS}:{sockets[0].getsockname()[1]}/?token={token}"
    say(address)
    ended = asyncio.Event()
    loop = asyncio.get_running_loop()
    for each in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(each, ended.set)
    if browser:
        await loop.run_in_executor(None, webbrowser.open, address)
    await ended.wait()
    server.stop()
    await server.close_all_connections()
