"""Op selection: the grammar of Dagster 1.13.28, with its answers."""

from __future__ import annotations

import pytest
from tests.definitions.some_ops import add_one, one, plus

from assetbook.definitions.graph_decorator import graph, job
from assetbook.definitions.op_selection import selected_ops
from assetbook.errors import SelectionError


@graph
def g(n):  # type: ignore[no-untyped-def]
    return add_one(add_one(n))


@job
def made():  # type: ignore[no-untyped-def]
    first = one()
    plus(add_one(add_one(first)), g(first))


@pytest.mark.parametrize(
    ("clauses", "ops"),
    [
        (["*add_one_2"], "one add_one add_one_2"),
        (["+add_one_2"], "add_one add_one_2"),
        (["++add_one_2"], "one add_one add_one_2"),
        (["add_one+"], "add_one add_one_2"),
        (["add_one++"], "add_one add_one_2 plus"),
        (["add_one*"], "add_one add_one_2 plus"),
        (["add_one"], "add_one"),
        ("add_one", "add_one"),
        (["g"], "g.add_one g.add_one_2"),
        (["g.add_one"], "g.add_one"),
        (["one+"], "one add_one g.add_one g.add_one_2"),
        (["*g"], "one g.add_one g.add_one_2"),
        (["one", "plus"], "one plus"),
        (["*"], "one add_one g.add_one g.add_one_2 add_one_2 plus"),
        ([], "one add_one g.add_one g.add_one_2 add_one_2 plus"),
    ],
)
def test_clauses_mean_ops(clauses: list[str] | str, ops: str) -> None:
    assert selected_ops(made.graph, made.ops, clauses) == set(ops.split())


@pytest.mark.parametrize(
    ("clause", "said"),
    [
        ("nope", "the job has no such op"),
        ("add_onne", "Did you mean `add_one`"),
        ("g.add_tow", "Did you mean `g.add_one`"),
        ("one,plus", 'it is no selection of ops\nWrite "x"'),
        ("add_*", "the job has no such op"),
        ("a*b", "it is no selection of ops"),
        ("**add_one", "it is no selection of ops"),
        (3, "op_selection=3: it is no selection"),
        ("*g.add_one", r"not those inside a graph\nWrite 'g.add_one', or name the graph: 'g'"),
        ("", "it is no selection of ops"),
    ],
)
def test_what_names_no_op_is_refused(clause: str, said: str) -> None:
    with pytest.raises(SelectionError, match=said):
        selected_ops(made.graph, made.ops, ["one", clause])


def test_a_job_may_be_limited_to_some_of_its_ops() -> None:
    assert g.to_job(op_selection="add_one").op_selection == ("add_one",)
    with pytest.raises(SelectionError, match="the job has no such op"):
        g.to_job(op_selection=["nope"])
