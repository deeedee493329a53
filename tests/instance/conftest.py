"""Each test of this folder has a project of its own, in which it stands."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from assetbook.instance.instance import Instance


@pytest.fixture(autouse=True)
def project(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of an empty project; the current one while a test runs."""
    folder = tmp_path_factory.mktemp("project")
    (folder / "pyproject.toml").touch()
    monkeypatch.chdir(folder)
    monkeypatch.delenv("ASSETBOOK_STORE", raising=False)
    return folder


@pytest.fixture
def instance(project: Path) -> Iterator[Instance]:
    """The project's instance, on disk."""
    opened = Instance.get()
    yield opened
    opened.close()
