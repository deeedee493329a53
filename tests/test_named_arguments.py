"""Arguments of public names that are not known, not given, or too many."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable
from typing import Any

import pytest

import assetbook
from assetbook import (
    AssetSpec,
    Definitions,
    DynamicOut,
    EnvVar,
    In,
    Out,
    RetryPolicy,
    asset,
    asset_check,
    define_asset_job,
    graph,
    job,
    logger,
    materialize,
    multi_asset,
    op,
    schedule,
)
from assetbook.errors import AssetbookError, UsageError
from assetbook.named_arguments import named_arguments

GIVEN = """
    AssetCheckExecutionContext AssetExecutionContext AutomationContext AutomationCursor
    CodeLocation ConditionExplanation DataProvenance EvaluateAutomationConditionsResult
    EventLogEntry HookContext InitLoggerContext InitResourceContext InputContext Instance
    MultiAssetSensorEvaluationContext OpExecutionContext OutputContext
    PipesClientCompletedInvocation PipesMessageHandler PipesSession Plan RunFailureSensorContext
    RunStatusSensorContext ScheduleEvaluationContext SensorEvaluationContext TimeWindow
    TypeCheckContext
"""
"""What authors are given, and do not make."""
MADE_BY_DECORATORS = """
    AssetChecksDefinition AssetSensorDefinition AssetsDefinition FileSensorDefinition
    GraphDefinition JobDefinition MultiAssetSensorDefinition OpDefinition
    RunStatusSensorDefinition SourceAsset UnresolvedAssetJobDefinition
"""
MADE_OTHERWISE = """
    AssetKey AssetSelection AssetbookError AutomationCondition CheckKey MetadataValue
    MultiPartitionKey Nothing PermissiveConfig ResourceDependency ResourceParam
"""
"""By one value, or by methods of their own."""
OTHERS = frozenset(f"{GIVEN} {MADE_BY_DECORATORS} {MADE_OTHERWISE}".split())


def is_made_by_name(name: str) -> bool:
    """Whether a public name is a function or class that is called with arguments by name."""
    if name in OTHERS:
        return False
    made = getattr(assetbook, name)
    is_bare = isinstance(made, type) and not inspect.signature(made).parameters
    is_enum = hasattr(made, "__members__")
    return not (is_bare or is_enum or inspect.isabstract(made) or getattr(made, "_is_protocol", 0))


@pytest.mark.parametrize(
    ("decorate", "match"),
    [
        (lambda: asset(groupname="raw"), r"@asset\(groupname=...\): it has no such"),
        (lambda: asset(groupname="raw"), r"Did you mean `group_name`"),
        (lambda: op(config_schema={"a": int}), "annotated with a subclass of Config"),
        (lambda: asset(config_schema={"a": int}), "annotated with a subclass of Con"),
        (lambda: asset(io_manager_def=1), r"its name to io_manager_key="),
        (lambda: job(nam="nightly"), "Did you mean `name`"),
        (lambda: graph(zzz=1), "It takes name, description"),
        (lambda: asset_check(), r"@asset_check\(...\): `asset=` is not given"),
        (lambda: schedule(), r"`cron_schedule=` is not given"),
        (lambda: multi_asset(len), "its options are given by name"),
    ],
)
def test_an_option_that_does_not_fit_is_told(decorate: Callable[..., Any], match: str) -> None:
    with pytest.raises(UsageError, match=match):
        decorate()


def said_of(name: str) -> str:
    """What is said where it is called with an argument that it does not take."""
    try:
        getattr(assetbook, name)(no_such_argument=1)
    except (AssetbookError, TypeError) as error:
        return f"{type(error).__name__}: {error}"
    return "nothing"


def test_every_public_name_tells_an_argument_that_it_does_not_take() -> None:
    said = {name: said_of(name) for name in assetbook.__all__ if is_made_by_name(name)}
    told = re.compile(r"(Usage|Config)Error.*no_such_argument.*(no such (option|param)|no field)")
    assert {name: each for name, each in said.items() if not told.match(each)} == {}
    assert len(said) > 180


@pytest.mark.parametrize(
    ("call", "match"),
    [
        (lambda: In(default=3), r"In\(default=...\): it has no such parameter\nDid you mean `def"),
        (lambda: Out(is_requird=False), "Did you mean `is_required`"),
        (lambda: DynamicOut(zzz=1), r"DynamicOut\(zzz=...\).*\nIt takes dagster_type, "),
        (lambda: RetryPolicy(retries=3), "Did you mean `max_retries`"),
        (lambda: RetryPolicy(1, 2, None, None, 5), "it takes 4 arguments by position"),
        (lambda: RetryPolicy(1, max_retries=2), "it is given by its place, too\nGive it once"),
        (lambda: AssetSpec("a", "b"), r"takes 1 argument by position\nGive by name: deps, descr"),
        (lambda: AssetSpec(group="raw"), "Did you mean `group_name`"),
        (lambda: AssetSpec(), "`key=` is not given\nWrite AssetSpec"),
        (lambda: Definitions(asets=[]), "Did you mean `assets`"),
        (lambda: EnvVar("A", zzz=1), r"EnvVar\(zzz=...\): it has no such parameter"),
        (lambda: define_asset_job("a", selecton="b"), "Did you mean `selection`"),
        (lambda: materialize("a", forse=True), r"materialize\(forse=...\).*\nDid you mean `force`"),
        (lambda: logger(config=1), r"@logger\(config=...\): it has no such option"),
    ],
)
def test_an_argument_that_does_not_fit_is_told(call: Callable[[], Any], match: str) -> None:
    with pytest.raises(UsageError, match=match) as told:
        call()
    assert told.value.__context__ is None


def test_what_the_code_itself_raises_passes() -> None:
    @named_arguments
    def length(of: Any) -> int:
        return len(of)

    with pytest.raises(TypeError, match="has no len") as raised:
        length(3)
    assert not isinstance(raised.value, UsageError)
    with pytest.raises(UsageError, match="`of=` is not given"):
        length()
