"""Which assets a selection means: its algebra in Python, its text, and its resolution.

``AssetSelection.from_string("+orders and not raw/*")`` and the same made of methods and operators
are one thing: a frozen expression that is resolved against a graph.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import Literal, Protocol

from assetbook.definitions.spec import key_of
from assetbook.dependencies import selection_text as grammar
from assetbook.dependencies.dag import Dag
from assetbook.dependencies.selection_text import Attribute, Expression, Joined, Pattern
from assetbook.errors import SelectionError, did_you_mean
from assetbook.keys import AssetKey


class NodeFacts(Protocol):
    """What a selection asks about one asset."""

    @property
    def group_name(self) -> str:
        """Its group."""

    @property
    def tags(self) -> Mapping[str, str]:
        """Its tags."""

    @property
    def kinds(self) -> Collection[str]:
        """Its kinds."""

    @property
    def owners(self) -> Collection[str]:
        """Its owners."""

    @property
    def is_external(self) -> bool:
        """Whether it is made elsewhere."""


@dataclass(frozen=True, slots=True)
class SelectionGraph:
    """What selections are resolved against; a node without facts is external."""

    dag: Dag
    facts: Mapping[AssetKey, NodeFacts]

    def is_external(self, key: AssetKey) -> bool:
        """Whether the asset is made elsewhere."""
        facts = self.facts.get(key)
        return facts is None or facts.is_external


@dataclass(frozen=True, slots=True)
class AssetSelection:
    """Some assets of a graph, said by an expression; Dagster's names."""

    expression: Expression

    @classmethod
    def all(cls, include_sources: bool = False) -> AssetSelection:
        """Every asset that is made here; with ``include_sources`` the external ones too."""
        return cls(grammar.Everything(include_sources))

    @classmethod
    def assets(cls, *assets: object) -> AssetSelection:
        """The assets with these keys, as keys, text, specs or definitions; each must be there."""
        keys = (key for asset in assets for key in _keys_of(asset))
        return cls(grammar.Keys(tuple(dict.fromkeys(keys)))) if assets else cls(_NOTHING)

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
        return _any_of(cls(grammar.parse(each, include_sources=include_sources)) for each in texts)

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
        return AssetSelection(grammar.Ends(self.expression, "sinks"))

    def roots(self) -> AssetSelection:
        """Those of these assets that have no other of them upstream."""
        return AssetSelection(grammar.Ends(self.expression, "roots"))

    def tips(self) -> AssetSelection:
        """What was asked for its own sake: ``+x`` without the layers above ``x``."""
        return AssetSelection(_tips(self.expression))

    def named(self, graph: SelectionGraph) -> frozenset[AssetKey]:
        """The assets that were named one by one: by no wildcard, attribute, function or layer."""
        return _named(self.expression, graph) & self.resolve(graph)

    def resolve(self, graph: SelectionGraph) -> frozenset[AssetKey]:
        """The assets meant; raises SelectionError for a name that fits none, or several."""
        return _resolved(self.expression, graph)

    def to_selection_str(self) -> str:
        """The selection as text that ``from_string`` reads back.

        That external assets count in groups, tags or kinds is not part of the text.
        """
        return _written(self.expression)

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
        found = AssetSelection(grammar.Layers(self.expression, direction, depth))
        return found if include_self else found - self


_NOTHING = Joined("and not", (grammar.Everything(), grammar.Everything()))


def _keys_of(asset: object) -> Iterable[AssetKey]:
    keys = getattr(asset, "keys", None)
    return keys if isinstance(keys, tuple) else (key_of(asset),)


def _any_of(selections: Iterable[AssetSelection]) -> AssetSelection:
    given = list(selections)
    return reduce(or_, given) if given else AssetSelection(_NOTHING)


def _said(name: grammar.AttributeName, value: str | None, sources: bool = False) -> AssetSelection:
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


def _resolved(expression: Expression, graph: SelectionGraph) -> frozenset[AssetKey]:
    match expression:
        case grammar.Everything(include_sources):
            every = graph.dag.order
            return frozenset(key for key in every if include_sources or not graph.is_external(key))
        case grammar.Name(pattern):
            return _by_name(pattern, graph)
        case grammar.Keys(keys):
            for key in keys:
                if key not in graph.dag:
                    raise _unknown(str(key), graph)
            return frozenset(keys)
        case Attribute():
            return frozenset(key for key in graph.dag if _holds(expression, key, graph))
        case grammar.Ends(child, which):
            within = _resolved(child, graph)
            return graph.dag.sinks(within) if which == "sinks" else graph.dag.roots(within)
        case grammar.Layers(child, direction, depth):
            chosen = _resolved(child, graph)
            if direction == "downstream":
                return chosen | graph.dag.descendants(chosen, depth)
            above = graph.dag.ancestors(chosen, depth)
            return chosen.union(key for key in above if not graph.is_external(key))
        case Joined(how, operands):
            first, *others = (_resolved(operand, graph) for operand in operands)
            if how == "and":
                return first.intersection(*others)
            return first.union(*others) if how == "or" else first.difference(*others)


def _by_name(pattern: Pattern, graph: SelectionGraph) -> frozenset[AssetKey]:
    name = str(pattern)
    parts = name.split("/")
    if pattern.plain and all(parts) and (exact := AssetKey(parts)) in graph.dag:
        return frozenset((exact,))
    fitting = [key for key in graph.dag if pattern.matches(str(key))]
    if pattern.plain and not fitting:
        fitting = [key for key in graph.dag if str(key).endswith(f"/{name}")]
    if not fitting:
        raise _unknown(name, graph)
    if pattern.plain and len(fitting) > 1:
        several = " and ".join(f"`{key}`" for key in fitting)
        raise SelectionError(f"the asset `{name}`", f"it may be {several}", "Write the whole key.")
    return frozenset(fitting)


def _unknown(name: str, graph: SelectionGraph) -> SelectionError:
    near = did_you_mean(name, map(str, graph.dag))
    return SelectionError(f"the asset `{name}`", "nothing here is called so", near)


def _holds(attribute: Attribute, key: AssetKey, graph: SelectionGraph) -> bool:
    """Whether it is true of ``key``; keys, owners and ``is:`` are asked of external assets too."""
    value, facts = attribute.value, graph.facts.get(key)
    if attribute.name == "key":
        return value is not None and value.matches(str(key))
    if attribute.name == "is":
        return graph.is_external(key) is (str(value) == "external")
    if facts is None:
        return False
    if attribute.name == "owner":
        return _among(value, facts.owners)
    if facts.is_external and not attribute.include_sources:
        return False
    if attribute.name == "kind":
        return _among(value, facts.kinds)
    if attribute.name == "group":
        return _among(value, (facts.group_name,))
    tag, said = attribute.tag, value or Pattern(("",))
    return any(said.matches(facts.tags[each]) for each in facts.tags if tag and tag.matches(each))


def _among(value: Pattern | None, texts: Collection[str]) -> bool:
    return not texts if value is None else any(map(value.matches, texts))


def _tips(expression: Expression) -> Expression:
    match expression:
        case grammar.Layers(child, "upstream", _):
            return _tips(child)
        case Joined("or", operands):
            return Joined("or", tuple(map(_tips, operands)))
        case _:
            return expression


def _named(expression: Expression, graph: SelectionGraph) -> frozenset[AssetKey]:
    match expression:
        case grammar.Name(pattern) | Attribute("key", Pattern() as pattern):
            return _resolved(expression, graph) if pattern.plain else frozenset()
        case grammar.Keys(keys):
            return frozenset(keys)
        case grammar.Layers(child) | grammar.Ends(child) | Joined("and not", (child, *_)):
            return _named(child, graph)
        case Joined(_, operands):
            return frozenset().union(*(_named(operand, graph) for operand in operands))
        case _:
            return frozenset()


def _written(expression: Expression) -> str:
    match expression:
        case grammar.Everything(include_sources):
            return 'key:"*"' if include_sources else "*"
        case grammar.Name(pattern):
            return name_text(pattern)
        case grammar.Keys(keys):
            return " or ".join(f"key:{Pattern((str(key),)).quoted}" for key in keys)
        case Attribute():
            return _attribute_text(expression)
        case grammar.Ends(child, which):
            return f"{which}({_written(child)})"
        case grammar.Layers(child, direction, depth):
            layers = "" if depth is None else str(depth)
            term = f"({_written(child)})" if isinstance(child, grammar.Layers) else _operand(child)
            return f"{layers}+{term}" if direction == "upstream" else f"{term}+{layers}"
        case Joined("and not", (grammar.Everything(False), right)):
            return f"not {_operand(right)}"
        case Joined(how, operands):
            return f" {how} ".join(map(_operand, operands))


def _operand(expression: Expression) -> str:
    several = isinstance(expression, grammar.Keys) and len(expression.keys) > 1
    text = _written(expression)
    return f"({text})" if several or isinstance(expression, Joined) else text


def _attribute_text(said: Attribute) -> str:
    value = "<null>" if said.value is None else said.value.quoted
    if said.tag is None:
        return f"{said.name}:{value}"
    return f"tag:{said.tag.quoted}" + ("" if said.value is None else f"={value}")


def name_text(pattern: Pattern) -> str:
    """Bare where that reads back as the same name, else quoted."""
    text = str(pattern)
    taken = text.lower() in ("*", *grammar.OPERATORS) or text.isdigit()
    bare = grammar.WORD.fullmatch(text) and not taken and pattern == Pattern.wild(text)
    return text if bare else pattern.quoted
