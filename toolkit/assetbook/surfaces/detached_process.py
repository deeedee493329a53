"""The program that looks after a detached run: it rebuilds its source and has a process run it.

Started ahead, it imports what that process may need before it is asked. What it is to do comes as
JSON on its standard input; what kept the run from starting goes, as JSON, to the file descriptor
that is its argument.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping
from contextlib import suppress
from select import select
from typing import Any

from assetbook.errors import AssetbookError
from assetbook.instance.bundles import bundle_at
from assetbook.instance.instance import Instance
from assetbook.notebook.location_source import LocationSource
from assetbook.surfaces.asked_process import ask_process
from assetbook.surfaces.forked_location import call_forked, warm_up
from assetbook.surfaces.headless import failed
from assetbook.surfaces.kept_location import ask_kept


def main() -> None:
    """Runs what is asked for, and says how it went; ends where nobody asks any more."""
    if not select([sys.stdin], [], [], 0)[0]:  # else somebody waits, who may need little of it
        warm_up()
    text = sys.stdin.read()
    if not text:
        return
    asked = json.loads(text)
    answered = _answered(asked)
    said = {name: answered[name] for name in ("error", "steps") if name in answered}
    with suppress(BrokenPipeError):  # who asked has gone, as it may
        os.write(int(sys.argv[1]), json.dumps(said).encode())


def _answered(asked: Mapping[str, Any]) -> dict[str, Any]:
    try:
        source = LocationSource.from_json(asked["source"])
        instance = Instance.get(source.folder)
        digest = asked["bundle"]
        bundle = bundle_at(instance, digest) if digest is not None else None
        instance.close()  # a look-out for hours holds nothing open
        if bundle is None:
            return ask_process(source, {**asked["asked"], "load": "slice"})
        return ask_kept(source, bundle, asked["asked"], digest, calling=call_forked)
    except AssetbookError as error:
        return failed(error, quiet=True)
