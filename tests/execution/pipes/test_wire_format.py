"""Dagster Pipes, "Wire format": what the real dagster-pipes reads and writes."""

from __future__ import annotations

import dagster_pipes
import pytest

from assetbook.errors import DefinitionError
from assetbook.execution.pipes import messages, reported_metadata, wire_format
from assetbook.execution.pipes.wire_format import (
    cli_argument,
    decode_param,
    encode_param,
    key_from_text,
    key_to_text,
)
from assetbook.keys import AssetKey

PARAMS = {"path": "/tmp/ä b", "extras": {"n": [1, None, True, 0.5]}}
KEYS = [["a"], ["raw", "orders"], ["a/b"], ["a", "b/c"], ["back\\slash", "x"], ["\\/", "ü\n"]]


def test_params_are_read_by_the_other_side_and_theirs_by_us() -> None:
    assert dagster_pipes.decode_param(encode_param(PARAMS)) == PARAMS
    assert decode_param(dagster_pipes.encode_param(PARAMS)) == PARAMS
    assert encode_param(PARAMS) == dagster_pipes.encode_param(PARAMS)


def test_names_are_those_of_the_other_side() -> None:
    assert wire_format.PROTOCOL_VERSION == dagster_pipes.PIPES_PROTOCOL_VERSION
    assert wire_format.VERSION_FIELD == dagster_pipes.PIPES_PROTOCOL_VERSION_FIELD
    assert wire_format.CONTEXT_ENV_VAR == dagster_pipes.DAGSTER_PIPES_CONTEXT_ENV_VAR
    assert wire_format.MESSAGES_ENV_VAR == dagster_pipes.DAGSTER_PIPES_MESSAGES_ENV_VAR
    options = {
        cli_argument(wire_format.CONTEXT_ENV_VAR),
        cli_argument(wire_format.MESSAGES_ENV_VAR),
    }
    assert options == {
        dagster_pipes.DAGSTER_PIPES_CONTEXT_CLI_ARGUMENT,
        dagster_pipes.DAGSTER_PIPES_MESSAGES_CLI_ARGUMENT,
    }


def test_wire_format_knows_every_method_and_metadata_type() -> None:
    assert set(messages.METHODS) == set(dagster_pipes.Method.__args__)
    types = set(dagster_pipes.PipesMetadataType.__args__)
    assert set(reported_metadata._KINDS) == types


@pytest.mark.parametrize("parts", KEYS)
def test_keys_go_there_and_back(parts: list[str]) -> None:
    text = key_to_text(AssetKey(parts))
    assert key_from_text(text) == AssetKey(parts)
    assert dagster_pipes.to_asset_key_path(text) == parts


@pytest.mark.parametrize("text", ["", "/", "\\"])
def test_no_key_is_refused(text: str) -> None:
    with pytest.raises(DefinitionError, match="asset key"):
        key_from_text(text)
