"""What a selection that is being typed may become."""

from __future__ import annotations

import re
from collections import Counter

from assetbook.dependencies.selection_expression import ATTRIBUTES, IS_VALUES, Pattern
from assetbook.dependencies.selection_graph import SelectionGraph
from assetbook.dependencies.selection_parser import FUNCTIONS
from assetbook.dependencies.selection_writing import name_text

_BEING_TYPED = re.compile(r'(?:(\w+):)?"?([^\s()+,"]*)$')
_NEEDS_QUOTES = re.compile(r'[\s()+,"<>*\\]')


def completions(text: str, position: int, graph: SelectionGraph) -> list[str]:
    """What the word that ends at ``position`` may become: each replaces that word as a whole.

    A word begins after a space, a parenthesis, a comma or a ``+``.
    """
    found = _BEING_TYPED.search(text[: max(0, position)])
    name, begun = (found[1], found[2]) if found else (None, "")
    if name is not None:
        values = sorted(each for each in _values_of(name, graph) if each.startswith(begun))
        signs = _NEEDS_QUOTES.search
        return [f"{name}:{Pattern((each,)).quoted if signs(each) else each}" for each in values]
    keys = [str(key) for key in graph.dag]
    tails = Counter(key.parts[-1] for key in graph.dag)
    alone = sorted(tail for tail in tails.keys() - set(keys) if tails[tail] == 1)
    names = [name_text(Pattern((each,))) for each in keys + alone if each.startswith(begun)]
    syntax = [f"{each}:" for each in ATTRIBUTES] + [f"{each}(" for each in FUNCTIONS]
    return names + [each for each in syntax if each.startswith(begun)]


def _values_of(name: str, graph: SelectionGraph) -> set[str]:
    facts = graph.facts.values()
    tags = {pair for each in facts for pair in each.tags.items()}
    values: dict[str, set[str]] = {
        "key": set(map(str, graph.dag)),
        "is": set(IS_VALUES),
        "group": {each.group_name for each in facts},
        "kind": {kind for each in facts for kind in each.kinds},
        "owner": {owner for each in facts for owner in each.owners},
        "tag": {f"{tag}={value}" if value else tag for tag, value in tags},
    }
    return values.get(name, set())
