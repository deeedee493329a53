"""When assets are to be made by themselves: conditions, as what their author declared."""

from assetbook.definitions.automation.condition import AutomationCondition
from assetbook.definitions.automation.custom import AutomationContext, AutomationResult
from assetbook.definitions.automation.entity import Entity, JobKey, Subset

__all__ = [
    "AutomationCondition",
    "AutomationContext",
    "AutomationResult",
    "Entity",
    "JobKey",
    "Subset",
]
