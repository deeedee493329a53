"""Each public name of Dagster's is here, or says what to use in its place."""

from __future__ import annotations

import inspect
import re
import subprocess
import sys

import pytest
from tests.dagster.recorded import NAMES, RECORDED
from tests.test_import import PACKAGE, loaded_after, stems

import assetbook.dagster as dg
from assetbook.dagster.missing_names import MISSING, MissingNameError
from assetbook.dagster.name_table import HOMES
from assetbook.dagster.parameter_table import PARAMETERS, REFUSED, RENAMED
from assetbook.errors import DefinitionError, UsageError


def test_the_names_are_those_of_the_version_that_the_docs_name() -> None:
    assert RECORDED["version"] == "1.13.28"
    assert len(NAMES) == 440


def test_each_name_is_here_or_has_its_sentence() -> None:
    assert {*HOMES, *MISSING} == NAMES.keys()


def test_no_name_is_both_here_and_missing() -> None:
    assert HOMES.keys() & MISSING.keys() == set()


def test_each_name_that_is_here_can_be_imported() -> None:
    for name in HOMES:
        namespace: dict[str, object] = {}
        exec(f"from assetbook.dagster import {name}", namespace)
        assert namespace[name] is getattr(dg, name)


def test_each_name_that_is_not_here_says_what_to_do() -> None:
    for name in MISSING:
        said = f"`dagster.{name}`: it is not in assetbook\n.+\\.$"
        with pytest.raises(ImportError, match=said) as raised:
            exec(f"from assetbook.dagster import {name}")
        assert isinstance(raised.value, MissingNameError)


def test_a_substitute_is_there_itself() -> None:
    import assetbook

    said = " ".join(MISSING.values())
    names = set(re.findall(r"\b[A-Z][a-z]+[A-Z]\w+|@\w+|\b\w+_\w+(?=\()", said))
    known = {*HOMES, *assetbook.__all__, "load_asset_value", "report_runless_asset_event"}
    python = {"NOTEBOOK", "SELECTION"}
    members = {"merge_attributes"}
    assert {each.lstrip("@") for each in names} - known - python - members == set()


@pytest.mark.parametrize(
    ("name", "slip", "near"),
    [
        ("Definitions", "asset", "assets"),
        ("materialize", "slection", "selection"),
        ("execute_job", "run_confg", "run_config"),
        ("ReexecutionOptions", "step_selction", "step_selection"),
    ],
)
def test_a_slip_in_an_argument_is_offered_the_nearest(name: str, slip: str, near: str) -> None:
    with pytest.raises(UsageError, match=rf"{name}\({slip}=...\).*\nDid you mean `{near}`"):
        getattr(dg, name)(**{slip: 1})


def test_a_slip_is_offered_the_nearest_name() -> None:
    with pytest.raises(AttributeError, match=r"no attribute 'assset'\. Did you mean `asset`"):
        dg.assset  # noqa: B018 - the access is the test


def test_probing_for_other_attributes_raises_nothing() -> None:
    assert not hasattr(dg, "__assetbook_resource__")
    assert not hasattr(dg, "handle_output")


def test_importing_loads_nothing_heavy() -> None:
    assert loaded_after("import assetbook.dagster") == []
    code = "from assetbook.dagster import asset, Definitions, materialize, AssetKey"
    assert set(loaded_after(code)) <= {"msgspec", "sqlite3"}


def test_dagster_itself_is_never_imported() -> None:
    code = (
        "import sys, assetbook.dagster as dg\n"
        "for name in dg.__all__: getattr(dg, name)\n"
        "print('dagster' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        check=True,
        capture_output=True,
        text=True,
        env={"PYTHONPATH": str(PACKAGE.parent)},
    )
    assert done.stdout.strip() == "False"


def test_no_name_is_a_modules() -> None:
    assert HOMES.keys() & stems() == set()


@pytest.mark.parametrize("name", PARAMETERS)
def test_each_parameter_is_taken_or_refused(name: str) -> None:
    theirs = [each for each in NAMES[name] or () if each not in _DECORATED]
    ours = PARAMETERS[name][1].split()
    assert ours == theirs
    taken = inspect.signature(getattr(dg, name)).parameters
    assert set(ours) <= taken.keys()


@pytest.mark.parametrize("parameter", REFUSED)
def test_a_refused_parameter_belongs_to_something(parameter: str) -> None:
    assert any(parameter in parameters.split() for _, parameters in PARAMETERS.values())


def test_renamed_parameters_are_dagsters() -> None:
    every = {each for _, parameters in PARAMETERS.values() for each in parameters.split()}
    assert RENAMED.keys() <= {*every, "config_fn"}


_DECORATED = ("compute_fn", "compose_fn", "config_fn")
"""The functions that decorators take."""
_SAME_PARAMETERS = ("Definitions", "execute_job", "materialize", "materialize_to_memory")


@pytest.mark.parametrize("name", _SAME_PARAMETERS)
def test_parameters_have_dagsters_names_and_order(name: str) -> None:
    assert list(inspect.signature(getattr(dg, name)).parameters) == NAMES[name]


@pytest.mark.parametrize(
    ("call", "match"),
    [
        (lambda: dg.graph_asset(automation_condition=object()), "Give it to an @asset"),
        (lambda: dg.AssetOut(backfill_policy=object()), "@asset, @multi_asset"),
        (lambda: dg.sensor(job_name="nightly"), r"Give the job itself: job=\."),
        (lambda: dg.op(config_schema={"x": int}), "annotated with a subclass of Config"),
        (lambda: dg.materialize_to_memory([], tags={"x": "y"}), "nothing is recorded of a run in"),
        (lambda: dg.reconstructable(lambda: 3), "it gives an int"),
        (lambda: dg.execute_job(None, None, asset_selection=["a"]), "a job of ops makes no assets"),
        (
            lambda: dg.execute_job(
                None,
                dg.DagsterInstance.ephemeral(),
                tags={"a": "b"},
                reexecution_options=dg.ReexecutionOptions("run"),
            ),
            "the run that is done again says it",
        ),
    ],
)
def test_an_option_without_meaning_is_refused(call: object, match: str) -> None:
    with pytest.raises(DefinitionError, match=match):
        call()  # type: ignore[operator]


def test_an_option_that_says_what_is_so_is_taken() -> None:
    assert dg.asset(output_required=True, automation_condition=None)(lambda: 1) is not None


def test_a_parameter_that_is_given_twice_is_told() -> None:
    with pytest.raises(UsageError, match=r"type_check_fn=\.\.\.\): it is given by its place, too"):
        dg.DagsterType("Positive", type_check_fn=lambda context, value: value > 0)


def test_an_unknown_parameter_is_offered_the_nearest() -> None:
    with pytest.raises(UsageError, match="Did you mean `group_name`"):
        dg.asset(groupname="x")


def test_what_assetbook_has_besides_may_be_given() -> None:
    @dg.asset(reads="data/*.csv", group_name="g")
    def rows() -> list[int]:
        return [1]

    assert rows.reads == ("data/*.csv",)
