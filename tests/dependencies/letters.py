"""A small graph that tests select from, and what a text selects in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from assetbook.dependencies.dag import Dag
from assetbook.dependencies.selection import AssetSelection, SelectionGraph
from assetbook.keys import AssetKey


@dataclass(frozen=True)
class Facts:
    group_name: str = "default"
    tags: Mapping[str, str] = field(default_factory=dict)
    kinds: frozenset[str] = frozenset()
    owners: tuple[str, ...] = ()
    is_external: bool = False


def graph_of(parents: Mapping[str, str], facts: Mapping[str, Facts]) -> SelectionGraph:
    key = AssetKey.from_user_string
    dag = Dag({key(name): [key(each) for each in above.split()] for name, above in parents.items()})
    return SelectionGraph(dag, {each: facts.get(str(each), Facts()) for each in dag})


LETTERS = graph_of(
    {"ext": "", "raw/a": "ext", "raw/ax": "", "c": "raw/a", "d": "c", "e": "d raw/ax", "f": "c"},
    {
        "ext": Facts("g1", {"k": ""}, owners=("team:data",), is_external=True),
        "raw/a": Facts("g1", {"k": "v"}, frozenset({"python"}), ("a@b.co",)),
        "raw/ax": Facts("g1_more", {"k": ""}, frozenset({"sql"})),
        "c": Facts("g2", {"tier": "1"}, owners=("team:data", "a@b.co")),
    },
)
"""ext → raw/a → c → d → e, raw/ax → e, c → f; ext is made elsewhere."""

MADE = "raw/a raw/ax c d e f"


def keys(words: str) -> frozenset[AssetKey]:
    return frozenset(map(AssetKey.from_user_string, words.split()))


def chosen(text: str | list[str], graph: SelectionGraph = LETTERS) -> str:
    """What a text selects, as words in the graph's order."""
    found = AssetSelection.from_string(text).resolve(graph)
    return " ".join(str(key) for key in graph.dag if key in found)
