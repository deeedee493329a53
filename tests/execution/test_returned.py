"""What a function returned, in all the forms it may have."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pytest

from assetbook.definitions.asset_decorator import asset
from assetbook.definitions.asset_definition import AssetsDefinition
from assetbook.definitions.check_spec import AssetCheckSpec
from assetbook.definitions.multi_asset_decorator import multi_asset
from assetbook.definitions.ports import AssetOut
from assetbook.definitions.results import (
    NO_VALUE,
    AssetCheckResult,
    AssetCheckSeverity,
    DataVersion,
    MaterializeResult,
    Output,
)
from assetbook.definitions.spec import AssetSpec
from assetbook.errors import DefinitionError
from assetbook.execution.returned import Produced, produced_by


@asset
def one() -> int:
    return 1


@asset
def nothing() -> None: ...


SPECS = [AssetCheckSpec(name, asset="checked") for name in ("rows", "dates")]


@asset(check_specs=SPECS)
def checked() -> Any: ...


@multi_asset(outs={"b": AssetOut(), "a": AssetOut(key="x/a"), "c": AssetOut(is_required=False)})
def three() -> Any: ...


@multi_asset(outs={"left": AssetOut(), "right": AssetOut()}, can_subset=True)
def part() -> Any: ...


@multi_asset(specs=[AssetSpec("left"), AssetSpec("right", skippable=True)])
def by_spec() -> Any: ...


def take(
    definition: AssetsDefinition, returned: object, only: Sequence[str] = ()
) -> tuple[dict[str, Produced], list[AssetCheckResult]]:
    keys = [key for key in definition.keys if not only or str(key) in only]
    produced, checks, _ = produced_by(definition, keys, returned)
    return {str(each.port.spec.key): each for each in produced}, checks


def values(definition: AssetsDefinition, returned: object, *only: str) -> dict[str, object]:
    return {key: each.value for key, each in take(definition, returned, only)[0].items()}


@pytest.mark.parametrize(
    ("definition", "returned", "expected"),
    [
        (one, 3, {"one": 3}),
        (one, (3, 4), {"one": (3, 4)}),
        (one, [Output(1)], {"one": [Output(1)]}),
        (one, None, {"one": NO_VALUE}),
        (one, Output(3), {"one": 3}),
        (one, Output(None), {"one": NO_VALUE}),
        (one, MaterializeResult(value=3), {"one": 3}),
        (one, MaterializeResult(), {"one": NO_VALUE}),
        (one, MaterializeResult(asset_key="one"), {"one": NO_VALUE}),
        (nothing, None, {"nothing": NO_VALUE}),
        (nothing, 3, {"nothing": NO_VALUE}),
        (three, (1, 2, 3), {"b": 1, "x/a": 2, "c": 3}),
        (three, [1, 2, 3], {"b": 1, "x/a": 2, "c": 3}),
        (three, {"a": 2, "b": 1, "c": 3}, {"b": 1, "x/a": 2, "c": 3}),
        (three, (Output(1), 2, Output(3)), {"b": 1, "x/a": 2, "c": 3}),
        (three, (Output(2, "a"), Output(1, "b")), {"b": 1, "x/a": 2}),
        (
            by_spec,
            (MaterializeResult(asset_key="left"), MaterializeResult(asset_key="right", value=2)),
            {"left": NO_VALUE, "right": 2},
        ),
        (by_spec, [MaterializeResult(asset_key="left", value=1)], {"left": 1}),
        (by_spec, MaterializeResult(asset_key="left", value=1), {"left": 1}),
    ],
)
def test_every_form_is_taken(
    definition: AssetsDefinition, returned: object, expected: dict[str, object]
) -> None:
    assert values(definition, returned) == expected


def generated(*items: object) -> Any:
    yield from items


def test_what_is_yielded_is_taken() -> None:
    assert values(one, generated(Output(3))) == {"one": 3}
    assert values(three, generated(Output(2, "a"), Output(1, "b"))) == {"x/a": 2, "b": 1}
    with pytest.raises(DefinitionError, match=r"three\(\) yields: an int\nYield Output"):
        take(three, generated(3))


def test_other_items_are_a_stream() -> None:
    produced, _ = take(one, generated("first", "second"))
    assert list(produced["one"].value) == ["first", "second"]  # type: ignore[call-overload]


def test_a_part_is_taken_in_the_order_of_outputs() -> None:
    assert values(part, (7,), "right") == {"right": 7}
    assert values(part, {"right": 7}, "right") == {"right": 7}
    both = generated(Output(1, "left"), Output(2, "right"))
    assert values(part, both, "right") == {"right": 2}


def test_what_stands_beside_a_value_is_kept() -> None:
    output = Output(1, metadata={"rows": 3}, data_version=DataVersion("v"), tags={"k": "v"})
    produced, _ = take(one, output)
    assert produced["one"].metadata == {"rows": 3}
    assert produced["one"].data_version == DataVersion("v") and produced["one"].tags == {"k": "v"}
    beside = (output, Output(2, tags={"t": "1"}), 3)
    assert take(three, beside)[0]["b"].metadata == {"rows": 3}


@pytest.mark.parametrize(
    ("definition", "returned", "message"),
    [
        (three, (1, 2), r"it returned 2\nReturn one value for each of: b, a, c"),
        (three, 5, "it returned an int"),
        (three, {"a": 1}, "it returned a dict"),
        (three, None, r"nothing was given for `b`\nReturn it, or declare it"),
        (three, Output(1), "it has no output None"),
        (three, Output(1, "bb"), r"no output 'bb'\nDid you mean|Its outputs are b, a, c"),
        (three, MaterializeResult(), r"it makes several assets\nGive the result its asset_key"),
        (three, MaterializeResult(asset_key="x/aa"), r"no asset `x/aa`\nDid you mean `x/a`\?"),
        (one, MaterializeResult(asset_key="two"), "it has no asset `two`"),
        (one, AssetCheckResult(passed=True), "nothing was given for `result`"),
        (by_spec, MaterializeResult(asset_key="right"), "nothing was given for `left`"),
    ],
)
def test_what_cannot_be_meant_is_refused(
    definition: AssetsDefinition, returned: object, message: str
) -> None:
    with pytest.raises(DefinitionError, match=message):
        take(definition, returned)


def test_an_output_is_given_once() -> None:
    with pytest.raises(DefinitionError, match="a is given twice"):
        take(three, generated(Output(1, "a"), Output(2, "a")))


# ---- checks that the function answers

ROWS = AssetCheckResult(passed=True, check_name="rows")
DATES = AssetCheckResult(passed=False, check_name="dates", severity=AssetCheckSeverity.WARN)


@pytest.mark.parametrize(
    "returned",
    [
        lambda: MaterializeResult(value=1, check_results=[DATES, ROWS]),
        lambda: generated(Output(1), DATES, ROWS),
        lambda: generated(MaterializeResult(value=1, check_results=[ROWS]), DATES),
    ],
    ids=["result", "yielded", "both"],
)
def test_results_come_in_the_order_of_declaration(returned: Callable[[], object]) -> None:
    produced, checks = take(checked, returned())
    assert produced["checked"].value == 1
    assert [(each.check_name, each.passed) for each in checks] == [("rows", True), ("dates", False)]
    assert {str(each.asset_key) for each in checks} == {"checked"}
    assert checks[1].severity is AssetCheckSeverity.WARN


def test_a_sequence_of_named_results_is_taken_apart() -> None:
    made = MaterializeResult(asset_key="one", metadata={"n": 1})
    assert take(one, [made])[0]["one"].metadata == {"n": 1}
    produced, checks = take(checked, (MaterializeResult(asset_key="checked"), ROWS, DATES))
    assert produced["checked"].value is NO_VALUE and len(checks) == 2


@pytest.mark.parametrize("value", [[], (), [1], [MaterializeResult()], [Output(1)]])
def test_other_sequences_are_values(value: object) -> None:
    assert take(one, value)[0]["one"].value is value


def test_results_alone_make_an_asset_without_value() -> None:
    assert take(checked, generated(ROWS, DATES))[0]["checked"].value is NO_VALUE


@pytest.mark.parametrize(
    ("returned", "message"),
    [
        (1, r"no result for `rows`, `dates`\nReturn MaterializeResult"),
        (MaterializeResult(check_results=[ROWS]), "no result for `dates`"),
        (
            MaterializeResult(check_results=[AssetCheckResult(passed=True)]),
            r"several checks\nGive it its asset_key and check_name",
        ),
        (
            MaterializeResult(check_results=[AssetCheckResult(passed=True, check_name="row")]),
            r"`checked:row` is not declared\nDid you mean `rows`\?",
        ),
    ],
)
def test_a_declared_check_needs_its_result(returned: object, message: str) -> None:
    with pytest.raises(DefinitionError, match=message):
        take(checked, returned)


def test_a_result_that_belongs_nowhere_offers_the_nearest() -> None:
    with pytest.raises(DefinitionError, match=r"check_name='row'\nDid you mean `rows`\?"):
        take(checked, generated(Output(1), AssetCheckResult(passed=True, check_name="row")))
