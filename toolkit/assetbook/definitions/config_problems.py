"""What is wrong with a configuration, said for people: paths and types, never values."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from assetbook.definitions.env_var import EnvVar, IntEnvVar
from assetbook.definitions.secret import MASK, scrub
from assetbook.errors import ConfigError, did_you_mean

if TYPE_CHECKING:
    import pydantic
    from pydantic_core import ErrorDetails

_SHORTEST_SECRET = 4  # characters


def config_error(
    cls: type[pydantic.BaseModel],
    where: str,
    error: pydantic.ValidationError,
    hidden: Iterable[str] = (),
) -> ConfigError:
    """One error for all that is wrong, each with its path; ``hidden`` texts are masked."""
    lines = [_one_error(cls, each) for each in error.errors(include_url=False)]
    found = lines[0] if len(lines) == 1 else "\n".join(["", *(f"  {line}" for line in lines)])
    for value in hidden:
        if len(value) >= _SHORTEST_SECRET:
            found = found.replace(value, MASK)
    fields = ", ".join(f"`{name}`" for name in cls.__pydantic_fields__)
    return ConfigError(where, scrub(found), f"{cls.__name__} takes {fields or 'no fields'}.")


def _one_error(cls: type[pydantic.BaseModel], error: ErrorDetails) -> str:
    path = "".join(f"[{p}]" if isinstance(p, int) else f".{p}" for p in error["loc"])
    path = path.removeprefix(".") or "the whole"
    if error["type"] == "missing":
        return f"`{path}` is missing"
    if error["type"] == "extra_forbidden":
        guess = did_you_mean(str(error["loc"][-1]), _fields_at(cls, error["loc"][:-1]))
        return f"`{path}` is no field. {guess}".rstrip()
    if error["type"] == "model_type":
        return f"`{path}` should be a dict of fields (given: {type(error['input']).__name__})"
    said = error["msg"]
    if said.startswith("Input should be "):
        said = said.removeprefix("Input ")
        return f"`{path}` {said} (given: {type(error['input']).__name__})"
    return f"`{path}`: {said.removeprefix('Value error, ')}"


def _fields_at(cls: type[pydantic.BaseModel], path: tuple[int | str, ...]) -> Iterable[str]:
    """The names of the fields of the nested model at ``path``; none where there is no telling."""
    found: object = cls
    for part in path:
        fields = getattr(found, "__pydantic_fields__", {})
        found = fields[part].annotation if part in fields else None
    return getattr(found, "__pydantic_fields__", ())


def unread(owner: str, field: str, variable: EnvVar | IntEnvVar) -> ConfigError:
    """The error for a field that was read while it is an EnvVar still."""
    return ConfigError(
        f"{owner}.{field}",
        f"it is the environment variable `{variable.env_var_name}`, which only a run reads",
        f"Outside a run use {variable!r}.get_value().",
    )


def frozen(owner: str, name: str) -> ConfigError:
    """The error for setting a field."""
    return ConfigError(
        f"setting {name} on {owner}",
        "configuration is frozen",
        f"Make another one: {owner}({name}=..., ...).",
    )
