"""The source of what failed in a run: the cell that defines it, or its function in a module."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterable

from assetbook.dependencies.code_changes import pieces_in
from assetbook.events.run_events import RunStarted, StepEnded
from assetbook.instance.asset_record import AssetRecord
from assetbook.instance.bundles import Bundle, bundle_at
from assetbook.instance.instance import Instance
from assetbook.instance.kept_notebooks import kept_notebooks
from assetbook.keys import AssetKey


def failing_source(
    instance: Instance, started: RunStarted, failed: StepEnded, record: AssetRecord | None
) -> str:
    """The text of the cell, as it was when the run began; empty if it is not kept. Of a notebook
    that ran as a job the cell that failed, below its parameters.

    Raises StoreError if it cannot be read.
    """
    kept = kept_notebooks(instance, started.run_id, [failed.step]).get(failed.step)
    if kept is not None and kept.bad is not None:
        return "\n\n".join(filter(None, [kept.parameters, kept.source_of(kept.bad)]))
    names = _names(failed, record)
    if started.bundle is not None:
        found = _in_bundle(bundle_at(instance, started.bundle), names)
        if found:
            return found
    return _kept_piece(instance, record)


def _names(failed: StepEnded, record: AssetRecord | None) -> list[str]:
    """What it may be called where it is defined."""
    if record is not None:
        own = AssetKey.from_text(record.key)
        return [record.maker] if record.maker else [str(own), own.parts[-1]]
    return [re.sub(r"\[[^\]]*\]$", "", failed.step).rpartition(".")[2]]


def _in_bundle(bundle: Bundle, names: Iterable[str]) -> str:
    for name in names:
        word = re.escape(name)
        defines = re.compile(
            rf"^%%\w+\s(?:[^\n]*\s)?{word}(?=\s|$)|^\s*(?:async )?def {word}\b", re.MULTILINE
        )
        for cell in reversed(bundle.cells):  # the last one that defines it counts
            if defines.search(cell.text):
                return cell.text.strip("\n")
        for module in bundle.modules.values():
            if function := _function(module.text, name):
                return function
    return ""


def _function(text: str, name: str) -> str:
    try:
        tree = ast.parse(text)
    except SyntaxError:
        return ""
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name == name:
            first = min([node.lineno, *(each.lineno for each in node.decorator_list)])
            return "\n".join(text.splitlines()[first - 1 : node.end_lineno])
    return ""


def _kept_piece(instance: Instance, record: AssetRecord | None) -> str:
    """Its code as its version counts it, where no cell is kept."""
    if record is None or record.manifest is None:
        return ""
    manifest = instance.store.texts([record.manifest]).get(record.manifest)
    if manifest is None:
        return ""
    pieces = pieces_in(json.loads(manifest)).items()
    own = [entry.partition(" ")[0] for name, entry in pieces if name.startswith("asset:")]
    return "\n".join(instance.store.texts(own).values())
