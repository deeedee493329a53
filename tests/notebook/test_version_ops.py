"""The version of what reaches ops and graphs counts their functions, and not their place."""

from __future__ import annotations

import pytest
from tests.notebook.live_notebook import digest_of, version_of

IMPORTS = "from assetbook import Config, In, Out, config_mapping, graph, op, success_hook\n"
OP = """
LIMIT = {limit}
def helper(): return LIMIT
@op{options}
def one(n=1): return {body}
"""
GRAPH = "@graph{options}\ndef pair(): return one({body})\ndef f(): return pair(){more}"


def made(
    limit: int = 3, body: str = "helper()", options: str = "", inner: str = "", more: str = "",
    around: str = "",
) -> tuple[str, str]:  # fmt: skip
    return (
        IMPORTS + OP.format(limit=limit, body=body, options=options),
        GRAPH.format(options=around, body=inner, more=more),
    )


@pytest.mark.parametrize(
    "change",
    [
        {"limit": 4},
        {"body": "helper() + 1"},
        {"options": "(ins={'n': In(default_value=2)})"},
        {"options": "(code_version='2')"},
        {"options": "(out={'a': Out()})"},
        {"inner": "one()"},
        {"around": "(config={'one': {'inputs': {'n': 3}}})"},
    ],
)
def test_what_changes_a_result_counts(change: dict[str, str]) -> None:
    assert digest_of(*made()) != digest_of(*made(**change))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "change",
    [
        {"options": "(description='said', tags={'a': 'b'}, pool='db')"},
        {"options": "\n"},
        {"around": "(description='said')"},
    ],
)
def test_what_only_describes_counts_for_nothing(change: dict[str, str]) -> None:
    assert digest_of(*made()) == digest_of(*made(**change))  # type: ignore[arg-type]


def test_where_an_op_is_written_counts_for_nothing() -> None:
    first, second = made()
    assert digest_of(first, second) == digest_of("# moved\n\n" + first, "\n" + second)


def test_ops_and_graphs_are_pieces_by_their_names() -> None:
    version = version_of(*made())
    assert version.unknowns == ()
    assert {"asset:f", "helper:pair", "helper:one", "helper:helper", "constant:LIMIT"} <= set(
        version.pieces
    )
    assert version.pieces["helper:one"].text.endswith("return helper()")


def test_hooks_aliases_and_mappings_lead_to_their_functions() -> None:
    text = (
        IMPORTS
        + "K = {}\n@success_hook\ndef told(context): return K\n"
        + (
            "@op\ndef one(): return K\nother = one.alias('b')\n"
            "@config_mapping\ndef days(given): return K\n"
        )
    )
    for used in ("told", "other", "days"):
        use = f"def f(): return {used}"
        assert digest_of(text.format(1), use) != digest_of(text.format(2), use)
