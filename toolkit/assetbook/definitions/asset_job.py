"""``define_asset_job``: a job that materializes a selection of assets, found when it is used."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from assetbook.definitions.config_by_partition import PartitionedConfig, partitions_of_job
from assetbook.definitions.graph_config import ConfigMapping
from assetbook.definitions.hooks import HookDefinition, checked_hooks
from assetbook.definitions.job_definition import GivenJobConfig
from assetbook.definitions.labels import validate_name, validate_tags
from assetbook.definitions.partitions import PartitionsDefinition
from assetbook.definitions.place import Place, calling_place, note_made
from assetbook.definitions.retries import RetryPolicy, checked_policy
from assetbook.definitions.run_config import sections
from assetbook.definitions.spec import Frozen, condition_of, refuse_unselectable
from assetbook.named_arguments import named_arguments

if TYPE_CHECKING:
    from assetbook.definitions.automation import AutomationCondition


class UnresolvedAssetJobDefinition(Frozen):
    """What ``define_asset_job`` makes: the name of a selection of assets, to run as a job."""

    __slots__ = (
        "__weakref__",
        "automation_condition",
        "config",
        "description",
        "executor_def",
        "hooks",
        "metadata",
        "name",
        "op_retry_policy",
        "partitions_def",
        "place",
        "run_tags",
        "selection",
        "tags",
    )

    name: str
    selection: object
    """What was given: text, keys, definitions, an AssetSelection or several; None for all."""
    place: Place
    config: GivenJobConfig
    """Of a run that is given none; or by its partition."""
    description: str | None
    tags: Mapping[str, str]
    run_tags: Mapping[str, str]
    """The tags of its runs: ``tags``, unless others were given."""
    metadata: Mapping[str, Any]
    hooks: frozenset[HookDefinition]
    op_retry_policy: RetryPolicy | None
    executor_def: object | None
    automation_condition: AutomationCondition | None
    """When it runs by itself; None for never."""
    partitions_def: PartitionsDefinition | None
    """What its assets with partitions are divided by; None for what they say themselves."""

    def __init__(self, name: str, selection: object, place: Place, **options: Any) -> None:
        put = object.__setattr__
        put(self, "name", name)
        put(self, "selection", selection)
        put(self, "place", place)
        for option, value in options.items():
            put(self, option, value)
        note_made(self)

    def __repr__(self) -> str:
        return f"<asset job {self.name}>"

    def __reduce__(self) -> Any:
        raise TypeError(f"the definition {self.name} cannot be pickled: send its notebook instead")


@named_arguments
def define_asset_job(
    name: str,
    selection: object = None,
    config: GivenJobConfig = None,
    description: str | None = None,
    tags: Mapping[str, str] | None = None,
    run_tags: Mapping[str, str] | None = None,
    metadata: Mapping[str, Any] | None = None,
    partitions_def: PartitionsDefinition | None = None,
    executor_def: object | None = None,
    hooks: Iterable[HookDefinition] | None = None,
    op_retry_policy: RetryPolicy | None = None,
    automation_condition: AutomationCondition | None = None,
) -> UnresolvedAssetJobDefinition:
    """A job that materializes what ``selection`` means when it is used; all assets without one.

    ``selection`` is text as ``materialize`` takes it, a key, a definition, an AssetSelection, or a
    list of such. ``partitions_def``, or a PartitionedConfig, says once more what its assets are
    divided by; it is an error when the job is used if one of them is divided otherwise. Raises
    DefinitionError for anything that cannot be meant.
    """
    own_name = validate_name(name, "a job")
    if not isinstance(config, ConfigMapping | PartitionedConfig):
        sections(f"config= of the job `{own_name}`", config)
    if selection is not None:
        refuse_unselectable(f"the job `{own_name}`", selection)
    own_tags = MappingProxyType(validate_tags(tags or {}))
    several = isinstance(selection, Sequence) and not isinstance(selection, str)
    return UnresolvedAssetJobDefinition(
        own_name,
        tuple(selection) if several and isinstance(selection, Sequence) else selection,
        calling_place(),
        config=config,
        description=description,
        tags=own_tags,
        run_tags=own_tags if run_tags is None else MappingProxyType(validate_tags(run_tags)),
        metadata=MappingProxyType(dict(metadata or {})),
        hooks=checked_hooks(f"the job `{own_name}`", hooks or ()),
        op_retry_policy=checked_policy(f"the job `{own_name}`", op_retry_policy),
        executor_def=executor_def,
        automation_condition=condition_of(f"the job `{own_name}`", automation_condition),
        partitions_def=partitions_of_job(own_name, partitions_def, config),
    )
