"""Definitions and states for a plan, told in a few words."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from assetbook.definitions.asset_decorator import asset
from assetbook.definitions.asset_definition import AssetsDefinition
from assetbook.definitions.check_definition import AssetChecksDefinition, asset_check
from assetbook.definitions.collection import Definition
from assetbook.definitions.ports import AssetIn
from assetbook.dependencies.asset_graph import AssetGraph
from assetbook.dependencies.asset_state import AssetState, State
from assetbook.dependencies.reasons import Reason, ReasonKind
from assetbook.keys import AssetKey, CheckKey
from assetbook.planning.planner import Request, make_plan
from assetbook.planning.steps import Plan

AT = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)


def make(key: str, *inputs: str, **options: Any) -> AssetsDefinition:
    names: dict[str, Any] = {}
    exec(f"def fn({', '.join(inputs)}): return 1", names)
    return asset(key=key, **options)(names["fn"])


def check_of(
    name: str, *more: str, blocking: bool = True, others: Iterable[str] = ()
) -> AssetChecksDefinition:
    names: dict[str, Any] = {}
    exec(f"def ok({', '.join([name, *more])}): return True", names)
    ins = {each: AssetIn() for each in more}
    decorate = asset_check(
        asset=name, blocking=blocking, additional_ins=ins, additional_deps=others
    )
    return decorate(names["ok"])


def state(
    name: str, kind: State = "fresh", *reasons: Reason, own_as_of: bool = False
) -> AssetState:
    number = None if kind == "missing" else 1
    as_of = AT if own_as_of else None
    return AssetState(AssetKey(name), kind, reasons, as_of, own_as_of, number, "d1")


NEVER = Reason(ReasonKind.NEVER_MATERIALIZED)
CHANGED = Reason(ReasonKind.CODE_CHANGED)
MOVES = Reason(ReasonKind.NOT_VERSIONABLE, "conn", "`conn` moves")


def stale_above(name: str) -> Reason:
    return Reason(ReasonKind.UPSTREAM_STALE, name)


def unchecked(name: str = "ok") -> Reason:
    return Reason(ReasonKind.CHECK_NOT_RUN, name)


def failed(name: str = "ok") -> Reason:
    return Reason(ReasonKind.CHECK_FAILED, name)


def plan(
    definitions: Iterable[Definition],
    states: Iterable[AssetState],
    *targets: str,
    pending: Iterable[str] = (),
    **request: Any,
) -> Plan:
    keys = tuple(AssetKey.from_user_string(target) for target in targets)
    named = frozenset(request.pop("named", ()))
    return make_plan(
        AssetGraph.build(definitions),
        {each.key: each for each in states},
        Request(" ".join(targets), keys, frozenset(map(AssetKey, named)), **request),
        [CheckKey(*each.split(":")) for each in pending],
    )


def steps(made: Plan) -> dict[str, str]:
    return {step.name: step.why for step in made}


CHAIN = [make("a"), make("b", "a"), make("c", "b")]
