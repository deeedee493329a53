"""What a run was given, as its record keeps it, and as it is given once more.

A secret is never kept, and what JSON cannot hold cannot be: whoever runs such a run again has to
give that again.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

import msgspec
from msgspec import structs

from assetbook.definitions.env_var import EnvVar, IntEnvVar, looks_secret
from assetbook.definitions.secret import MASK, Secret
from assetbook.definitions.secret_literals import masked
from assetbook.dependencies.asset_graph import AssetGraph
from assetbook.errors import ConfigError, UsageError
from assetbook.events.parts import RunRequest
from assetbook.events.run_events import RunStarted
from assetbook.execution.executor import Executor
from assetbook.instance.asked import Options
from assetbook.instance.given_versions import WithVersions, given_versions
from assetbook.instance.instance import Instance
from assetbook.instance.loaded import Loaded
from assetbook.keys import AssetKey
from assetbook.metadata.json_value import is_scalar_box
from assetbook.planning.run_retries import NO_RETRIES, RunRetries
from assetbook.planning.steps import Plan

_TAG = "$env"


class RunGiven(msgspec.Struct, frozen=True):
    """What a run is given beside its selection and options."""

    resources: Collection[str] = ()
    """The names of those in the place of the definitions' own."""
    config: Mapping[str, object] | None = None
    record: bool = False
    executor: Executor | None = None
    retries: RunRetries = NO_RETRIES
    tags: Mapping[str, str] = msgspec.field(default_factory=dict)
    """What the run is marked with."""
    heed_checks: bool = False
    """What ran though it was fresh stops at blocking checks all the same."""
    job: str = ""
    """The job of assets that is run; empty for none."""


_NAMES = {
    "InProcessExecutor": "in-process",
    "ThreadExecutor": "threads",
    "ProcessExecutor": "processes",
}


def request_of(instance: Instance, loaded: Loaded, options: Options, given: RunGiven) -> RunRequest:
    """What a run is given beside its selection, as its record keeps it."""
    versions = given_versions(instance, loaded.graph, options.with_versions, force=True)
    config, not_kept = kept_config(given.config)
    executor, workers = executor_name(given.executor)
    retries = given.retries
    return RunRequest(
        force=options.force,
        given_elsewhere={k.text: each.name for k, each in versions.items() if each.store},
        config=config,
        config_not_kept=not_kept,
        resources=tuple(sorted(given.resources)),
        record=given.record,
        executor=executor,
        workers=workers,
        max_retries=retries.max_retries,
        retry_strategy=retries.strategy,
        retry_on_asset_or_op_failure=retries.on_step_failure,
        asset_job=given.job,
    )


def retries_of(request: RunRequest) -> RunRetries:
    """How often, and how, the run is run again by itself."""
    on_step_failure = request.retry_on_asset_or_op_failure
    return RunRetries(request.max_retries, request.retry_strategy, on_step_failure)


def request_again(request: RunRequest, given: RunGiven) -> RunRequest:
    """The same for a run that does another one again: what that was given, but for what is given
    anew."""
    config, not_kept = kept_config(given.config)
    executor, workers = executor_name(given.executor)
    return structs.replace(
        request,
        config=config,
        config_not_kept=not_kept,
        resources=tuple(sorted(given.resources)),
        executor=executor,
        workers=workers,
        pinned=False,
        subsets={},
        partitions={},
    )


def for_plan(
    request: RunRequest, plan: Plan, graph: AssetGraph, *, pinned: bool = False
) -> RunRequest:
    """The request as the record of the run of that plan keeps it."""
    partitions = {step.name: step.partitions for step in plan if step.partitions}
    return structs.replace(
        request, pinned=pinned, subsets=subsets_of(plan, graph), partitions=dict(partitions)
    )


def is_overridden(plan: Plan, loaded: Loaded, request: RunRequest) -> bool:
    """Whether what the run makes never becomes the latest: it has other inputs or resources."""
    given = bool(plan.given or request.given_elsewhere)
    return given or (bool(loaded.replaced) and not request.record)


def executor_name(executor: Executor | None) -> tuple[str, int | None]:
    """What asks for that executor: its name, or what it is called if it is none of ours, and how
    many workers; empty for None."""
    if executor is None:
        return "", None
    kind = type(executor).__name__
    return _NAMES.get(kind, kind), getattr(executor, "workers", None) if kind in _NAMES else None


def subsets_of(plan: Plan, graph: AssetGraph) -> dict[str, tuple[str, ...]]:
    """The assets of the steps that make some of what their function makes, by step."""
    return {
        step.name: tuple(key.text for key in step.assets)
        for step in plan
        if step.kind == "asset" and len(step.assets) < len(graph.makers[step.keys[0]].keys)
    }


def or_none(request: RunRequest) -> RunRequest | None:
    """The request; None if nothing was given."""
    return request if request != RunRequest() else None


class _NotKeptError(Exception):
    """A value that is a secret, or that JSON cannot hold."""


def kept_config(
    run_config: Mapping[str, object] | None,
) -> tuple[dict[str, Any], tuple[str, ...]]:
    """The configuration as JSON, by definition's name, and the names of those it leaves out."""
    kept: dict[str, Any] = {}
    left_out: list[str] = []
    for name, given in (run_config or {}).items():
        try:
            kept[name] = _kept(given, name)
        except _NotKeptError:
            left_out.append(name)
    return kept, tuple(left_out)


def _kept(value: Any, name: str) -> Any:
    kind = type(value)
    if kind is EnvVar or kind is IntEnvVar:
        return env_var_kept(value)
    if isinstance(value, Secret):
        raise _NotKeptError
    if isinstance(value, str):
        if (looks_secret(name) and value) or masked(value, name) != value:
            raise _NotKeptError
        return value
    if value is None or kind in (int, float, bool):
        return value
    if hasattr(kind, "__pydantic_fields__"):
        from assetbook.definitions.config import raw_values

        return {field: _kept(each, field) for field, each in raw_values(value).items()}
    if isinstance(value, Mapping) and all(type(each) is str for each in value):
        return {field: _kept(each, field) for field, each in value.items()}
    if isinstance(value, list | tuple):
        return [_kept(each, name) for each in value]
    if is_scalar_box(value):
        return _kept(value.item(), name)
    raise _NotKeptError


def env_var_kept(value: EnvVar | IntEnvVar) -> dict[str, Any]:
    """An environment variable as plain values: its name, never what it holds."""
    return {_TAG: [value.env_var_name, type(value) is IntEnvVar]}


def config_again(
    request: RunRequest, given: Mapping[str, object] | None, asked: str
) -> dict[str, object] | None:
    """The configuration that the run had, in which ``given`` counts first; None for none.

    Raises ConfigError for what was not kept and is not given.
    """
    found: dict[str, object] = {name: restored_value(each) for name, each in request.config.items()}
    missing = [name for name, each in found.items() if _holds_mask(each)]
    found = {name: each for name, each in found.items() if name not in missing}
    found.update(given or {})
    for name in (*request.config_not_kept, *missing):
        if name not in found:
            raise ConfigError(
                asked,
                f"the configuration that `{name}` had holds a secret, or what cannot be kept",
                f'Give it again: retry("RUN", run_config={{"{name}": {{...}}}}).',
            )
    return found or None


def restored_value(value: Any) -> Any:
    """A value of a configuration that was kept, with its environment variables."""
    if isinstance(value, list):
        return [restored_value(each) for each in value]
    if not isinstance(value, dict):
        return value
    if set(value) == {_TAG}:
        name, is_int = value[_TAG]
        return EnvVar.int(name) if is_int else EnvVar(name)
    return {name: restored_value(each) for name, each in value.items()}


def _holds_mask(value: Any) -> bool:
    """Whether a secret of another process stood in it, which was masked when it was written."""
    return any(MASK in text for text in _texts(value))


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str) and type(value) is not EnvVar:
        yield value
    elif isinstance(value, list | dict):
        for each in value.values() if isinstance(value, dict) else value:
            yield from _texts(each)


def refuse_missing_resources(
    request: RunRequest, given: Mapping[str, object] | None, asked: str
) -> None:
    """Raises UsageError if the run had other resources than the definitions' own, and these are
    not given again."""
    missing = [name for name in request.resources if name not in (given or {})]
    if missing:
        names = " and ".join(f"`{name}`" for name in missing)
        each = ", ".join(f'"{name}": ...' for name in missing)
        raise UsageError(
            asked,
            f"it ran with {names} in the place of the definitions' own",
            f'Give that again: retry("RUN", resources={{{each}}}).',
        )


def versions_again(started: RunStarted) -> WithVersions:
    """The versions that the run read in the place of the latest ones."""
    request = started.request or RunRequest()
    named: dict[str, int | str] = {**started.given, **request.given_elsewhere}
    return {AssetKey.from_text(key): reference for key, reference in named.items()}
