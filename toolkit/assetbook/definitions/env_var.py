"""Environment variables as values of fields: named where they are written, read where used."""

from __future__ import annotations

import os

from assetbook.errors import ConfigError
from assetbook.named_arguments import named_arguments

_SECRET_WORDS = (
    "PASSWORD",
    "PASSWD",
    "PASSPHRASE",
    "TOKEN",
    "SECRET",
    "CREDENTIAL",
    "API_KEY",
    "APIKEY",
    "ACCESS_KEY",
    "PRIVATE_KEY",
)


@named_arguments
class EnvVar(str):
    """An environment variable, given for a field of a config or resource.

    ``EnvVar("HOST")`` is text, so that it may stand for any field of text; ``EnvVar.int("PORT")``
    for a field of whole numbers. The variable is read when a run uses it, never before. Printing
    one shows its name, never its value.
    """

    __slots__ = ()

    def __new__(cls, name: str) -> EnvVar:
        if not isinstance(name, str) or not name or "=" in name or "\0" in name:
            raise ConfigError(
                f"EnvVar({name!r})",
                "it is no name of an environment variable",
                'Write EnvVar("NAME").',
            )
        return super().__new__(cls, name)

    @classmethod
    def int(cls, name: str) -> IntEnvVar:
        """The variable as a whole number."""
        return IntEnvVar(name)

    @property
    def env_var_name(self) -> str:
        """The variable's name."""
        return str.__str__(self)

    def get_value(self, default: str | None = None) -> str | None:
        """The variable's value now, or ``default`` if it is not set."""
        return os.environ.get(self.env_var_name, default)

    def __str__(self) -> str:
        raise _used_directly(self.env_var_name)

    def __format__(self, spec: str) -> str:
        raise _used_directly(self.env_var_name)

    def __repr__(self) -> str:
        return f"EnvVar({self.env_var_name!r})"

    def __reduce__(self) -> tuple[type[EnvVar], tuple[str]]:
        return EnvVar, (self.env_var_name,)


class IntEnvVar(int):
    """An environment variable that holds a whole number; made by ``EnvVar.int``."""

    env_var_name: str
    """The variable's name."""

    def __new__(cls, name: str) -> IntEnvVar:
        made = super().__new__(cls, 0)
        made.env_var_name = EnvVar(name).env_var_name
        return made

    def get_value(self, default: int | None = None) -> int | None:
        """The variable's value now, or ``default`` if it is not set.

        Raises ConfigError, which does not show the value, if it is not a whole number.
        """
        text = os.environ.get(self.env_var_name)
        if text is None:
            return default
        try:
            return int(text)
        except ValueError:
            pass
        raise ConfigError(
            f"the environment variable `{self.env_var_name}`",
            "its value is not a whole number",
            f"Set {self.env_var_name} to digits alone.",
        )

    def __eq__(self, other: object) -> bool:
        return isinstance(other, IntEnvVar) and self.env_var_name == other.env_var_name

    def __hash__(self) -> int:
        return hash(self.env_var_name)

    def __str__(self) -> str:
        raise _used_directly(self.env_var_name)

    def __format__(self, spec: str) -> str:
        raise _used_directly(self.env_var_name)

    def __int__(self) -> int:
        raise _used_directly(self.env_var_name)

    def __repr__(self) -> str:
        return f"EnvVar.int({self.env_var_name!r})"

    def __reduce__(self) -> tuple[type[IntEnvVar], tuple[str]]:
        return IntEnvVar, (self.env_var_name,)


def is_env_var(value: object) -> bool:
    """Whether ``value`` is an environment variable that has not been read yet."""
    return type(value) is EnvVar or type(value) is IntEnvVar


def looks_secret(name: str) -> bool:
    """Whether a variable of this name holds a secret, as far as its name tells."""
    upper = name.upper()
    return any(word in upper for word in _SECRET_WORDS)


def _used_directly(name: str) -> ConfigError:
    return ConfigError(
        f"the environment variable `{name}`",
        "its value was asked for before a run has read it",
        "Use .get_value(), or give the EnvVar to a field of a Config or resource.",
    )
