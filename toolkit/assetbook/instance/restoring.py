"""Making an earlier version the latest again, and keeping versions whatever retention says."""

from __future__ import annotations

from msgspec import structs

from assetbook.errors import CorruptStoreError, SelectionError
from assetbook.events.asset_events import AssetReadThrough, VersionKept
from assetbook.events.parts import Origin
from assetbook.events.run_events import RunEnded, RunStarted
from assetbook.instance.as_if_latest import recorded_as
from assetbook.instance.instance import Instance
from assetbook.instance.value_reading import only_read_here, refuse_overwritten, refuse_wiped
from assetbook.keys import new_run_id
from assetbook.storage.version import Version


def restore_version(instance: Instance, version: Version, origin: Origin) -> Version:
    """The new latest version, whose value is that of ``version``; durable when it returns.

    It is recorded as made of the same code, configuration and inputs, so that its state is as
    honest as that one's was; what checks said of that version they say of this one. No file is
    copied. Raises SelectionError if it is the latest already or has no value of its own,
    CorruptStoreError if its file is gone.
    """
    _refuse_restoring(instance, version)
    now, run_id, step = instance.clock.now(), new_run_id(), str(version.key)
    before = version.event
    event = structs.replace(
        before,
        at=now,
        run_id=run_id,
        step=step,
        duration=0.0,
        overridden=False,
        restored_from=version.number,
        written_by=before.written_by or before.run_id,
    )
    checks = [
        structs.replace(check, run_id=run_id, version=None)
        for check in recorded_as(instance, version).checks.values()
    ]
    asked = f"restore {version.key}@{version.number}"
    started = RunStarted(
        at=now,
        run_id=run_id,
        asked=asked,
        steps=(step,),
        origin=origin,
        keys=(version.key.text,),
    )
    ended = RunEnded(at=now, run_id=run_id, status="success")
    receipt = instance.store.commit([started, event, *checks, ended])
    return instance.version(version.key, receipt.numbers[version.key.text, version.partition])


def read_through_again(instance: Instance, version: Version, origin: Origin) -> bool:
    """Whether anything changed: the asset of another store's ``version`` is read from there again.

    Its versions in the own store stay, and count again once a new one is made. Durable when it
    returns. Raises SelectionError if it is not the latest one of the store that is read through to.
    """
    asked = f"restore `{version.key}@{version.name}`"
    through = instance.project.read_through if instance.project is not None else None
    if version.store != through or through is None:
        raise only_read_here(asked, version)
    there = instance.store_of(through).latest([version.key]).get(version.key)
    if there != version:
        raise SelectionError(
            asked,
            f"only the latest version of `{through}` can be read in the place of an own one",
            f"`%restore {version.key}@{through}` does that; or run with `--with "
            f"{version.key}@{version.name}`.",
        )
    if version.key not in instance.own.latest([version.key]):
        return False
    event = AssetReadThrough(
        at=instance.clock.now(), key=version.key.text, store=through, origin=origin
    )
    instance.own.commit([event])
    return True


def keep_version(
    instance: Instance, version: Version, origin: Origin, *, release: bool = False
) -> bool:
    """Whether anything changed: the version is kept now, or with ``release`` left to retention.

    Durable when it returns. Raises SelectionError for a version without a value of its own.
    """
    if version.store is not None:
        raise only_read_here(f"keep `{version.key}@{version.name}`", version)
    if not release:
        refuse_wiped(version)
        refuse_overwritten(version, "keep")
    kept = version.number in instance.own.kept([version.key]).get(version.key, ())
    if kept is not release:
        return False
    event = VersionKept(
        at=instance.clock.now(),
        key=version.key.text,
        version=version.number,
        released=release,
        origin=origin,
    )
    instance.store.commit([event])
    return True


def _refuse_restoring(instance: Instance, version: Version) -> None:
    asked = f"restore `{version.key}@{version.name}`"
    if version.store is not None:
        raise only_read_here(asked, version)
    latest = instance.store.latest([version.key], version.partition).get(version.key)
    if latest == version:
        raise SelectionError(
            asked, "it is the latest version already", f"`%versions {version.key}` lists them."
        )
    refuse_wiped(version)
    if version.event.value is None:
        raise SelectionError(asked, "it has no stored value that could be used again")
    refuse_overwritten(version, "restore")
    if instance.file_gone(version):
        raise CorruptStoreError(
            asked,
            f"its file is gone: {version.event.value.path}",
            f"Restore another one: `%versions {version.key}` lists them.",
        )
