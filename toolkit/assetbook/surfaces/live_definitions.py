"""All that a live location defines, as one ``Definitions``."""

from __future__ import annotations

from assetbook.definitions.asset_definition import AssetsDefinition
from assetbook.definitions.check_definition import AssetChecksDefinition
from assetbook.definitions.collection import Definitions
from assetbook.definitions.spec import AssetSpec
from assetbook.surfaces.live import LiveNotebook


def definitions_of(live: LiveNotebook) -> Definitions:
    """What lives in the location, with the resources that it asks for."""
    found = list(live.session)
    return Definitions(
        [each for each in found if isinstance(each, AssetsDefinition | AssetSpec)],
        [each for each in found if isinstance(each, AssetChecksDefinition)],
        _bound_resources(live),
        jobs=live.session.jobs,
        schedules=live.session.schedules,
        sensors=live.session.sensors,
    )


def _bound_resources(live: LiveNotebook) -> dict[str, object]:
    """Those of the location's names that a definition asks for."""
    available = live.session.resources()
    wanted: set[str] = set()
    for each in live.session:
        wanted |= {name for name, _ in getattr(each, "resource_names", ())}
        wanted |= {port.io_manager_key for port in getattr(each, "outputs", ())}
        ports = getattr(each, "inputs", ())
        wanted |= {port.manager_key for port in ports if port.manager_key is not None}
    for schedule in live.session.schedules:
        wanted |= schedule.required_resource_keys
    for sensor in live.session.sensors:
        wanted |= sensor.required_resource_keys
    return {name: available[name] for name in sorted(wanted) if name in available}
