"""What a selection that is being typed may become."""

from __future__ import annotations

import pytest
from tests.dependencies.letters import LETTERS, graph_of

from assetbook.dependencies.dag import Dag
from assetbook.dependencies.selection import SelectionGraph
from assetbook.dependencies.selection_completion import completions
from assetbook.keys import AssetKey


@pytest.mark.parametrize(
    ("text", "offered"),
    [
        ("ra", ["raw/a", "raw/ax"]),
        ("c and +a", ["a", "ax"]),
        ("2+(e", ["ext", "e"]),
        ("gr", ["group:"]),
        ("group:g1", ["group:g1", "group:g1_more"]),
        ('group:"g1_', ["group:g1_more"]),
        ("tag:", ["tag:k", "tag:k=v", "tag:tier=1"]),
        ("owner:team:", ["owner:team:data"]),
        ("c or kind:p", ["kind:python"]),
        ("is:", ["is:external", "is:materializable"]),
        ("key:raw/ax", ["key:raw/ax"]),
        ("si", ["sinks("]),
        ("status:", []),
    ],
)
def test_completions_continue_the_word(text: str, offered: list[str]) -> None:
    assert completions(text, len(text), LETTERS) == offered


def test_completions_look_before_the_cursor() -> None:
    assert completions("group:g2 or c", 7, LETTERS) == ["group:g1", "group:g1_more", "group:g2"]
    assert "roots(" in completions("", 0, LETTERS)


def test_completed_names_are_quoted_where_needed() -> None:
    graph = graph_of({}, {})
    odd = SelectionGraph(Dag({AssetKey("or"): [], AssetKey("my key"): []}), graph.facts)
    assert completions("", 0, odd)[:2] == ['"or"', '"my key"']
    assert completions("key:", 4, odd) == ['key:"my key"', "key:or"]
