"""What an I/O manager is told: the members of its contexts."""

from __future__ import annotations

import logging
from typing import Any

import pytest

from assetbook.errors import DefinitionError, UsageError
from assetbook.io.built_contexts import build_input_context, build_output_context
from assetbook.io.contexts import InputContext, OutputContext
from assetbook.io.manager import InputManager, IOManager
from assetbook.keys import AssetKey


def test_output_context_has_dagsters_members() -> None:
    context = OutputContext(
        name="result",
        step_key="orders",
        asset_key=AssetKey(["raw", "orders"]),
        run_id="a1b2",
        definition_metadata={"table": "t"},
        python_type=dict,
        config=3,
        resources={"db": "connection"},
    )
    assert (context.name, context.step_key, context.run_id) == ("result", "orders", "a1b2")
    assert context.get_identifier() == context.get_asset_identifier() == ["raw", "orders"]
    assert context.metadata == context.definition_metadata == {"table": "t"}
    assert (context.python_type, context.config, context.resources.db) == (dict, 3, "connection")
    assert isinstance(context.log, logging.Logger)


def test_identifier_without_an_asset() -> None:
    context = OutputContext(name="result", step_key="op", run_id="a1b2")
    assert not context.has_asset_key
    assert context.get_identifier() == ["a1b2", "op", "result"]


def test_missing_asset_key_is_an_error() -> None:
    with pytest.raises(UsageError, match="it belongs to no asset"):
        _ = OutputContext(name="result").asset_key


def test_output_metadata_is_added() -> None:
    context = OutputContext(output_metadata={"rows": 1})
    context.add_output_metadata({"path": "x.csv"})
    assert context.output_metadata == {"rows": 1, "path": "x.csv"}


def test_output_metadata_is_not_replaced() -> None:
    context = OutputContext(output_metadata={"rows": 1})
    with pytest.raises(DefinitionError, match="`rows` already has a value"):
        context.add_output_metadata({"rows": 2, "more": 3})
    assert context.output_metadata == {"rows": 1}


def test_input_context_knows_its_output() -> None:
    context = InputContext(
        name="orders",
        asset_key=AssetKey("orders"),
        run_id="a1b2",
        metadata={"columns": ["a"]},
        upstream_metadata={"path": "x.csv"},
    )
    assert context.upstream_output.asset_key == AssetKey("orders")
    assert context.upstream_output.output_metadata == {"path": "x.csv"}
    assert context.upstream_metadata == {"path": "x.csv"}
    assert context.metadata == {"columns": ["a"]}
    assert context.has_input_name


@pytest.mark.parametrize("context", [OutputContext(), InputContext()])
def test_contexts_are_frozen(context: OutputContext | InputContext) -> None:
    with pytest.raises(AttributeError, match="frozen: run_id cannot be set"):
        context.run_id = "other"
    with pytest.raises(TypeError):
        context.definition_metadata["new"] = 1  # type: ignore[index]


def test_type_is_given_as_dagster_does() -> None:
    assert OutputContext(python_type=dict).dagster_type.typing_type is dict
    assert OutputContext().dagster_type.typing_type is Any


@pytest.mark.parametrize(
    "member",
    [
        "partition_key",
        "asset_partition_key",
        "asset_partition_keys",
        "asset_partitions_time_window",
    ],
)
def test_partitions_are_asked_for_first(member: str) -> None:
    context = InputContext(name="orders", asset_key=AssetKey("orders"))
    assert not context.has_partition_key and not context.has_asset_partitions
    with pytest.raises(UsageError, match="of `orders`: it belongs to no partition"):
        getattr(context, member)


@pytest.mark.parametrize("member", ["add_input_metadata", "log_event", "step_context"])
def test_members_elsewhere_name_the_substitute(member: str) -> None:
    with pytest.raises(UsageError, match="assetbook does not have it"):
        getattr(OutputContext(), member)


def test_unknown_members_are_no_attributes() -> None:
    assert not hasattr(OutputContext(), "orders")


def test_missing_resource_is_no_attribute() -> None:
    with pytest.raises(AttributeError, match="the resource `db` is not given"):
        _ = OutputContext().resources.db


def test_contexts_are_built_for_tests() -> None:
    written = build_output_context(asset_key="raw/orders", output_metadata={"path": "x.csv"})
    read = build_input_context("orders", upstream_output=written, definition_metadata={"a": 1})
    assert read.asset_key == written.asset_key == AssetKey.from_coercible("raw/orders")
    assert read.upstream_metadata == {"path": "x.csv"}
    assert (read.run_id, read.definition_metadata) == ("test", {"a": 1})


def test_input_managers_must_load() -> None:
    with pytest.raises(TypeError, match="abstract"):
        InputManager()  # type: ignore[abstract]
    assert issubclass(IOManager, InputManager)


def test_managers_must_write_both_methods() -> None:
    with pytest.raises(TypeError, match="abstract"):
        IOManager()  # type: ignore[abstract]


def test_managers_overwrite_unless_declared() -> None:
    assert IOManager.versioned is False
