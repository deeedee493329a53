"""One real IPython kernel, driven as a front end drives it: cell ids, deleted cells, restarts."""

from __future__ import annotations

import json
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from queue import Empty
from types import TracebackType
from typing import Any, Self

import nbformat
from jupyter_client.blocking.client import BlockingKernelClient
from jupyter_client.manager import KernelManager

TOOLKIT = Path(__file__).resolve().parents[2] / "toolkit"
START_SECONDS = 60.0
CELL_SECONDS = 60.0


class CellError(Exception):
    """A cell raised; the message is the kernel's traceback without colours."""


class Kernel:
    """A kernel in ``folder``, whose notebook is ``folder/<name>.ipynb``; use it in a ``with``.

    The folder's files, and with them the store, outlive the kernel.
    """

    def __init__(self, folder: Path, name: str, environment: Mapping[str, str] | None = None):
        self.folder = folder
        self.path = folder / f"{name}.ipynb"
        self._environment = dict(environment or {})
        # The path of an ipc socket may hold about 100 characters; pytest's folders are longer.
        self._sockets = Path(tempfile.mkdtemp(prefix="abk"))
        self._starts = 0
        self.displays: list[dict[str, Any]] = []
        """The mime bundles that the last cell displayed."""
        self.shown: list[dict[str, Any]] = []
        """The same whole, with metadata and the name of the display; of updates, too, and of what
        cleared them."""

    def __enter__(self) -> Self:
        self._start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stop()
        shutil.rmtree(self._sockets, ignore_errors=True)

    def restart(self) -> None:
        """Ends the kernel's process and starts another one in the same folder."""
        self._stop()
        self._start()

    def save(self, cells: Mapping[str, str]) -> None:
        """Writes the notebook's file; each cell's id is its name."""
        notebook = nbformat.v4.new_notebook()
        notebook.cells = [
            nbformat.v4.new_code_cell(source, id=cell_id) for cell_id, source in cells.items()
        ]
        nbformat.write(notebook, self.path)

    def run(self, source: str, cell_id: str | None = None, deleted: Sequence[str] = ()) -> str:
        """What the cell wrote to stdout; raises CellError where it raised.

        Without ``cell_id`` the request carries no metadata, as nbclient's do.
        """
        metadata = {} if cell_id is None else {"cellId": cell_id, "deletedCells": list(deleted)}
        content = {
            "code": source,
            "silent": False,
            "store_history": cell_id is not None,
            "user_expressions": {},
            "allow_stdin": False,
            "stop_on_error": False,
        }
        request = self._client.session.msg("execute_request", content, metadata=metadata)
        self._client.shell_channel.send(request)
        return self._outputs(request["header"]["msg_id"])

    def ask(self, program: str) -> Any:
        """What ``program`` binds to ``answer``, run in a namespace of its own, through JSON."""
        source = (
            f"exec(compile({program!r}, 'question', 'exec'), _question := {{}})\n"
            "print('ANSWER', __import__('json').dumps(_question['answer']))\n"
            "del _question"
        )
        answers = [line for line in self.run(source).splitlines() if line.startswith("ANSWER ")]
        return json.loads(answers[-1].removeprefix("ANSWER "))

    def _start(self) -> None:
        self._starts += 1
        self._manager = KernelManager(
            kernel_name="python3",
            transport="ipc",
            connection_file=str(self._sockets / f"kernel-{self._starts}.json"),
        )
        self._manager.start_kernel(cwd=str(self.folder), env=self._kernel_environment())
        self._client: BlockingKernelClient = self._manager.client()
        self._client.start_channels()
        self._client.wait_for_ready(timeout=START_SECONDS)

    def _kernel_environment(self) -> dict[str, str]:
        inherited = os.environ.get("PYTHONPATH", "")
        return {
            **os.environ,
            # `!assetbook` is the one that is tested
            "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]]),
            "PYTHONPATH": os.pathsep.join(filter(None, (str(TOOLKIT), inherited))),
            # Two edits of a module within one second would otherwise reload the first's .pyc.
            "PYTHONDONTWRITEBYTECODE": "1",
            "IPYTHONDIR": str(self._sockets / "ipython"),
            "ASSETBOOK_NOTEBOOK": str(self.path),
            **self._environment,
        }

    def _stop(self) -> None:
        self._client.stop_channels()
        self._manager.shutdown_kernel(now=True)
        self._manager.cleanup_resources()

    def _outputs(self, request_id: str) -> str:
        written: list[str] = []
        errors: list[str] = []
        self.displays, self.shown = [], []
        deadline = time.monotonic() + CELL_SECONDS
        while True:
            message = self._next_message(deadline)
            if message["parent_header"].get("msg_id") != request_id:
                continue
            kind, content = message["msg_type"], message["content"]
            if kind == "stream" and content["name"] == "stdout":
                written.append(content["text"])
            elif kind in ("display_data", "update_display_data"):
                self.shown.append({**content, "kind": kind})
                if kind == "display_data":
                    self.displays.append(content["data"])
            elif kind == "clear_output":
                self.shown.append({**content, "data": {}, "transient": {}, "kind": kind})
            elif kind == "error":
                errors.append("\n".join(content["traceback"]) or content["evalue"])
            elif kind == "status" and content["execution_state"] == "idle":
                break
        if errors:
            raise CellError(_without_colours(errors[0]))
        return "".join(written)

    def _next_message(self, deadline: float) -> dict[str, Any]:
        while time.monotonic() < deadline:
            try:
                return self._client.get_iopub_msg(timeout=1.0)
            except Empty:
                if not self._manager.is_alive():
                    raise CellError("the kernel died") from None
        raise CellError(f"the cell was still running after {CELL_SECONDS:.0f} s")


def _without_colours(text: str) -> str:
    plain, *coloured = text.split("\x1b[")
    return plain + "".join(piece.partition("m")[2] for piece in coloured)
