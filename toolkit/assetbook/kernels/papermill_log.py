"""What a papermill call asks to be told of outputs: a logger, and files for what is printed."""

from __future__ import annotations

from typing import Any, TextIO

from papermill.log import logger

from assetbook.kernels.cell_runs import CellRun, Watch


class PapermillLog(Watch):
    """Passes outputs on as papermill does; None for a file writes none."""

    def __init__(self, log_output: bool, stdout: TextIO | None, stderr: TextIO | None) -> None:
        self._log_output = log_output
        self._files = {"stdout": stdout, "stderr": stderr}

    def output(self, cell: CellRun, message: dict[str, Any]) -> None:
        """Passes one on."""
        content = message["content"]
        if message["msg_type"] == "stream":
            self._printed(content["name"], content["text"])
        elif self._log_output and "text/plain" in content.get("data", {}):
            logger.info(content["data"]["text/plain"])

    def _printed(self, name: str, text: str) -> None:
        if self._log_output:
            (logger.warning if name == "stderr" else logger.info)(text)
        file = self._files.get(name)
        if file is not None:
            file.write(text)
            file.flush()
