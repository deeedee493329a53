"""Figures and displays land with the step that made them, in threads and in worker processes."""

from __future__ import annotations

import base64
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from assetbook import Instance, asset
from assetbook.events.log_record import LogRecord
from assetbook.execution.capture import watched
from assetbook.execution.displays import shown_as
from assetbook.execution.executor import Executor, InProcessExecutor
from assetbook.execution.figures import own_figures
from assetbook.execution.processes.executor import ProcessExecutor
from assetbook.execution.threads import ThreadExecutor
from assetbook.instance.materializing import materialize_definitions


@pytest.fixture
def instance(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Instance]:
    (tmp_path / "pyproject.toml").touch()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MPLBACKEND", "agg")
    monkeypatch.setattr("assetbook.execution.figures.running_shell", lambda: None)
    instance = Instance.get(tmp_path)
    yield instance
    instance.close()


def kept(instance: Instance, executor: Executor, *assets: object) -> dict[str, list[LogRecord]]:
    outcome = materialize_definitions(assets, instance=instance, executor=executor)
    assert outcome.run_id is not None
    return {
        step.name: [each.record for each in instance.logs(outcome.run_id, step.name)]
        for step in outcome.plan.steps
    }


def pictures(records: list[LogRecord]) -> list[bytes]:
    """The pictures among a step's displays."""
    bundles = [each.bundle for each in records if each.bundle is not None]
    return [base64.b64decode(str(each["image/png"])) for each in bundles if "image/png" in each]


def drawing(width: int, meeting: Callable[[], object] = int) -> Callable[[], int]:
    """A function that shows a figure, and leaves two open, each so many inches wide."""

    def draw() -> int:
        import matplotlib.pyplot as plt

        for number in range(3):
            meeting()
            plt.figure(figsize=(width, 1), dpi=100)
            plt.axes((0, 0, 1, 1))
            plt.plot([1, 2])
            plt.axis("off")
            meeting()
            assert plt.gcf().get_figwidth() == width
            if number == 0:
                plt.show()
        assert len(plt.get_fignums()) == 2
        return width

    return draw


def width(png: bytes) -> int:
    """Inches, roughly."""
    return round(int.from_bytes(png[16:20], "big") / 100)


@pytest.mark.parametrize("executor", [InProcessExecutor(), ProcessExecutor(1)], ids=repr)
def test_figures_shown_and_left_open_are_kept(instance: Instance, executor: Executor) -> None:
    drawn = asset(name="drawn")(drawing(5))
    assert [width(each) for each in pictures(kept(instance, executor, drawn)["drawn"])] == [5] * 3


def test_figures_of_concurrent_assets_stay_with_their_own(instance: Instance) -> None:
    meeting = threading.Barrier(4)
    widths = {f"w{number}": number for number in range(3, 7)}
    assets = [
        asset(name=name)(drawing(number, lambda: meeting.wait(20)))
        for name, number in widths.items()
    ]
    logs = kept(instance, ThreadExecutor(4), *assets)
    found = {name: [width(each) for each in pictures(logs[name])] for name in widths}
    assert found == {name: [number] * 3 for name, number in widths.items()}


def figures_of_another_step() -> list[int]:
    """The numbers of the open figures that a step finds while another one has one open."""
    import matplotlib.pyplot as plt

    with watched(), own_figures():
        plt.figure()
        with own_figures():
            found = plt.get_fignums()
        plt.close("all")
    return found


def test_a_step_finds_no_figure_of_another() -> None:
    assert figures_of_another_step() == []


def test_without_a_list_of_its_own_it_does(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("assetbook.execution.capture.figures_apart", lambda: lambda: None)
    assert figures_of_another_step() == [1]


def test_a_figure_from_before_the_run_stays_open(instance: Instance) -> None:
    import matplotlib.pyplot as plt
    from matplotlib._pylab_helpers import Gcf

    before = plt.figure(figsize=(9, 1))
    try:
        drawn = asset(name="drawn")(drawing(5))
        logs = kept(instance, InProcessExecutor(), drawn)["drawn"]
        assert [width(each) for each in pictures(logs)] == [5] * 3
        assert plt.gcf() is before and type(Gcf.figs).__name__ == "OrderedDict"
    finally:
        plt.close(before)


def test_a_failed_step_shows_what_it_drew(instance: Instance) -> None:
    @asset
    def fails() -> int:
        import matplotlib.pyplot as plt

        plt.figure()
        raise ValueError("no data")

    outcome = materialize_definitions(
        [fails], instance=instance, executor=InProcessExecutor(), raise_on_error=False
    )
    assert outcome.run_id is not None
    assert len(pictures([each.record for each in instance.logs(outcome.run_id, "fails")])) == 1


def test_displays_of_worker_processes_are_kept_in_order(
    instance: Instance, capsys: pytest.CaptureFixture[str]
) -> None:
    @asset
    def shown() -> int:
        import pandas as pd
        from IPython.display import HTML, Image
        from IPython.display import display as imported

        print("before")
        display(pd.DataFrame({"a": [1]}))  # type: ignore[name-defined]  # noqa: F821
        print("between")
        imported(HTML("<b>bold</b>"), {"a": 1})
        imported({"text/plain": "raw", "text/latex": "$x$"}, raw=True, include=["text/latex"])
        imported(Image(b"\x89PNG\r\n\x1a\n" + b"0" * 20))
        handle = imported("waits", display_id=True)
        handle.update("done")
        imported(HTML("x" * 11_000_000))
        return 1

    records = kept(instance, ProcessExecutor(1), shown)["shown"]
    order = [each.stream for each in records]
    assert order == ["stdout", "display", "stdout", *["display"] * 6]
    bundles = [each.bundle for each in records if each.bundle is not None]
    assert "<table" in bundles[0]["text/html"] and "a" in bundles[0]["text/plain"]
    assert bundles[1]["text/html"] == "<b>bold</b>"
    assert bundles[2] == {"text/plain": "{'a': 1}"}
    assert bundles[3] == {"text/latex": "$x$"}
    assert str(bundles[4]["image/png"]).startswith("iVBORw0KGgo")
    assert bundles[5] == {"text/plain": "'waits'"}
    assert "11 MB are too much" in bundles[6]["text/plain"]
    assert capsys.readouterr().out.startswith("before\n   a\n0  1\nbetween\n<IPython")


def test_a_class_is_shown_by_its_name() -> None:
    class Table:
        def _repr_html_(self) -> str:
            return "<table>"

    assert shown_as(Table()).bundle.keys() == {"text/plain", "text/html"}
    assert shown_as(Table).bundle.keys() == {"text/plain"}
