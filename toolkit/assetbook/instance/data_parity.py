"""Whether loaded assets, made again of what their latest versions were made of, give that data."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Literal, TypeAlias, cast

import msgspec

from assetbook.definitions.asset_definition import AssetsDefinition
from assetbook.errors import AssetbookError, MissingLibraryError
from assetbook.instance.comparable import Uncompared, inputs_then, uncompared
from assetbook.instance.instance import Instance
from assetbook.instance.loaded import Loaded
from assetbook.instance.rerun import Remade, made_again, step_alone
from assetbook.instance.states import Standing
from assetbook.instance.version_comparison import parquet_of, shape_of
from assetbook.io.closeness import Closeness, closeness_of_arrays, closeness_of_plain
from assetbook.io.stored_value import StoredForm
from assetbook.io.table_closeness import closeness_of_files
from assetbook.io.tree_closeness import closeness_of_trees
from assetbook.io.tree_form import TreeForm
from assetbook.io.whole_closeness import WHOLE_KINDS, closeness_of_wholes
from assetbook.keys import AssetKey
from assetbook.storage.version import Version

Answer: TypeAlias = Literal["same", "close", "other", "failed", "not compared"]
"""*same*: the same data version. *close*: not bit by bit, as ``said`` tells. *other*: other data.
*failed*: the code raised. *not compared*: there is nothing that the data could be held against."""
Told: TypeAlias = Callable[[str], AbstractContextManager[None]]
"""Is given what goes on, in words, for as long as it does."""

_WHERE: Mapping[str, str] = {"cli": "shell", "python": "Python", "ci": "CI"}
_SETTLE = (
    "Does it read what only the session had? Else give what it draws a seed and its rows an order, "
    "or state a DataVersion."
)
_MATERIALIZE_ANEW = "Materialize it once more, so that both have the same form."
_LOOK = "Does it run with nothing but its inputs?"
_LOOK_AT_BOTH = "Make it anew and look at both versions, or state a DataVersion."
_A_PART = "a figure in it is drawn otherwise, which says nothing of what it shows"
_ONLY_EQUAL: Mapping[str, str] = {
    "figure": "it is drawn otherwise, and what it shows was not compared",
    "plotly": "its JSON is another one, and what it shows was not compared",
    "pickle": "its pickle is another one, and the object in it was not compared",
}
"""What is said of kinds whose bytes may differ though the value is the same."""


class DataParity(msgspec.Struct, frozen=True):
    """The answer for one asset."""

    answer: Answer
    said: str
    remedy: str = ""
    """What to do; empty if nothing is to be done, or nothing can."""

    @property
    def is_wrong(self) -> bool:
        """Whether it made other data, or none."""
        return self.answer in ("other", "failed")


def data_parity(
    instance: Instance, loaded: Loaded, now: Standing, keys: Sequence[AssetKey], told: Told
) -> dict[AssetKey, DataParity]:
    """An answer for each of the ``keys``, which are made here.

    Runs the code of those that can be compared, each once and recorded nowhere; see ``rerun``.
    """
    found: dict[AssetKey, DataParity] = {}
    makers: dict[int, tuple[AssetsDefinition, list[AssetKey]]] = {}
    for key in keys:
        why = uncompared(loaded, now, key)
        if why is not None:
            found[key] = _not_compared(why)
        else:
            maker = loaded.graph.makers[key]
            makers.setdefault(id(maker), (maker, []))[1].append(key)
    for at, (maker, wanted) in enumerate(makers.values(), 1):
        with told(f"making `{maker.name}` again, {at} of {len(makers)}"):
            found.update(_of_maker(instance, loaded, now, tuple(wanted)))
    return {key: found[key] for key in keys}


def _of_maker(
    instance: Instance, loaded: Loaded, now: Standing, keys: tuple[AssetKey, ...]
) -> Iterator[tuple[AssetKey, DataParity]]:
    """The answers for keys that one definition makes."""
    plan = step_alone(loaded, now, keys)
    inputs = inputs_then(instance, loaded, now, plan.steps[0].keys)
    if isinstance(inputs, Uncompared):
        yield from ((key, _not_compared(inputs)) for key in keys)
        return
    with made_again(instance, loaded, plan, inputs) as remade:
        for key in keys:
            before = instance.version(key, now.recorded[key].name)
            yield key, _answer(instance, before, remade)


def _not_compared(why: Uncompared) -> DataParity:
    return DataParity("not compared", f"data not compared: {why.why}", why.remedy)


def _answer(instance: Instance, before: Version, remade: Remade) -> DataParity:
    made = f"@{before.name}{_made_in(instance, before)}"
    if remade.outcome.status != "done":
        said = f"made again of what {made} was made of, it failed: {remade.outcome.message}"
        return DataParity("failed", said, _LOOK)
    made_it = before.key in remade.outcome.versions
    after = remade.version(before.key) if made_it else None
    if after is None or after.event.value is None:
        said = f"made again, it gives no value, and did for {made}"
        return DataParity("other", said, _LOOK)
    if after.event.data_version == before.event.data_version:
        return DataParity("same", f"same data as {made}")
    if after.event.as_of is not None:
        readers = ", ".join(after.event.readers[:3])
        said = f"data not compared: made again, it read the world outside ({readers})"
        return DataParity("not compared", said)
    return _of_other_data(instance, before, remade.instance, after, made)


def _made_in(instance: Instance, version: Version) -> str:
    origin = instance.origin_of(version)
    return f" ({_WHERE.get(origin.kind, origin.kind)})" if origin is not None else ""


def _of_other_data(
    instance: Instance, before: Version, aside: Instance, after: Version, made: str
) -> DataParity:
    """The answer where the data versions differ."""
    kinds = [each.event.value.kind for each in (before, after) if each.event.value is not None]
    if len(set(kinds)) > 1:
        said = f"other data than {made}: {' after '.join(reversed(kinds))}"
        return DataParity("other", said, _SETTLE)
    try:
        close = _closeness(instance, before, aside, after)
    except AssetbookError as error:
        return DataParity("other", f"other data than {made}, unread: {error.found}", _SETTLE)
    if close is None:
        said = f"not bit by bit the data of {made}: {_ONLY_EQUAL.get(kinds[0], _A_PART)}"
        return DataParity("close", said, _LOOK_AT_BOTH)
    if close.is_close and close.floats_differ:
        return DataParity("close", f"not bit by bit the data of {made}: {_alike(close)}")
    if close.is_close:
        return _of_equal_values(before, after, made)
    if not close.unlike and _same_rows(instance, before, aside, after):
        said = f"not bit by bit the data of {made}: {close.same_shape}"
        return DataParity("close", f"{said}, in another order", "Sort them where order matters.")
    return DataParity("other", f"other data than {made}: {_unlike(close)}", _SETTLE)


def _of_equal_values(before: Version, after: Version, made: str) -> DataParity:
    """The answer where all values are the same, and the data versions are not."""
    algorithms = {each.event.data_version.partition(":")[0] for each in (before, after)}
    if len(algorithms) > 1:
        said = f"the same schema, rows and values as {made}, whose data version has another form"
        return DataParity("close", said, _MATERIALIZE_ANEW)
    return DataParity("other", f"other data than {made}: its index or metadata", _SETTLE)


def _closeness(
    instance: Instance, before: Version, aside: Instance, after: Version
) -> Closeness | None:
    """How close two versions are; None for kinds of values that are only the same or not."""
    shapes = shape_of(before), shape_of(after)
    if shapes == ("table", "table"):
        with tempfile.TemporaryDirectory(prefix="assetbook-diff-") as folder:
            return closeness_of_files(
                parquet_of(instance, before, Path(folder) / "old.parquet"),
                parquet_of(aside, after, Path(folder) / "new.parquet"),
            )
    kind = before.event.value.kind if before.event.value is not None else ""
    if kind == "tree":
        trees = _form(instance, before), _form(aside, after)
        return closeness_of_trees(*cast(tuple[TreeForm, TreeForm], trees))
    if kind in WHOLE_KINDS:
        return closeness_of_wholes(_form(instance, before), _form(aside, after))
    if kind not in ("numpy", "json"):
        return None
    compare = closeness_of_arrays if kind == "numpy" else closeness_of_plain
    return compare(instance.value_of(before), aside.value_of(after))


def _form(instance: Instance, version: Version) -> StoredForm:
    assert version.event.value is not None
    return instance.values_of(version.store).open(version.event.value)


def _same_rows(instance: Instance, before: Version, aside: Instance, after: Version) -> bool:
    """Whether two tables have the same columns and the same rows, in whatever order."""
    if shape_of(before) != "table":
        return False
    from assetbook.io.table_comparison import compare_tables

    with tempfile.TemporaryDirectory(prefix="assetbook-diff-") as folder:
        old = parquet_of(instance, before, Path(folder) / "old.parquet")
        new = parquet_of(aside, after, Path(folder) / "new.parquet")
        try:
            found = compare_tables(old, new)
        except MissingLibraryError:  # without DuckDB other rows are other rows
            return False
    return found.same_schema and found.same_rows


def _alike(close: Closeness) -> str:
    same = f"{close.same_shape}, " if close.same_shape else ""
    return f"{same}floats within {close.largest:.1e} (tolerance {close.tolerance:.0e})"


def _unlike(close: Closeness) -> str:
    said = list(close.unlike)
    if close.apart and close.rows is None:  # a place in a plain value may be data
        said.append("other values")
    elif close.apart:
        names = ", ".join(f"`{name}`" for name in close.apart[:3])
        more = f" and {len(close.apart) - 3} more" if len(close.apart) > 3 else ""
        said.append(f"other values in {names}{more}")
    if close.largest > close.tolerance:
        said.append(f"floats differ by up to {close.largest:.1e} (tolerance {close.tolerance:.0e})")
    return "; ".join(said)
