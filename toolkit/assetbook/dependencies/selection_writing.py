"""Expressions as text that the parser reads back as the same."""

from __future__ import annotations

from assetbook.dependencies.selection_expression import (
    Attribute,
    Ends,
    Everything,
    Expression,
    Joined,
    Keys,
    Layers,
    Name,
    Pattern,
)
from assetbook.dependencies.selection_tokens import OPERATORS, WORD


def written(expression: Expression) -> str:
    """The text that is read back as this expression, as far as text can say it."""
    match expression:
        case Everything(include_sources):
            return 'key:"*"' if include_sources else "*"
        case Name(pattern):
            return name_text(pattern)
        case Keys(keys):
            return " or ".join(f"key:{Pattern((str(key),)).quoted}" for key in keys)
        case Attribute():
            return _attribute_text(expression)
        case Ends(child, which):
            return f"{which}({written(child)})"
        case Layers(child, direction, depth):
            layers = "" if depth is None else str(depth)
            term = f"({written(child)})" if isinstance(child, Layers) else _operand(child)
            return f"{layers}+{term}" if direction == "upstream" else f"{term}+{layers}"
        case Joined("and not", (Everything(False), right)):
            return f"not {_operand(right)}"
        case Joined(how, operands):
            return f" {how} ".join(map(_operand, operands))


def _operand(expression: Expression) -> str:
    several = isinstance(expression, Keys) and len(expression.keys) > 1
    text = written(expression)
    return f"({text})" if several or isinstance(expression, Joined) else text


def _attribute_text(said: Attribute) -> str:
    value = "<null>" if said.value is None else said.value.quoted
    if said.tag is None:
        return f"{said.name}:{value}"
    return f"tag:{said.tag.quoted}" + ("" if said.value is None else f"={value}")


def name_text(pattern: Pattern) -> str:
    """The name as it is written: bare where that reads back as the same name, else quoted."""
    text = str(pattern)
    taken = text.lower() in ("*", *OPERATORS) or text.isdigit()
    bare = WORD.fullmatch(text) and not taken and pattern == Pattern.wild(text)
    return text if bare else pattern.quoted
