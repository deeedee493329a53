"""What a shell offers for the words of a verb when Tab is pressed: what the store knows."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import click
from click.shell_completion import CompletionItem

from assetbook.errors import AssetbookError
from assetbook.instance.instance import Instance
from assetbook.settings import find_project
from assetbook.surfaces.desk import StoreDesk


def asset_names(
    context: click.Context, parameter: click.Parameter, word: str
) -> list[CompletionItem]:
    """The assets whose key begins as ``word`` does, behind any ``+`` before it."""
    name = word.lstrip("+")
    signs = word[: len(word) - len(name)]
    desk = _desk()
    keys = sorted(map(str, desk.standing()[0].states)) if desk is not None else []
    return _items(f"{signs}{key}" for key in keys if key.startswith(name))


def run_ids(context: click.Context, parameter: click.Parameter, word: str) -> list[CompletionItem]:
    """The newest runs whose id begins with ``word``."""
    desk = _desk()
    runs = desk.instance.runs(20) if desk is not None else []
    return _items(run.id for run in runs if run.id.startswith(word))


def _items(words: Iterable[str]) -> list[CompletionItem]:
    return [CompletionItem(word) for word in words]


def _desk() -> StoreDesk | None:
    """The store of the project around this folder; None if there is none, or it cannot be read."""
    try:
        if not find_project(Path.cwd()).store.exists():
            return None
        return StoreDesk(Instance.get())
    except AssetbookError:
        return None
