"""``file_relative_path``: where a file lies beside a source file."""

from __future__ import annotations

from pathlib import Path


def file_relative_path(dunderfile: str, relative_path: str) -> str:
    """The absolute path beside the source file that ``dunderfile`` (its ``__file__``) names."""
    return str(Path(dunderfile).absolute().parent / relative_path)
