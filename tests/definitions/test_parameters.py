"""What the parameters of an author's function stand for."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import pandas as pd
import pytest

from assetbook.definitions.asset_decorator import asset
from assetbook.definitions.asset_definition import AssetsDefinition
from assetbook.definitions.config import Config
from assetbook.definitions.parameters import (
    Parameters,
    place_of,
    read_parameters,
    unresolved,
)
from assetbook.definitions.resource import ConfigurableResource
from assetbook.errors import DefinitionError
from assetbook.execution.context import AssetExecutionContext


class Days(Config):
    days: int = 7


class Warehouse(ConfigurableResource):
    url: str = ""


def read(fn: Callable[..., Any], **more: Any) -> Parameters:
    return read_parameters(fn, **more)


def test_each_parameter_has_its_role() -> None:
    def fn(context, config: Days, db: Warehouse, orders: pd.DataFrame, rate=1) -> pd.DataFrame: ...  # type: ignore[no-untyped-def,empty-body]

    found = read(fn)
    assert found.context == "context" and found.config is Days
    assert found.resources == (("db", Warehouse),)
    assert found.inputs == (("orders", pd.DataFrame), ("rate", None))
    assert found.returns is pd.DataFrame


def test_without_annotations_everything_else_is_an_input() -> None:
    def fn(context, orders, db): ...  # type: ignore[no-untyped-def]

    found = read(fn, resource_names={"db"})
    assert found.context == "context"
    assert found.inputs == (("orders", None),)
    assert found.resources == (("db", None),)
    assert found.returns is None


def test_a_context_is_known_by_its_class_too() -> None:
    def fn(ctx: AssetExecutionContext, a: int) -> None: ...

    found = read(fn)
    assert found.context == "ctx"
    assert found.inputs == (("a", int),)
    assert found.returns is type(None)


def test_local_classes_in_text_annotations_are_found() -> None:
    class Local(Config):
        n: int = 1

    def fn(config: Local) -> None: ...

    assert fn.__annotations__["config"] == "Local"
    assert read(fn, local_names={"Local": Local}).config is Local
    assert read(fn, resource_names={"config"}).resources == (("config", None),)


def test_closure_names_in_text_annotations_are_found() -> None:
    class Closed(Config):
        n: int = 1

    def fn(config: Closed) -> int:
        return Closed().n + config.n

    assert read(fn).config is Closed


def test_an_annotation_that_names_nothing_is_no_type() -> None:
    def fn(orders: NotThere) -> AlsoNot: ...  # type: ignore[name-defined,empty-body]  # noqa: F821

    found = read(fn)
    assert found.inputs == (("orders", None),)
    assert found.returns is None


def test_keyword_only_parameters_are_inputs() -> None:
    def fn(*, orders: int) -> int:
        return orders

    assert read(fn).inputs == (("orders", int),)


def test_a_config_needs_a_config_class() -> None:
    def bare(config): ...  # type: ignore[no-untyped-def]

    def wrong(config: dict) -> None: ...  # type: ignore[type-arg]

    with pytest.raises(DefinitionError, match=r"no annotation\nAnnotate it with your subclass"):
        read(bare)
    with pytest.raises(DefinitionError, match="it is annotated <class 'dict'>"):
        read(wrong)


def test_variadic_parameters_are_refused() -> None:
    def fn(*args: int, **kwargs: int) -> None: ...

    with pytest.raises(DefinitionError, match="do not say which assets"):
        read(fn)
    with pytest.raises(DefinitionError, match="not a Python function"):
        read(len)


def timed(fn: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(fn)
    def wrapper(*args: Any, **kwargs: Any) -> Any:
        return fn(*args, **kwargs)

    return wrapper


def test_a_wrapper_passes_on_the_parameters_of_what_it_wraps() -> None:
    def inner(orders: int) -> int:
        return orders

    wrapped = timed(inner)
    assert read(wrapped).inputs == (("orders", int),)
    assert place_of(wrapped).line == inner.__code__.co_firstlineno


def test_annotations_that_named_nothing_are_known() -> None:
    class Fine: ...

    @asset
    def total(
        orders: pd.DataFrme,  # type: ignore[name-defined]
        quoted: "Nope",  # type: ignore[name-defined]  # noqa: F821, UP037
        fine: "Fine",  # noqa: UP037
        nothing: None,
        bare,  # type: ignore[no-untyped-def]
    ): ...

    assert isinstance(total, AssetsDefinition)
    assert unresolved(total) == ("orders: pd.DataFrme", "quoted: Nope")
    assert total.inputs[2].annotation is Fine
