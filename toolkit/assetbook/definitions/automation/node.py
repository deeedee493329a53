"""A condition as a tree of nodes: what each node is, and how nodes are put together."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator, Mapping
from functools import reduce
from operator import and_, or_
from typing import TYPE_CHECKING, Any, cast

from assetbook.definitions.automation.custom import AutomationContext, AutomationResult
from assetbook.definitions.automation.words import OVER_DEPS, said
from assetbook.definitions.digest import text_digest
from assetbook.errors import DefinitionError, UsageError, with_article

if TYPE_CHECKING:
    from assetbook.definitions.automation.condition import AutomationCondition

CUSTOM = "custom"
HANDLED = "handled"
"""The label of what ends a cause: that the asset was requested, or updated."""


class Node:
    """One node of a condition; frozen, and equal to every node that says the same."""

    kind: str = CUSTOM
    operands: tuple[AutomationCondition, ...] = ()
    options: tuple[tuple[str, Any], ...] = ()
    """What it was given beside them, as plain data."""
    label: str | None = None

    def evaluate(self, context: AutomationContext) -> AutomationResult:
        """For which of ``context.candidate_subset`` it is true; a condition of one's own is a
        subclass with this method.

        The built-in ones raise UsageError: they are evaluated by ``evaluate_automation_conditions``
        alone.
        """
        raise UsageError(
            f"evaluating {self!r}",
            "a condition is asked as a whole, of all that is defined",
            "Call evaluate_automation_conditions(defs=..., instance=...).",
        )

    # -- putting together

    def __and__(self, other: AutomationCondition) -> AutomationCondition:
        return joined("and", self, other)

    def __or__(self, other: AutomationCondition) -> AutomationCondition:
        return joined("or", self, other)

    def __invert__(self) -> AutomationCondition:
        return made("not", self)

    def since(self, reset_condition: AutomationCondition) -> AutomationCondition:
        """True from when this became true, until ``reset_condition`` does."""
        return made("since", self, checked(reset_condition, "since(...)"))

    def since_last_handled(self) -> AutomationCondition:
        """True from when this became true, until the asset is requested or updated."""
        handled = ("newly_requested", "newly_updated", "initial_evaluation")
        reset = reduce(or_, [made(kind) for kind in handled])
        return self.since(reset.with_label(HANDLED))

    def newly_true(self) -> AutomationCondition:
        """True where this is true and was not at the evaluation before."""
        return made("newly_true", self)

    def with_label(self, label: str | None) -> AutomationCondition:
        """The same under that name, by which views show and ``replace`` finds it."""
        return self._changed("label", label)

    def replace(
        self, old: AutomationCondition | str, new: AutomationCondition
    ) -> AutomationCondition:
        """The same with ``new`` in the place of every part that equals ``old``, or is labelled so.

        As in Dagster, it stays as it is where there is no such part.
        """
        if self.label == old if isinstance(old, str) else self == old:
            return checked(new, "replace(...)")
        return self._with_operands(each.replace(old, new) for each in self.operands)

    def allow(self, selection: object) -> AutomationCondition:
        """The same where of the dependencies only those in ``selection`` count."""
        return self._narrowed("allow", selection)

    def ignore(self, selection: object) -> AutomationCondition:
        """The same where the dependencies in ``selection`` do not count."""
        return self._narrowed("ignore", selection)

    def _narrowed(self, how: str, selection: object) -> AutomationCondition:
        if not any(each.kind in OVER_DEPS for each in self.walk()):
            raise DefinitionError(
                f"{how}() of {self!r}",
                "it asks about no dependencies",
                "Say it of any_deps_match(...), all_deps_match(...), or what is made of these.",
            )
        text = selection_text(selection)
        return self._narrowing(how, text)

    def _narrowing(self, how: str, text: str) -> AutomationCondition:
        if self.kind not in OVER_DEPS:
            return self._with_operands(each._narrowing(how, text) for each in self.operands)
        before = dict(self.options)
        # allowed twice is allowed by both, ignored twice by either
        join = "and" if how == "allow" else "or"
        before[how] = text if how not in before else f"({before[how]}) {join} ({text})"
        return self._changed("options", tuple(sorted(before.items())))

    def _with_operands(self, operands: Iterator[AutomationCondition]) -> AutomationCondition:
        return self._changed("operands", tuple(operands))

    def _changed(self, name: str, value: object) -> AutomationCondition:
        changed: Any = copy.copy(self)
        for known in _KNOWN:
            changed.__dict__.pop(known, None)
        object.__setattr__(changed, name, value)
        return changed  # type: ignore[no-any-return]

    # -- what it is

    def walk(self) -> Iterator[Node]:
        """It and all its parts."""
        yield self
        for each in self.operands:
            yield from each.walk()

    def option(self, name: str, default: Any = None) -> Any:
        """What it was given under that name."""
        return next((value for key, value in self.options if key == name), default)

    @property
    def name(self) -> str:
        """Its label, else what it says in a few words."""
        known: str | None = self.__dict__.get("_name")
        if known is None:
            known = self.label or self.describe()
            object.__setattr__(self, "_name", known)
        return known

    def describe(self) -> str:
        """What it says, for people: ``missing``, ``any dependency newly updated``."""
        if self.kind == CUSTOM:
            return type(self).__name__
        return said(self.kind, [each.name for each in self.operands], dict(self.options))

    def to_data(self) -> dict[str, Any]:
        """The same as plain data for JSON; ``AutomationCondition.from_data`` reads it back."""
        found: dict[str, Any] = {"kind": self.kind}
        if self.kind == CUSTOM:
            found["class"] = f"{type(self).__module__}.{type(self).__qualname__}"
        if self.operands:
            found["operands"] = [each.to_data() for each in self.operands]
        if self.options:
            found["options"] = dict(self.options)
        return found if self.label is None else {**found, "label": self.label}

    @property
    def digest(self) -> str:
        """The same for every condition that says the same."""
        known: str | None = self.__dict__.get("_digest")
        if known is None:
            known = text_digest(json.dumps([self.to_data(), _own_fields(self)], sort_keys=True))
            object.__setattr__(self, "_digest", known)
        return known

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Node) and (type(self), self.digest) == (type(other), other.digest)

    def __hash__(self) -> int:
        return hash(self.digest)

    def __setattr__(self, name: str, value: object) -> None:
        if self.kind == CUSTOM and name not in _FIELDS:
            object.__setattr__(self, name, value)
            return
        raise DefinitionError(
            f"setting {name} on {self!r}",
            "conditions are frozen",
            "Make another: with_label(...), replace(...), or the condition anew.",
        )

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.name}>"


_FIELDS = frozenset(["kind", "operands", "options", "label"])
_KNOWN = frozenset(["_digest", "_name"])
"""What a node remembers of itself."""


def _own_fields(node: Node) -> list[str]:
    """What one's own conditions hold, in all parts, as they show themselves."""
    own = [each for each in node.walk() if each.kind == CUSTOM]
    return [
        repr(sorted((k, v) for k, v in vars(each).items() if k not in _FIELDS | _KNOWN))
        for each in own
    ]


def made(
    kind: str, *operands: Any, label: str | None = None, **options: Any
) -> AutomationCondition:
    """The built-in condition of that kind; options of None are left out."""
    from assetbook.definitions.automation.condition import AutomationCondition  # is made of this

    given = tuple(sorted((name, each) for name, each in options.items() if each is not None))
    return AutomationCondition(kind, operands, given, label)


def joined(how: str, left: Any, right: object) -> AutomationCondition:
    """The two joined; a chain of one operator stays flat as long as nobody labelled its parts."""
    other = checked(right, f"{'&' if how == 'and' else '|'} with a condition")
    if left.kind == how and left.label is None:
        return made(how, *left.operands, other)
    return made(how, left, other)


def all_of(*operands: AutomationCondition) -> AutomationCondition:
    """True where each is."""
    return reduce(and_, operands)


def checked(given: object, asked: str) -> AutomationCondition:
    """``given`` itself; raises DefinitionError if it is no condition."""
    if isinstance(given, Node):
        return cast("AutomationCondition", given)
    raise DefinitionError(
        asked,
        f"it is {given!r}, {with_article(type(given).__name__)}",
        "Give an AutomationCondition, such as AutomationCondition.missing().",
    )


def selection_text(selection: object) -> str:
    """A selection as text; raises DefinitionError for what is none."""
    if isinstance(selection, str):
        return selection
    written = getattr(selection, "to_selection_str", None)
    if callable(written):
        return str(written())
    to_user = getattr(selection, "to_user_string", None)
    if callable(to_user):
        return str(to_user())
    raise DefinitionError(
        f"the selection {selection!r}",
        f"it is {with_article(type(selection).__name__)}",
        'Give text such as "group:raw", an AssetSelection, or a key.',
    )


def from_data(data: Mapping[str, Any]) -> AutomationCondition:
    """The condition of such data; raises DefinitionError for one with code of its own."""
    if data["kind"] == CUSTOM:
        raise DefinitionError(
            f"the condition {data['class']}",
            "its evaluate() is code of its notebook's own",
            "Load the notebook or module that defines it.",
        )
    operands = (from_data(each) for each in data.get("operands", ()))
    options: Mapping[str, Any] = data.get("options", {})
    return made(data["kind"], *operands, label=data.get("label"), **options)
