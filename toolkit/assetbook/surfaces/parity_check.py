"""The comparison of a load with what is recorded: sources are looked at, and it is loaded again,
where an answer needs that."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from assetbook.errors import DefinitionError
from assetbook.instance.asset_record import AssetRecord
from assetbook.instance.instance import Instance
from assetbook.instance.lived_records import LivedRecord, edited_files, lived_of, loaded_codes
from assetbook.instance.states import Standing
from assetbook.keys import AssetKey
from assetbook.notebook.document import LOAD_TAG, read_document
from assetbook.notebook.lived_cells import Lived, edited_cells
from assetbook.notebook.slice_doubts import may_lack, read_anew
from assetbook.notebook.slicing import Slice, slice_of
from assetbook.planning.parity import (
    UNPROVEN,
    Coded,
    Parity,
    Recorded,
    differing,
    edited,
    of_same_sources,
    proven,
)
from assetbook.planning.steps import Plan
from assetbook.surfaces.live import LiveNotebook

SecondLoad = Callable[[], Mapping[AssetKey, Coded]]
"""Loads the notebook once more, elsewhere, and gives the codes."""
_OF_CODE = frozenset({"asset", "helper", "class", "module", "file"})


@dataclass
class _Known:
    """What one comparison asks for, each once."""

    path: Path
    root: Path
    """The project's folder."""
    second_load: SecondLoad

    @cached_property
    def slice(self) -> Slice:
        return slice_of(read_document(self.path))

    @cached_property
    def again(self) -> Mapping[AssetKey, Coded]:
        return self.second_load()


def compare_load(
    live: LiveNotebook, path: Path, second_load: SecondLoad
) -> Mapping[AssetKey, Parity]:
    """Whether what ``live`` has loaded of the notebook at ``path`` is what running it gave.

    The answers are stored with its snapshot.
    """
    known = _Known(path, live.instance.root, second_load)

    def compare(
        records: Mapping[AssetKey, AssetRecord], now: Standing
    ) -> Mapping[AssetKey, Parity]:
        return _answers(known, live.instance, records, now)

    return live.compared(compare)


def codes_to_json(live: LiveNotebook) -> dict[str, Any]:
    """The codes of what is loaded, as they pass between processes."""
    now, _, _ = live.standing()
    return {
        key.text: [code.digest, dict(code.manifest), list(code.unknowns)]
        for key, code in loaded_codes(now).items()
        if key in now.graph.makers
    }


def codes_from_json(given: Mapping[str, Any]) -> dict[AssetKey, Coded]:
    """What ``codes_to_json`` gave."""
    return {
        AssetKey.from_text(key): Coded(digest, manifest, tuple(unknowns))
        for key, (digest, manifest, unknowns) in given.items()
    }


def refuse_differing(answers: Mapping[AssetKey, Parity], plan: Plan) -> None:
    """Raises DefinitionError if loading gave other code for an asset that the plan would make."""
    wrong = {
        key: answers[key].reason
        for step in plan
        if step.kind == "asset"
        for key in step.assets
        if key in answers and answers[key].answer == "differs"
    }
    if wrong:
        said = "; ".join(f"`{key}`: {reason}" for key, reason in wrong.items())
        raise DefinitionError(
            "what loading the notebook gives is not what running it gave",
            said,
            f"Tag the cell that is lacking `{LOAD_TAG}`, or run all of it: --load all.",
        )


def _answers(
    known: _Known, instance: Instance, records: Mapping[AssetKey, AssetRecord], now: Standing
) -> dict[AssetKey, Parity]:
    codes = {key: code for key, code in loaded_codes(now).items() if key in now.graph.makers}
    lived = lived_of(instance, {key: records[key] for key in codes if key in records})
    answers: dict[AssetKey, Parity] = {}
    for key, code in codes.items():
        recorded, record, cells = lived.get(key) or (_made_in_session(instance, now, key), None, {})
        if recorded is None:
            answers[key] = UNPROVEN
        elif recorded.code.digest == code.digest:
            answers[key] = proven(code, recorded)
        else:
            answers[key] = _by_sources(known, key, code, recorded, record, cells)
    return answers


def _by_sources(
    known: _Known,
    key: AssetKey,
    code: Coded,
    recorded: Recorded,
    record: LivedRecord | None,
    cells: Lived,
) -> Parity:
    """The answer for code that differs."""
    found = differing(recorded.code.manifest, code.manifest)
    roots = {_bound_as(each.piece, each.root, key): each.root for each in found}
    if record is None:
        others = [each.name for each in found if each.piece.partition(":")[0] in _OF_CODE]
        others = [f"the code of `{name}`" for name in others]
    else:
        others = [*edited_cells(known.slice, cells, roots), *edited_files(record, known.root)]
    if others:
        return edited(others, recorded)
    outside, lacking = read_anew(known.slice, roots), may_lack(known.slice, roots)
    return of_same_sources(
        code,
        known.again.get(key, code),
        recorded,
        _by_root(outside, roots),
        _by_root(lacking, roots),
    )


def _by_root(said: Mapping[str, str], roots: Mapping[str, str]) -> dict[str, str]:
    return {roots[name]: text for name, text in said.items() if text}


def _bound_as(piece: str, root: str, key: AssetKey) -> str:
    """The name that a cell binds; an asset's own code goes by its key."""
    return key.parts[-1] if not piece or piece.startswith("asset:") else root


def _made_in_session(instance: Instance, now: Standing, key: AssetKey) -> Recorded | None:
    """The code of the latest version, if a session made it."""
    found = now.recorded.get(key)
    version = instance.latest_materialization(key) if found is not None else None
    ref = version.event.code if version is not None else None
    if version is None or ref is None or ref.digest is None or ref.manifest is None:
        return None
    origin = instance.origin_of(version)
    text = instance.store.texts([ref.manifest]).get(ref.manifest)
    if origin is None or origin.kind != "session" or text is None:
        return None
    return Recorded(Coded(ref.digest, json.loads(text)), "session")
