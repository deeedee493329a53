"""What a wipe took is shown; text from data stays text."""

from __future__ import annotations

import json

from tests.surfaces.view_examples import HOSTILE, VERSION, faults_of, shown, text_of

from assetbook.instance.disk_use import StrayFile
from assetbook.instance.wiping import WipePlan
from assetbook.keys import AssetKey
from assetbook.surfaces.display.wipe_view import WipeView

STRAY = StrayFile("delays/x.a1.parquet", 10, 0.0)


def plan(name: str, **more: object) -> WipePlan:
    given: dict[str, object] = {
        "key": AssetKey([name]),
        "versions": (VERSION["delays"],),
        "whole": True,
        "kept": (),
        "copies": (),
        "strays": (),
        "outputs": (),
        "notes": 0,
        "finishes": False,
    }
    return WipePlan(**{**given, **more})  # type: ignore[arg-type]


def test_all_that_goes_and_stays_is_named() -> None:
    full = plan("delays", kept=(7,), strays=(STRAY,), notes=2, finishes=True)
    view = WipeView([full], command="%wipe delays --yes", older=["assetbook.db.before-1"])
    text = " ".join(" ".join(shown(view)).split())
    assert "what 2 failed steps or observations said; 1 file of killed runs" in text
    assert "a wipe that was interrupted" in text
    assert "delays@7; --kept takes it too" in text
    assert "of the database before upgrades: assetbook.db.before-1" in text
    assert "Nothing was changed. `%wipe delays --yes` does it, for good." in text_of(view.html())
    assert json.loads(json.dumps(view.to_json()))["planned"] is True


def test_hostile_text_stays_text() -> None:
    view = WipeView([plan(HOSTILE)], command=HOSTILE, older=[HOSTILE])
    assert faults_of(view.html()) == []
    assert "\x1b" not in str(view)
