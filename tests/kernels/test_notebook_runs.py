"""A notebook runs in a kernel of its own: true states, kept outputs, limits, and nothing left."""

from __future__ import annotations

import json
import os
import signal
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import nbformat
import pytest
from papermill import PapermillExecutionError, execute_notebook
from tests.kernels.notebooks import outputs_of, written

from assetbook.definitions.secret import known_secrets
from assetbook.errors import NotebookCellError, RunFailedError
from assetbook.kernels import cell_execution
from assetbook.kernels.cell_runs import CellRun, Watch
from assetbook.kernels.limits import Limits
from assetbook.kernels.notebook_run import NotebookRun
from assetbook.kernels.output_log import LOG, logged_lines
from assetbook.kernels.parameters import declared_parameters
from assetbook.notebook.document import read_document

pytestmark = pytest.mark.xdist_group("notebook_runs")


class Run(Watch):
    """One run of a notebook, and what it left."""

    def __init__(self, path: Path, values: Mapping[str, Any], limits: Limits) -> None:
        document = read_document(path)
        self._run = NotebookRun(document, declared_parameters(document), values, limits=limits)
        self.folder = path.parent / "kept"
        self.error: BaseException | None = None
        self.pids: list[int] = []

    def go(self) -> Run:
        try:
            self._run.go(self.folder, self)
        except (RunFailedError, KeyboardInterrupt) as error:
            self.error = error
        return self

    def output(self, cell: CellRun, message: dict[str, Any]) -> None:
        if message["msg_type"] == "stream" and message["content"]["text"].startswith("pid "):
            self.pids.append(int(message["content"]["text"].split()[1]))
            self.when_it_runs()

    def when_it_runs(self) -> None:
        """Called when the kernel has said which process it is."""

    @property
    def states(self) -> list[str]:
        """papermill's word for what became of each cell of code."""
        cells = nbformat.read(self.folder / "a.ipynb", as_version=4).cells
        return [each.metadata.papermill.status for each in cells]

    @property
    def outputs(self) -> list[str]:
        return outputs_of(self.folder / "a.ipynb")


def run(
    folder: Path,
    *cells: str,
    parameters: str | None = None,
    limits: Limits | None = None,
    **values: Any,
) -> Run:
    path = written(folder / "a.ipynb", *cells, parameters=parameters)
    return Run(path, values, limits or Limits()).go()


def is_there(pid: int) -> bool:
    """Whether a process runs; one that has ended and was not waited for does not."""
    try:
        status = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return status != "Z"


PID = "import os; print('pid', os.getpid(), flush=True)"


@pytest.fixture
def short_grace(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(cell_execution, "GRACE", 0.5)
    yield


def test_cells_run_with_parameters_where_the_notebook_is(tmp_path: Path) -> None:
    (tmp_path / "data.txt").write_text("here")

    made = run(
        tmp_path,
        "print(open('data.txt').read(), top)",
        "import warnings\nx = 1\nx + top",
        "from IPython.display import clear_output\nprint('gone')\nclear_output()\nprint('kept')",
        PID,
        parameters="top = 1",
        top=4,
    )

    assert made.error is None
    assert made.outputs[2:5] == ["here 4\n", "5", "kept\n"]
    assert made.states == ["completed"] * 6
    assert not is_there(made.pids[0])
    ends = [line["cell"] for line in logged_lines(made.folder / LOG) if "cell" in line]
    assert [each["state"] for each in ends] == ["running", "done"] * 6
    assert all(each["seconds"] > 0 for each in ends[1::2])


def test_the_cell_that_fails_is_told_and_the_rest_did_not_run(tmp_path: Path) -> None:
    made = run(tmp_path, "print('so far')", "!exit 3", "print('never')")

    assert isinstance(made.error, NotebookCellError)
    assert made.error.asked == "cell 2 of a.ipynb, `!exit 3`"
    assert "CalledProcessError" in made.error.found
    assert "----> 1 get_ipython().system('exit 3')" in made.error.lines
    assert not any("strict_system" in line for line in made.error.lines)
    assert made.states == ["completed", "failed", "pending"]
    assert made.outputs[0] == "so far\n"


def test_a_shell_line_that_may_fail_does(tmp_path: Path) -> None:
    made = run(tmp_path, "!false || true", "found = !ls nowhere\nlen(found)")

    assert made.error is None and made.states == ["completed", "completed"]


def test_a_kernel_that_dies_is_told_with_its_true_state(tmp_path: Path) -> None:
    # a thread of zmq's sends what was printed; a kill in the same instant is before it
    die = (
        "import os, time\nprint('last words', flush=True)\ntime.sleep(0.1)\nos.kill(os.getpid(), 9)"
    )
    cells = ["x = 1", die, "x"]

    made = run(tmp_path, *cells)

    assert isinstance(made.error, RunFailedError)
    assert "killed (SIGKILL), peak memory " in made.error.found
    assert made.states == ["completed", "failed", "pending"]
    assert made.outputs[1] == "last words\n"


def test_papermill_alone_says_what_is_not_so(tmp_path: Path) -> None:
    """The control: with its own engine the cell that killed the kernel is completed, and the one
    behind it, which never ran."""
    path = written(tmp_path / "a.ipynb", "import os\nos.kill(os.getpid(), 9)", "1")
    out = tmp_path / "out.ipynb"
    for engine in ("nbclient", "assetbook"):
        with pytest.raises(Exception, match=r"[Kk]ernel died"):
            execute_notebook(path, out, engine_name=engine, progress_bar=False)
        cells = nbformat.read(out, as_version=4).cells
        states = [each.metadata.papermill.status for each in cells]
        assert states == (
            ["completed", "completed"] if engine == "nbclient" else ["failed", "pending"]
        )


def test_a_cell_that_takes_too_long_is_interrupted(tmp_path: Path) -> None:
    made = run(
        tmp_path,
        PID,
        "import time\nprint('begun', flush=True)\ntime.sleep(60)",
        limits=Limits(cell_seconds=0.5),
    )

    assert "it took longer than 0.5 s" in str(made.error)
    assert made.states == ["completed", "failed"]
    assert made.outputs[1].startswith("begun\n") and "KeyboardInterrupt" in made.outputs[1]


def test_one_that_ignores_interrupts_is_killed(tmp_path: Path, short_grace: None) -> None:
    deaf = (
        "while True:\n    try:\n        time.sleep(60)\n    except KeyboardInterrupt:\n        pass"
    )

    made = run(tmp_path, f"{PID}\nimport time", deaf, limits=Limits(cell_seconds=0.5))

    assert "it took longer than 0.5 s" in str(made.error)
    assert made.states == ["completed", "failed"]
    assert not is_there(made.pids[0])


def test_memory_has_an_end(tmp_path: Path) -> None:
    greedy = "import time\nheld = bytearray(400_000_000)\ntime.sleep(60)"

    made = run(tmp_path, greedy, limits=Limits(memory=300_000_000))

    assert "MB of memory, and may hold 300 MB" in str(made.error)
    assert "KeyboardInterrupt" in made.outputs[0]


class Interrupted(Run):
    """One whose runner is interrupted while a cell runs."""

    def when_it_runs(self) -> None:
        os.kill(os.getpid(), signal.SIGINT)


def test_an_interrupt_reaches_the_cell(tmp_path: Path) -> None:
    path = written(tmp_path / "a.ipynb", f"{PID}\nimport time\ntime.sleep(60)", "1")
    made = Interrupted(path, {}, Limits())

    made.go()

    assert isinstance(made.error, KeyboardInterrupt)
    assert made.states == ["failed", "pending"]
    assert not is_there(made.pids[0])


def test_much_is_printed_and_the_notebook_stays_small(tmp_path: Path) -> None:
    made = run(tmp_path, "for i in range(30_000): print(i)", limits=Limits(output=1000))

    assert made.outputs[0].startswith("0\n1\n")
    assert made.outputs[0].endswith("more characters are in the run's log alone\n")
    assert len(made.outputs[0]) < 1100
    texts = (
        line["content"]["text"] for line in logged_lines(made.folder / LOG) if "output" in line
    )
    assert "".join(texts) == "".join(f"{i}\n" for i in range(30_000))


def test_secrets_show_nowhere(tmp_path: Path) -> None:
    known_secrets.add("canary-1234")

    made = run(
        tmp_path,
        "import sys, base64\nprint(token)\n"
        "for part in ('cana', 'ry-12', '34'):\n"
        "    sys.stdout.write(part); sys.stdout.flush()\n"
        "print(base64.b64encode(token.encode()))",
        "raise ValueError(token)",
        parameters="token = ''",
        token="canary-1234",
    )

    texts = [path.read_text() for path in made.folder.iterdir()]
    assert all("canary-1234" not in text and "Y2FuYXJ5" not in text for text in texts)
    assert "***" in made.outputs[2]
    assert "canary" not in str(made.error)


def test_widgets_leave_what_they_say(tmp_path: Path) -> None:
    made = run(tmp_path, "import ipywidgets\nipywidgets.IntSlider(3)")

    (output,) = nbformat.read(made.folder / "a.ipynb", as_version=4).cells[0].outputs
    assert list(output.data) == ["text/plain"] and "IntSlider" in output.data["text/plain"]
    assert "widgets" not in json.loads((made.folder / "a.ipynb").read_text())["metadata"]


def test_papermill_calls_go_on_working(tmp_path: Path) -> None:
    path = written(tmp_path / "a.ipynb", "print(x)", "1 / x", parameters="x = 1")
    out = tmp_path / "out-{x}.ipynb"
    printed = tmp_path / "printed.txt"

    with printed.open("w") as file:
        made = execute_notebook(
            path, out, {"x": 2}, "assetbook", progress_bar=False, stdout_file=file
        )

    assert made.cells[2].outputs[0].text == "2\n"
    assert printed.read_text() == "2\n"
    assert made.metadata.papermill.duration > 0
    with pytest.raises(PapermillExecutionError, match="division by zero"):
        execute_notebook(path, out, {"x": 0}, "assetbook", progress_bar=False)
    assert "An Exception was encountered" in (tmp_path / "out-0.ipynb").read_text()


def test_a_notebook_may_end_itself_well(tmp_path: Path) -> None:
    made = run(tmp_path, "import sys\nprint('nothing to do')\nsys.exit(0)", "print('never')")

    assert made.error is None
    assert made.states == ["completed", "pending"]
    (other := tmp_path / "other").mkdir()
    failed = run(other, "import sys\nsys.exit('no data')")
    assert isinstance(failed.error, NotebookCellError) and "no data" in failed.error.found


OTHER = """
import json, os, sys
from ipykernel.kernelapp import IPKernelApp
from ipykernel.kernelbase import Kernel

class Echo(Kernel):
    implementation = banner = "echo"
    implementation_version = language_version = "1"
    language_info = {"name": "echo", "mimetype": "text/plain", "file_extension": ".txt"}

    def do_execute(self, code, silent, *args, **more):
        told = {"code": code, "cwd": os.getcwd(), "run": os.environ.get("ASSETBOOK_NOTEBOOK")}
        text = json.dumps(told) + "\\n"
        self.send_response(self.iopub_socket, "stream", {"name": "stdout", "text": text})
        count = {"execution_count": self.execution_count}
        return {"status": "ok", "payload": [], "user_expressions": {}, **count}

IPKernelApp.launch_instance(kernel_class=Echo)
"""


def test_a_kernel_of_another_language_gets_its_cells_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder := tmp_path / "kernels" / "echo").mkdir(parents=True)
    (folder / "echo.py").write_text(OTHER)
    argv = [sys.executable, str(folder / "echo.py"), "-f", "{connection_file}"]
    spec = {"argv": argv, "display_name": "Echo", "language": "echo"}
    (folder / "kernel.json").write_text(json.dumps(spec))
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path))
    (tmp_path / "book").mkdir()
    path = written(tmp_path / "book" / "a.ipynb", "first", "second", kernel="echo")

    made = Run(path, {}, Limits()).go()

    assert made.error is None
    told = [json.loads(each) for each in made.outputs]
    assert [each["code"] for each in told] == ["first", "second"]
    assert {(each["cwd"], each["run"]) for each in told} == {(str(path.parent), str(path))}
