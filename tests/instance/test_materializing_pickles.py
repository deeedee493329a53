"""`io_manager_key="pickle"` in a run: recorded as such, and never taken by accident."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from tests.instance.making import make, state_of

from assetbook.definitions.asset_decorator import asset
from assetbook.errors import UnstorableValueError, UntrustedValueError
from assetbook.instance.instance import Instance


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))


@asset(io_manager_key="pickle")
def tags() -> set[str]:
    return {"ink"}


@asset
def count(tags: set[str]) -> int:
    return len(tags)


def test_any_object_is_stored(instance: Instance) -> None:
    assert make(instance, tags, count).asset_value("count") == 1
    assert instance.value("tags") == {"ink"}
    reference = instance.version("tags").event.value
    assert reference is not None
    assert (reference.io_manager, reference.kind) == ("pickle", "pickle")
    assert str(reference.path).endswith(".pickle")
    assert state_of(instance, "tags", tags, count) == "fresh"


def test_nothing_is_pickled_unasked(instance: Instance) -> None:
    @asset
    def tags() -> Any:
        return {"ink"}

    with pytest.raises(UnstorableValueError, match='io_manager_key="pickle"'):
        make(instance, tags)


def test_another_user_is_refused(
    instance: Instance, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make(instance, tags)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "other"))
    with pytest.raises(UntrustedValueError, match="the value of `tags`"):
        instance.value("tags")
