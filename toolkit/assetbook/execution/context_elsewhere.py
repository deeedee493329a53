"""Members of Dagster's contexts that a step's ``context`` does not have, and what to do instead."""

from __future__ import annotations

_UNPARTITIONED = "There are no partitions; ask `has_partition_key` first."
_INPUTS = "The function's parameters name what it reads: say `ins=` to name the asset."
ELSEWHERE: dict[str, str] = {
    **dict.fromkeys(
        (
            "asset_partition_key_for_input",
            "asset_partition_key_for_output",
            "asset_partition_key_range",
            "asset_partition_key_range_for_input",
            "asset_partition_key_range_for_output",
            "asset_partition_keys_for_input",
            "asset_partition_keys_for_output",
            "asset_partitions_def_for_input",
            "asset_partitions_def_for_output",
            "asset_partitions_time_window_for_input",
            "asset_partitions_time_window_for_output",
            "has_partition_key_range",
            "multi_partition_key",
            "partition_key",
            "partition_key_range",
            "partition_keys",
            "partition_time_window",
        ),
        _UNPARTITIONED,
    ),
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
    "instance": "In the notebook or test, ask `Instance.get()`.",
    "op_execution_context": "What it has is a member of this context.",
    "get_output_metadata": "In a test, `metadata_of(output_name)` of a built context has it.",
    "pdb": "The step runs where you are: call `breakpoint()`.",
}
