"""Dagster's public names that assetbook has, each with where it is here."""

from __future__ import annotations

from assetbook.dagster.missing_names import SAME_SINCE

_SAME = {
    "definitions.asset_definition": "AssetsDefinition",
    "definitions.check_definition": "AssetChecksDefinition",
    "definitions.config": "Config PermissiveConfig",
    "definitions.config_by_partition": "partitioned_config",
    "definitions.config_by_window": """
        daily_partitioned_config hourly_partitioned_config monthly_partitioned_config
        weekly_partitioned_config
    """,
    "definitions.partitioned_schedule": "build_schedule_from_partitioned_job",
    "definitions.env_var": "EnvVar",
    "definitions.graph_config": "ConfigMapping",
    "definitions.graph_definition": "GraphDefinition",
    "definitions.hooks": "HookDefinition failure_hook success_hook",
    "definitions.job_definition": "JobDefinition",
    "definitions.logger_definition": """
        InitLoggerContext LoggerDefinition build_init_logger_context logger
    """,
    "definitions.op_definition": "OpDefinition",
    "definitions.op_ports": "DynamicOut GraphIn GraphOut Out",
    "definitions.resource": "ConfigurableResource InitResourceContext",
    "definitions.resource_parameter": "ResourceParam",
    "definitions.results": """
        AssetCheckResult AssetCheckSeverity DataVersion DynamicOutput MaterializeResult Output
    """,
    "definitions.retries": "Backoff Failure Jitter RetryPolicy RetryRequested",
    "definitions.asset_sensor_definition": "AssetSensorDefinition",
    "definitions.multi_asset_context": "MultiAssetSensorEvaluationContext",
    "definitions.multi_asset_sensor_definition": "MultiAssetSensorDefinition",
    "definitions.run_config": "RunConfig",
    "definitions.run_request": "RunRequest SkipReason",
    "definitions.run_status_context": "RunFailureSensorContext RunStatusSensorContext",
    "definitions.run_status_sensor_definition": """
        CodeLocationSelector RunStatusSensorDefinition
    """,
    "definitions.schedule_context": "ScheduleEvaluationContext",
    "definitions.schedule_definition": "DefaultScheduleStatus",
    "definitions.sensor_context": "SensorEvaluationContext",
    "definitions.sensor_definition": "DefaultSensorStatus",
    "definitions.sensor_result": "SensorResult",
    "execution.console_loggers": """
        JsonLogFormatter colored_console_logger default_loggers json_console_logger
    """,
    "execution.context": "AssetCheckExecutionContext AssetExecutionContext",
    "execution.data_provenance": "DataProvenance",
    "execution.pipes.completed_invocation": "PipesClientCompletedInvocation",
    "execution.pipes.context_injectors": """
        PipesContextInjector PipesEnvContextInjector PipesFileContextInjector
        PipesTempFileContextInjector
    """,
    "execution.pipes.message_handler": "PipesExecutionResult PipesMessageHandler",
    "execution.pipes.message_readers": """
        PipesFileMessageReader PipesMessageReader PipesTempFileMessageReader
    """,
    "execution.pipes.session": "PipesSession open_pipes_session",
    "execution.pipes.subprocess_client": "PipesSubprocessClient",
    "io.configurable": "ConfigurableIOManager",
    "io.contexts": "InputContext OutputContext",
    "io.made_managers": "IOManagerDefinition",
    "io.manager": "IOManager InputManager",
    "io.memory": "InMemoryIOManager",
    "io.path_manager": "UPathIOManager",
    "keys": "AssetKey",
    "metadata": """
        BoolMetadataValue CodeReferencesMetadataValue FloatMetadataValue IntMetadataValue
        JsonMetadataValue LocalFileCodeReference MarkdownMetadataValue MetadataValue
        NotebookMetadataValue NullMetadataValue PathMetadataValue PoolMetadataValue
        PythonArtifactMetadataValue TableColumn TableColumnConstraints TableColumnDep
        TableColumnLineage TableConstraints TableMetadataValue TableRecord TableSchema
        TableSchemaMetadataValue TextMetadataValue TimestampMetadataValue UrlCodeReference
        UrlMetadataValue
    """,
    "types.resolution": "Nothing",
    "types.value_type": "TypeCheck TypeCheckContext",
    # what has Dagster's signature, and is made of what is here
    "dagster.adapted": """
        AssetCheckSpec AssetDep AssetIn AssetMaterialization AssetObservation AssetOut AssetSpec
        DagsterType In JobSelector PartitionedConfig ScheduleDefinition SensorDefinition
        asset asset_check asset_sensor build_asset_check_context build_asset_context
        build_hook_context build_multi_asset_sensor_context build_run_status_sensor_context
        build_sensor_context
        build_init_resource_context build_input_context build_op_context build_output_context
        build_resources build_schedule_context config_mapping
        define_asset_job dynamic_partitioned_config graph_asset graph_multi_asset input_manager
        io_manager static_partitioned_config
        multi_asset multi_asset_sensor op run_failure_sensor run_status_sensor schedule sensor
    """,
    "dagster.asset_selections": "AssetSelection",
    "dagster.collected": "Definitions map_asset_specs",
    "dagster.job_execution": """
        JobExecutionResult ReexecutionOptions execute_job reconstructable
    """,
    "dagster.jobs": "graph job",
    "dagster.in_process": "materialize materialize_to_memory",
    "dagster.made_objects": "in_process_executor mem_io_manager multiprocess_executor",
    "dagster.beside_files": "file_relative_path",
    "dagster.step_loggers": "get_dagster_logger",
    "dagster.run_result": "ExecuteInProcessResult",
    "dagster.run_status": "DagsterRunStatus",
    "dagster.step_events": "AssetCheckEvaluation DagsterEvent DagsterEventType EventLogEntry",
    "dagster.stored_instance": "DagsterInstance instance_for_test",
}
_OTHER_NAMES = {
    "AssetCheckKey": "keys:CheckKey",
    "AssetPartitionStatus": "dagster.partition_status:AssetPartitionStatus",
    "AssetOrCheckKey": "dagster.made_objects:AssetOrCheckKey",
    "DagsterAssetMetadataValue": "metadata:AssetMetadataValue",
    "DagsterJobMetadataValue": "metadata:JobMetadataValue",
    "DagsterRunMetadataValue": "metadata:RunMetadataValue",
    "DagsterTypeLoader": "types.loader:ValueTypeLoader",
    "PythonObjectDagsterType": "types.python_types:PythonObjectType",
    "TableColumnLineageMetadataValue": "metadata:ColumnLineageMetadataValue",
    "check_dagster_type": "types.resolution:check_value_type",
    "dagster_type_loader": "types.loader:value_type_loader",
    "make_python_type_usable_as_dagster_type": (
        "types.resolution:make_python_type_usable_as_value_type"
    ),
    "usable_as_dagster_type": "types.resolution:usable_as_value_type",
    "DagsterError": "errors:AssetbookError",
    "DagsterExecutionStepNotFoundError": "errors:SelectionError",
    "DagsterInvalidConfigDefinitionError": "errors:DefinitionError",
    "DagsterInvalidConfigError": "errors:ConfigError",
    "DagsterInvalidDefinitionError": "errors:DefinitionError",
    "DagsterInvalidInvocationError": "errors:UsageError",
    "DagsterInvalidSubsetError": "errors:SelectionError",
    "DagsterInvariantViolationError": "errors:AssetbookError",
    "DagsterRunNotFoundError": "errors:SelectionError",
    "DagsterStepOutputNotFoundError": "errors:SelectionError",
    "DagsterTypeCheckDidNotPass": "errors:TypeCheckError",
    "DagsterUnknownPartitionError": "errors:SelectionError",
    "DagsterUnknownResourceError": "execution.context:ResourceAttributeError",
}
"""What is called otherwise here."""
_PUBLIC = """
    HookContext ObserveResult OpExecutionContext ResourceDependency SourceAsset
    load_asset_checks_from_current_module load_asset_checks_from_modules
    load_asset_checks_from_package_module load_asset_checks_from_package_name
    load_assets_from_current_module load_assets_from_modules load_assets_from_package_module
    load_assets_from_package_name load_definitions_from_current_module
    load_definitions_from_module load_definitions_from_modules
    load_definitions_from_package_module load_definitions_from_package_name
    multi_asset_check
    observable_source_asset
"""
"""What is among assetbook's own public names, and means the same."""
_PYTHONS_OWN = {
    "Any": "typing:Any",
    "Bool": "builtins:bool",
    "DagsterExecutionInterruptedError": "builtins:KeyboardInterrupt",
    "Dict": "builtins:dict",
    "Float": "builtins:float",
    "Int": "builtins:int",
    "List": "builtins:list",
    "Optional": "typing:Optional",
    "Set": "builtins:set",
    "String": "builtins:str",
    "Tuple": "builtins:tuple",
}
"""Dagster's names of types that Python's own serve for."""

HOMES: dict[str, str] = {
    **{
        name: f"assetbook.{module}:{name}"
        for module, text in _SAME.items()
        for name in text.split()
    },
    **{name: f"assetbook.{home}" for name, home in _OTHER_NAMES.items()},
    **{name: f"assetbook:{name}" for name in (*_PUBLIC.split(), *SAME_SINCE)},
    **_PYTHONS_OWN,
}
"""By name, the module and the attribute."""
