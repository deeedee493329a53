"""Bundles: the source that a location is loaded from, kept whole, so that it runs from that alone.

A bundle holds the parts of cells that loading runs, the project's own modules that these reach, and
which Python and packages there were. Data is not in it, nor what lies beside modules.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from assetbook.definitions.digest import text_digest
from assetbook.definitions.secret_literals import know_literals, masked, secret_literals
from assetbook.errors import DefinitionError, StoreError
from assetbook.instance.instance import Instance
from assetbook.instance.pages import pages_of
from assetbook.notebook.local_imports import LocalModule
from assetbook.notebook.run_notebooks import code_cells
from assetbook.storage.sources import Content


class BundleCell(msgspec.Struct, frozen=True, omit_defaults=True):
    """What loading runs of one cell: blank lines for what it does not."""

    id: str
    text: str
    above: str = ""
    """The text right above it, its longer documentation."""


class Bundle(msgspec.Struct, frozen=True):
    """A location's source at one time."""

    location: str
    cells: tuple[BundleCell, ...]
    modules: dict[str, LocalModule]
    """By dotted name."""
    kernel: str
    python: str
    """As ``CPython 3.11.9``."""
    packages: dict[str, str]
    """Versions of all installed packages, by name."""
    whole: bool = False
    """Whether it is the whole notebook, to be run in a kernel."""
    notebooks: dict[str, str] = {}
    """Notebooks that it runs as jobs, by path from the project's root: JSON without outputs."""

    @property
    def sources(self) -> Iterator[tuple[str, str]]:
        """The texts of people, each with where it is from."""
        for at, cell in enumerate(self.cells, 1):
            lines = [line for line in cell.text.splitlines() if line.strip()]
            first = masked(lines[0].strip()) if lines else ""
            yield f"loaded cell {at}, `{first}`", cell.text
            yield f"the text above loaded cell {at}", cell.above
        for name, module in self.modules.items():
            yield f"module {name}", module.text
        for name, kept in self.notebooks.items():
            for text in code_cells(kept).values():
                yield f"the notebook {name}", text


class _Index(msgspec.Struct, frozen=True):
    """A bundle with the digests of its texts in their place."""

    kernel: str
    python: str
    whole: bool
    packages: str
    cells: tuple[str, ...]
    """The digests of pages of cells."""
    modules: tuple[tuple[str, bool, str], ...]
    notebooks: tuple[tuple[str, str], ...] = ()


def bundle_content(bundle: Bundle) -> tuple[Content, dict[str, str]]:
    """The bundle as it is stored: its content, and the parts that it refers to."""
    parts: dict[str, str] = {}

    def kept(text: str) -> str:
        digest = text_digest(text)
        parts[digest] = text
        return digest

    pages = pages_of(msgspec.json.encode(cell).decode() for cell in bundle.cells)
    parts.update(pages)
    packages = "\n".join(f"{name}=={version}" for name, version in bundle.packages.items())
    index = _Index(
        bundle.kernel,
        bundle.python,
        bundle.whole,
        kept(packages),
        tuple(pages),
        tuple((name, each.package, kept(each.text)) for name, each in bundle.modules.items()),
        tuple((name, kept(text)) for name, text in bundle.notebooks.items()),
    )
    body = msgspec.json.encode(index).decode()
    digest = text_digest(f"bundle {bundle.location}\n{body}")
    return Content(digest, "bundle", bundle.location, body, tuple(parts)), parts


def keep_bundle(instance: Instance, bundle: Bundle) -> str:
    """The digest of the bundle, which is stored before any later commit.

    Raises DefinitionError for one with a literal that looks like a secret, naming its cell.
    """
    refuse_secrets(bundle)
    content, parts = bundle_content(bundle)
    instance.store.put_content(content, parts)
    return content.digest


def bundle_at(instance: Instance, digest: str) -> Bundle:
    """The bundle of that digest; raises StoreError if it is not in the store."""
    stored = instance.store.content(digest)
    if stored is None or stored.content.kind != "bundle":
        raise StoreError(
            f"the bundle {digest[:12]}", "it is not in the store", "Promote the notebook again."
        )
    index = msgspec.json.decode(stored.content.body, type=_Index)
    texts = instance.store.parts(stored.content.parts)
    return Bundle(
        stored.content.location,
        tuple(cell for page in index.cells for cell in _page.decode(texts[page])),
        {name: LocalModule(texts[digest], package) for name, package, digest in index.modules},
        index.kernel,
        index.python,
        _packages(texts[index.packages]),
        index.whole,
        {name: texts[digest] for name, digest in index.notebooks},
    )


_page = msgspec.json.Decoder(tuple[BundleCell, ...])


def refuse_secrets(bundle: Bundle) -> None:
    """Raises DefinitionError if a text of the bundle has a literal that looks like a secret, which
    is masked from now on: the run may go on without a bundle."""
    know_literals(text for _, text in bundle.sources)
    for where, text in bundle.sources:
        for found in secret_literals(text):
            raise DefinitionError(
                f"{where}, line {found.line}",
                f"a literal in it looks like a secret ({found.why}), and would be stored",
                'Write EnvVar("NAME") in its place, and set that variable where it runs.',
            )


def cells_ahead(bundle: Bundle, now: Bundle) -> int:
    """How many cells and modules of ``now`` are new, changed or gone since ``bundle``, and cells of
    the notebooks that it runs.

    Blank lines and lines of comment do not count.
    """
    cells = [{cell.id: code_lines(cell.text) for cell in each.cells} for each in (bundle, now)]
    modules = [
        {name: code_lines(each.text) for name, each in of.modules.items()} for of in (bundle, now)
    ]
    notebooks = [
        {
            (name, cell): code_lines(text)
            for name, kept in of.notebooks.items()
            for cell, text in code_cells(kept).items()
        }
        for of in (bundle, now)
    ]
    return _differing(*cells) + _differing(*modules) + _differing(*notebooks)


def code_lines(text: str) -> list[str]:
    """Its lines but for blank ones and comments."""
    lines = (line.rstrip() for line in text.splitlines())
    return [line for line in lines if line and not line.lstrip().startswith("#")]


def _differing(before: Mapping[Any, object], after: Mapping[Any, object]) -> int:
    return sum(before.get(name) != after.get(name) for name in before.keys() | after.keys())


def _packages(text: str) -> dict[str, str]:
    pairs = (line.partition("==") for line in text.splitlines())
    return {name: version for name, _, version in pairs}
