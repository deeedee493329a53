"""What ops, graphs and jobs declare, and the pictures of their graphs."""

from __future__ import annotations

from IPython.core.interactiveshell import InteractiveShell
from tests.definitions.some_ops import add_one, numbers, one, split, total
from tests.surfaces.view_examples import HOSTILE, faults_of, text_of

from assetbook.definitions.asset_job import define_asset_job
from assetbook.definitions.config import Config
from assetbook.definitions.graph_config import ConfigMapping
from assetbook.definitions.graph_decorator import graph, job
from assetbook.definitions.op_decorator import op
from assetbook.definitions.op_ports import GraphOut, In, Out
from assetbook.definitions.retries import Backoff, RetryPolicy
from assetbook.surfaces.display.formatters import register_formatters, unregister_formatters
from assetbook.surfaces.display.op_view import op_html, op_text


class Day(Config):
    day: str
    password: str = "hunter2"


@op(
    ins={"amounts": In(description="in euro")},
    out=Out(io_manager_key="lake"),
    required_resource_keys={"db"},
    retry_policy=RetryPolicy(3, delay=2, backoff=Backoff.EXPONENTIAL),
    pool="api",
    tags={"team": "sales"},
    code_version="7",
)
def send(context: object, config: Day, amounts: list[int], factor: int = 3) -> str:
    """Sends them."""
    return config.day


@graph(out={"sum": GraphOut()})
def counted(n):  # type: ignore[no-untyped-def]
    return {"sum": total([n, add_one(n)])}


@job(tags={"team": "sales"}, config={"ops": {"one": {}}})
def nightly() -> None:
    """All of it."""
    counted(one())
    total(numbers().map(add_one.alias("each")).collect())


def test_an_op_shows_all_that_it_declares() -> None:
    assert op_text(send).split("\n") == [
        "send  op",
        "Sends them.",
        "inputs        amounts: list[int] · in euro; factor: int · optional",
        "outputs       result: str · stored by lake",
        "config        Day: day str, password str (optional)",
        "resources     db",
        "retries       3, after 2 s, exponential",
        "pool          api",
        "tags          team=sales",
        "code version  7",
    ]
    assert "amounts: list[int] · in euro" in text_of(op_html(send))


def test_defaults_are_not_saved_with_a_card() -> None:
    assert "hunter2" not in op_html(send) + op_text(send)


def test_a_job_shows_its_graph_as_a_tree() -> None:
    assert op_text(nightly).split("\n") == [
        "nightly  job, 6 ops",
        "All of it.",
        "· one                  → int",
        "├─ · counted.add_one   → int",
        "│  └─ · counted.total  → int",
        "└─ ↑ counted.total (above)",
        "· numbers              → (dynamic)",
        "└─ · each              → int · for each of numbers",
        "   └─ · total          → int",
        "config  its own",
        "tags    team=sales",
    ]


def test_the_picture_is_said_to_those_who_do_not_see_it() -> None:
    shown = op_html(nightly)
    assert 'aria-label="Graph of 6 ops"' in shown
    assert "each, calls add_one · n: int → int, → int · for each of numbers" in shown
    assert "<script" not in shown and faults_of(shown) == []


def test_a_graph_shows_what_goes_in_and_out() -> None:
    lines = op_text(counted).split("\n")
    assert (lines[0], lines[-2:]) == (
        "counted  graph, 2 ops",
        ["inputs   n: int", "outputs  sum: int"],
    )


def test_a_config_mapping_shows_what_it_takes() -> None:
    mapped = nightly.graph
    shown = type(nightly)(
        "mapped", mapped, nightly.place, config=ConfigMapping(lambda given: {}, Day)
    )
    assert "config  a mapping from Day: day str" in op_text(shown)


def test_a_job_of_assets_shows_its_selection() -> None:
    weekly = define_asset_job("weekly", selection=["orders", "+report"], description="Weekly.")
    assert op_text(weekly).split("\n") == [
        "weekly  job of assets",
        "Weekly.",
        "selects  (orders) or (+report)",
    ]


def test_hostile_words_stay_text() -> None:
    hostile = op(
        name="fine",
        description=HOSTILE,
        ins={"n": In(description=HOSTILE)},
        code_version=HOSTILE,
    )(lambda n: n)

    def body() -> None:
        hostile(one())

    again = job(name="all_of_it", description=HOSTILE)(body)
    for shown in (hostile, again):
        assert faults_of(op_html(shown)) == []
        assert not set(op_text(shown)) & set("\x00\x1b\r\u202e")


def test_too_many_ops_are_no_picture() -> None:
    def body() -> None:
        for number in range(201):
            one.alias(f"o{number}")()

    many = job(name="many")(body)
    assert "201 ops are too many for one picture." in text_of(op_html(many))
    assert "· o200" in op_text(many)


def test_ipython_shows_them_by_their_cards() -> None:
    shell = InteractiveShell.instance()
    register_formatters(shell)
    try:
        for shown in (send, counted, nightly, define_asset_job("weekly")):
            bundle, _ = shell.display_formatter.format(shown)
            assert bundle["text/plain"] == op_text(shown)
            assert bundle["text/html"].startswith('<div class="assetbook">')
        bundle, _ = shell.display_formatter.format([split])
        assert bundle["text/plain"] == "[<op split>]"
    finally:
        unregister_formatters(shell)
        InteractiveShell.clear_instance()
