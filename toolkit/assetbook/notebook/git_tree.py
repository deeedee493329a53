"""The files below a project's root as they are in a git revision; the work tree stays as it is."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path, PurePosixPath

from assetbook.errors import NotLoadedError, SelectionError, did_you_mean


class GitTree:
    """A revision's files; see :class:`~assetbook.notebook.local_imports.SourceTree`.

    ``root`` is the project's. Raises NotLoadedError where there is no git or no repository,
    SelectionError for a revision that is not there, offering the nearest branch or tag.
    """

    def __init__(self, root: Path, revision: str) -> None:
        self._root = root
        top = self._ask("rev-parse", "--show-toplevel")
        if top is None:
            raise NotLoadedError(
                f"what {revision} holds of {root}",
                "it is not in a git repository",
                "Commit the project first: git init; git add; git commit.",
            )
        self.commit = self._commit(revision)
        """The full name of the commit."""
        inside = root.resolve().relative_to(Path(top.strip()).resolve())
        self._prefix = PurePosixPath(inside.as_posix())
        listed = self._ask("ls-tree", "-r", "-z", "--name-only", "--full-tree", self.commit) or ""
        self._files = frozenset(PurePosixPath(each) for each in listed.split("\0") if each)
        self._folders = frozenset(above for each in self._files for above in each.parents)

    def text(self, path: PurePosixPath) -> str | None:
        """The text of a file; None if there is none."""
        place = self._prefix / path
        if place not in self._files:
            return None
        return self._ask("cat-file", "blob", f"{self.commit}:{place}")

    def is_folder(self, path: PurePosixPath) -> bool:
        """Whether there is such a folder."""
        return self._prefix / path in self._folders

    def _commit(self, revision: str) -> str:
        if not revision.startswith("-"):
            found = self._ask("rev-parse", "--verify", "--quiet", f"{revision}^{{commit}}")
            if found is not None:
                return found.strip()
        names = self._ask("for-each-ref", "--format=%(refname:short)") or ""
        raise SelectionError(
            f"the git revision `{revision}`",
            "there is no such commit, branch or tag here",
            did_you_mean(revision, names.split()) or "See `git log --oneline` and `git branch -a`.",
        )

    def _ask(self, *words: str) -> str | None:
        """What git says; None if it refuses. It reads only: not even its index is refreshed."""
        try:
            done = subprocess.run(
                ["git", "-C", str(self._root), *words],
                env={**os.environ, "GIT_OPTIONAL_LOCKS": "0", "LC_ALL": "C"},
                stdin=subprocess.DEVNULL,
                capture_output=True,
                check=False,
            )
        except FileNotFoundError:
            raise NotLoadedError(
                f"git revisions of {self._root}",
                "the program `git` is not installed",
                "Install it.",
            ) from None
        return done.stdout.decode("utf-8", "surrogateescape") if done.returncode == 0 else None
