"""``@config_mapping``: one small configuration that stands for those of many ops."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeGuard

from assetbook.definitions.parameters import CONFIG_MARK, caller_names, own_name, read_parameters
from assetbook.errors import DefinitionError
from assetbook.named_arguments import named_arguments, named_options


@named_arguments
@dataclass(frozen=True, slots=True)
class ConfigMapping:
    """A function from a graph's configuration to that of its ops.

    ``config_fn`` takes an instance of ``config_type`` (a dict for None), and returns by op
    ``{"config": ..., "inputs": ...}``; for a job, that below ``ops``.
    """

    config_fn: Callable[[Any], Any]
    config_type: type | None = None


@named_options
def config_mapping(fn: Callable[[Any], Any]) -> ConfigMapping:
    """The mapping that the decorated function is; its one parameter's Config class is the schema.

    Raises DefinitionError for a function that does not take one parameter.
    """
    own_name(fn)
    code = fn.__code__
    if code.co_argcount != 1 or code.co_kwonlyargcount:
        raise DefinitionError(
            f"the config mapping {fn.__name__}()",
            f"it takes {code.co_argcount + code.co_kwonlyargcount} parameters",
            "Give it one: the configuration.",
        )
    name = code.co_varnames[0]
    if name == "config":
        config_type = read_parameters(fn, local_names=caller_names(fn)).config
    else:
        inputs: Mapping[str, object] = dict(
            read_parameters(fn, local_names=caller_names(fn)).inputs
        )
        annotation = inputs.get(name)
        config_type = annotation if _is_config(annotation) else None
    return ConfigMapping(fn, config_type)


def _is_config(annotation: object) -> TypeGuard[type]:
    return isinstance(annotation, type) and hasattr(annotation, CONFIG_MARK)
