"""A code location in a process of its own: it is loaded, then a verb is called.

It is started with the interpreter of the notebook's kernel, in the notebook's folder.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from assetbook.errors import AssetbookError
from assetbook.instance.rebuilding import MODULES
from assetbook.notebook.kept_modules import import_only_from
from assetbook.notebook.location_source import LocationSource
from assetbook.surfaces.headless import failed, run_verb
from assetbook.surfaces.loading import KeptSource, load_into, new_shell
from assetbook.surfaces.location_answer import answer_of, texts_of


def main() -> None:
    """Loads the location and calls the verb that the first argument (JSON) names, if any.

    The answer goes, as JSON, to the file whose path is the second argument.
    """
    asked = json.loads(sys.argv[1])
    answer = Path(sys.argv[2])
    answer.write_text(json.dumps(answered(asked)), encoding="utf-8")


def answered(asked: dict[str, Any]) -> dict[str, Any]:
    """How it went: whether well, how many steps, and the location where it could be loaded."""
    source = LocationSource.from_json(asked["source"])
    kept = KeptSource(**asked["kept"]) if "kept" in asked else None
    try:
        if kept is not None:
            import_only_from(source.path.parent / MODULES)
        live = load_into(new_shell(), source, asked["load"], kept)
        location: dict[str, Any] = {"location": answer_of(live).to_json()}
    except AssetbookError as error:
        return failed(error, quiet="verb" not in asked)
    if asked.get("texts"):
        location["texts"] = texts_of(live)
        location["wrong"] = {str(key): fault for key, fault in live.loaded().wrong.items()}
    if "verb" not in asked:
        return {"success": True, "steps": 0, **location}
    return {**run_verb(asked), **location}


if __name__ == "__main__":
    main()
