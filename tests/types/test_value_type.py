"""Types by a function of one's own."""

from __future__ import annotations

import numpy as np
import pytest

from assetbook.errors import DefinitionError
from assetbook.metadata import MetadataValue
from assetbook.types.loader import ValueTypeLoader, value_type_loader
from assetbook.types.resolution import check_value_type
from assetbook.types.value_type import TypeCheck, TypeCheckContext, ValueType


def test_it_may_say_why_and_more() -> None:
    def check(context: TypeCheckContext, value: int) -> TypeCheck:
        return TypeCheck(value > 0, "it is not positive", {"value": value})

    found = check_value_type(ValueType(check, "Positive"), -1)
    assert (found.success, found.description) == (False, "it is not positive")
    assert found.metadata == {"value": -1}


@pytest.mark.parametrize("returned", [1, None, "yes", np.True_], ids=repr)
def test_it_must_return_a_bool_or_a_type_check(returned: object) -> None:
    kind = ValueType(lambda context, value: returned, "Odd")  # type: ignore[arg-type, return-value]
    with pytest.raises(DefinitionError, match="the check of the type Odd: it returned a"):
        check_value_type(kind, 1)


def test_what_its_function_raises_passes_through() -> None:
    kind = ValueType(lambda context, value: value.nothing, "Odd")
    with pytest.raises(AttributeError):
        check_value_type(kind, 1)


def test_its_function_takes_context_and_value() -> None:
    with pytest.raises(DefinitionError, match="does not take context and value"):
        ValueType(lambda value: True, "Odd")  # type: ignore[arg-type, misc]
    with pytest.raises(DefinitionError, match="3 is not a function"):
        ValueType(3, "Odd")  # type: ignore[arg-type]


def test_it_has_a_name() -> None:
    with pytest.raises(DefinitionError, match="it has no name"):
        ValueType(lambda context, value: True, "")


def test_it_has_metadata() -> None:
    kind = ValueType(lambda context, value: True, "Odd", metadata={"unit": "euro"})
    assert kind.metadata == {"unit": MetadataValue.text("euro")}


def test_a_loader_makes_a_value_of_configuration() -> None:
    @value_type_loader({"low": int, "high": int}, required_resource_keys={"rate"})
    def span(context: object, config: dict[str, int]) -> range:
        return range(config["low"], config["high"])

    assert isinstance(span, ValueTypeLoader)
    assert span.required_resource_keys == {"rate"}
    assert span.construct_from_config_value(None, {"low": 1, "high": 3}) == range(1, 3)
    assert ValueType(lambda context, value: True, "Span", loader=span).loader is span
