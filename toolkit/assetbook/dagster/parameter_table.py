"""What each of Dagster's callables takes, in order, and what becomes of what assetbook lacks."""

from __future__ import annotations

from typing import Any

from assetbook.named_arguments import IO_MANAGER_BY_NAME, USE_CONFIG

Native = str
"""``module:name`` below assetbook."""

PARAMETERS: dict[str, tuple[Native, str]] = {
    "AssetCheckSpec": (
        "definitions.check_spec:AssetCheckSpec",
        """
        name asset description additional_deps blocking metadata automation_condition
        partitions_def
        """,
    ),
    "AssetDep": (
        "definitions.spec:AssetDep",
        """
        asset partition_mapping metadata
        """,
    ),
    "AssetIn": (
        "definitions.ports:AssetIn",
        """
        key metadata key_prefix input_manager_key partition_mapping dagster_type
        """,
    ),
    "AssetMaterialization": (
        "definitions.results:AssetMaterialization",
        """
        asset_key description metadata partition tags
        """,
    ),
    "AssetObservation": (
        "definitions.results:AssetObservation",
        """
        asset_key description metadata partition tags
        """,
    ),
    "AssetOut": (
        "definitions.ports:AssetOut",
        """
        key_prefix key dagster_type description is_required io_manager_key metadata
        group_name code_version automation_condition backfill_policy owners tags kinds
        freshness_policy is_virtual
        """,
    ),
    "AssetSpec": (
        "definitions.spec:AssetSpec",
        """
        key deps description metadata skippable group_name code_version
        automation_condition owners tags kinds partitions_def freshness_policy
        is_virtual
        """,
    ),
    "DagsterType": (
        "types.value_type:ValueType",
        """
        type_check_fn key name is_builtin description loader required_resource_keys kind
        typing_type metadata
        """,
    ),
    "In": (
        "definitions.op_ports:In",
        """
        dagster_type description default_value metadata asset_key asset_partitions
        input_manager_key
        """,
    ),
    "asset": (
        "definitions.asset_decorator:asset",
        """
        name key_prefix ins deps metadata tags description config_schema
        required_resource_keys resource_defs hooks io_manager_def io_manager_key
        dagster_type partitions_def op_tags group_name output_required
        automation_condition freshness_policy backfill_policy retry_policy code_version
        key check_specs owners kinds pool is_virtual
        """,
    ),
    "asset_check": (
        "definitions.check_definition:asset_check",
        """
        asset name description blocking additional_ins additional_deps
        required_resource_keys resource_defs config_schema compute_kind op_tags
        retry_policy metadata automation_condition pool partitions_def
        """,
    ),
    "build_asset_check_context": (
        "execution.built_contexts:build_asset_check_context",
        """
        resources resources_config asset_config instance
        """,
    ),
    "build_asset_context": (
        "execution.built_contexts:build_asset_context",
        """
        resources resources_config asset_config instance partition_key partition_key_range
        run_tags event_loop
        """,
    ),
    "build_hook_context": (
        "execution.built_contexts:build_hook_context",
        """
        resources op run_id job_name op_exception instance
        """,
    ),
    "build_init_resource_context": (
        "definitions.resource:build_init_resource_context",
        """
        config resources instance
        """,
    ),
    "build_resources": (
        "execution.built_contexts:build_resources",
        """
        resources instance resource_config dagster_run log_manager event_loop
        """,
    ),
    "build_input_context": (
        "io.built_contexts:build_input_context",
        """
        name config definition_metadata upstream_output dagster_type resource_config
        resources op_def step_context asset_key partition_key asset_partition_key_range
        asset_partitions_def instance metadata
        """,
    ),
    "build_op_context": (
        "execution.built_contexts:build_op_context",
        """
        resources op_config resources_config instance config partition_key partition_key_range
        mapping_key run_tags event_loop
        """,
    ),
    "build_output_context": (
        "io.built_contexts:build_output_context",
        """
        step_key name definition_metadata run_id mapping_key config dagster_type version
        resource_config resources op_def asset_key partition_key asset_partitions_def
        asset_partition_key_range instance asset_spec metadata output_metadata
        """,
    ),
    "config_mapping": (
        "definitions.graph_config:config_mapping",
        """
        config_schema receive_processed_config_values
        """,
    ),
    "define_asset_job": (
        "definitions.asset_job:define_asset_job",
        """
        name selection config description tags run_tags metadata partitions_def
        executor_def hooks op_retry_policy owners automation_condition
        """,
    ),
    "graph": (
        "definitions.graph_decorator:graph",
        """
        name description input_defs output_defs ins out tags config
        """,
    ),
    "graph_asset": (
        "definitions.graph_asset_decorator:graph_asset",
        """
        name description ins config key_prefix group_name partitions_def hooks metadata
        tags owners automation_condition backfill_policy resource_defs check_specs
        code_version key kinds
        """,
    ),
    "graph_multi_asset": (
        "definitions.graph_asset_decorator:graph_multi_asset",
        """
        outs name ins partitions_def hooks backfill_policy group_name can_subset
        resource_defs check_specs config
        """,
    ),
    "input_manager": (
        "io.made_managers:input_manager",
        """
        config_schema description input_config_schema required_resource_keys version
        """,
    ),
    "io_manager": (
        "io.made_managers:io_manager",
        """
        config_schema description output_config_schema input_config_schema
        required_resource_keys version
        """,
    ),
    "job": (
        "definitions.graph_decorator:job",
        """
        name description resource_defs config tags run_tags metadata logger_defs
        executor_def hooks op_retry_policy partitions_def input_values owners
        """,
    ),
    "multi_asset": (
        "definitions.multi_asset_decorator:multi_asset",
        """
        outs name ins deps description config_schema required_resource_keys
        internal_asset_deps partitions_def hooks backfill_policy op_tags can_subset
        resource_defs group_name retry_policy code_version specs check_specs pool
        """,
    ),
    "PartitionedConfig": (
        "definitions.config_by_partition:PartitionedConfig",
        """
        partitions_def run_config_for_partition_fn decorated_fn tags_for_partition_fn
        run_config_for_partition_key_fn tags_for_partition_key_fn
        """,
    ),
    "dynamic_partitioned_config": (
        "definitions.config_by_partition:dynamic_partitioned_config",
        """
        partition_fn tags_for_partition_fn tags_for_partition_key_fn
        """,
    ),
    "static_partitioned_config": (
        "definitions.config_by_partition:static_partitioned_config",
        """
        partition_keys tags_for_partition_fn tags_for_partition_key_fn
        """,
    ),
    "ScheduleDefinition": (
        "definitions.schedule_definition:ScheduleDefinition",
        """
        name cron_schedule job_name run_config run_config_fn tags tags_fn metadata
        should_execute environment_vars execution_timezone execution_fn description job
        default_status required_resource_keys target owners
        """,
    ),
    "build_schedule_context": (
        "execution.built_schedule_context:build_schedule_context",
        """
        instance scheduled_execution_time resources repository_def instance_ref
        """,
    ),
    "schedule": (
        "definitions.schedule_decorator:schedule",
        """
        cron_schedule job_name name tags tags_fn metadata should_execute environment_vars
        execution_timezone description job default_status required_resource_keys target
        owners
        """,
    ),
    "JobSelector": (
        "definitions.run_status_sensor_definition:JobSelector",
        """
        location_name repository_name job_name
        """,
    ),
    "SensorDefinition": (
        "definitions.sensor_definition:SensorDefinition",
        """
        name evaluation_fn job_name minimum_interval_seconds description job jobs
        default_status asset_selection required_resource_keys tags metadata target owners
        """,
    ),
    "asset_sensor": (
        "definitions.asset_sensor_definition:asset_sensor",
        """
        asset_key job_name name minimum_interval_seconds description job jobs
        default_status required_resource_keys tags metadata
        """,
    ),
    "build_multi_asset_sensor_context": (
        "execution.built_sensor_context:build_multi_asset_sensor_context",
        """
        monitored_assets repository_def instance cursor repository_name
        cursor_from_latest_materializations resources definitions last_sensor_start_time
        """,
    ),
    "build_run_status_sensor_context": (
        "execution.built_sensor_context:build_run_status_sensor_context",
        """
        sensor_name dagster_event dagster_instance dagster_run context resources
        partition_key repository_def
        """,
    ),
    "build_sensor_context": (
        "execution.built_sensor_context:build_sensor_context",
        """
        instance cursor repository_name repository_def sensor_name resources definitions
        instance_ref last_sensor_start_time
        """,
    ),
    "multi_asset_sensor": (
        "definitions.multi_asset_sensor_definition:multi_asset_sensor",
        """
        monitored_assets job_name name minimum_interval_seconds description job jobs
        default_status request_assets required_resource_keys tags metadata
        """,
    ),
    "run_failure_sensor": (
        "definitions.run_status_sensor_decorator:run_failure_sensor",
        """
        name minimum_interval_seconds description monitored_jobs job_selection
        monitor_all_code_locations default_status request_job request_jobs
        monitor_all_repositories tags metadata
        """,
    ),
    "run_status_sensor": (
        "definitions.run_status_sensor_decorator:run_status_sensor",
        """
        run_status name minimum_interval_seconds description monitored_jobs job_selection
        monitor_all_code_locations default_status request_job request_jobs
        monitor_all_repositories tags metadata
        """,
    ),
    "sensor": (
        "definitions.sensor_decorator:sensor",
        """
        job_name name minimum_interval_seconds description job jobs default_status
        asset_selection required_resource_keys tags metadata target owners
        """,
    ),
    "op": (
        "definitions.op_decorator:op",
        """
        name description ins out config_schema required_resource_keys tags version
        retry_policy code_version pool
        """,
    ),
}
"""By name, assetbook's own and Dagster's parameters."""

RENAMED = {
    "resource_defs": "resources",
    "dagster_type": "python_type",
    "config_fn": "fn",
    "asset_selection": "target",
    "request_assets": "target",
    "job_selection": "monitored_jobs",
    "monitor_all_repositories": "monitor_all_code_locations",
}
"""Parameters that have another name here."""

CONVERTED = {
    ("define_asset_job", "selection"): "dagster.asset_selections:selection_of",
    ("ScheduleDefinition", "target"): "dagster.asset_selections:target_of",
    ("schedule", "target"): "dagster.asset_selections:target_of",
    ("SensorDefinition", "asset_selection"): "dagster.asset_selections:selection_of",
    ("SensorDefinition", "target"): "dagster.asset_selections:target_of",
    ("sensor", "asset_selection"): "dagster.asset_selections:selection_of",
    ("sensor", "target"): "dagster.asset_selections:target_of",
    ("multi_asset_sensor", "request_assets"): "dagster.asset_selections:selection_of",
    ("build_sensor_context", "instance"): "dagster.stored_instance:own_instance",
    ("build_multi_asset_sensor_context", "instance"): "dagster.stored_instance:own_instance",
    ("build_run_status_sensor_context", "dagster_instance"): (
        "dagster.stored_instance:own_instance"
    ),
}
"""Values that mean something else in Dagster, and the function that says them our way."""

PLAIN: dict[str, tuple[Any, ...]] = {
    "is_virtual": (None, False),
    "can_subset": (None, False),
    "is_builtin": (None, False),
}
"""Values of parameters that assetbook lacks which say what is so anyway; None for all others."""

_SETTINGS = "Declare the settings as fields of a ConfigurableIOManager."
_NO_STORE = "Give the store's own thing to the function as a parameter."
REFUSED: dict[str, str] = {
    "asset_partition_key_range": "Say `partition_key=`, or of an input `asset_partition_keys=`.",
    "asset_partitions": "An op reads what its job gives it: make it an @asset to read partitions.",
    "backfill_policy": "Say it of the function that makes the asset: @asset, @multi_asset.",
    "partitions_def": "Give it to an @asset or @multi_asset whose function does the work.",
    "automation_condition": (
        "Give it to an @asset, an AssetSpec, a check, or define_asset_job(...)."
    ),
    "asset_key": "An op reads what its job gives it: make it an @asset to read another.",
    "asset_spec": "Give what the manager looks at: asset_key=, definition_metadata=.",
    "can_subset": "All assets of the graph are made together.",
    "check_specs": "Write an @asset_check for each.",
    "code_version": "The computed code version counts; AssetSpec(code_version=...) states one.",
    "compute_kind": "Say `kinds=` of the asset that is checked.",
    "config_schema": USE_CONFIG,
    "description": "Write it into the function's docstring.",
    "dagster_run": "Leave it out: resources are told `run_id` alone.",
    "environment_vars": "Set them where the daemon starts; EnvVar reads them.",
    "event_loop": "Call an async function's result by asyncio.run(...).",
    "freshness_policy": "Give it to an @asset or an AssetSpec.",
    "hooks": "Give hooks to a job: @job(hooks=...), define_asset_job(hooks=...).",
    "input_config_schema": _SETTINGS,
    "input_defs": "Say `ins=` by name.",
    "instance": _NO_STORE,
    "instance_ref": "Give the instance itself.",
    "io_manager_def": IO_MANAGER_BY_NAME,
    "is_builtin": "Leave it out: such types are Python's own.",
    "is_virtual": "Declare it by AssetSpec, which in Definitions is an external asset.",
    "job_name": "Give the job itself: job=.",
    "key": "The type's name is its key.",
    "kind": "Leave it out.",
    "log_manager": "Leave it out: Python's logging serves.",
    "mapping_key": "Put it into the step_key: `step[key]`.",
    "metadata": "Say `definition_metadata=`.",
    "op_def": "Say `step_key=` and `asset_key=`.",
    "op_tags": "Say `tags=`.",
    "output_config_schema": _SETTINGS,
    "output_defs": "Say `out=` by name.",
    "owners": "Say `tags=`.",
    "pool": "Run fewer steps at a time: Definitions(executor=ThreadExecutor(workers=2)).",
    "receive_processed_config_values": "The function always gets what was checked.",
    "repository_name": "Leave it out: a location has one repository.",
    "required_resource_keys": "Give the function a parameter for each, as `db: Database`.",
    "repository_def": "Leave it out: a function reads what it needs of the notebook itself.",
    "resource_config": "Give the resource with its settings: Store(url=...).",
    "resources_config": "Give each resource with its settings: Store(url=...).",
    "retry_policy": "Retry within the function, or make it an @op of a @graph_asset.",
    "run_tags": "Leave them out: a step is not told the tags of its run.",
    "run_config_for_partition_fn": "Say run_config_for_partition_key_fn=, which is given the key.",
    "sensor_name": "Leave it out: evaluate_tick(...) is of a sensor, which has a name.",
    "tags_for_partition_fn": "Say tags_for_partition_key_fn=, which is given the key.",
    "step_context": "Say what is needed of it by name.",
    "version": "Say `code_version=`.",
}
"""By parameter, what to do instead."""
