"""What is said when the store that is read through to is not there."""

from __future__ import annotations

from assetbook.instance.instance import Instance


def missing_store(instance: Instance) -> str:
    """A sentence for the store that should be read through to and is not there; empty if it is."""
    project = instance.project
    if project is None or project.read_through is None:
        return ""
    name = project.read_through
    if instance.others[name].is_there:
        return ""
    return (
        f"the store `{name}` is not there ({project.stores[name]}): only what this store has "
        "itself can be read"
    )
