"""What is kept of how cells ran: files of modules are known wherever the project is."""

from __future__ import annotations

import shutil
from pathlib import Path

from assetbook.instance.lived_records import LivedRecord, edited_files
from assetbook.notebook.source_digests import digests_of


def test_a_moved_project_is_not_edited(tmp_path: Path) -> None:
    before, after = tmp_path / "before", tmp_path / "after"
    before.mkdir()
    helpers = before / "helpers.py"
    helpers.write_text("RATE = 1\n", encoding="utf-8")
    record = LivedRecord("session", "", "", "", digests_of([helpers], before))
    shutil.move(before, after)
    assert edited_files(record, after) == []
    (after / "helpers.py").write_text("RATE = 2\n", encoding="utf-8")
    assert edited_files(record, after) == ["helpers.py"]
