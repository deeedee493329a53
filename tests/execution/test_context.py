"""``context``: what a step's code may ask for and say."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from datetime import UTC, datetime

import msgspec
import pytest

from assetbook.definitions.multi_asset_decorator import multi_asset
from assetbook.definitions.ports import AssetOut
from assetbook.definitions.results import DataVersion
from assetbook.dependencies.asset_state import Recorded
from assetbook.errors import DefinitionError, UsageError
from assetbook.events.asset_events import AssetMaterialized
from assetbook.events.parts import CodeRef, InputVersion
from assetbook.execution.built_contexts import (
    build_asset_context,
    build_hook_context,
    build_op_context,
)
from assetbook.execution.context import AssetExecutionContext
from assetbook.execution.context_elsewhere import ELSEWHERE, OF_HOOKS, OF_OPS
from assetbook.execution.data_provenance import DataProvenance, provenance_of
from assetbook.keys import AssetKey


@multi_asset(outs={"a": AssetOut(), "b": AssetOut(key="x/b")}, can_subset=True)
def both() -> None: ...


def context_for(keys: Sequence[AssetKey] = both.keys) -> AssetExecutionContext:
    return AssetExecutionContext(run_id="r1", definition=both, selected=tuple(keys))


def test_a_step_knows_what_it_makes() -> None:
    context = context_for()
    assert context.selected_asset_keys == {AssetKey("a"), AssetKey(["x", "b"])}
    assert context.selected_output_names == {"a", "b"}
    assert context.assets_def is both and context.run_id == "r1"
    with pytest.raises(DefinitionError, match=r"makes 2 assets\nUse context.selected_asset_keys"):
        _ = context.asset_key


def test_a_part_knows_itself_alone() -> None:
    context = context_for([AssetKey(["x", "b"])])
    assert context.asset_key == AssetKey(["x", "b"])
    assert context.selected_output_names == {"b"}


def test_metadata_goes_to_the_output_it_was_given_for() -> None:
    context = context_for()
    context.add_output_metadata({"all": 1})
    context.add_output_metadata({"rows": 3}, "a")
    context.add_asset_metadata({"rows": 4, "all": 2}, "x/b")
    context.add_asset_metadata({"more": True})
    assert context.metadata_of("a") == {"all": 1, "rows": 3, "more": True}
    assert context.metadata_of("b") == {"all": 2, "rows": 4, "more": True}


def test_metadata_for_nothing_is_refused() -> None:
    context = context_for([AssetKey("a")])
    with pytest.raises(DefinitionError, match=r"no such output\nIt makes a\."):
        context.add_output_metadata({}, "b")
    with pytest.raises(DefinitionError, match="this step does not make it"):
        context.add_asset_metadata({}, "z")


def test_a_context_can_be_built_for_a_test() -> None:
    context = build_asset_context(resources={"db": 7}, asset_config={"n": 1}, asset_key="raw/a")
    assert context.resources.db == 7 and context.config == {"n": 1}
    assert context.asset_key == AssetKey(["raw", "a"])
    assert context.selected_output_names == {"a"} and context.assets_def is None
    assert isinstance(context.log, logging.Logger)


def test_a_built_context_takes_metadata_for_its_own_asset() -> None:
    context = build_asset_context(asset_key="raw/a")
    context.add_asset_metadata({"rows": 1}, asset_key="raw/a")
    assert context.metadata_of("a") == {"rows": 1}
    with pytest.raises(DefinitionError, match="does not make it"):
        context.add_asset_metadata({"rows": 1}, asset_key="b")


def test_a_resource_that_was_not_given_is_named() -> None:
    context = build_asset_context(resources={"db": 7})
    with pytest.raises(AttributeError, match=r"`dbb` is not.*\nDid you mean `db`"):
        _ = context.resources.dbb
    with pytest.raises(AttributeError, match=r"resources=\{'db': ...\}"):
        _ = build_asset_context().resources.db


def test_its_repr_names_what_is_made() -> None:
    assert repr(build_asset_context(asset_key="raw/a")) == "<context of raw/a, run test>"
    assert repr(context_for()) == "<context of a, x/b, run r1>"


@multi_asset(outs={"a": AssetOut(code_version="7"), "b": AssetOut(key="x/b")})
def versioned() -> None: ...


def test_a_code_version_is_the_authors_else_the_computed_one() -> None:
    context = AssetExecutionContext(
        definition=versioned, selected=versioned.keys, code_version="computed"
    )
    assert context.code_version_of("a") == "7"
    assert context.code_version_of("x/b") == "computed"
    assert build_asset_context().code_version_of("test") is None


def test_there_are_no_jobs_and_no_retries() -> None:
    context = build_asset_context()
    assert (context.job_name, context.retry_number) == (None, 0)
    assert context.get_asset_provenance("test") is None


def test_provenance_is_what_the_latest_version_was_made_of() -> None:
    event = AssetMaterialized(
        at=datetime(2026, 11, 26, tzinfo=UTC),
        run_id="r1",
        key="a",
        code=CodeRef(digest="computed", authored="7"),
        inputs={
            "raw": InputVersion(key="raw/orders", data_version="v1"),
            "more": InputVersion(key="more"),
        },
        authored_data_version=True,
    )
    recorded = {AssetKey("a"): Recorded(1, event)}
    context = AssetExecutionContext(selected=(AssetKey("a"),), recorded=recorded)
    found = context.get_asset_provenance("a")
    assert found == DataProvenance("7", {AssetKey(["raw", "orders"]): DataVersion("v1")}, True)
    assert provenance_of(msgspec.structs.replace(event, code=CodeRef())).code_version == ""


CONTEXTS = (
    (ELSEWHERE, lambda: context_for()),
    (OF_OPS, build_op_context),
    (OF_HOOKS, build_hook_context),
)


@pytest.mark.parametrize(
    ("made", "name"),
    [
        (made, name)
        for elsewhere, made in CONTEXTS
        for name in sorted(elsewhere.keys() - set(dir(made())))
    ],
)
def test_a_member_of_dagsters_context_that_is_not_here_says_what_to_do(
    made: Callable[[], object], name: str
) -> None:
    with pytest.raises(UsageError, match=f"context.{name}: assetbook does not have it\n.+"):
        getattr(made(), name)


@pytest.mark.parametrize("made", [made for _, made in CONTEXTS])
def test_a_member_that_nobody_has_is_an_attribute_error(made: Callable[[], object]) -> None:
    with pytest.raises(AttributeError, match="no member asset_kee"):
        made().asset_kee  # type: ignore[attr-defined]  # noqa: B018 - the access is the test
