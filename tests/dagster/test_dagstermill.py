"""dagstermill's programs, on assetbook."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest
from tests.kernels.notebooks import outputs_of, written

from assetbook.dagster import AssetIn, DailyPartitionsDefinition, asset, dagstermill, materialize
from assetbook.errors import DefinitionError


@asset
def iris() -> list[int]:
    return [3, 4]


def notebook(folder: Path, *cells: str) -> Path:
    declared = (
        "from assetbook.dagster import dagstermill\n"
        "context = dagstermill.get_context(op_config={'top': 1})\niris = []"
    )
    return written(folder / "iris.ipynb", *cells, parameters=declared)


def test_the_asset_is_the_executed_notebook(tmp_path: Path) -> None:
    path = notebook(tmp_path, "print(iris, context.op_config, context.run_id)")
    made = dagstermill.define_dagstermill_asset(
        name="iris_kmeans",
        notebook_path=str(path),
        ins={"iris": AssetIn("iris")},
        group_name="template_tutorial",
    )

    result = materialize([iris, made])

    shown = outputs_of(Path(result.output_for_node("iris_kmeans")))
    assert shown[-1] == f"[3, 4] {{'top': 1}} {result.run_id}\n"
    assert made.spec.group_name == "template_tutorial"


def test_the_context_knows_the_partition_and_logs(tmp_path: Path) -> None:
    path = notebook(tmp_path, "context.log.info('at work')\nprint(context.partition_key)")
    days = DailyPartitionsDefinition("2026-01-01")
    made = dagstermill.define_dagstermill_asset("daily", str(path), partitions_def=days)

    result = materialize([made], partition_key="2026-01-02")

    cell = nbformat.read(result.output_for_node("daily"), as_version=4).cells[-1]
    assert {each.text for each in cell.outputs} == {"at work\n", "2026-01-02\n"}


def test_what_is_not_here_names_its_substitute(tmp_path: Path) -> None:
    with pytest.raises(ImportError, match=r"Use assetbook\.publish"):
        from assetbook.dagster.dagstermill import yield_result  # noqa: F401
    with pytest.raises(DefinitionError, match="config_schema"):
        dagstermill.define_dagstermill_asset("x", "x.ipynb", config_schema={"a": int})
    with pytest.raises(AttributeError, match="get_context"):
        dagstermill.get_contxt  # noqa: B018


def test_outside_a_run_the_context_is_there_too() -> None:
    context = dagstermill.get_context(op_config=3)
    assert (context.op_config, context.run_id, context.partition_key) == (3, "", None)
