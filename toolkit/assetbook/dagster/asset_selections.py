"""Dagster's selections: its grammar, in which a bare ``+c`` is one layer, said in assetbook's."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from typing import NoReturn

from assetbook.definitions.asset_job import UnresolvedAssetJobDefinition
from assetbook.definitions.graph_body import GraphBody
from assetbook.definitions.job_definition import JobDefinition
from assetbook.dependencies.selection import AssetSelection as OwnSelection
from assetbook.dependencies.selection_expression import (
    Attribute,
    Ends,
    Everything,
    Expression,
    Joined,
    Layers,
    Name,
)
from assetbook.dependencies.selection_parser import parse
from assetbook.errors import SelectionError, UsageError

_TERM = re.compile(r"(\*|\+*)([\w./-]+)(\*|\+*)", re.ASCII)
"""One key alone, with its layers: ``++orders*``."""


class AssetSelection(OwnSelection):
    """Some assets of a graph; text is read by Dagster's grammar.

    One key alone may have ``+`` for each layer, or ``*`` for all; inside an expression keys are
    written ``key:orders``, and there ``+`` is all layers, ``2+`` so many.
    """

    __slots__ = ()

    @classmethod
    def from_string(
        cls, text: str | Iterable[str], include_sources: bool = False
    ) -> AssetSelection:
        """What ``text`` says; several texts are any of them.

        Raises SelectionError for a bare key inside an expression, and for what cannot be read.
        """
        texts = [text] if isinstance(text, str) else list(text)
        found = [_read(each, include_sources) for each in texts]
        if not found:
            raise SelectionError("this selection", "it is empty", "Write `*` for all assets.")
        return cls(found[0] if len(found) == 1 else Joined("or", tuple(found)))


ELSEWHERE: dict[str, str] = {
    "required_multi_asset_neighbors": "What is made together runs together.",
    "sources": "Say `roots()`.",
    "upstream_source_assets": "Say `upstream()`: external assets are read, and never run.",
}
"""Members of Dagster's that this has not, and what to do instead."""


def _refused(name: str, remedy: str) -> Callable[..., NoReturn]:
    def refuse(*args: object, **kwargs: object) -> NoReturn:
        raise UsageError(f"AssetSelection.{name}", "assetbook does not have it", remedy)

    return refuse


for _name, _remedy in ELSEWHERE.items():
    setattr(AssetSelection, _name, staticmethod(_refused(_name, _remedy)))


def selection_of(given: object) -> OwnSelection | None:
    """What a selection means that is text, a key, a definition, an AssetSelection, or several.

    None stays None.
    """
    if given is None or isinstance(given, OwnSelection):
        return given
    if isinstance(given, str):
        return AssetSelection.from_string(given)
    if isinstance(given, Sequence):
        parts = [_one_of_several(each) for each in given]
        if not parts:
            raise SelectionError("this selection", "it is empty", "Write `*` for all assets.")
        return OwnSelection(Joined("or", tuple(each.expression for each in parts)))
    return OwnSelection.assets(given)


def target_of(given: object) -> object:
    """What a schedule or sensor runs: jobs as they are, and a selection as Dagster means it."""
    jobs = (JobDefinition, UnresolvedAssetJobDefinition, GraphBody)
    several = given if isinstance(given, list | tuple) else [given]
    is_jobs = bool(several) and all(isinstance(each, jobs) for each in several)
    return given if is_jobs else selection_of(given)


def _one_of_several(given: object) -> OwnSelection:
    found = selection_of(given)
    if found is None:
        raise SelectionError("this selection", "one of it is None", "Leave it out.")
    return found


def _read(text: str, include_sources: bool) -> Expression:
    term = _TERM.fullmatch(text.strip())
    if term is not None:
        return _one_term(*term.groups())
    expression = parse(text, include_sources=include_sources)
    _refuse_bare(expression, text)
    return expression


def _one_term(above: str, name: str, below: str) -> Expression:
    key = OwnSelection.keys(name).expression
    sides: list[Expression] = []
    if above:
        sides.append(Layers(key, "upstream", None if above == "*" else len(above)))
    if below:
        sides.append(Layers(key, "downstream", None if below == "*" else len(below)))
    if not sides:
        return key
    return sides[0] if len(sides) == 1 else Joined("or", tuple(sides))


def _refuse_bare(expression: Expression, text: str) -> None:
    match expression:
        case Name(pattern):
            raise SelectionError(
                f"the selection `{text}`",
                f"`{pattern}` is a bare key inside an expression",
                f"Write `key:{pattern}`; there `+` means all layers, and `1+` one.",
            )
        case Layers(child) | Ends(child):
            _refuse_bare(child, text)
        case Joined(_, operands):
            for each in operands:
                _refuse_bare(each, text)
        case Attribute() | Everything() | _:
            return
