"""One real JupyterLab or Notebook 7 on the loopback, with settings and folders of its own."""

from __future__ import annotations

import os
import secrets
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from types import TracebackType
from typing import Self

TOOLKIT = Path(__file__).resolve().parents[2] / "toolkit"
START_SECONDS = 60.0
END_SECONDS = 10.0
_SETTINGS = {
    # the popup with news covers what tests click at
    "apputils-extension/notification": '{"fetchNews": "false", "checkForUpdates": false}',
    # cells out of sight would have no elements to look at
    "notebook-extension/tracker": '{"windowingMode": "none", "autoStartDefaultKernel": true}',
}


class Lab:
    """A server whose files are those of ``root``; use it in a ``with``.

    ``program`` is the module that is run: ``jupyterlab``, or ``notebook`` for Notebook 7;
    ``python`` is the interpreter that runs it and its kernels.
    """

    def __init__(
        self, root: Path, program: str = "jupyterlab", *, python: str = sys.executable
    ) -> None:
        self.root = root
        self._program = program
        self._python = python
        self.token = secrets.token_hex(8)
        self._port = _free_port()
        self._home = root / ".home"

    def __enter__(self) -> Self:
        self._write_settings()
        self._log = (self.root / "server.log").open("w", encoding="utf-8")
        self._process = subprocess.Popen(
            self._command(),
            cwd=self.root,
            env=self._environment(),
            stdin=subprocess.DEVNULL,
            stdout=self._log,
            stderr=subprocess.STDOUT,
        )
        self._wait_until_up()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._process.terminate()
        try:
            self._process.wait(END_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._log.close()

    def url(self, path: str) -> str:
        """The address of a page of the server, with the token that opens it."""
        return f"http://127.0.0.1:{self._port}/{path}?token={self.token}"

    def _command(self) -> list[str]:
        return [
            self._python,
            *("-m", self._program),
            "--no-browser",
            "--ServerApp.ip=127.0.0.1",
            f"--ServerApp.port={self._port}",
            "--ServerApp.port_retries=0",
            f"--ServerApp.root_dir={self.root}",
            "--ServerApp.allow_root=True",
            f"--IdentityProvider.token={self.token}",
            "--LabApp.extension_manager=readonly",
            "--expose-app-in-browser",
        ]

    def _environment(self) -> dict[str, str]:
        inherited = {
            name: value for name, value in os.environ.items() if not name.startswith("ASSETBOOK_")
        }
        return {
            **inherited,
            "PYTHONPATH": str(TOOLKIT),
            "JUPYTER_CONFIG_DIR": str(self._home / "config"),
            "JUPYTER_DATA_DIR": str(self._home / "data"),
            "JUPYTER_RUNTIME_DIR": str(self._home / "run"),
            "JUPYTERLAB_SETTINGS_DIR": str(self._home / "settings"),
            "JUPYTERLAB_WORKSPACES_DIR": str(self._home / "workspaces"),
            "IPYTHONDIR": str(self._home / "ipython"),
        }

    def _write_settings(self) -> None:
        for name, text in _SETTINGS.items():
            path = self._home / "settings" / "@jupyterlab" / f"{name}.jupyterlab-settings"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")

    def _wait_until_up(self) -> None:
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline and self._process.poll() is None:
            try:
                with urllib.request.urlopen(self.url("api/status"), timeout=2):
                    return
            except OSError:
                time.sleep(0.1)
        self._process.kill()
        self._process.wait()
        self._log.close()
        raise RuntimeError((self.root / "server.log").read_text(encoding="utf-8"))


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])
