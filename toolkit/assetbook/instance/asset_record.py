"""An asset as it was defined, and all that a location defined at one time."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

import msgspec

from assetbook.definitions.freshness_policy import FreshnessPolicy
from assetbook.definitions.spec import AssetDep, AssetSpec
from assetbook.instance.job_record import JobRecord
from assetbook.instance.schedule_record import ScheduleRecord
from assetbook.instance.sensor_record import SensorRecord
from assetbook.keys import AssetKey
from assetbook.metadata import from_wire

if TYPE_CHECKING:
    from assetbook.definitions.partitions import PartitionMapping, PartitionsDefinition

SCRATCH = "scratch"
"""The location of a session whose notebook is not known."""


class CheckRecord(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """One check as it was defined."""

    name: str
    blocking: bool = False
    own_step: bool = False
    """Whether a function of its own answers it."""
    code: str | None = None
    inputs: dict[str, str] = {}
    deps: tuple[str, ...] = ()


class AssetRecord(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """One asset as it was defined."""

    key: str
    group: str = "default"
    description: str = ""
    documentation: str = ""
    """The text right above its cell in the notebook, as Markdown."""
    kinds: tuple[str, ...] = ()
    owners: tuple[str, ...] = ()
    tags: dict[str, str] = {}
    metadata: dict[str, Any] = {}
    """In wire form."""
    inputs: dict[str, str] = {}
    deps: tuple[str, ...] = ()
    checks: tuple[str, ...] = ()
    code: str | None = None
    authored: str | None = None
    manifest: str | None = None
    unknowns: tuple[str, ...] = ()
    config: str | None = None
    io_manager: str = "io_manager"
    type: str = ""
    """The name of the type that checks its value; empty without one."""
    resources: tuple[str, ...] = ()
    """The parts of its configuration that are resources."""
    reads: str | None = None
    max_age: float | None = None
    """Seconds."""
    blocking: dict[str, str | None] = {}
    """The code versions of its blocking checks."""
    made_with: tuple[str, ...] = ()
    """The other assets of the same function."""
    cell: str = ""
    external: bool = False
    owner: str = ""
    """The other location that it belongs to; empty if it belongs to this one."""
    equal_code: str | None = None
    """The code of its latest version, if only names that are ignored since differ from it."""
    lived: str = ""
    """The digest of what its code was when its cells ran; empty if that is not known."""
    parity: tuple[str, ...] = ()
    """Of the last load: the code that was loaded, the answer to whether it is the same, why."""
    maker: str = ""
    """The name of its function; empty if that is the asset's own."""
    can_subset: bool = False
    """Whether its function can make it without the other assets."""
    follows: tuple[str, ...] = ()
    """Other assets of the same function that it is made from."""
    check_records: tuple[CheckRecord, ...] = ()
    partitions: dict[str, Any] = {}
    """What divides it into partitions, as data; empty for an asset that is one whole."""
    mappings: dict[str, dict[str, Any]] = {}
    """The author's own partition mappings, as data: by parameter, and by asset for what it follows
    without reading it."""
    partitions_a_call: int = 1
    """How many partitions one call of its function makes; 0 for all."""
    places: tuple[str, ...] = ()
    """The cells and files in which the code is that it reaches: ``cell 4``, ``helpers.py``."""
    freshness: dict[str, Any] = {}
    """How recently it has to be made, as data; empty if nothing says so."""
    automation: str = ""
    """The condition under which it is made by itself, for people; empty without one."""
    form: tuple[dict[str, Any], ...] = ()
    """The fields that configure its function; see :mod:`assetbook.definitions.config_form`."""


class Snapshot(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """What a location defined at one time."""

    location: str
    at: datetime
    assets: tuple[AssetRecord, ...] = ()
    jobs: tuple[JobRecord, ...] = ()
    schedules: tuple[ScheduleRecord, ...] = ()
    sensors: tuple[SensorRecord, ...] = ()
    cell: str = ""
    """The cell after which it was taken."""
    sources: dict[str, str] = {}
    """By path from the project's root, the digests of the files that it was loaded from; empty if
    it was taken from a live notebook."""
    wrong: tuple[str, ...] = ()
    """What is wrong with definitions that were left out for it, a sentence each."""
    broken: str = ""
    """Why the location cannot be loaded as its files are now: the error's text. The rest is what it
    defined before."""

    @property
    def specs(self) -> dict[AssetKey, AssetSpec]:
        """The assets as specs whose dependencies are all that they follow."""
        return {AssetKey.from_text(each.key): spec_of(each) for each in self.assets}

    @property
    def claimed(self) -> tuple[AssetKey, ...]:
        """The assets that belong to this location by its own word."""
        return tuple(AssetKey.from_text(each.key) for each in self.assets if self.claims(each))

    def claims(self, record: AssetRecord) -> bool:
        """Whether the asset belongs to this location by its own word; a scratch one owns none."""
        return self.location != SCRATCH and not record.owner and not record.external

    @property
    def inputs(self) -> dict[AssetKey, dict[str, AssetKey]]:
        """What each asset reads, by parameter."""
        return {
            AssetKey.from_text(each.key): {
                name: AssetKey.from_text(text) for name, text in each.inputs.items()
            }
            for each in self.assets
        }


def spec_of(record: AssetRecord) -> AssetSpec:
    """The asset as a spec whose dependencies are all that it follows."""
    follows = dict.fromkeys([*record.inputs.values(), *record.deps])
    return AssetSpec(
        AssetKey.from_text(record.key),
        deps=[
            AssetDep(AssetKey.from_text(each), partition_mapping=mapping_of(record, each))
            for each in follows
        ],
        description=record.description or None,
        group_name=record.group if record.group != "default" else None,
        code_version=record.authored,
        owners=record.owners,
        tags=record.tags,
        metadata={name: from_wire(wire) for name, wire in record.metadata.items()},
        kinds=record.kinds,
        partitions_def=_partitions(record),
        freshness_policy=FreshnessPolicy.from_data(record.freshness) if record.freshness else None,
    )


def _partitions(record: AssetRecord) -> PartitionsDefinition | None:
    if not record.partitions:
        return None
    from assetbook.definitions.partitions.data import from_data

    return from_data(record.partitions)


def mapping_of(record: AssetRecord, name: str) -> PartitionMapping | None:
    """The author's own mapping for a parameter, or for an asset that is followed; None without."""
    if name not in record.mappings:
        return None
    from assetbook.definitions.partitions.mapping_data import mapping_from

    return mapping_from(record.mappings[name])
