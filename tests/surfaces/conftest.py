"""Views show local time: these tests are in UTC."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.surfaces.book import Book, opened
from tests.surfaces.shell import CELLS

from assetbook.instance.instance import Instance


@pytest.fixture(autouse=True)
def in_utc(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """This process's zone is UTC while a test runs."""
    with monkeypatch.context() as patch:
        patch.setenv("TZ", "UTC")
        time.tzset()
        yield
    time.tzset()


@pytest.fixture
def book(tmp_path: Path) -> Iterator[Book]:
    """A live notebook in a project of its own."""
    with opened(tmp_path) as book:
        yield book


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A project in which a notebook made one asset of two."""
    with opened(tmp_path, "numbers.ipynb") as book:
        book.run(CELLS[1])
        book.run(CELLS[2])
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("ASSETBOOK_STORE", raising=False)
    yield tmp_path
    Instance.get(tmp_path).close()
