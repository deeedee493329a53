"""Parameters of a launch: the configuration of the only op that a job has, as a notebook's is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

from assetbook.definitions.collection import Job
from assetbook.definitions.job_definition import JobDefinition
from assetbook.definitions.run_config import sections
from assetbook.errors import UsageError
from assetbook.instance.launching import GivenConfig
from assetbook.kernels.parameter_texts import typed_parameters
from assetbook.surfaces.suggestion import typed

GivenParameters: TypeAlias = Mapping[str, Any] | Sequence[str]
"""By name; or words as ``day=2026-01-01``."""


def with_parameters(job: Job, config: GivenConfig, parameters: GivenParameters) -> GivenConfig:
    """The configuration of a run, with ``parameters`` as that of its job's op; ``config`` itself
    if there are none.

    Raises UsageError for a job that has not one op with a Config, and for words that say nothing.
    """
    if not parameters:
        return config
    op = _only_op(job)
    values = parameters
    if not isinstance(values, Mapping):
        values = typed_parameters(op.config_type, values)
    by_section = dict(sections("run_config", config or {}))
    ops = dict(by_section.get("ops") or {})
    held = dict((ops.get(op.name) or {}).get("config") or {})
    ops[op.name] = {"config": {**held, **values}}
    return {**by_section, "ops": ops}


def _only_op(job: Job) -> Any:
    ops = [each.op for each in job.ops.values()] if isinstance(job, JobDefinition) else []
    if len(ops) == 1 and ops[0].config_type is not None:
        return ops[0]
    raise UsageError(
        f"the parameters of the job `{job.name}`",
        "it is no notebook, and not one op with a Config either",
        f"Say whose they are: `{typed('launch')} {job.name} --config NAME.FIELD=VALUE`.",
    )
