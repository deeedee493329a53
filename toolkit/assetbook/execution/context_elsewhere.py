"""Members of Dagster's contexts that those here do not have, and what to do instead."""

from __future__ import annotations

from typing import NoReturn

from assetbook.errors import UsageError

_INPUTS = "The function's parameters name what it reads: say `ins=` to name the asset."
_INSTANCE = "In the notebook or test, ask `Instance.get()`."
_PDB = "The step runs where you are: call `breakpoint()`."
ELSEWHERE: dict[str, str] = {
    **dict.fromkeys(("asset_key_for_input", "load_asset_value"), _INPUTS),
    **dict.fromkeys(("dagster_run", "run"), "`run_id` names the run."),
    **dict.fromkeys(
        ("asset_key_for_output", "output_for_asset_key"),
        "`selected_asset_keys` and `selected_output_names` say what is made.",
    ),
    **dict.fromkeys(
        ("log_event", "set_data_version"), "Return an Output or MaterializeResult that says it."
    ),
    **dict.fromkeys(
        ("get_tag", "has_tag", "run_config", "run_tags"), "Take it as configuration: `config`."
    ),
    **dict.fromkeys(("op_def", "op", "job_def"), "`assets_def` is the definition being run."),
    "instance": _INSTANCE,
    "op_execution_context": "What it has is a member of this context.",
    "get_output_metadata": "In a test, `metadata_of(output_name)` of a built context has it.",
    "pdb": _PDB,
}
"""Of the context of an asset."""
OF_OPS: dict[str, str] = {
    **dict.fromkeys(("dagster_run", "run"), "`run_id`, `run_tags` and `job_name` tell of the run."),
    **dict.fromkeys(
        ("asset_key", "assets_def", "selected_asset_keys", "get_asset_provenance"),
        "An op of a job makes no assets: tell of one by `log_event`.",
    ),
    **dict.fromkeys(("op_handle", "node_handle"), "`step_key` is the op's path in its job."),
    "instance": _INSTANCE,
    "job_def": "`job_name` names it.",
    "op_execution_context": "It is this context itself.",
    "pdb": _PDB,
    "run_config": "`op_config` is the op's part of it.",
}
"""Of the context of an op."""
OF_HOOKS: dict[str, str] = {
    "op_output_metadata": "The record of the run has it: `events(run_id=context.run_id)`.",
    "instance": _INSTANCE,
}
"""Of the context of a hook."""


def missing_member(context: object, elsewhere: dict[str, str], name: str) -> NoReturn:
    """Raises UsageError for a member that Dagster has, AttributeError for one that nobody has."""
    if name in elsewhere:
        raise UsageError(f"context.{name}", "assetbook does not have it", elsewhere[name])
    raise AttributeError(f"{type(context).__name__} has no member {name}")
