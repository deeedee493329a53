"""The bundle of the source that runs of one location are made from, kept when the first begins."""

from __future__ import annotations

import sys
from collections.abc import Hashable

from assetbook.errors import DefinitionError
from assetbook.instance.bundles import Bundle, keep_bundle, refuse_secrets
from assetbook.instance.bundling import bundle_of
from assetbook.instance.instance import Instance
from assetbook.instance.observed_reads import names_seen
from assetbook.notebook.document import Document
from assetbook.notebook.local_imports import WorkTree


def kept_bundle(
    instance: Instance, document: Document, location: str, *, whole: bool = False
) -> str:
    """The digest of a notebook's bundle, which is stored when a commit after it is.

    Raises DefinitionError if it cannot be sliced, or for a literal that looks like a secret.
    """
    return keep_bundle(instance, new_bundle(instance, document, location, whole=whole))


def new_bundle(
    instance: Instance, document: Document, location: str, *, whole: bool = False
) -> Bundle:
    """The bundle of a notebook, not stored yet; raises as ``kept_bundle`` does."""
    observed = names_seen(instance)
    bundle = bundle_of(document, WorkTree(instance.root), location, whole=whole, observed=observed)
    refuse_secrets(bundle)
    return bundle


class RunBundle:
    """What the record of a location's runs says of their source; ``digest`` is a bundle's that
    it was loaded from."""

    def __init__(self, location: str | None, digest: str | None = None) -> None:
        self._location = location
        self._digest = digest
        self._last: tuple[Hashable, str | None] | None = None
        self._said = ""

    def kept(
        self, instance: Instance, document: Document | None, *, whole: bool, needed: bool = False
    ) -> str | None:
        """The digest of the bundle, which is stored when a commit after it is.

        ``document`` is what was loaded or run. None if there is none, if it cannot be sliced, or if
        a literal in it looks like a secret, which is said once; where it is ``needed``
        DefinitionError is raised for that. One is made only if a cell, or a name that assets were
        seen to read, has changed since the last one.
        """
        if self._digest is not None or document is None or self._location is None:
            return self._digest
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
