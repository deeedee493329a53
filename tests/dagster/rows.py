"""What Dagster offers for testing, ops and jobs, Pipes, types and logs; and what shows each here.

Evidence is a test (``file::test``, ``file::Class``), a small program that is held against Dagster
itself (``program:name``), or words of the docs that say what differs (``docs/page.md: words``).
"""

from __future__ import annotations

from typing import NamedTuple

_DIFFERS = "docs/coming-from-dagster.md: "
_DIVIDED = "tests/definitions/partitions/"
_EXECUTION = "tests/execution/"
_PIPES = "tests/execution/pipes/"


class Row(NamedTuple):
    """One feature, under the word that a test or program bears in its name."""

    feature: str
    word: str
    evidence: tuple[str, ...]


def _row(feature: str, word: str, *evidence: str) -> Row:
    return Row(feature, word, evidence)


def _programs(*names: str) -> tuple[str, ...]:
    return tuple(f"program:{each}" for each in names)


TESTING = (
    _row(
        "calling assets, ops, checks and hooks directly",
        "direct_calls",
        *_programs(
            "direct_calls_of_assets",
            "direct_calls_of_checks",
            "direct_calls_of_ops",
            "direct_calls_of_ops_check_types",
            "direct_calls_of_hooks",
        ),
        "program:decorated_schedules_are_called_directly",
    ),
    _row(
        "contexts and resources built for tests",
        "context",
        *_programs("contexts_for_tests", "resources_for_tests", "a_context_sets_its_resources_up"),
        f"{_EXECUTION}test_built_contexts.py"
        "::test_built_contexts_are_of_the_kinds_that_code_asks_for",
        "program:decorated_schedules_are_called_directly",
        "program:sensors_are_called_directly",
    ),
    _row(
        "materialize in this process, which shares nothing without an instance",
        "materialize",
        *_programs("materialize_shares_nothing", "materialize_runs_everything_selected"),
        f"{_DIFFERS}An input without a stored value is a `SelectionError`",
    ),
    _row(
        "materialize with values in memory alone",
        "materialize_to_memory",
        *_programs("materialize_to_memory_stores_nothing"),
    ),
    _row(
        "the result of a run",
        "result",
        *_programs("results_of_jobs", "results_with_metadata", "multi_assets", "dynamic_outputs"),
    ),
    _row(
        "raising what the author raised, or not",
        "raise_on_error",
        *_programs(
            "raise_on_error_raises_the_authors_exception", "failures", "all_config_errors_at_once"
        ),
    ),
    _row(
        "instances for tests",
        "instance",
        *_programs(
            "an_instance_keeps_values",
            "an_instance_keeps_the_runs_of_jobs",
            "reported_materializations",
        ),
        f"{_DIFFERS}| `DagsterInstance.local_temp()` |",
    ),
    _row(
        "the order of events",
        "events",
        *_programs("events_that_an_op_tells", "events_of_assets_and_checks", "op_outputs"),
        f"{_DIFFERS}| `ExpectationResult` | an `AssetCheckResult`",
        f"{_DIFFERS}an op tells of assets",
    ),
    _row(
        "a value of another type than declared",
        "types",
        *_programs("types_are_checked", "an_ops_types_are_checked"),
    ),
)

OPS = (
    _row(
        "ops",
        "op_",
        *_programs("op_outputs", "op_defaults_and_descriptions", "an_ops_context"),
        *_programs("op_outputs_that_do_not_fit", "async_and_generator_ops"),
        *_programs("resources_of_a_job", "io_managers_of_ops"),
        "tests/instance/test_pools.py::test_a_pool_has_a_name",
    ),
    _row(
        "graphs",
        "graphs",
        *_programs("graphs_and_aliases", "graph_configuration_by_mapping"),
        *_programs("graphs_of_assets_whose_ops_nothing_gives_an_input"),
    ),
    _row(
        "jobs",
        "job",
        *_programs(
            "a_job_is_configured_and_given_values", "run_tags_of_a_job", "op_config_is_a_dict"
        ),
        *_programs("asset_jobs_run_in_process", "asset_jobs_have_hooks_and_retries"),
    ),
    _row("fan-in, and order without a value", "fan_in", *_programs("fan_in_and_nothing")),
    _row(
        "dynamic outputs",
        "dynamic_outputs",
        *_programs("dynamic_outputs", "dynamic_outputs_that_cannot_be_meant"),
    ),
    _row(
        "branches",
        "optional_outputs",
        *_programs("optional_outputs_that_skip", "assets_that_are_not_required_may_be_left_out"),
    ),
    _row("the selection of ops", "op_selection", *_programs("op_selection")),
    _row("hooks", "hooks", *_programs("hooks", "hooks_see_what_an_op_gave")),
    _row(
        "retries",
        "retries",
        *_programs("retries", "retry_policies_are_checked", "retry_policies_of_calls_and_assets"),
        "tests/instance/test_asset_retries.py::test_an_interrupt_while_a_retry_waits_ends_the_run",
    ),
    _row(
        "executors",
        "executor",
        *_programs("executor_of_a_run_in_process"),
        f"{_EXECUTION}test_executors.py::TestProcesses",
        f"{_EXECUTION}test_executors.py::TestInProcess",
        "tests/instance/test_execution_config.py::test_it_names_an_executor_or_its_size",
        f"{_DIFFERS}| `@executor`, `multi_or_in_process_executor` |",
    ),
    _row(
        "jobs that processes make again",
        "cells_take_along",
        f"{_EXECUTION}test_processes.py::test_cells_take_along_what_they_read",
        f"{_DIFFERS}| `build_reconstructable_job` | nothing",
    ),
    _row(
        "jobs that are run again",
        "executed_again",
        *_programs("jobs_are_executed_again_from_failure"),
    ),
)

PIPES = (
    _row(
        "the client of Pipes",
        "client",
        f"{_PIPES}test_subprocess_client.py"
        "::test_client_gives_a_materialization_with_metadata_of_every_type",
        f"{_PIPES}test_subprocess_client.py::test_client_gives_a_check_alone",
        f"{_PIPES}test_subprocess_client.py::test_client_gives_messages_and_lines_in_order",
    ),
    _row(
        "a session of Pipes",
        "session",
        f"{_PIPES}test_session.py::test_session_environment_is_all_that_a_process_needs",
        f"{_PIPES}test_session.py::test_session_arguments_on_the_command_line_do_as_well",
        f"{_PIPES}test_session.py::test_session_results_arrive_while_the_process_runs",
    ),
    _row(
        "the wire format of Pipes",
        "wire_format",
        f"{_PIPES}test_wire_format.py::test_wire_format_knows_every_method_and_metadata_type",
        f"{_PIPES}test_wire_format.py::test_params_are_read_by_the_other_side_and_theirs_by_us",
    ),
    _row(
        "what the context of Pipes holds",
        "context_data",
        f"{_PIPES}test_session.py::test_context_data_has_the_fields_of_the_other_side",
    ),
    _row(
        "the outside of Pipes",
        "external_side",
        f"{_PIPES}test_subprocess_client.py::test_external_side_has_the_context",
        f"{_PIPES}test_subprocess_client.py::test_external_side_refuses_a_second_materialization",
        f"{_PIPES}test_subprocess_client.py::test_external_side_runs_alone_too",
    ),
    _row(
        "injectors and readers of Pipes",
        "MessageReader",
        f"{_PIPES}test_context_injectors.py::TestPipesEnvContextInjector",
        f"{_PIPES}test_context_injectors.py::TestPipesFileContextInjector",
        f"{_PIPES}test_context_injectors.py::TestPipesTempFileContextInjector",
        f"{_PIPES}test_message_readers.py::TestPipesFileMessageReader",
        f"{_PIPES}test_message_readers.py::TestPipesTempFileMessageReader",
        f"{_DIFFERS}| `PipesBlobStoreMessageReader`, `PipesCompositeMessageReader`,",
    ),
)

TYPES = (
    _row(
        "types of one's own",
        "type",
        *_programs("an_ops_types_are_checked", "a_type_check_with_a_description"),
        "tests/types/test_value_type.py::test_it_must_return_a_bool_or_a_type_check",
    ),
    _row("Python's own types", "python_types", *_programs("python_types", "names_for_types")),
    _row(
        "loaders of types",
        "type_loader",
        *_programs("a_type_loader_reads_configuration", "a_class_may_have_a_type_loader"),
    ),
    _row(
        "types of tables",
        "table_type",
        "tests/types/test_declared_table.py"
        "::test_a_table_type_names_column_rule_and_rows_of_a_violation",
        f"{_DIFFERS}| `dagster_pandas`, `dagster_pandera` |",
    ),
)

LOGS = (
    _row(
        "the log of a context",
        "context_log",
        *_programs("context_log_lines"),
        f"{_EXECUTION}test_capture.py::test_context_log_is_kept_with_its_level",
    ),
    _row(
        "loggers that a run configures",
        "logger",
        *_programs("a_console_logger_is_there_by_default"),
        "tests/instance/test_loggers.py::test_a_jobs_logger_gets_what_its_steps_log",
        f"{_DIFFERS}| `@logger` with a dict as its `config_schema` |",
    ),
    _row(
        "Python's own logs",
        "basic_config",
        f"{_EXECUTION}test_log_lines.py::test_basic_config_in_a_step_works",
        f"{_DIFFERS}| `python_logs:` of `dagster.yaml` | nothing",
    ),
    _row(
        "what a step prints",
        "compute_logs",
        f"{_EXECUTION}test_capture.py::test_compute_logs_hold_what_is_printed",
    ),
    _row(
        "kinds of events",
        "event_types",
        *_programs("event_types"),
        f"{_DIFFERS}`ENGINE_EVENT`, `STEP_INPUT`, `LOGS_CAPTURED`, `HOOK_SKIPPED`",
    ),
    _row(
        "statuses of runs",
        "run_statuses",
        *_programs("run_statuses"),
        f"{_DIFFERS}A run here is never",
    ),
)

SCHEDULES = (
    _row(
        "schedules of jobs with partitions",
        "partitioned",
        *_programs(
            "schedules_of_partitioned_jobs_run_the_last_window",
            "schedules_of_partitioned_jobs_that_cannot_be_meant",
        ),
        "tests/surfaces/test_partitioned_schedules.py"
        "::test_the_last_window_is_run_under_its_key_and_a_check_alone",
    ),
    _row(
        "schedules",
        "schedules",
        *_programs(
            "schedules_ask_for_one_run",
            "schedules_have_names_and_defaults",
            "schedules_that_cannot_be_meant",
        ),
        "tests/definitions/test_schedule_definition.py::test_a_schedule_runs_a_job_or_a_selection",
    ),
    _row(
        "decorated schedules",
        "decorated_schedules",
        *_programs(
            "decorated_schedules_give_what_they_like",
            "decorated_schedules_that_give_no_answer",
            "decorated_schedules_are_called_directly",
        ),
    ),
    _row(
        "time zones of schedules, and changes of clocks",
        "changes",
        "tests/cron/test_transitions.py::test_ticks_are_the_oracles_around_changes_of_many_kinds",
        "docs/cron.md: in autumn: a time that comes twice | once, at the earlier |",
    ),
    _row(
        "whether a schedule is on",
        "stopped",
        *_programs("schedules_have_names_and_defaults"),
        "tests/definitions/test_schedule_definition.py::test_a_schedule_is_stopped_at_first",
    ),
    _row(
        "what a tick asks for",
        "tick",
        "tests/definitions/test_schedule_evaluation.py::test_a_ticks_runs_name_their_schedule",
    ),
    _row(
        "ticks that nobody was there for",
        "missed",
        "tests/automation/test_due_ticks.py::test_of_missed_ticks_the_choice_says_which_run",
        "docs/cron.md: Dagster runs the last five",
    ),
)

_SENSORS = "tests/definitions/"
SENSORS = (
    _row(
        "sensors",
        "sensors",
        *_programs(
            "sensors_have_names_and_defaults",
            "sensors_give_what_they_like",
            "sensors_that_give_no_answer",
            "sensors_that_cannot_be_meant",
        ),
        f"{_SENSORS}test_sensor_definition.py::test_a_sensor_is_stopped_at_first",
    ),
    _row(
        "run keys",
        "run_key",
        "tests/automation/test_sensor_tick.py::test_a_run_key_is_asked_for_once",
    ),
    _row(
        "cursors of sensors",
        "cursor",
        f"{_SENSORS}test_sensor_evaluation.py::test_a_cursor_is_kept_also_by_a_skip",
        "tests/automation/test_sensor_tick.py::test_a_failure_leaves_the_cursor_where_it_was",
    ),
    _row(
        "all that a sensor asks for in one result",
        "result",
        f"{_SENSORS}test_sensor_evaluation.py::test_a_result_holds_all_at_once",
        "program:sensors_that_give_no_answer",
    ),
    _row(
        "sensors of an asset",
        "asset_sensors",
        *_programs(
            "asset_sensors_fire_once_per_materialization", "asset_sensors_take_what_they_like"
        ),
    ),
    _row(
        "sensors of several assets",
        "multi_asset_sensors",
        *_programs("multi_asset_sensors_fire_when_all_are_there"),
        f"{_SENSORS}test_multi_asset_sensors.py::test_what_is_not_consumed_comes_again",
    ),
    _row(
        "sensors of runs",
        "run_status_sensors",
        *_programs("run_status_sensors_are_called_directly"),
        f"{_SENSORS}test_run_status_sensors.py::test_a_run_is_told_once",
    ),
    _row(
        "an email when a run fails",
        "",
        f"{_DIFFERS}| `make_email_on_run_failure_sensor` | a function decorated with",
    ),
    _row(
        "runs of other locations",
        "selectors",
        f"{_SENSORS}test_run_status_sensors.py::test_selectors_monitor_other_locations",
    ),
    _row(
        "sensors called in tests",
        "called_directly",
        *_programs("sensors_are_called_directly", "run_status_sensors_are_called_directly"),
    ),
    _row(
        "dynamic partitions by sensors",
        "dynamic_partitions",
        *_programs("sensors_change_dynamic_partitions"),
        "tests/automation/test_sensor_tick.py::test_dynamic_partitions_are_there_before_the_runs",
    ),
)

PARTITIONS = (
    _row(
        "partitions by time",
        "windows",
        f"{_DIVIDED}test_as_of_a_morning.py::test_daily_windows_end_before_the_current_one",
        f"{_DIVIDED}test_as_of_a_morning.py::test_hourly_windows_are_written_with_the_minute",
        f"{_DIVIDED}test_as_of_a_morning.py::test_weekly_windows_begin_on_sundays",
        f"{_DIVIDED}test_as_of_a_morning.py::test_monthly_windows",
        f"{_DIVIDED}test_as_of_a_morning.py::test_an_end_offset_adds_the_current_window_or_leaves_out_the_last",
    ),
    _row(
        "partitions by a cron line",
        "cron",
        f"{_DIVIDED}test_as_of_a_morning.py::test_cron_windows_of_weekdays",
    ),
    _row(
        "windows that are left out",
        "exclusions",
        f"{_DIVIDED}test_as_of_a_morning.py::test_exclusions_leave_out_windows",
    ),
    _row(
        "static partitions",
        "static",
        f"{_DIVIDED}test_as_of_a_morning.py::test_static_keys",
    ),
    _row(
        "dynamic partitions",
        "dynamic",
        f"{_DIVIDED}test_as_of_a_morning.py::test_dynamic_keys_live_in_the_instance_in_the_order_in_which_they_came",
        "tests/dagster/test_partitions.py::test_dynamic_partitions_live_in_the_instance",
    ),
    _row(
        "partitions of several dimensions",
        "multi",
        f"{_DIVIDED}test_as_of_a_morning.py::test_multi_keys_join_the_dimensions_by_name",
        f"{_DIVIDED}test_as_of_a_morning.py::test_multi_has_any_number_of_dimensions",
    ),
    _row(
        "days on which clocks change",
        "spring",
        f"{_DIVIDED}test_changes_of_clocks.py::test_the_spring_day_of_new_york_is_a_day_of_23_hours_from_midnight_to_midnight",
    ),
    _row(
        "partitions in contexts",
        "context",
        "tests/dagster/test_partitions.py::test_contexts_are_built_with_partitions",
    ),
    _row(
        "partition mappings",
        "mapping",
        f"{_DIVIDED}test_as_of_a_morning.py::test_mappings_that_hold_by_default",
        f"{_DIVIDED}test_mappings_property.py::test_windows_by_overlap",
        f"{_DIVIDED}test_mappings_property.py::test_keys_alone",
        f"{_DIVIDED}test_mappings_property.py::test_dimension_by_dimension",
        f"{_DIVIDED}test_mappings_property.py::test_one_dimension_of_several",
    ),
    _row(
        "an input of several partitions",
        "hours",
        f"{_DIVIDED}test_as_of_a_morning.py::test_the_mapping_of_hours_to_a_day_gives_all_of_its_hours",
    ),
    _row(
        "a run of one partition",
        "partition",
        "tests/dagster/test_partitions.py::test_a_partition_is_made_by_its_key",
        "tests/dagster/test_partitions.py::test_runs_of_a_partition_are_tagged_with_it",
    ),
    _row(
        "a run of a range",
        "range",
        "tests/instance/test_partitions.py::test_a_range_is_one_call_and_a_version_of_each",
    ),
    _row(
        "how many partitions a call makes",
        "policy",
        f"{_DIVIDED}test_as_of_a_morning.py::test_a_backfill_policy_says_how_many_a_call",
    ),
    _row(
        "backfills",
        "backfill",
        "tests/surfaces/test_backfilling.py::test_each_partition_is_a_run_marked_with_the_backfill",
    ),
    _row(
        "configuration by partition",
        "by_partition",
        *_programs("configuration_by_partition", "jobs_of_partitions_see_their_key"),
        "tests/surfaces/test_launching.py::test_a_partition_configures_and_marks_its_run",
    ),
    _row(
        "the status of partitions",
        "status",
        "tests/dagster/test_partitions.py::test_the_status_of_each_partition",
    ),
    _row(
        "partitions as they were at a time",
        "time_travel",
        f"{_DIVIDED}test_as_of_a_morning.py::test_time_travel_lists_what_there_was",
    ),
)

ROWS = (*TESTING, *OPS, *PIPES, *TYPES, *LOGS, *SCHEDULES, *SENSORS, *PARTITIONS)
