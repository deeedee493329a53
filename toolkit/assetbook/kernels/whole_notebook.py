"""A notebook's code cells, all run in a fresh kernel, for questions that need its definitions."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from queue import Empty
from tempfile import TemporaryDirectory
from typing import Any

from jupyter_client.kernelspec import NoSuchKernel
from jupyter_client.manager import KernelManager

from assetbook.errors import NotLoadedError, RunFailedError
from assetbook.kernels.kernel_spec import not_installed
from assetbook.notebook.document import Document, read_document
from assetbook.notebook.notebook_path import DEFINE_ONLY, VARIABLE

Show = Callable[[str, str], None]
"""Takes a stream's name and text."""
_ANSWER = "application/vnd.assetbook.answer+json"


class WholeNotebook:
    """A kernel in which all code cells of a notebook have run.

    ``show`` gets what later code prints. Use :func:`whole_notebook` to make one.
    """

    def __init__(self, client: Any, manager: Any, show: Show) -> None:
        self._client = client
        self._manager = manager
        self._show = show

    @property
    def pid(self) -> int:
        """The id of the kernel's process."""
        pid: int = self._manager.provisioner.pid
        return pid

    @property
    def has_died(self) -> bool:
        """Whether the kernel's process has ended."""
        return not self._manager.is_alive()

    def run_cells(self, notebook: Document, *, going_on: bool = False) -> None:
        """Runs every code cell; raises RunFailedError naming the cell that failed.

        With ``going_on`` the cells below one that failed are run too, as people do.
        """
        for cell in notebook.code_cells:
            error = self._execute(cell.text, cell.id, quiet=True)[0]
            if error is not None and not going_on:
                raise RunFailedError(
                    f"{cell} of the notebook, `{cell.first_line}`", error, "Mend the cell."
                )

    def ask(self, code: str) -> Any:
        """What ``code`` answers through :func:`answer`; its prints go to ``show``.

        An interrupt here interrupts the kernel. Raises RunFailedError if the code fails.
        """
        error, answered = self._execute(code, None, quiet=False)
        if error is not None:
            raise RunFailedError("the notebook's kernel", error)
        return answered

    def _execute(self, code: str, cell_id: str | None, *, quiet: bool) -> tuple[str | None, Any]:
        """The error's last line, if it failed, and what it answered."""
        session = self._client.session
        content = {
            "code": code,
            "silent": False,
            "store_history": True,
            "user_expressions": {},
            "allow_stdin": False,
            "stop_on_error": True,
        }
        metadata = {"cellId": cell_id} if cell_id else {}
        message = session.msg("execute_request", content, metadata=metadata)
        self._client.shell_channel.send(message)
        error: str | None = None
        answered: Any = None
        for kind, body in self._outputs(message["header"]["msg_id"]):
            if kind == "stream" and not quiet:
                self._show(body["name"], body["text"])
            elif kind == "error":
                error = _said(body)
            elif kind in ("display_data", "execute_result"):
                found = body["data"].get(_ANSWER)
                answered = found if found is not None else answered
        return error, answered

    def _outputs(self, asked: str) -> Iterator[tuple[str, Any]]:
        """The kernel's messages for one request, until it is idle."""
        while True:
            try:
                message = self._client.get_iopub_msg(timeout=1)
            except Empty:
                if not self._manager.is_alive():
                    raise RunFailedError(
                        "the notebook's kernel", "it died", "See whether memory ran out."
                    ) from None
                continue
            except KeyboardInterrupt:
                self._manager.interrupt_kernel()
                continue
            if message["parent_header"].get("msg_id") != asked:
                continue
            kind, content = message["msg_type"], message["content"]
            if kind == "status" and content["execution_state"] == "idle":
                return
            yield kind, content


@contextmanager
def whole_notebook(path: Path, show: Show, *, going_on: bool = False) -> Iterator[WholeNotebook]:
    """A kernel in which the notebook at ``path`` has run, defining only; ends with the block.

    The kernel is the one that the notebook names, else this environment's; its folder is the
    notebook's. With ``going_on`` a cell that fails stops nothing. Raises NotLoadedError and
    RunFailedError.
    """
    notebook = read_document(path)
    notebook.require_python()
    # a folder of its own for the sockets, with a short name: they are in no project, and a path
    # that the kernel would read from its own folder is none that we find
    with TemporaryDirectory(prefix="abk") as sockets:
        connection = str(Path(sockets) / "kernel.json")
        manager = KernelManager(
            kernel_name=notebook.kernel, transport="ipc", connection_file=connection
        )
        environment = {**os.environ, VARIABLE: str(path.absolute()), DEFINE_ONLY: "1"}
        _start(manager, path, environment)
        client = manager.blocking_client()
        try:
            client.start_channels()
            _wait_for(client, path)
            kernel = WholeNotebook(client, manager, show)
            kernel.run_cells(notebook, going_on=going_on)
            yield kernel
        finally:
            client.stop_channels()
            manager.shutdown_kernel(now=True)
            manager.cleanup_resources()


def _start(manager: KernelManager, path: Path, environment: dict[str, str]) -> None:
    """Starts the kernel in the notebook's folder; raises NotLoadedError if it is not installed."""
    try:
        manager.start_kernel(cwd=str(path.absolute().parent), env=environment)
    except NoSuchKernel:
        raise not_installed(path, manager.kernel_name) from None
    except OSError as error:
        raise NotLoadedError(
            f"the notebook {path}",
            f"its kernel `{manager.kernel_name}` cannot be started: {error}",
            "Does its environment still exist?",
        ) from None


def _wait_for(client: Any, path: Path) -> None:
    try:
        client.wait_for_ready(timeout=60)
    except RuntimeError as error:
        raise NotLoadedError(
            f"the notebook {path}",
            f"its kernel did not come up: {error}",
            "Does it start in Jupyter, with ipykernel in its environment?",
        ) from None


def answer(value: Any) -> None:
    """Gives ``value`` (plain) from a kernel to the process that asked with :meth:`~.ask`."""
    from IPython.display import publish_display_data

    publish_display_data({_ANSWER: json.loads(json.dumps(value))})


def _said(body: Any) -> str:
    lines = [line for line in body.get("traceback", []) if line.strip()]
    return f"{body.get('ename')}: {body.get('evalue')}" if body.get("ename") else "\n".join(lines)
