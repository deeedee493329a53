"""What any I/O manager must do. Inherit ``IOManagerContract``, supply the ``manager`` fixture.

Where values outlive the manager, say by ``another`` how a second one reaches them.
"""

from __future__ import annotations

from typing import Any

import pytest

from assetbook.io.contexts import InputContext, OutputContext
from assetbook.io.manager import IOManager
from assetbook.keys import AssetKey

ORDERS = AssetKey(["raw", "orders"])


def output(key: AssetKey = ORDERS, run_id: str = "a1b2c3d4e5f6", **others: Any) -> OutputContext:
    return OutputContext(asset_key=key, run_id=run_id, step_key="orders", **others)


def reading(key: AssetKey = ORDERS, run_id: str = "a1b2c3d4e5f6", **others: Any) -> InputContext:
    return InputContext(name="orders", asset_key=key, run_id=run_id, **others)


class IOManagerContract:
    """Tests of ``handle_output`` and ``load_input``; ``values`` are two that the manager takes."""

    values: tuple[Any, Any] = ({"rows": 1}, {"rows": 2})
    shares_objects = False
    """True for a manager that gives the very object that it was given."""

    @pytest.fixture
    def manager(self) -> IOManager:
        raise NotImplementedError

    def another(self, manager: IOManager) -> IOManager:
        """A manager of the same settings, as another process has it; by default the same one."""
        return manager

    def equal(self, left: Any, right: Any) -> bool:
        return bool(left == right)

    def test_loads_what_was_stored(self, manager: IOManager) -> None:
        manager.handle_output(output(), self.values[0])
        assert self.equal(manager.load_input(reading()), self.values[0])

    def test_loads_what_was_stored_last(self, manager: IOManager) -> None:
        manager.handle_output(output(), self.values[0])
        manager.handle_output(output(run_id="b2"), self.values[1])
        assert self.equal(manager.load_input(reading(run_id="b2")), self.values[1])

    def test_loads_twice_the_same(self, manager: IOManager) -> None:
        manager.handle_output(output(), self.values[0])
        manager.load_input(reading())
        assert self.equal(manager.load_input(reading()), self.values[0])

    def test_gives_each_reader_an_object(self, manager: IOManager) -> None:
        manager.handle_output(output(), self.values[0])
        shared = manager.load_input(reading()) is manager.load_input(reading())
        assert shared == self.shares_objects

    def test_another_manager_loads_it(self, manager: IOManager) -> None:
        manager.handle_output(output(), self.values[0])
        assert self.equal(self.another(manager).load_input(reading()), self.values[0])

    def test_annotation_changes_no_value(self, manager: IOManager) -> None:
        manager.handle_output(output(python_type=type(self.values[0])), self.values[0])
        found = manager.load_input(reading(python_type=type(self.values[0])))
        assert self.equal(found, self.values[0])

    def test_keeps_assets_apart(self, manager: IOManager) -> None:
        for key, value in zip((["a", "b"], ["a/b"]), self.values, strict=True):
            manager.handle_output(output(AssetKey(key)), value)
        assert self.equal(manager.load_input(reading(AssetKey(["a", "b"]))), self.values[0])
        assert self.equal(manager.load_input(reading(AssetKey(["a/b"]))), self.values[1])

    def test_raises_without_a_value(self, manager: IOManager) -> None:
        with pytest.raises(Exception, match=r"."):  # of whatever class, but with a message
            manager.load_input(reading(AssetKey("never stored")))

    def test_refused_context_members_are_not_needed(self, manager: IOManager) -> None:
        context = output(AssetKey("plain"), definition_metadata={"any": "thing"})
        manager.handle_output(context, self.values[0])
        found = manager.load_input(reading(AssetKey("plain"), upstream_output=context))
        assert self.equal(found, self.values[0])

    def test_stores_only_the_value(self, manager: IOManager) -> None:
        context = output(output_metadata={"rows": 1})
        manager.handle_output(context, self.values[0])
        assert context.output_metadata["rows"] == 1

    def test_keeps_versions_as_declared(self, manager: IOManager) -> None:
        for run_id, value in zip(("a1", "b2"), self.values, strict=True):
            manager.handle_output(output(run_id=run_id), value)
        first = self.values[0] if manager.versioned else self.values[1]
        assert self.equal(manager.load_input(reading(run_id="a1")), first)
