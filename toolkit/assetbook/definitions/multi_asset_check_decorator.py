"""``@multi_asset_check``: a function that answers several checks."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from assetbook.definitions.asset_decorator import documentation, input_ports
from assetbook.definitions.check_definition import AssetChecksDefinition
from assetbook.definitions.check_spec import AssetCheckSpec
from assetbook.definitions.labels import validate_name
from assetbook.definitions.parameters import caller_names, place_of, read_parameters
from assetbook.definitions.ports import AssetIn
from assetbook.errors import DefinitionError, with_article
from assetbook.named_arguments import named_options


@named_options
def multi_asset_check(
    *,
    specs: Sequence[AssetCheckSpec],
    name: str | None = None,
    description: str | None = None,
    can_subset: bool = False,
    ins: Mapping[str, AssetIn] | None = None,
    resources: Mapping[str, object] | None = None,
    ignore: Iterable[str] = (),
) -> Callable[[Callable[..., Any]], AssetChecksDefinition]:
    """The definition of several checks that one call of the function answers, of one or several
    assets.

    The function returns or yields an AssetCheckResult for each spec, with its ``check_name``, and
    its ``asset_key`` where names are shared. Its parameters are the values of the assets of those
    names (or of ``ins``), and context, config and resources. Each spec says whether it blocks.
    With ``can_subset`` only those of ``context.selected_asset_check_keys`` need be answered.
    Raises DefinitionError for anything that cannot be meant.
    """
    checked = _checked(specs)
    bound = resources or {}

    def decorate(fn: Callable[..., Any]) -> AssetChecksDefinition:
        parameters = read_parameters(fn, resource_names=bound.keys(), local_names=caller_names(fn))
        own_name = name or fn.__name__
        text = description if description is not None else documentation(fn)
        return AssetChecksDefinition(
            tuple(each if each.description else each.described(text) for each in checked),
            fn,
            place_of(fn),
            name=validate_name(own_name, f"@multi_asset_check {fn.__name__}()"),
            can_subset=can_subset,
            inputs=input_ports(fn, parameters, ins or {}),
            context_name=parameters.context,
            config_type=parameters.config,
            resource_names=parameters.resources,
            resources=bound,
            ignore=frozenset(ignore),
        )

    return decorate


def _checked(specs: Sequence[AssetCheckSpec]) -> tuple[AssetCheckSpec, ...]:
    asked = "@multi_asset_check(specs=...)"
    found = tuple(specs)
    for each in found:
        if not isinstance(each, AssetCheckSpec):
            raise DefinitionError(
                asked,
                f"it holds {each!r}, {with_article(type(each).__name__)}",
                "Give AssetCheckSpec(name, asset=...).",
            )
    if not found:
        raise DefinitionError(asked, "there are none", "Name the checks that it answers.")
    keys = [each.key for each in found]
    twice = next((key for key in keys if keys.count(key) > 1), None)
    if twice is not None:
        raise DefinitionError(asked, f"the check `{twice}` is there twice", "Leave one out.")
    return found
