"""What an I/O manager is told: the members of its contexts."""

from __future__ import annotations

import logging

import pytest

from assetbook.errors import DefinitionError, UsageError
from assetbook.io.manager import InputContext, IOManager, OutputContext
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


def test_managers_must_write_both_methods() -> None:
    with pytest.raises(TypeError, match="abstract"):
        IOManager()  # type: ignore[abstract]


def test_managers_overwrite_unless_declared() -> None:
    assert IOManager.versioned is False
