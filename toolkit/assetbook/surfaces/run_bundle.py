"""The bundle of the source that runs of one location are made from, kept when the first begins."""

from __future__ import annotations

import sys
from collections.abc import Collection, Hashable
from pathlib import Path

from assetbook.errors import DefinitionError
from assetbook.instance.bundles import Bundle, keep_bundle, refuse_secrets
from assetbook.instance.bundling import bundle_of
from assetbook.instance.instance import Instance
from assetbook.instance.observed_reads import names_seen
from assetbook.kernels.notebook_as_job import is_notebook
from assetbook.notebook.document import Document
from assetbook.notebook.local_imports import WorkTree


def kept_bundle(
    instance: Instance,
    document: Document,
    location: str,
    *,
    whole: bool = False,
    launched: Collection[str] = (),
) -> str:
    """The digest of a notebook's bundle, which is stored when a commit after it is; with the
    notebooks that are ``launched``, by path from the project's root.

    Raises DefinitionError if it cannot be sliced, or for a literal that looks like a secret.
    """
    return keep_bundle(
        instance, new_bundle(instance, document, location, whole=whole, launched=launched)
    )


def new_bundle(
    instance: Instance,
    document: Document,
    location: str,
    *,
    whole: bool = False,
    launched: Collection[str] = (),
) -> Bundle:
    """The bundle of a notebook, not stored yet; raises as ``kept_bundle`` does."""
    observed = names_seen(instance)
    bundle = bundle_of(
        document,
        WorkTree(instance.root),
        location,
        whole=whole,
        observed=observed,
        launched=launched,
    )
    refuse_secrets(bundle)
    return bundle


def launched_notebooks(instance: Instance, name: str | None) -> tuple[str, ...]:
    """The notebook that ``name`` is the path of, from the project's root; none for a job's name,
    and for one that is elsewhere, which runs as its file is then."""
    if name is None or not is_notebook(name):
        return ()
    path, root = Path(name).resolve(), instance.root.resolve()
    return (path.relative_to(root).as_posix(),) if path.is_relative_to(root) else ()


class RunBundle:
    """What the record of a location's runs says of their source; ``digest`` is a bundle's that
    it was loaded from."""

    def __init__(self, location: str | None, digest: str | None = None) -> None:
        self._location = location
        self._digest = digest
        self._last: tuple[Hashable, str | None] | None = None
        self._said = ""

    def kept(
        self,
        instance: Instance,
        document: Document | None,
        *,
        whole: bool,
        needed: bool = False,
        launched: Collection[str] = (),
    ) -> str | None:
        """The digest of the bundle, which is stored when a commit after it is.

        ``document`` is what was loaded or run. None if there is none, if it cannot be sliced, or if
        a literal in it looks like a secret, which is said once; where it is ``needed``
        DefinitionError is raised for that. One is made only if a cell, or a name that assets were
        seen to read, has changed since the last one; and for notebooks that are ``launched``, whose
        files may have.
        """
        if self._digest is not None or document is None or self._location is None:
            return self._digest
        if launched:
            return kept_bundle(instance, document, self._location, whole=whole, launched=launched)
        token = (document, frozenset(names_seen(instance)), whole)
        if self._last is None or self._last[0] != token or (needed and self._last[1] is None):
            self._last = token, self._made(instance, document, self._location, whole, needed)
        return self._last[1]

    def _made(
        self, instance: Instance, document: Document, location: str, whole: bool, needed: bool
    ) -> str | None:
        try:
            return kept_bundle(instance, document, location, whole=whole)
        except DefinitionError as error:
            if needed:
                raise
            self._say(error)
            return None

    def _say(self, error: DefinitionError) -> None:
        said = f"the source of this run is not kept: {error.asked}: {error.found}"
        if said != self._said:
            self._said = said
            print(f"assetbook: {said}\n{error.remedy}", file=sys.stderr)
