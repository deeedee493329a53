"""A notebook as a run keeps it: with ``***`` where its text holds a secret."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from assetbook.definitions.secret import scrub_json
from assetbook.definitions.secret_literals import masked


def kept_form(notebook: Mapping[str, Any], *, outputs: bool) -> dict[str, Any]:
    """A copy of a notebook without what looks like a secret in the text of its cells, and without
    known secrets in what is said of them; with the ``outputs``, which have lost theirs when they
    came, or with none."""
    cells = [_kept_cell(each, outputs=outputs) for each in notebook["cells"]]
    beside = {name: each for name, each in notebook.items() if name != "cells"}
    return {**scrub_json(beside), "cells": cells}


def _kept_cell(cell: Mapping[str, Any], *, outputs: bool) -> dict[str, Any]:
    beside = {name: each for name, each in cell.items() if name not in ("source", "outputs")}
    shown = {"outputs": cell["outputs"] if outputs else []} if "outputs" in cell else {}
    return {**scrub_json(beside), "source": masked(cell["source"]), **shown}
