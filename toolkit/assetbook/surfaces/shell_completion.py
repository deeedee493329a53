"""What a shell offers for the words of a verb when Tab is pressed: what the store knows."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import click
from click.shell_completion import CompletionItem

from assetbook.errors import AssetbookError
from assetbook.instance.instance import Instance
from assetbook.instance.version_reference import RUN
from assetbook.keys import AssetKey
from assetbook.notebook.configured_locations import configured_locations
from assetbook.project import find_project
from assetbook.surfaces.desk import StoreDesk
from assetbook.surfaces.known_jobs import known_jobs


def asset_names(
    context: click.Context, parameter: click.Parameter, word: str
) -> list[CompletionItem]:
    """The assets whose key begins as ``word`` does, behind any ``+`` before it."""
    name = word.lstrip("+")
    signs = word[: len(word) - len(name)]
    desk = _desk(context)
    keys = sorted(map(str, desk.standing()[0].states)) if desk is not None else []
    return _items(f"{signs}{key}" for key in keys if key.startswith(name))


def job_names(
    context: click.Context, parameter: click.Parameter, word: str
) -> list[CompletionItem]:
    """The jobs of the project whose name begins with ``word``."""
    desk = _desk(context)
    jobs = known_jobs(desk.instance) if desk is not None else []
    names = dict.fromkeys(each.record.name for each in jobs)
    return _items(name for name in names if name.startswith(word))


def version_names(
    context: click.Context, parameter: click.Parameter, word: str
) -> list[CompletionItem]:
    """The same names, and behind an ``@`` the versions."""
    desk = _desk(context)
    if "@" not in word or desk is None:
        return asset_names(context, parameter, word)
    return _items(references(desk.instance, word))


def references(instance: Instance, word: str) -> list[str]:
    """``orders@3`` for the newest versions that begin so; behind ``@run:`` the runs instead, behind
    ``@prod:`` those of that store."""
    name, _, reference = word.rpartition("@")
    other, colon, _ = reference.partition(":")
    if name and colon and other in instance.others:
        there = instance.others[other].versions(AssetKey.from_user_string(name), newest=20)
        names = [f"{name}@{each.name}" for each in there]
        return [each for each in names if each.startswith(word)]
    found = instance.versions(name, newest=20) if name else []
    if not found:  # the @ belongs to a key
        return sorted(key for key in map(str, instance.store.latest()) if key.startswith(word))
    if reference.startswith("r"):
        offered = [f"{RUN}{each.run_id}" for each in found if each.run_id]
    else:
        offered = [*(each.name for each in found), *instance.others]
    return [f"{name}@{each}" for each in dict.fromkeys(offered) if each.startswith(reference)]


def run_ids(context: click.Context, parameter: click.Parameter, word: str) -> list[CompletionItem]:
    """The newest runs whose id begins with ``word``."""
    desk = _desk(context)
    runs = desk.instance.runs(20) if desk is not None else []
    return _items(run.id for run in runs if run.id.startswith(word))


def store_names(
    context: click.Context, parameter: click.Parameter, word: str
) -> list[CompletionItem]:
    """The project's named stores."""
    try:
        names = find_project(Path.cwd()).stores
    except AssetbookError:
        return []
    return _items(name for name in names if name.startswith(word))


def location_names(
    context: click.Context, parameter: click.Parameter, word: str
) -> list[CompletionItem]:
    """The project's locations."""
    try:
        known = [str(each) for each in configured_locations(find_project(Path.cwd()))]
    except AssetbookError:
        return []
    return _items(name for name in known if name.startswith(word))


def _items(words: Iterable[str]) -> list[CompletionItem]:
    return [CompletionItem(word) for word in words]


def _desk(context: click.Context) -> StoreDesk | None:
    """The store of the project around this folder, or the one that was typed; None if there is
    none, or it cannot be read."""
    above = context.parent.params if context.parent is not None else {}
    store = context.params.get("store") or above.get("store")
    try:
        if not find_project(Path.cwd(), store=store).store.exists():
            return None
        return StoreDesk(Instance.get(store=store))
    except AssetbookError:
        return None
