"""Pins: where they are, who moved them, and what they may name."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from assetbook.errors import ConflictError, SelectionError
from assetbook.events.parts import Origin
from assetbook.instance.instance import Instance
from assetbook.instance.pins import need_pin, pin, pinned, pins
from assetbook.storage.sources import Content

ANN = Origin(kind="cli", user="ann", host="laptop")


@pytest.fixture
def instance(tmp_path: Path) -> Iterator[Instance]:
    (tmp_path / "pyproject.toml").touch()
    opened = Instance.get(tmp_path)
    for number in (1, 2):
        opened.store.put_content(Content(f"b{number}", "bundle", "shop.ipynb", "{}"), {})
    yield opened
    opened.close()


def test_a_location_is_pinned_by_whom_and_when(instance: Instance) -> None:
    assert pinned(instance, "shop.ipynb") is None
    moved = pin(instance, "shop.ipynb", "b1", by=ANN)
    assert pinned(instance, "shop.ipynb") == moved
    assert (moved.bundle, moved.by) == ("b1", "ann@laptop")


def test_a_pin_moves_and_stays_one(instance: Instance) -> None:
    pin(instance, "shop.ipynb", "b1", by=ANN)
    pin(instance, "shop.ipynb", "b2", by=Origin(kind="ci", host="runner"))
    assert [(each.bundle, each.by) for each in pins(instance).values()] == [("b2", "runner")]


def test_a_pin_outlives_its_process(instance: Instance, tmp_path: Path) -> None:
    moved = pin(instance, "shop.ipynb", "b1", by=ANN)
    instance.close()
    again = Instance.get(tmp_path)
    assert pinned(again, "shop.ipynb") == moved
    again.close()


def test_a_bundle_that_is_not_kept_cannot_be_pinned(instance: Instance) -> None:
    with pytest.raises(ConflictError, match="the bundle is not in the store"):
        pin(instance, "shop.ipynb", "b3", by=ANN)


def test_the_nearest_pinned_location_is_offered(instance: Instance) -> None:
    pin(instance, "shop.ipynb", "b1", by=ANN)
    with pytest.raises(SelectionError, match=r"never pinned\nDid you mean `shop.ipynb`"):
        need_pin(instance, "shops.ipynb")
