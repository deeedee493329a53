"""``AssetSelection``: some assets of a graph, put together in Python or said as text.

``AssetSelection.from_string("+orders and not raw/*")`` and the same made of methods and operators
are one thing: a frozen expression that is resolved against a graph.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import Literal

from assetbook.definitions.check_definition import AssetChecksDefinition
from assetbook.definitions.spec import key_of
from assetbook.dependencies.selection_expression import (
    Attribute,
    AttributeName,
    Ends,
    Everything,
    Expression,
    Joined,
    Keys,
    Layers,
    Pattern,
)
from assetbook.dependencies.selection_graph import SelectionGraph as SelectionGraph
from assetbook.dependencies.selection_parser import parse
from assetbook.dependencies.selection_resolution import (
    checks_meant,
    named,
    resolved,
    says_checks,
)
from assetbook.dependencies.selection_writing import written
from assetbook.errors import SelectionError
from assetbook.keys import AssetKey, CheckKey


@dataclass(frozen=True, slots=True)
class AssetSelection:
    """Some assets of a graph, said by an expression; Dagster's names."""

    expression: Expression

    @classmethod
    def all(cls, include_sources: bool = False) -> AssetSelection:
        """Every asset that is made here; with ``include_sources`` the external ones too."""
        return cls(Everything(include_sources))

    @classmethod
    def assets(cls, *assets: object) -> AssetSelection:
        """The assets with these keys, as keys, text, specs or definitions; each must be there."""
        keys = (key for asset in assets for key in _keys_of(asset))
        return cls(Keys(tuple(dict.fromkeys(keys)))) if assets else cls(_NOTHING)

    @classmethod
    def keys(cls, *keys: AssetKey | str | Sequence[str]) -> AssetSelection:
        """The assets with these keys; each must be there."""
        return cls.assets(*keys)

    @classmethod
    def groups(cls, *names: str, include_sources: bool = False) -> AssetSelection:
        """The assets in any of these groups."""
        return _any_of(_said("group", name, include_sources) for name in names)

    @classmethod
    def tag(cls, key: str, value: str = "", include_sources: bool = False) -> AssetSelection:
        """The assets whose tag ``key`` has this value; an empty value is one too."""
        said = Pattern((value,)) if value else None
        return cls(Attribute("tag", said, Pattern((key,)), include_sources))

    @classmethod
    def kind(cls, kind: str | None, include_sources: bool = False) -> AssetSelection:
        """The assets of this kind; None for those without any."""
        return _said("kind", kind, include_sources)

    @classmethod
    def owner(cls, owner: str | None) -> AssetSelection:
        """The assets, also external ones, of this owner; None for those without any."""
        return _said("owner", owner)

    @classmethod
    def key_prefixes(
        cls, *prefixes: str | Sequence[str], include_sources: bool = False
    ) -> AssetSelection:
        """The assets whose keys begin with any of these parts; text is one part."""
        texts = ("/".join([each] if isinstance(each, str) else each) for each in prefixes)
        pieces = (each for text in texts for each in ((text,), (f"{text}/", "")))
        return _any_of(_key_like(each, include_sources) for each in pieces)

    @classmethod
    def key_substring(cls, substring: str, include_sources: bool = False) -> AssetSelection:
        """The assets in whose keys, as people read them, ``substring`` occurs."""
        return _key_like(("", substring, ""), include_sources)

    @classmethod
    def checks(cls, *checks: object) -> AssetSelection:
        """These checks, which run alone: definitions of checks, or their keys."""
        keys = (key for each in checks for key in _check_keys_of(each))
        return _any_of(_check_like((key.to_user_string(),)) for key in keys)

    @classmethod
    def checks_for_assets(cls, *assets: object) -> AssetSelection:
        """All checks of these assets, without the assets."""
        keys = (key for asset in assets for key in _keys_of(asset))
        return _any_of(_check_like((f"{key.to_user_string()}:", "")) for key in keys)

    @classmethod
    def all_asset_checks(cls) -> AssetSelection:
        """Every check, without the assets."""
        return _check_like(("", ""))

    @classmethod
    def from_string(
        cls, text: str | Iterable[str], include_sources: bool = False
    ) -> AssetSelection:
        """What ``text`` says; several texts are any of them.

        With ``include_sources``, external assets count in ``*``, ``not``, groups, tags and kinds.
        Raises SelectionError that points at what cannot be read.
        """
        texts = [text] if isinstance(text, str) else list(text)
        if not texts:
            raise SelectionError("this selection", "it is empty", "Write `*` for all assets.")
        return _any_of(cls(parse(each, include_sources=include_sources)) for each in texts)

    def without_checks(self) -> AssetSelection:
        """These assets, whose checks do not run with them."""
        return self - AssetSelection.all_asset_checks()

    def materializable(self) -> AssetSelection:
        """Those of these assets that are made here."""
        return self & AssetSelection.all()

    def upstream(self, depth: int | None = None, include_self: bool = True) -> AssetSelection:
        """These and what is made here up to ``depth`` layers above them; None means all layers."""
        return self._layers("upstream", depth, include_self)

    def downstream(self, depth: int | None = None, include_self: bool = True) -> AssetSelection:
        """These and what lies up to ``depth`` layers below them; None means all layers."""
        return self._layers("downstream", depth, include_self)

    def sinks(self) -> AssetSelection:
        """Those of these assets that have no other of them downstream."""
        return AssetSelection(Ends(self.expression, "sinks"))

    def roots(self) -> AssetSelection:
        """Those of these assets that have no other of them upstream."""
        return AssetSelection(Ends(self.expression, "roots"))

    def tips(self) -> AssetSelection:
        """What was asked for its own sake: ``+x`` without the layers above ``x``."""
        return AssetSelection(_tips(self.expression))

    def named(self, graph: SelectionGraph) -> frozenset[AssetKey]:
        """The assets that were named one by one: by no wildcard, attribute, function or layer."""
        return named(self.expression, graph) & self.resolve(graph)

    def resolve(self, graph: SelectionGraph) -> frozenset[AssetKey]:
        """The assets meant; raises SelectionError for a name that fits none, or several."""
        return resolved(self.expression, graph)

    @property
    def says_checks(self) -> bool:
        """Whether checks are named or taken away; else all of each asset run with it."""
        return says_checks(self.expression)

    def resolve_checks(self, graph: SelectionGraph) -> frozenset[str]:
        """The checks meant, as ``orders:full``: those named, and those of the assets meant; raises
        as ``resolve``."""
        return checks_meant(self.expression, graph)

    def to_selection_str(self) -> str:
        """The selection as text that ``from_string`` reads back.

        That external assets count in groups, tags or kinds is not part of the text.
        """
        return written(self.expression)

    def __or__(self, other: AssetSelection) -> AssetSelection:
        return AssetSelection(_join("or", self.expression, other.expression))

    def __and__(self, other: AssetSelection) -> AssetSelection:
        return AssetSelection(_join("and", self.expression, other.expression))

    def __sub__(self, other: AssetSelection) -> AssetSelection:
        return AssetSelection(_join("and not", self.expression, other.expression))

    def __str__(self) -> str:
        return self.to_selection_str()

    def _layers(
        self, direction: Literal["upstream", "downstream"], depth: int | None, include_self: bool
    ) -> AssetSelection:
        if depth is not None and depth < 0:
            raise SelectionError(f"{depth} layers {direction}", "there are no such layers")
        found = AssetSelection(Layers(self.expression, direction, depth))
        return found if include_self else found - self


_NOTHING = Joined("and not", (Everything(), Everything()))


def _keys_of(asset: object) -> Iterable[AssetKey]:
    keys = getattr(asset, "keys", None)
    return keys if isinstance(keys, tuple) else (key_of(asset),)


def _check_keys_of(check: object) -> Iterable[CheckKey]:
    if isinstance(check, CheckKey):
        return (check,)
    if isinstance(check, AssetChecksDefinition):
        return tuple(CheckKey(spec.asset_key, spec.name) for spec in check.specs)
    raise SelectionError(
        "AssetSelection.checks(...)",
        f"it is given {check!r}, which is no check",
        "Give what @asset_check makes, or AssetCheckKey(asset_key, name).",
    )


def _check_like(pieces: tuple[str, ...]) -> AssetSelection:
    return AssetSelection(Attribute("check", Pattern(pieces)))


def _any_of(selections: Iterable[AssetSelection]) -> AssetSelection:
    given = list(selections)
    return reduce(or_, given) if given else AssetSelection(_NOTHING)


def _said(name: AttributeName, value: str | None, sources: bool = False) -> AssetSelection:
    pattern = None if value is None else Pattern((value,))
    return AssetSelection(Attribute(name, pattern, None, sources))


def _key_like(pieces: tuple[str, ...], include_sources: bool) -> AssetSelection:
    found = AssetSelection(Attribute("key", Pattern(pieces)))
    return found if include_sources else found.materializable()


def _join(how: Literal["or", "and", "and not"], left: Expression, right: Expression) -> Expression:
    """The two joined; a chain of one operator stays flat, so that it may be long."""
    if isinstance(left, Joined) and left.how == how:
        return Joined(how, (*left.operands, right))
    return Joined(how, (left, right))


def _tips(expression: Expression) -> Expression:
    match expression:
        case Layers(child, "upstream", _):
            return _tips(child)
        case Joined("or", operands):
            return Joined("or", tuple(map(_tips, operands)))
        case _:
            return expression
