"""Where the log files of a run are: beside the store that has the run."""

from __future__ import annotations

from assetbook.instance.instance import Instance
from assetbook.instance.store_folder import LOGS
from assetbook.io.log_files import LogFiles
from assetbook.keys import RunId


def log_files_of(instance: Instance, run_id: RunId) -> LogFiles | None:
    """The log files of a run of this store, or of the one that it reads through; None for an
    instance that leaves nothing behind."""
    through = instance.project.read_through if instance.project is not None else None
    if through is None or instance.own.runs(beginning=run_id, limit=1):
        return instance.log_files
    return LogFiles(instance.others.folder(through) / LOGS, instance.log_settings.max_bytes)
