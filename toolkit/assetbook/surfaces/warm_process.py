"""The program that location processes are forked from, one after the other, for short questions.

Its argument is a file descriptor: the connection to who asks, with which it ends. Each line that
comes is a question as JSON; the lines that go say that its process has begun, and its answer.
"""

from __future__ import annotations

import json
import sys
from contextlib import suppress
from socket import socket
from typing import Any, TextIO

from assetbook.errors import AssetbookError
from assetbook.kernels.own_process import LOCATION_PROCESS
from assetbook.notebook.location_source import LocationSource
from assetbook.surfaces.forked_location import call_forked, warm_up
from assetbook.surfaces.headless import failed


def main() -> None:
    """Answers until nobody asks any more."""
    with socket(fileno=int(sys.argv[1])) as connection, connection.makefile("rw") as line:
        warm_up()
        with suppress(ConnectionError):
            for question in line:
                _say(line, _answered(json.loads(question), line))


def _answered(question: dict[str, Any], line: TextIO) -> dict[str, Any]:
    source, asked = LocationSource.from_json(question["source"]), question["asked"]
    try:
        answered = call_forked(
            source, LOCATION_PROCESS, asked, lambda pid: _say(line, {"begun": pid})
        )
    except AssetbookError as error:
        return {"raised": failed(error, quiet=True)["error"]}
    return {"answered": answered}


def _say(line: TextIO, said: dict[str, Any]) -> None:
    print(json.dumps(said), file=line, flush=True)


if __name__ == "__main__":
    main()
