"""When assets are to be made by themselves: conditions, as what their author declared."""

from assetbook.definitions.automation.condition import AutomationCondition
from assetbook.definitions.automation.custom import AutomationContext, AutomationResult
from assetbook.definitions.automation.entity import AssetJobKey, Entity, Subset

__all__ = [
    "AssetJobKey",
    "AutomationCondition",
    "AutomationContext",
    "AutomationResult",
    "Entity",
    "Subset",
]
