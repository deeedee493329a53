"""Which asset a person means by a name; and what stands in its way if there is none."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager

from assetbook.dependencies.asset_graph import AssetGraph
from assetbook.errors import DefinitionError, SelectionError, did_you_mean
from assetbook.instance.instance import Instance
from assetbook.instance.new_names import renamed_to
from assetbook.keys import AssetKey
from assetbook.surfaces.rows import AssetRow

_ASSET = re.compile(r"the asset `(.+)`")


def row_of(rows: Iterable[AssetRow], name: str, graph: AssetGraph | None = None) -> AssetRow:
    """The row of the asset called ``name``: its key, or the last part of it.

    Raises SelectionError with the nearest names, or naming all that it fits; for the name of a
    function of ``graph`` that makes several assets it names these.
    """
    known = list(rows)
    exact = [row for row in known if str(row.key) == name]
    fitting = exact or [row for row in known if row.key.parts[-1] == name]
    if len(fitting) == 1:
        return fitting[0]
    if fitting:
        names = " and ".join(f"`{row.key}`" for row in fitting)
        raise SelectionError(f"the asset `{name}`", f"it fits {names}", "Give the whole key.")
    if graph is not None and (keys := _several(graph).get(name)):
        raise _makes_several(name, keys)
    raise SelectionError(
        f"the asset `{name}`",
        "there is none of that name",
        did_you_mean(name, (str(row.key) for row in known)) or "`%assets` lists them.",
    )


def wrong_key(wrong: Mapping[AssetKey, str], name: str) -> AssetKey | None:
    """The asset called ``name`` among those whose definition is wrong; None if there is none."""
    exact = [key for key in wrong if str(key) == name]
    fitting = exact or [key for key in wrong if key.parts[-1] == name]
    return fitting[0] if len(fitting) == 1 else None


def wrong_definition(key: AssetKey, fault: str) -> DefinitionError:
    """The error for an asset that cannot be asked about, since its definition is wrong."""
    return DefinitionError(
        f"the asset `{key}`", fault, f"Mend its cell and run it again, or `%forget {key}`."
    )


@contextmanager
def offering_outputs(graph: AssetGraph) -> Iterator[None]:
    """While it lasts, a selection that names a function of several assets is told their keys.

    Where no asset is defined at all it is told that.
    """
    try:
        yield
    except SelectionError as error:
        if not graph.specs:
            raise SelectionError(
                error.asked,
                "no asset is defined here",
                "Put `@asset` above a function, or `%%asset NAME` at the top of a cell.",
            ) from None
        for name, keys in _several(graph).items():
            if error.asked == f"the asset `{name}`":
                raise _makes_several(name, keys) from None
        raise


@contextmanager
def offering_new_names(instance: Instance) -> Iterator[None]:
    """While it lasts, an asset that is asked for by a name it no longer has is told its new one."""
    try:
        yield
    except SelectionError as error:
        named = _ASSET.fullmatch(error.asked)
        new = renamed_to(instance.store, named[1]) if named is not None else None
        if named is None or new is None:
            raise
        raise SelectionError(error.asked, f"it was renamed to `{new}`", f"Name `{new}`.") from None


def _several(graph: AssetGraph) -> dict[str, tuple[AssetKey, ...]]:
    """What each function makes whose name is none of its assets'."""
    makers = graph.makers.values()
    return {
        maker.name: maker.keys
        for maker in makers
        if all(key.parts[-1] != maker.name for key in maker.keys)
    }


def _makes_several(name: str, keys: tuple[AssetKey, ...]) -> SelectionError:
    *others, last = (f"`{key}`" for key in keys)
    makes = f"{len(keys)} assets" if others else "an asset of another name"
    named = f"{', '.join(others)} or {last}" if others else last
    return SelectionError(
        f"the asset `{name}`", f"it is a function that makes {makes}", f"Name {named}."
    )
