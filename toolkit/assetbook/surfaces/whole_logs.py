"""``logs --stdout``, ``--stderr`` and ``--log``: the log files of a run, printed whole."""

from __future__ import annotations

import codecs
import sys
from collections.abc import Iterator, Mapping

from assetbook.errors import SelectionError, StoreError, UsageError, did_you_mean
from assetbook.instance.instance import Instance
from assetbook.instance.run_logs import log_files_of, steps_of
from assetbook.io.log_files import LogFiles, LogStream
from assetbook.planning.dynamic_steps import template_name
from assetbook.storage.store import RunRecord
from assetbook.surfaces.display.formatting import short_id, size_text
from assetbook.surfaces.display.html import visible
from assetbook.surfaces.display.view import Sentence
from assetbook.surfaces.suggestion import typed


def stream_asked(asked: Mapping[LogStream, bool], *, follow: bool) -> LogStream | None:
    """The stream whose option is given; None for none. Raises UsageError for several options."""
    streams = [stream for stream, given in asked.items() if given]
    named = [*streams, "follow"] if follow else streams
    if streams and len(named) > 1:
        options = " and ".join(f"--{name}" for name in named)
        raise UsageError("logs", f"{options} are asked for at once", "Give one of them.")
    return next(iter(streams), None)


def print_whole(
    instance: Instance, run: RunRecord, step: str | None, stream: LogStream
) -> Sentence:
    """Prints what is in the log files of the run, or of one step of it, a piece at a time; says how
    much it was.

    Raises SelectionError for a step that the run does not have, StoreError for a file that cannot
    be read.
    """
    refuse_unknown_step(instance, run, step)
    files = log_files_of(instance, run.id)
    if files is None:
        kept = f"`{typed('logs')} {short_id(run.id)}` has the first and last lines of each step"
        return Sentence(f"this instance leaves nothing behind, and keeps no log files; {kept}")
    names = [step] if step is not None else steps_of(instance, run.id)
    size = sum(_print(files, run, name, stream) for name in names)
    if size:
        return Sentence(f"{size_text(size)} of {stream}")
    return Sentence(f"run {short_id(run.id)} has no file of {stream}")


def refuse_unknown_step(instance: Instance, run: RunRecord, step: str | None) -> None:
    """Raises SelectionError for a step that the run does not have; nothing for None."""
    names = steps_of(instance, run.id) if step is not None else []
    if step is None or step in names or template_name(step) in names:
        return
    known = f"Its steps are {', '.join(sorted(names)[:10])}."
    raise SelectionError(
        f"the log of `{step}`",
        f"run {short_id(run.id)} has no such step",
        did_you_mean(step, names) or known,
    )


def _print(files: LogFiles, run: RunRecord, step: str, stream: LogStream) -> int:
    """Prints one file; its bytes."""
    size = 0
    try:
        for text in _decoded(files.pieces(run.id, step, stream)):
            size += len(text.encode("utf-8"))
            sys.stdout.write(visible(text))
    except OSError as error:
        path = files.path(run.id, step, stream)
        raise StoreError(f"reading {path}", error.strerror or str(error)) from error
    return size


def _decoded(pieces: Iterator[bytes]) -> Iterator[str]:
    decoder = codecs.getincrementaldecoder("utf-8")("replace")
    for piece in pieces:
        yield decoder.decode(piece)
    yield decoder.decode(b"", True)
