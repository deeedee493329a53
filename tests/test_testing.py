"""The fixture for tests of assets: a fresh store in each, gone afterwards."""

from __future__ import annotations

from pathlib import Path

import pytest

from assetbook.definitions.asset_decorator import asset
from assetbook.instance.instance import Instance
from assetbook.surfaces.making_verbs import materialize

pytest_plugins = ["pytester"]


@asset
def orders() -> list[str]:
    return ["long"] * 50_000


@pytest.mark.parametrize("time", [1, 2])
def test_each_test_has_a_fresh_store(assetbook_instance: Instance, time: int) -> None:
    assert assetbook_instance.runs() == []
    outcome = materialize([orders], instance=assetbook_instance)
    assert len(outcome.asset_value("orders")) == 50_000


def test_the_projects_store_is_left_alone(
    assetbook_instance: Instance, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    materialize([orders], instance=assetbook_instance)
    assert list(tmp_path.iterdir()) == []


def test_its_folder_goes_with_it(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        from pathlib import Path

        from assetbook import asset, materialize

        @asset
        def orders():
            return ["long"] * 50_000

        def test_orders(assetbook_instance):
            materialize([orders], instance=assetbook_instance)
            folder = assetbook_instance.values.root.parent
            assert folder.exists()
            Path("folder.txt").write_text(str(folder))
        """
    )
    pytester.runpytest_subprocess("-p", "no:cacheprovider").assert_outcomes(passed=1)
    assert not Path((pytester.path / "folder.txt").read_text()).exists()
