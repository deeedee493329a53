"""The form of a Config class: what may be given for each field, and no secret in it."""

from __future__ import annotations

import datetime as dt
from enum import Enum
from typing import Annotated, Any, Literal

import pydantic
import pytest

from assetbook.definitions.config import Config
from assetbook.definitions.config_form import config_form, plain_values, with_values
from assetbook.definitions.env_var import EnvVar
from assetbook.definitions.secret import Secret


class Colour(Enum):
    RED = "red"
    BLUE = "blue"


class Source(Config):
    host: str = "here"
    tries: Annotated[int, pydantic.Field(ge=1, lt=10, description="How often.")] = 3


class Window(Config):
    title: str
    day: dt.date = dt.date(2026, 1, 1)
    mode: Literal["fast", "slow"] = "fast"
    colour: Colour = Colour.BLUE
    names: list[str] = pydantic.Field(default_factory=list)
    source: Source = Source(host="there")
    limit: int | None = None
    strict: bool = False
    weights: dict[str, float] = pydantic.Field(default_factory=dict)
    either: int | str = 1
    variable: str = EnvVar("PLACE")
    password: str = "correct horse"
    key: Secret = Secret("battery staple")
    parts: list[Source] = pydantic.Field(default_factory=list)


def fields() -> dict[str, dict[str, Any]]:
    return {each["name"]: each for each in config_form(Window)}


@pytest.mark.parametrize(
    ("name", "kind", "more"),
    [
        ("title", "text", {"required": True}),
        ("day", "date", {"default": "2026-01-01"}),
        ("mode", "choice", {"choices": ["fast", "slow"], "default": "fast"}),
        ("colour", "choice", {"choices": ["red", "blue"], "default": "blue"}),
        ("names", "list", {"item": {"type": "str", "kind": "text"}, "default": []}),
        ("limit", "int", {"nullable": True, "default": None}),
        ("strict", "flag", {"default": False}),
        ("weights", "json", {"default": {}}),
        ("either", "json", {"default": 1}),
        ("variable", "text", {"default": {"env": "PLACE"}}),
        ("password", "text", {"secret": True}),
        ("key", "text", {"secret": True}),
    ],
)
def test_a_field_says_how_it_is_given(name: str, kind: str, more: dict[str, Any]) -> None:
    found = fields()[name]
    assert found["kind"] == kind
    assert {key: found[key] for key in found if key not in ("name", "kind", "type")} == more


def test_a_nested_class_is_a_group_with_its_limits_and_the_defaults_of_the_field() -> None:
    host, tries = fields()["source"]["fields"]
    assert host["default"] == "there"
    assert (tries["ge"], tries["lt"], tries["about"]) == (1, 10, "How often.")
    assert [each["name"] for each in fields()["parts"]["item"]["fields"]] == ["host", "tries"]


def test_no_secret_is_in_a_form() -> None:
    own = Window(title="t", password="swordfish99", key=Secret("open sesame"))
    said = str(config_form(Window, own)) + str(with_values(config_form(Window), plain_values(own)))
    assert not any(each in said for each in ("horse", "battery", "swordfish99", "sesame"))


def test_what_is_given_stands_in_the_place_of_defaults() -> None:
    values = plain_values({"title": "Weekly", "password": "swordfish99", "source": {"tries": 5}})
    found = {each["name"]: each for each in with_values(config_form(Window), values)}
    assert (found["title"]["default"], found["title"]["given"]) == ("Weekly", True)
    assert "required" not in found["title"]
    assert found["password"]["hidden"] and "default" not in found["password"]
    assert found["source"]["fields"][1]["default"] == 5


def test_the_authors_own_instance_gives_the_defaults() -> None:
    found = config_form(Source, Source(host="elsewhere"))
    assert [each["default"] for each in found] == ["elsewhere", 3]


def test_a_class_that_holds_its_own_kind_ends() -> None:
    class Tree(Config):
        children: list[Tree] = pydantic.Field(default_factory=list)

    Tree.model_rebuild()
    assert config_form(Tree)[0]["kind"] == "list"
