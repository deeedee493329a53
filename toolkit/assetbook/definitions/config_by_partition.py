"""The configuration of a job's run by its partition: :class:`PartitionedConfig`, and by key."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, TypeAlias

from assetbook.definitions.labels import validate_tags
from assetbook.definitions.partition_options import partition_option
from assetbook.definitions.partitions import PartitionsDefinition, StaticPartitionsDefinition
from assetbook.definitions.partitions.computed import ComputedPartitionsDefinition
from assetbook.definitions.partitions.key_tags import key_tags
from assetbook.definitions.run_config import RunConfig, sections
from assetbook.definitions.spec import Frozen
from assetbook.errors import DefinitionError, UsageError
from assetbook.named_arguments import named_arguments, named_options

ConfigOfKey: TypeAlias = Callable[[str], RunConfig | Mapping[str, Any]]
TagsOfKey: TypeAlias = Callable[[str], Mapping[str, str]]


@named_arguments
class PartitionedConfig(Frozen):
    """How the runs of a job are configured, each by the partition that it is of.

    ``run_config_for_partition_key_fn`` gives the configuration of a key, by section, and
    ``tags_for_partition_key_fn`` more tags of its run. Raises DefinitionError for a partitions_def
    that is none.
    """

    __slots__ = (
        "__weakref__",
        "decorated_fn",
        "partitions_def",
        "run_config_for_partition_key_fn",
        "tags_for_partition_key_fn",
    )

    partitions_def: PartitionsDefinition
    run_config_for_partition_key_fn: ConfigOfKey
    tags_for_partition_key_fn: TagsOfKey | None
    decorated_fn: Callable[..., Any] | None
    """The author's function; None for one that was made without a decorator."""

    def __init__(
        self,
        partitions_def: PartitionsDefinition,
        run_config_for_partition_key_fn: ConfigOfKey,
        tags_for_partition_key_fn: TagsOfKey | None = None,
        decorated_fn: Callable[..., Any] | None = None,
    ) -> None:
        put = object.__setattr__
        put(self, "partitions_def", _checked("a PartitionedConfig", partitions_def))
        put(self, "run_config_for_partition_key_fn", run_config_for_partition_key_fn)
        put(self, "tags_for_partition_key_fn", tags_for_partition_key_fn)
        put(self, "decorated_fn", decorated_fn)

    def get_partition_keys(self, current_time: datetime | None = None) -> Sequence[str]:
        """The keys that there are; ``current_time`` (None: now) decides which windows are over."""
        return self.partitions_def.get_partition_keys(current_time)

    def get_run_config_for_partition_key(self, partition_key: str) -> dict[str, Any]:
        """The configuration of that key, by section; of a key that there is not as well.

        Raises what the author's function raises, and ConfigError for sections that there are not.
        """
        given = self.run_config_for_partition_key_fn(partition_key)
        where = f"the configuration of the partition {partition_key!r}"
        return copy.deepcopy(sections(where, given))

    def get_tags_for_partition_key(self, partition_key: str) -> dict[str, str]:
        """The tags of a run of that key: the author's, ``dagster/partition``, and of several
        dimensions one for each."""
        own = self.tags_for_partition_key_fn
        more = validate_tags(own(partition_key)) if own is not None else {}
        return {**more, **key_tags(self.partitions_def, partition_key)}

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """What the author's function gives; raises UsageError where no decorator made this."""
        if self.decorated_fn is None:
            raise UsageError(
                "calling a PartitionedConfig",
                "no decorator made it",
                "Ask get_run_config_for_partition_key(key).",
            )
        return self.decorated_fn(*args, **kwargs)

    def __repr__(self) -> str:
        return f"<PartitionedConfig: {self.partitions_def.describe()}>"

    def __reduce__(self) -> Any:
        raise TypeError("a PartitionedConfig cannot be pickled: send its notebook instead")


@named_options
def partitioned_config(
    partitions_def: PartitionsDefinition, tags_for_partition_key_fn: TagsOfKey | None = None
) -> Callable[[ConfigOfKey], PartitionedConfig]:
    """The configuration that the decorated function gives for each key of ``partitions_def``."""

    def decorate(fn: ConfigOfKey) -> PartitionedConfig:
        return PartitionedConfig(partitions_def, fn, tags_for_partition_key_fn, fn)

    return decorate


@named_options
def static_partitioned_config(
    partition_keys: Sequence[str], tags_for_partition_key_fn: TagsOfKey | None = None
) -> Callable[[ConfigOfKey], PartitionedConfig]:
    """The configuration that the decorated function gives for each of these keys."""
    keys = StaticPartitionsDefinition(partition_keys)
    return partitioned_config(keys, tags_for_partition_key_fn)


@named_options
def dynamic_partitioned_config(
    partition_fn: Callable[[datetime], Sequence[str]],
    tags_for_partition_key_fn: TagsOfKey | None = None,
) -> Callable[[ConfigOfKey], PartitionedConfig]:
    """The configuration that the decorated function gives for each key that ``partition_fn`` lists
    at an instant, which it is given.

    Keys that a store keeps are ``partitioned_config(DynamicPartitionsDefinition(name=...))``.
    """
    return partitioned_config(ComputedPartitionsDefinition(partition_fn), tags_for_partition_key_fn)


def partitions_of_job(name: str, given: object, config: object) -> PartitionsDefinition | None:
    """What divides a job that was given these ``partitions_def`` and ``config``; None for nothing.

    Raises DefinitionError where the two divide it otherwise.
    """
    where = f"the job `{name}`"
    configured = config.partitions_def if isinstance(config, PartitionedConfig) else None
    if given is None:
        return configured
    own = _checked(where, given)
    if configured is not None and configured != own:
        raise DefinitionError(
            where,
            f"it is divided {own.describe()}, and its config {configured.describe()}",
            "Leave partitions_def= out: the config says it.",
        )
    return own


def _checked(of: str, given: object) -> PartitionsDefinition:
    """The partitions themselves; raises DefinitionError for what are none, None too."""
    found: PartitionsDefinition | None = partition_option("partitions_def", of, given)
    if found is not None:
        return found
    raise DefinitionError(
        f"partitions_def= of {of}", "it is None", 'Give DailyPartitionsDefinition("2026-01-01").'
    )
