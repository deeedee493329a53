"""Configuration of assets, ops and resources: frozen, strict, and wrong all at once.

Loads pydantic; nothing that ``import assetbook`` needs may import this module.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar, cast

import pydantic
from pydantic_core import core_schema

from assetbook.definitions.config_problems import config_error, frozen, unread
from assetbook.definitions.env_var import EnvVar, IntEnvVar, is_env_var
from assetbook.definitions.provenance import config_json as config_json
from assetbook.definitions.secret import known_secrets
from assetbook.definitions.secret_literals import secret_parts
from assetbook.errors import ConfigError, with_article


def _field_schemas(schema: Any) -> Iterator[Any]:
    """The field schemas of a model's own schema, below its validators and definitions."""
    while schema["type"] not in ("model-fields", "definition-ref"):
        schema = schema["schema"]
    yield from schema.get("fields", {}).values()


def _delay_model_validators(schema: Any) -> None:
    """Makes validators of the whole model wait until its EnvVars are read."""
    while schema["type"] == "function-after":
        validate = schema["function"]["function"]

        def after_reading(made: Any, *info: Any, validate: Any = validate) -> Any:
            return made if any(_env_vars(made, "")) else validate(made, *info)

        schema["function"] = {**schema["function"], "function": after_reading}
        schema = schema["schema"]


# Text does stand for what a JSON document can only write as text: dates, paths, enums.
_NEVER_CONVERTED = frozenset({"int", "float", "bool", "str", "bytes"})

_PARTS_WITH_TYPES = {"schema", "items_schema", "keys_schema", "values_schema", "choices", "steps"}


def _make_strict(schema: Any, handler: pydantic.GetCoreSchemaHandler, seen: set[str]) -> None:
    """Marks the scalar types in a schema as strict: ``"3"`` is no int, 3 is no text.

    Other models and dataclasses keep their own rules.
    """
    if isinstance(schema, list | tuple):  # of a union, a tuple, or a choice with its label
        for inner in schema:
            _make_strict(inner, handler, seen)
    if not isinstance(schema, dict) or schema["type"] in ("model", "dataclass"):
        return
    if schema["type"] in _NEVER_CONVERTED:
        schema["strict"] = True
    if schema["type"] == "definition-ref" and schema["schema_ref"] not in seen:
        seen.add(schema["schema_ref"])
        _make_strict(handler.resolve_ref_schema(cast(Any, schema)), handler, seen)
    parts = [schema[part] for part in _PARTS_WITH_TYPES & schema.keys()]
    if schema["type"] == "tagged-union":
        parts = list(schema["choices"].values())
    _make_strict([*parts, *schema.get("fields", {}).values()], handler, seen)


def _keep_env_vars_of(field: Any) -> None:
    """Lets a field's schema take EnvVars, inside its default and outside all its validators."""
    holder = field["schema"] if field["schema"]["type"] == "default" else field
    inner = holder["schema"]
    if inner["type"] == "literal" and len(inner["expected"]) == 1:
        return  # a discriminator, which pydantic does not allow to be wrapped
    holder["schema"] = core_schema.no_info_wrap_validator_function(_keep_env_var, inner)


def _keep_env_var(value: Any, validate: pydantic.ValidatorFunctionWrapHandler) -> Any:
    if is_env_var(value):
        return value
    try:
        made = validate(value)
    except pydantic.ValidationError:
        if isinstance(value, dict) and list(value) == ["env"] and isinstance(value["env"], str):
            return EnvVar(value["env"])
        raise
    # of nested Configs there may be more: their defaults, and what was written as {"env": NAME}
    if len(list(_env_vars(value, ""))) > len(list(_env_vars(made, ""))):
        raise ValueError("an EnvVar stands for a whole field, not inside a list or dict")
    return made


class SettingsModel(pydantic.BaseModel):
    """What Config and ConfigurableResource share: frozen strict fields, EnvVars kept unread."""

    model_config = pydantic.ConfigDict(
        extra="forbid", populate_by_name=True, arbitrary_types_allowed=True
    )

    if not TYPE_CHECKING:

        def __init__(self, **values: Any) -> None:
            try:
                super().__init__(**values)
            except pydantic.ValidationError as error:
                raise config_error(type(self), f"{type(self).__name__}(...)", error) from None

        # Else pydantic would build nested models through __init__, which ends at their first
        # error and so hides the others.
        __init__.__pydantic_base_init__ = True

        def __getattribute__(self, name: str) -> Any:
            value = super().__getattribute__(name)
            if is_env_var(value):
                raise unread(type(self).__name__, name, value)
            return value

        def __getattr__(self, name: str) -> Any:
            value = super().__getattr__(name)
            if is_env_var(value):  # a field that a PermissiveConfig does not declare
                raise unread(type(self).__name__, name, value)
            return value

        def __setattr__(self, name: str, value: Any) -> None:
            if name in type(self).__pydantic_fields__ or not name.startswith("_"):
                raise frozen(type(self).__name__, name)
            super().__setattr__(name, value)

        def __delattr__(self, name: str) -> None:
            raise frozen(type(self).__name__, name)

    def __hash__(self) -> int:
        return hash((type(self), tuple(sorted((n, repr(v)) for n, v in raw_values(self).items()))))

    @classmethod
    def __get_pydantic_core_schema__(
        cls, source: Any, handler: pydantic.GetCoreSchemaHandler
    ) -> core_schema.CoreSchema:
        """pydantic's schema, made strict, in which every field also takes and keeps an EnvVar."""
        schema = handler(source)
        own = handler.resolve_ref_schema(schema)
        _delay_model_validators(own)
        for field in _field_schemas(own):
            _make_strict(field["schema"], handler, set())
            _keep_env_vars_of(field)
        return schema


class Config(SettingsModel):
    """The base of an asset's or op's configuration: declare fields with types and defaults.

    Fields are frozen, unknown ones refused, and nothing is converted: ``"3"`` is no int. A value
    may be an EnvVar, read and checked when a run uses it. Wrong values raise one ConfigError.
    """

    __assetbook_config__: ClassVar[bool] = True


class PermissiveConfig(Config):
    """A Config that keeps fields it does not declare."""

    model_config = pydantic.ConfigDict(extra="allow")


ConfigT = TypeVar("ConfigT", bound=SettingsModel)


def make_config(
    cls: type[ConfigT], values: Mapping[str, Any] | ConfigT | None, *, where: str
) -> ConfigT:
    """An instance of ``cls`` from the given values; None is no values, an instance itself.

    Text and lists may stand for what JSON has no type for (dates, paths, enums, tuples), and
    ``{"env": "NAME"}`` for ``EnvVar("NAME")``. Raises ConfigError that begins with ``where``
    and lists everything that is wrong.
    """
    if isinstance(values, cls):
        return values
    if values is not None and not isinstance(values, Mapping):
        raise ConfigError(
            where,
            f"{with_article(type(values).__name__)} is given",
            f"Give an instance of {cls.__name__}, or a dict of its fields.",
        )
    try:
        return cast(ConfigT, cls.__pydantic_validator__.validate_python(dict(values or {})))
    except pydantic.ValidationError as error:
        raise config_error(cls, where, error) from None


def resolve_settings(model: ConfigT, where: str) -> ConfigT:
    """A copy of a Config or resource in which every EnvVar is read; values are checked again.

    ``where`` begins the ConfigError for variables that are not set or do not fit their fields.
    Values of fields of secrets, and of variables named like secrets, are masked from now on.
    """
    variables = list(_env_vars(model, ""))
    if not variables:
        return model.model_copy()
    missing = [(path, each) for path, each in variables if _text_of(each) is None]
    if missing:
        raise ConfigError(
            where,
            "; ".join(
                f"the environment variable `{each.env_var_name}` for `{path}` is not set"
                for path, each in missing
            ),
            "Set it before Jupyter or the daemon starts, or in this kernel by %env NAME=value.",
        )
    try:
        return cast(ConfigT, _resolved(model))
    except pydantic.ValidationError as error:
        hidden = [str(_text_of(each)) for _, each in variables]
        raise config_error(type(model), where, error, hidden=hidden) from None


def resolve_config(config: ConfigT, *, where: str = "the configuration") -> ConfigT:
    """A copy of ``config`` in which every EnvVar is read, for the step that uses it."""
    return resolve_settings(config, where)


def variables_in(model: SettingsModel) -> dict[str, str]:
    """The names of the environment variables that stand for fields and are unread, by field."""
    held = raw_values(model).items()
    return {name: each.env_var_name for name, each in held if is_env_var(each)}


def _env_vars(value: Any, path: str) -> Iterator[tuple[str, EnvVar | IntEnvVar]]:
    """The unread EnvVars in a value, each with the path of its field."""
    if is_env_var(value):
        yield path, value
    elif isinstance(value, SettingsModel):
        for name, each in raw_values(value).items():
            yield from _env_vars(each, f"{path}.{name}".removeprefix("."))
    elif isinstance(value, dict):
        for name, each in value.items():
            yield from _env_vars(each, f"{path}.{name}")
    elif isinstance(value, list | tuple | set):
        for index, each in enumerate(value):
            yield from _env_vars(each, f"{path}[{index}]")


def raw_values(model: SettingsModel) -> dict[str, Any]:
    """The values of all fields by name, EnvVars unread."""
    held = vars(model)
    names = type(model).__pydantic_fields__
    return {**{n: held[n] for n in names if n in held}, **(model.__pydantic_extra__ or {})}


def _resolved(value: Any) -> Any:
    """``value`` with EnvVars replaced by their text, and the models that held some made anew."""
    if is_env_var(value):
        text = _text_of(value)
        for part in secret_parts(text or "", value.env_var_name):
            known_secrets.add(part)
        return text
    if isinstance(value, SettingsModel) and any(_env_vars(value, "")):
        fields = {name: _resolved(each) for name, each in raw_values(value).items()}
        # What comes from the environment is text: here "3" may be an int.
        return type(value).__pydantic_validator__.validate_python(fields, strict=False)
    if isinstance(value, list):
        return [_resolved(each) for each in value]
    if isinstance(value, tuple):
        return tuple(_resolved(each) for each in value)
    if isinstance(value, dict):
        return {name: _resolved(each) for name, each in value.items()}
    return value


def _text_of(variable: EnvVar | IntEnvVar) -> str | None:
    return EnvVar(variable.env_var_name).get_value()
