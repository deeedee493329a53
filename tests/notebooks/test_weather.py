"""The notebook on a month of weather, run from top to bottom in a kernel, twice."""

from __future__ import annotations

from pathlib import Path

import nbformat
from tests.notebooks.kernel import Kernel

NOTEBOOK = Path(__file__).resolve().parents[2] / "notebooks" / "weather.ipynb"


def test_a_month_is_backfilled_and_summed_up(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").touch()
    cells = nbformat.read(NOTEBOOK, as_version=4).cells
    code = {each["id"]: each.source for each in cells if each.cell_type == "code"}
    with Kernel(tmp_path, "weather") as kernel:
        kernel.save(code)
        for cell, source in code.items():
            kernel.run(source, cell)
        found = kernel.ask(
            "from assetbook import Instance\n"
            "store = Instance.get()\n"
            "weather = store.versions('weather')\n"
            "summary, week = store.value('by_day'), store.value('coldest_hour', "
            "partition='2013-01-13')\n"
            "[backfill] = store.own.backfills()\n"
            "answer = {'days': len({each.partition for each in weather}), "
            "'versions': len(weather), 'rows': len(summary), "
            "'rain': float(summary['rain'].sum()), 'week': len(week), "
            "'coldest': float(week['temp'].min()), 'backfill': backfill.status, "
            "'weeks': len(store.versions('coldest_hour')), 'runs': len(store.runs(limit=None))}"
        )
        for cell, source in code.items():
            kernel.run(source, cell)
        again = kernel.ask(
            "from assetbook import Instance\n"
            "answer = [each.asked for each in Instance.get().runs(limit=None)]"
        )
    assert found["days"] == found["versions"] == found["rows"] == 31
    assert found["weeks"] == 3
    assert found["week"] == 7
    assert found["backfill"] == "success"
    assert found["coldest"] < 40
    assert found["rain"] > 0
    assert again[: len(again) - found["runs"]] == []  # everything is fresh
