"""``%resume`` and ``%retry`` in a notebook: plans with reasons, records, refusals."""

from __future__ import annotations

import re

import pytest
from tests.surfaces.book import Book, CellFailedError

import assetbook
from assetbook.errors import SelectionError, UsageError
from assetbook.planning.steps import Plan
from assetbook.storage.store import RunRecord
from assetbook.surfaces.completion import completions_of

SHOP = """
@asset
def orders():
    return [1, 2]

@asset
def totals(orders):
    {totals}
    return sum(orders)

@asset
def report(totals):
    return f"{{totals}} in all"

@asset
def names():
    return ["ann"]
"""
INTERRUPTED = "raise KeyboardInterrupt"
FAILING = "raise ValueError('no totals today')"


def shop(book: Book, totals: str = "") -> None:
    book.run(SHOP.format(totals=totals))


def broken(book: Book, how: str, line: str = "%materialize") -> RunRecord:
    """The run of all assets, in which ``totals`` is interrupted or fails."""
    shop(book, how)
    with pytest.raises(CellFailedError):
        book.run(line)
    return book.instance.runs()[0]


def reasons(plan: object) -> dict[str, str]:
    assert isinstance(plan, Plan)
    return {step.name: step.why for step in plan}


def numbers(book: Book) -> dict[str, int]:
    return {str(row.key): row.number for row in assetbook.assets() if row.number is not None}


# -- resume


def test_resume_says_what_is_left_of_an_interrupted_run_and_why(book: Book) -> None:
    run = broken(book, INTERRUPTED)
    name = run.id[:6]
    assert reasons(assetbook.resume(name, dry_run=True)) == {
        "totals": f"on its way when run {name} was interrupted",
        "report": f"not reached when run {name} was interrupted",
        "names": f"not reached when run {name} was interrupted",
    }
    assert len(book.instance.runs()) == 1


def test_resume_uses_what_was_made(book: Book) -> None:
    run = broken(book, INTERRUPTED)
    shop(book)
    shown = book.run(f"%resume {run.id[:4]}")
    assert "report" in shown
    assert numbers(book) == {"orders": 1, "totals": 1, "report": 1, "names": 1}
    again = book.instance.runs()[0].reexecution
    assert again is not None
    assert (again.kind, again.parent_run_id, again.root_run_id) == ("resume", run.id, run.id)


def test_resume_makes_again_what_no_longer_counts(book: Book) -> None:
    run = broken(book, INTERRUPTED)
    shop(book)
    book.run("@asset\ndef orders():\n    return [1, 2, 3]")
    found = reasons(assetbook.resume(run.id, dry_run=True))
    assert found["orders"].startswith("its own code changed")
    book.run(f"%resume {run.id}")
    assert numbers(book) == {"orders": 2, "totals": 1, "report": 1, "names": 1}
    assert assetbook.value("report") == "6 in all"


def test_resume_goes_on_from_the_last_of_a_chain(book: Book) -> None:
    first = broken(book, INTERRUPTED)
    with pytest.raises(CellFailedError):
        book.run(f"%resume {first.id}")
    second = book.instance.runs()[0]
    shop(book)
    found = reasons(assetbook.resume(first.id, dry_run=True))
    assert f"when run {second.id[:6]} was interrupted" in found["totals"]
    book.run(f"%resume {first.id}")
    third = book.instance.runs()[0].reexecution
    assert third is not None
    assert (third.parent_run_id, third.root_run_id) == (second.id, first.id)
    assert set(numbers(book).values()) == {1}
    with pytest.raises(SelectionError, match="nothing is left"):
        assetbook.resume(first.id)


def test_a_forced_run_is_resumed_forced(book: Book) -> None:
    shop(book)
    book.run("%materialize")
    run = broken(book, INTERRUPTED, "%materialize --force")
    shop(book)
    book.run(f"%resume {run.id}")
    assert numbers(book) == {"orders": 2, "totals": 2, "report": 2, "names": 2}


def test_resume_leaves_what_somebody_made_since(book: Book) -> None:
    run = broken(book, INTERRUPTED)
    book.run("%materialize names")
    plan = assetbook.resume(run.id, dry_run=True)
    assert list(reasons(plan)) == ["totals", "report"]


def test_a_run_with_given_versions_is_resumed_with_them(book: Book) -> None:
    shop(book)
    book.run("%materialize")
    book.run("@asset\ndef orders():\n    return [5]")
    book.run("%materialize orders")
    book.run("@asset\ndef names(totals):\n    raise KeyboardInterrupt")
    with pytest.raises(CellFailedError):
        book.run("%materialize report names --with orders@1")
    run = book.instance.runs()[0]
    book.run("@asset\ndef names(totals):\n    return totals")
    shown = book.run(f"%resume {run.id}")
    assert "totals" not in re.findall(r"^ok +(\w+)", shown, re.M)
    assert assetbook.value(f"names@run:{book.instance.runs()[0].id}") == 3


def test_resume_refuses_a_run_that_came_to_its_end(book: Book) -> None:
    run = broken(book, FAILING)
    with pytest.raises(SelectionError, match=r"`totals` failed\n.*%retry .* --from-failure"):
        assetbook.resume(run.id)
    shop(book)
    book.run("%materialize")
    with pytest.raises(SelectionError, match="nothing is left"):
        assetbook.resume(book.instance.runs()[0].id)


def test_a_run_is_never_resumed_twice_at_once(book: Book) -> None:
    run = broken(book, INTERRUPTED)
    shop(book)
    resume = "import assetbook as ab\nfrom assetbook.errors import ConflictError\n"
    book.run(
        f"{resume}@asset\ndef totals(orders):\n"
        f"    try:\n        ab.resume('{run.id}')\n"
        "    except ConflictError as error:\n        print(error)\n    return 3"
    )
    shown = book.run(f"%resume {run.id}\n%logs --step totals")
    assert "it is still running" in shown
    assert numbers(book) == {"orders": 1, "totals": 1, "report": 1, "names": 1}


# -- retry


def test_retry_from_failure_runs_what_failed_and_what_follows(book: Book) -> None:
    run = broken(book, FAILING)
    name = run.id[:6]
    assert reasons(assetbook.retry(name, from_failure=True, dry_run=True)) == {
        "totals": f"failed in run {name}",
        "report": f"what it needs failed in run {name}",
    }
    shop(book)
    found = reasons(assetbook.retry(name, from_failure=True, dry_run=True))
    assert found["totals"] == f"failed in run {name}; its code changed since run {name}"
    book.run(f"%retry {name} --from-failure")
    assert numbers(book) == {"orders": 1, "totals": 1, "report": 1, "names": 1}
    again = book.instance.runs()[0].reexecution
    assert again is not None
    assert (again.kind, again.parent_run_id) == ("from_failure", run.id)


def test_retry_from_failure_uses_the_rest_as_it_is_and_says_if_it_is_stale(book: Book) -> None:
    run = broken(book, FAILING)
    shop(book)
    book.run("@asset\ndef orders():\n    return [1, 2, 3]")
    plan = assetbook.retry(run.id, from_failure=True, dry_run=True)
    assert list(reasons(plan)) == ["totals", "report"]
    assert "left as they are: orders (its own code changed" in str(plan)


def test_retry_runs_all_steps_once_more(book: Book) -> None:
    run = broken(book, FAILING)
    shop(book)
    found = reasons(assetbook.retry(run.id, dry_run=True))
    assert set(found) == {"orders", "totals", "report", "names"}
    assert found["orders"] == f"you retry run {run.id[:6]}"
    book.run(f"%retry {run.id}")
    assert numbers(book) == {"orders": 2, "totals": 1, "report": 1, "names": 2}


def test_retry_runs_the_chosen_steps(book: Book) -> None:
    shop(book)
    book.run("%materialize +report")
    run = book.instance.runs()[0]
    assert list(reasons(assetbook.retry(run.id, "totals+", dry_run=True))) == ["totals", "report"]
    with pytest.raises(SelectionError, match="none of that run's assets\nThere are: `orders`"):
        assetbook.retry(run.id, "names")
    book.run(f"%retry {run.id} totals")
    assert numbers(book) == {"orders": 1, "totals": 2, "report": 1}
    again = book.instance.runs()[0].reexecution
    assert again is not None
    assert (again.kind, again.selection) == ("selection", "totals")


def test_the_root_is_the_first_run_of_all(book: Book) -> None:
    shop(book)
    book.run("%materialize names")
    first = book.instance.runs()[0]
    book.run(f"%retry {first.id}")
    second = book.instance.runs()[0]
    book.run(f"%retry {second.id}")
    again = book.instance.runs()[0].reexecution
    assert again is not None
    assert (again.parent_run_id, again.root_run_id) == (second.id, first.id)


def test_nothing_failed_is_said(book: Book) -> None:
    shop(book)
    book.run("%materialize names")
    run = book.instance.runs()[0]
    with pytest.raises(SelectionError, match=f"nothing failed in it\n.*`%retry {run.id[:6]}`"):
        assetbook.retry(run.id, from_failure=True)


def test_a_step_that_nothing_defines_any_more_is_named(book: Book) -> None:
    run = broken(book, FAILING)
    book.run("%forget report")
    with pytest.raises(SelectionError, match="`report` was a step of it, and nothing defines it"):
        assetbook.retry(run.id)


def test_unknown_and_ambiguous_ids_are_refused(book: Book) -> None:
    shop(book)
    book.run("%materialize")
    run = book.instance.runs()[0]
    for verb in (assetbook.resume, assetbook.retry):
        with pytest.raises(SelectionError, match=f"there is none\nThere are: {run.id}"):
            verb("nothing")
    book.run("%materialize --force")
    with pytest.raises(SelectionError, match="several begin so\nThere are: "):
        book.instance.run("")
    with pytest.raises(UsageError, match="says twice which steps"):
        assetbook.retry(run.id, "names", from_failure=True)


def test_without_a_run_those_that_may_be_meant_are_named(book: Book) -> None:
    for verb, found in (("resume", "No run was broken off"), ("retry", "Nothing has run here yet")):
        with pytest.raises(CellFailedError, match=f"`%{verb}`: it names no run\n{found}"):
            book.run(f"%{verb}")
    failed = broken(book, FAILING, "%materialize report").id[:6]
    interrupted = broken(book, INTERRUPTED, "%materialize report").id[:6]
    with pytest.raises(CellFailedError) as said:
        book.run("%retry")
    assert f"`%retry {interrupted}`  report, canceled, just now\n" in str(said.value)
    assert f"`%retry {failed} --from-failure`  report, failed, just now" in str(said.value)
    with pytest.raises(UsageError, match=rf"no run\n`%resume {interrupted}`  report, \S+, \D+$"):
        assetbook.resume()


def test_a_run_that_was_done_again_is_not_meant(book: Book) -> None:
    interrupted = broken(book, INTERRUPTED, "%materialize report").id
    shop(book)
    book.run(f"%resume {interrupted}")
    with pytest.raises(CellFailedError, match=r"`%resume`: it names no run\nNo run was broken off"):
        book.run("%resume")
    with pytest.raises(CellFailedError) as said:
        book.run("%retry")
    assert f"%retry {interrupted[:6]}" not in str(said.value)


def test_a_run_that_is_alive_is_left_alone(book: Book) -> None:
    book.run(
        "import assetbook as ab\n"
        "@asset\ndef own(context):\n    ab.retry(context.run_id)\n    return 1"
    )
    with pytest.raises(CellFailedError, match="it is still running"):
        book.run("%materialize")


@pytest.mark.parametrize("magic", ["resume", "retry"])
def test_ids_and_selections_are_completed(book: Book, magic: str) -> None:
    shop(book)
    book.run("%materialize names")
    run = book.instance.runs()[0]
    assert completions_of(book.live, f"%{magic} {run.id[:2]}") == [run.id]
    offered = completions_of(book.live, f"%{magic} {run.id} tot")
    assert ("totals" in offered) == (magic == "retry")


def test_the_executor_of_the_run_is_used_again(book: Book) -> None:
    run = broken(book, FAILING, "%materialize --executor threads --workers 2")
    shop(book)
    again = assetbook.retry(run.id, from_failure=True)
    assert not isinstance(again, Plan)
    started = book.instance.events(run_id=again.run_id)[0].event
    request = started.request  # type: ignore[union-attr]
    assert request is not None
    assert (request.executor, request.workers) == ("threads", 2)


LANDED = """
@observable_source_asset
def landed():
    return DataVersion("1")

@asset(deps=[landed])
def loaded():
    return 3

@multi_asset_check(specs=[
    AssetCheckSpec("few", asset="loaded"), AssetCheckSpec("many", asset="loaded", blocking=True)
])
def sizes():
    yield AssetCheckResult(check_name="few", asset_key="loaded", passed=True)
    yield AssetCheckResult(check_name="many", asset_key="loaded", passed={passed})

@asset
def used(loaded):
    return loaded
"""


def test_several_checks_of_one_function_and_what_is_observed_are_done_again(book: Book) -> None:
    book.run("from assetbook import *\n" + LANDED.format(passed=False))
    with pytest.raises(CellFailedError):
        book.run("%materialize")
    run = book.instance.runs()[0]
    book.run("from assetbook import *\n" + LANDED.format(passed=True))
    plan = assetbook.retry(run.id, from_failure=True, dry_run=True)
    assert "its check `many` failed" in reasons(plan)["loaded"]
    assert f"failed in run {run.id[:6]}" in reasons(plan)["sizes"]
    book.run(f"%retry {run.id} --from-failure")
    assert assetbook.value("used") == 3
    book.run("%observe landed")
    observed = book.instance.runs()[0]
    book.run(f"%retry {observed.id}")
    assert book.instance.runs()[0].steps == ("landed",)
