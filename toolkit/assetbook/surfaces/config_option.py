"""``--config``: the configuration of a run, from a command line."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

import click

from assetbook.errors import ConfigError, with_article

_SECTIONS = ("ops", "resources")


def config_option() -> click.Option:
    """``--config NAME.FIELD=VALUE``, a file, or JSON; may be there several times."""
    return click.Option(
        ["--config", "run_config"],
        multiple=True,
        metavar="NAME.FIELD=VALUE",
        callback=lambda context, option, given: config_of(given),
        help="Configure this run: a field, a JSON, TOML or YAML file, or JSON text.",
    )


def config_of(given: Sequence[str]) -> dict[str, Any] | None:
    """The configuration by section that all of ``given`` say, later ones over earlier; None for
    nothing.

    Raises ConfigError for what cannot be read.
    """
    found: dict[str, Any] = {}
    for text in given:
        _merge(found, _by_section(_one(text.strip())))
    return found or None


def _one(text: str) -> Mapping[str, Any]:
    if text.startswith("{"):
        try:
            return _mapping(text, json.loads(text))
        except ValueError as error:
            said = "JSON text goes into single quotes: --config '{...}'."
            raise ConfigError(f"--config {text}", f"it cannot be read: {error}", said) from None
    if "=" in text:
        return _field(text)
    return _mapping(text, _of_file(Path(text)))


def _field(text: str) -> dict[str, Any]:
    """``day.size=3`` or ``resources.warehouse.host=x``; a value that is no JSON is text."""
    path, _, said = text.partition("=")
    names = [each.strip() for each in path.split(".")]
    section = names.pop(0) if names[0] in _SECTIONS and len(names) > 2 else "ops"
    if len(names) < 2 or not all(names):
        raise ConfigError(
            f"--config {text}",
            "it does not say whose field that is",
            "Write NAME.FIELD=VALUE, or resources.NAME.FIELD=VALUE.",
        )
    try:
        value = json.loads(said)
    except ValueError:
        value = said
    name, *fields = names
    for each in reversed(fields):
        value = {each: value}
    return {section: {name: {"config": value}}}


def _of_file(path: Path) -> object:
    asked = f"--config {path}"
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise ConfigError(
            asked,
            f"it is no file that can be read: {error.strerror}",
            "Write NAME.FIELD=VALUE, JSON text in quotes, or a file's path.",
        ) from None
    kind = path.suffix.lower()
    if kind == ".toml":
        return _parsed(str(path), tomllib.loads, text)
    if kind in (".yaml", ".yml"):
        return _parsed(str(path), _yaml, text)
    return _parsed(str(path), json.loads, text)


def _yaml(text: str) -> object:
    try:
        yaml = import_module("yaml")
    except ImportError:
        raise ConfigError(
            "a YAML file", "PyYAML is not installed", "Install it, or write JSON or TOML."
        ) from None
    try:
        return yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise ValueError(str(error)) from None


def _parsed(asked: str, parse: Any, text: str) -> object:
    try:
        return parse(text)
    except ValueError as error:  # also of JSON and TOML
        raise ConfigError(f"--config {asked}", f"it cannot be read: {error}") from None


def _mapping(asked: str, found: object) -> Mapping[str, Any]:
    if isinstance(found, Mapping):
        return found
    kind = with_article(type(found).__name__)
    raise ConfigError(f"--config {asked}", f"it holds {kind}", "Give fields by name.")


def _by_section(given: Mapping[str, Any]) -> Mapping[str, Any]:
    """Configuration by definition's name, as that of the section ``ops``."""
    if any(each in given for each in (*_SECTIONS, "loggers", "execution", "inputs")):
        return given
    return {"ops": {name: {"config": fields} for name, fields in given.items()}}


def _merge(into: dict[str, Any], more: Mapping[str, Any]) -> None:
    for name, value in more.items():
        held = into.get(name)
        if isinstance(held, dict) and isinstance(value, Mapping):
            _merge(held, value)
        else:
            into[name] = dict(value) if isinstance(value, Mapping) else value
