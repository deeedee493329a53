"""Assets defined in notebook cells: materialized durably, versioned truthfully, run anywhere.

Every public name is loaded on first use, so that ``import assetbook`` stays cheap.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

__version__ = "0.1.0.dev0"

_HOMES: dict[str, str] = {
    # defining
    "AssetCheckExecutionContext": "execution.context",
    "AssetCheckResult": "definitions.results",
    "AssetCheckSeverity": "definitions.results",
    "AssetCheckSpec": "definitions.check_spec",
    "AssetChecksDefinition": "definitions.check_definition",
    "AssetDep": "definitions.spec",
    "AssetExecutionContext": "execution.context",
    "AssetIn": "definitions.ports",
    "AssetKey": "keys",
    "AssetMaterialization": "definitions.results",
    "AssetObservation": "definitions.results",
    "AssetOut": "definitions.ports",
    "AssetReference": "kernels.asset_reference",
    "AssetSelection": "dependencies.selection",
    "AssetSpec": "definitions.spec",
    "AssetbookError": "errors",
    "AssetsDefinition": "definitions.asset_definition",
    "Backoff": "definitions.retries",
    "CheckKey": "keys",
    "CodeLocation": "surfaces.code_location",
    "ColumnRule": "types.column_rule",
    "Config": "definitions.config",
    "ConfigMapping": "definitions.graph_config",
    "ConfigurableIOManager": "io.configurable",
    "ConfigurableResource": "definitions.resource",
    "DataProvenance": "execution.data_provenance",
    "DataVersion": "definitions.results",
    "DatabaseIOManager": "io.database_resource",
    "DatabaseResource": "io.database_resource",
    "DefaultScheduleStatus": "definitions.schedule_definition",
    "Definitions": "definitions.collection",
    "DeltaIOManager": "io.delta",
    "DynamicOut": "definitions.op_ports",
    "DynamicOutput": "definitions.results",
    "EnvVar": "definitions.env_var",
    "Failure": "definitions.retries",
    "FigureValue": "io.figure_value",
    "GraphDefinition": "definitions.graph_definition",
    "GraphIn": "definitions.op_ports",
    "GraphOut": "definitions.op_ports",
    "HookContext": "execution.hook_calls",
    "HookDefinition": "definitions.hooks",
    "IOManager": "io.manager",
    "IcebergIOManager": "io.iceberg",
    "In": "definitions.op_ports",
    "InMemoryIOManager": "io.memory",
    "InProcessExecutor": "execution.executor",
    "InitResourceContext": "definitions.resource",
    "InitLoggerContext": "definitions.logger_definition",
    "InputContext": "io.contexts",
    "InputManager": "io.manager",
    "Instance": "instance.instance",
    "Jitter": "definitions.retries",
    "JobDefinition": "definitions.job_definition",
    "LoggerDefinition": "definitions.logger_definition",
    "MaterializeResult": "definitions.results",
    "MetadataValue": "metadata",
    "Nothing": "types.resolution",
    "OpExecutionContext": "execution.op_context",
    "ObserveResult": "definitions.results",
    "OpDefinition": "definitions.op_definition",
    "Out": "definitions.op_ports",
    "Output": "definitions.results",
    "OutputContext": "io.contexts",
    "PermissiveConfig": "definitions.config",
    "PipesClientCompletedInvocation": "execution.pipes.completed_invocation",
    "PipesContextInjector": "execution.pipes.context_injectors",
    "PipesEnvContextInjector": "execution.pipes.context_injectors",
    "PipesFileContextInjector": "execution.pipes.context_injectors",
    "PipesFileMessageReader": "execution.pipes.message_readers",
    "PipesMessageHandler": "execution.pipes.message_handler",
    "PipesMessageReader": "execution.pipes.message_readers",
    "PipesSession": "execution.pipes.session",
    "PipesSubprocessClient": "execution.pipes.subprocess_client",
    "PipesTempFileContextInjector": "execution.pipes.context_injectors",
    "PipesTempFileMessageReader": "execution.pipes.message_readers",
    "Plan": "planning.steps",
    "ProcessExecutor": "execution.processes.executor",
    "PythonObjectType": "types.python_types",
    "ResourceDependency": "definitions.resource",
    "ResourceParam": "definitions.resource_parameter",
    "RetryPolicy": "definitions.retries",
    "RetryRequested": "definitions.retries",
    "RunConfig": "definitions.run_config",
    "RunRequest": "definitions.run_request",
    "ScheduleDefinition": "definitions.schedule_definition",
    "ScheduleEvaluationContext": "definitions.schedule_context",
    "Secret": "definitions.secret",
    "SkipReason": "definitions.run_request",
    "SourceAsset": "definitions.source_asset",
    "TableColumn": "metadata",
    "TableColumnConstraints": "metadata",
    "TableColumnDep": "metadata",
    "TableColumnLineage": "metadata",
    "TableConstraints": "metadata",
    "TableRecord": "metadata",
    "TableSchema": "metadata",
    "ThreadExecutor": "execution.threads",
    "TypeCheck": "types.value_type",
    "TypeCheckContext": "types.value_type",
    "UPathIOManager": "io.path_manager",
    "UnresolvedAssetJobDefinition": "definitions.asset_job",
    "ValueType": "types.value_type",
    "ValueTypeLoader": "types.loader",
    "asset": "definitions.asset_decorator",
    "asset_check": "definitions.check_definition",
    "build_asset_check_context": "execution.built_contexts",
    "build_asset_context": "execution.built_contexts",
    "build_hook_context": "execution.built_contexts",
    "build_init_resource_context": "definitions.resource",
    "build_init_logger_context": "definitions.logger_definition",
    "build_input_context": "io.built_contexts",
    "build_op_context": "execution.built_contexts",
    "build_output_context": "io.built_contexts",
    "build_resources": "execution.built_contexts",
    "build_schedule_context": "execution.built_schedule_context",
    "check_value_type": "types.resolution",
    "config_mapping": "definitions.graph_config",
    "define_asset_job": "definitions.asset_job",
    "failure_hook": "definitions.hooks",
    "graph": "definitions.graph_decorator",
    "graph_asset": "definitions.graph_asset_decorator",
    "graph_multi_asset": "definitions.graph_asset_decorator",
    "input_manager": "io.made_managers",
    "io_manager": "io.made_managers",
    "job": "definitions.graph_decorator",
    "make_python_type_usable_as_value_type": "types.resolution",
    "materialize_to_memory": "instance.materializing",
    "logger": "definitions.logger_definition",
    "multi_asset": "definitions.multi_asset_decorator",
    "multi_asset_check": "definitions.multi_asset_check_decorator",
    "observable_source_asset": "definitions.source_asset",
    "op": "definitions.op_decorator",
    "publish": "kernels.publishing",
    "schedule": "definitions.schedule_decorator",
    "open_pipes_session": "execution.pipes.session",
    "pandera_type": "types.pandera_schemas",
    "success_hook": "definitions.hooks",
    "table_type": "types.declared_table",
    "usable_as_value_type": "types.resolution",
    "value_type_loader": "types.loader",
    # automation
    "AssetJobKey": "definitions.automation",
    "AutomationCondition": "definitions.automation",
    "AutomationContext": "definitions.automation",
    "AutomationCursor": "automation.conditions.cursor",
    "AutomationResult": "definitions.automation",
    "ConditionExplanation": "automation.conditions.explanation",
    "EvaluateAutomationConditionsResult": "automation.conditions.evaluate_definitions",
    "FreshnessPolicy": "definitions.freshness_policy",
    "evaluate_automation_conditions": "automation.conditions.evaluate_definitions",
    # partitions
    "AddDynamicPartitionsRequest": "definitions.partitions",
    "AllPartitionMapping": "definitions.partitions",
    "BackfillPolicy": "definitions.partitions",
    "DailyPartitionsDefinition": "definitions.partitions",
    "DeleteDynamicPartitionsRequest": "definitions.partitions",
    "DimensionPartitionMapping": "definitions.partitions",
    "DynamicPartitionsDefinition": "definitions.partitions",
    "HourlyPartitionsDefinition": "definitions.partitions",
    "IdentityPartitionMapping": "definitions.partitions",
    "LastPartitionMapping": "definitions.partitions",
    "MonthlyPartitionsDefinition": "definitions.partitions",
    "MultiPartitionKey": "definitions.partitions",
    "MultiPartitionMapping": "definitions.partitions",
    "MultiPartitionsDefinition": "definitions.partitions",
    "MultiToSingleDimensionPartitionMapping": "definitions.partitions",
    "PartitionKeyRange": "definitions.partitions",
    "PartitionMapping": "definitions.partitions",
    "PartitionsDefinition": "definitions.partitions",
    "SpecificPartitionsPartitionMapping": "definitions.partitions",
    "StaticPartitionMapping": "definitions.partitions",
    "StaticPartitionsDefinition": "definitions.partitions",
    "TimeWindow": "definitions.partitions",
    "TimeWindowPartitionMapping": "definitions.partitions",
    "TimeWindowPartitionsDefinition": "definitions.partitions",
    "WeeklyPartitionsDefinition": "definitions.partitions",
    "partition_loading_context": "definitions.partitions",
    "PartitionedConfig": "definitions.config_by_partition",
    "build_schedule_from_partitioned_job": "definitions.partitioned_schedule",
    "daily_partitioned_config": "definitions.config_by_window",
    "dynamic_partitioned_config": "definitions.config_by_partition",
    "hourly_partitioned_config": "definitions.config_by_window",
    "monthly_partitioned_config": "definitions.config_by_window",
    "partitioned_config": "definitions.config_by_partition",
    "static_partitioned_config": "definitions.config_by_partition",
    "weekly_partitioned_config": "definitions.config_by_window",
    # sensors
    "AssetSensorDefinition": "definitions.asset_sensor_definition",
    "CodeLocationSelector": "definitions.run_status_sensor_definition",
    "DefaultSensorStatus": "definitions.sensor_definition",
    "EventLogEntry": "definitions.event_log_entry",
    "FileSensorDefinition": "execution.file_arrivals",
    "JobSelector": "definitions.run_status_sensor_definition",
    "MultiAssetSensorDefinition": "definitions.multi_asset_sensor_definition",
    "MultiAssetSensorEvaluationContext": "definitions.multi_asset_context",
    "RunFailureSensorContext": "definitions.run_status_context",
    "RunStatusSensorContext": "definitions.run_status_context",
    "RunStatusSensorDefinition": "definitions.run_status_sensor_definition",
    "SensorDefinition": "definitions.sensor_definition",
    "SensorEvaluationContext": "definitions.sensor_context",
    "SensorResult": "definitions.sensor_result",
    "asset_sensor": "definitions.asset_sensor_definition",
    "build_multi_asset_sensor_context": "execution.built_sensor_context",
    "build_run_status_sensor_context": "execution.built_sensor_context",
    "build_sensor_context": "execution.built_sensor_context",
    "file_sensor": "execution.file_arrivals",
    "multi_asset_sensor": "definitions.multi_asset_sensor_definition",
    "run_failure_sensor": "definitions.run_status_sensor_decorator",
    "run_status_sensor": "definitions.run_status_sensor_decorator",
    "sensor": "definitions.sensor_decorator",
    # notebooks as jobs
    "notebook_asset": "kernels.notebook_as_asset",
    "notebook_job": "kernels.notebook_as_job",
    # verbs
    "assets": "surfaces.verbs",
    "attach": "surfaces.watching",
    "cancel": "surfaces.canceling_verb",
    "diff": "surfaces.differing",
    "doctor": "surfaces.store_care",
    "export": "surfaces.value_verbs",
    "forget": "surfaces.verbs",
    "keep": "surfaces.value_verbs",
    "lineage": "surfaces.verbs",
    "launch": "surfaces.launching_verb",
    "load_definitions": "surfaces.code_location",
    "load_asset_checks_from_current_module": "notebook.module_definitions",
    "load_asset_checks_from_modules": "notebook.module_definitions",
    "load_asset_checks_from_package_module": "notebook.module_definitions",
    "load_asset_checks_from_package_name": "notebook.module_definitions",
    "load_assets_from_current_module": "notebook.module_definitions",
    "load_assets_from_modules": "notebook.module_definitions",
    "load_assets_from_package_module": "notebook.module_definitions",
    "load_assets_from_package_name": "notebook.module_definitions",
    "load_definitions_from_current_module": "notebook.module_definitions",
    "load_definitions_from_module": "notebook.module_definitions",
    "load_definitions_from_modules": "notebook.module_definitions",
    "load_definitions_from_package_module": "notebook.module_definitions",
    "load_definitions_from_package_name": "notebook.module_definitions",
    "backfill": "surfaces.backfilling",
    "Dashboard": "surfaces.widgets.all_views",
    "dashboard": "surfaces.widgets.all_views",
    "backfills": "surfaces.backfills_verb",
    "logs": "surfaces.run_verbs",
    "materialize": "surfaces.making_verbs",
    "materialize_async": "surfaces.awaited",
    "observe": "surfaces.observing",
    "overview": "surfaces.verbs",
    "plan": "surfaces.making_verbs",
    "pools": "surfaces.run_verbs",
    "reload": "surfaces.reloading",
    "promote": "surfaces.promoting",
    "rename": "surfaces.value_verbs",
    "restore": "surfaces.value_verbs",
    "reproduce": "surfaces.reproducing",
    "resume": "surfaces.re_executing",
    "retry": "surfaces.re_executing",
    "runs": "surfaces.run_verbs",
    "sample_run": "surfaces.trying_out",
    "schedules": "surfaces.scheduling",
    "sensors": "surfaces.sensing",
    "daemon": "surfaces.daemon_verb",
    "show": "surfaces.verbs",
    "sql": "surfaces.sql_verb",
    "store_backup": "surfaces.store_care",
    "store_gc": "surfaces.store_care",
    "store_verify": "surfaces.store_care",
    "validate": "surfaces.validating",
    "value": "surfaces.value_verbs",
    "versions": "surfaces.value_verbs",
    "why": "surfaces.verbs",
    "wipe": "surfaces.wiping_verb",
}
_VALUE_READER = "assetbook.surfaces.value_verbs:value"

__all__ = sorted(_HOMES)


def __getattr__(name: str) -> Any:
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module 'assetbook' has no attribute {name!r}")
    from importlib import import_module

    found = getattr(import_module(f"assetbook.{home}"), name)
    if home.startswith(("definitions.", "kernels.")):
        tell_value_reader()
    globals()[name] = found
    return found


def tell_value_reader() -> None:
    """Lets definitions know what reads their values."""
    from assetbook.definitions.asset_definition import set_value_reader

    set_value_reader(_VALUE_READER)


def __dir__() -> list[str]:
    return [*__all__, "__version__", "load_ipython_extension"]


def load_ipython_extension(shell: Any) -> None:
    """What ``%load_ext assetbook`` calls."""
    import gc

    # what imports make stays, and is looked through for garbage again and again while it grows
    collected = gc.isenabled()
    gc.disable()
    try:
        from assetbook.surfaces.extension import load
    finally:
        if collected:
            gc.enable()
    load(shell)


def unload_ipython_extension(shell: Any) -> None:
    """What ``%unload_ext assetbook`` calls."""
    from assetbook.surfaces.extension import unload

    unload(shell)


if TYPE_CHECKING:
    from assetbook.automation.conditions.cursor import AutomationCursor as AutomationCursor
    from assetbook.automation.conditions.evaluate_definitions import (
        EvaluateAutomationConditionsResult as EvaluateAutomationConditionsResult,
    )
    from assetbook.automation.conditions.evaluate_definitions import (
        evaluate_automation_conditions as evaluate_automation_conditions,
    )
    from assetbook.automation.conditions.explanation import (
        ConditionExplanation as ConditionExplanation,
    )
    from assetbook.definitions.asset_decorator import asset as asset
    from assetbook.definitions.asset_definition import AssetsDefinition as AssetsDefinition
    from assetbook.definitions.asset_job import (
        UnresolvedAssetJobDefinition as UnresolvedAssetJobDefinition,
    )
    from assetbook.definitions.asset_job import define_asset_job as define_asset_job
    from assetbook.definitions.asset_sensor_definition import (
        AssetSensorDefinition as AssetSensorDefinition,
    )
    from assetbook.definitions.asset_sensor_definition import asset_sensor as asset_sensor
    from assetbook.definitions.automation import AssetJobKey as AssetJobKey
    from assetbook.definitions.automation import AutomationCondition as AutomationCondition
    from assetbook.definitions.automation import AutomationContext as AutomationContext
    from assetbook.definitions.automation import AutomationResult as AutomationResult
    from assetbook.definitions.check_definition import (
        AssetChecksDefinition as AssetChecksDefinition,
    )
    from assetbook.definitions.check_definition import asset_check as asset_check
    from assetbook.definitions.check_spec import AssetCheckSpec as AssetCheckSpec
    from assetbook.definitions.collection import Definitions as Definitions
    from assetbook.definitions.config import Config as Config
    from assetbook.definitions.config import PermissiveConfig as PermissiveConfig
    from assetbook.definitions.config_by_partition import (
        PartitionedConfig as PartitionedConfig,
    )
    from assetbook.definitions.config_by_partition import (
        dynamic_partitioned_config as dynamic_partitioned_config,
    )
    from assetbook.definitions.config_by_partition import (
        partitioned_config as partitioned_config,
    )
    from assetbook.definitions.config_by_partition import (
        static_partitioned_config as static_partitioned_config,
    )
    from assetbook.definitions.config_by_window import (
        daily_partitioned_config as daily_partitioned_config,
    )
    from assetbook.definitions.config_by_window import (
        hourly_partitioned_config as hourly_partitioned_config,
    )
    from assetbook.definitions.config_by_window import (
        monthly_partitioned_config as monthly_partitioned_config,
    )
    from assetbook.definitions.config_by_window import (
        weekly_partitioned_config as weekly_partitioned_config,
    )
    from assetbook.definitions.env_var import EnvVar as EnvVar
    from assetbook.definitions.event_log_entry import EventLogEntry as EventLogEntry
    from assetbook.definitions.freshness_policy import FreshnessPolicy as FreshnessPolicy
    from assetbook.definitions.graph_asset_decorator import graph_asset as graph_asset
    from assetbook.definitions.graph_asset_decorator import graph_multi_asset as graph_multi_asset
    from assetbook.definitions.graph_config import ConfigMapping as ConfigMapping
    from assetbook.definitions.graph_config import config_mapping as config_mapping
    from assetbook.definitions.graph_decorator import graph as graph
    from assetbook.definitions.graph_decorator import job as job
    from assetbook.definitions.graph_definition import GraphDefinition as GraphDefinition
    from assetbook.definitions.hooks import HookDefinition as HookDefinition
    from assetbook.definitions.hooks import failure_hook as failure_hook
    from assetbook.definitions.hooks import success_hook as success_hook
    from assetbook.definitions.job_definition import JobDefinition as JobDefinition
    from assetbook.definitions.logger_definition import InitLoggerContext as InitLoggerContext
    from assetbook.definitions.logger_definition import LoggerDefinition as LoggerDefinition
    from assetbook.definitions.logger_definition import (
        build_init_logger_context as build_init_logger_context,
    )
    from assetbook.definitions.logger_definition import logger as logger
    from assetbook.definitions.multi_asset_check_decorator import (
        multi_asset_check as multi_asset_check,
    )
    from assetbook.definitions.multi_asset_context import (
        MultiAssetSensorEvaluationContext as MultiAssetSensorEvaluationContext,
    )
    from assetbook.definitions.multi_asset_decorator import multi_asset as multi_asset
    from assetbook.definitions.multi_asset_sensor_definition import (
        MultiAssetSensorDefinition as MultiAssetSensorDefinition,
    )
    from assetbook.definitions.multi_asset_sensor_definition import (
        multi_asset_sensor as multi_asset_sensor,
    )
    from assetbook.definitions.op_decorator import op as op
    from assetbook.definitions.op_definition import OpDefinition as OpDefinition
    from assetbook.definitions.op_ports import DynamicOut as DynamicOut
    from assetbook.definitions.op_ports import GraphIn as GraphIn
    from assetbook.definitions.op_ports import GraphOut as GraphOut
    from assetbook.definitions.op_ports import In as In
    from assetbook.definitions.op_ports import Out as Out
    from assetbook.definitions.partitioned_schedule import (
        build_schedule_from_partitioned_job as build_schedule_from_partitioned_job,
    )
    from assetbook.definitions.partitions import (
        AddDynamicPartitionsRequest as AddDynamicPartitionsRequest,
    )
    from assetbook.definitions.partitions import AllPartitionMapping as AllPartitionMapping
    from assetbook.definitions.partitions import BackfillPolicy as BackfillPolicy
    from assetbook.definitions.partitions import (
        DailyPartitionsDefinition as DailyPartitionsDefinition,
    )
    from assetbook.definitions.partitions import (
        DeleteDynamicPartitionsRequest as DeleteDynamicPartitionsRequest,
    )
    from assetbook.definitions.partitions import (
        DimensionPartitionMapping as DimensionPartitionMapping,
    )
    from assetbook.definitions.partitions import (
        DynamicPartitionsDefinition as DynamicPartitionsDefinition,
    )
    from assetbook.definitions.partitions import (
        HourlyPartitionsDefinition as HourlyPartitionsDefinition,
    )
    from assetbook.definitions.partitions import (
        IdentityPartitionMapping as IdentityPartitionMapping,
    )
    from assetbook.definitions.partitions import LastPartitionMapping as LastPartitionMapping
    from assetbook.definitions.partitions import (
        MonthlyPartitionsDefinition as MonthlyPartitionsDefinition,
    )
    from assetbook.definitions.partitions import MultiPartitionKey as MultiPartitionKey
    from assetbook.definitions.partitions import MultiPartitionMapping as MultiPartitionMapping
    from assetbook.definitions.partitions import (
        MultiPartitionsDefinition as MultiPartitionsDefinition,
    )
    from assetbook.definitions.partitions import (
        MultiToSingleDimensionPartitionMapping as MultiToSingleDimensionPartitionMapping,
    )
    from assetbook.definitions.partitions import PartitionKeyRange as PartitionKeyRange
    from assetbook.definitions.partitions import PartitionMapping as PartitionMapping
    from assetbook.definitions.partitions import PartitionsDefinition as PartitionsDefinition
    from assetbook.definitions.partitions import (
        SpecificPartitionsPartitionMapping as SpecificPartitionsPartitionMapping,
    )
    from assetbook.definitions.partitions import StaticPartitionMapping as StaticPartitionMapping
    from assetbook.definitions.partitions import (
        StaticPartitionsDefinition as StaticPartitionsDefinition,
    )
    from assetbook.definitions.partitions import TimeWindow as TimeWindow
    from assetbook.definitions.partitions import (
        TimeWindowPartitionMapping as TimeWindowPartitionMapping,
    )
    from assetbook.definitions.partitions import (
        TimeWindowPartitionsDefinition as TimeWindowPartitionsDefinition,
    )
    from assetbook.definitions.partitions import (
        WeeklyPartitionsDefinition as WeeklyPartitionsDefinition,
    )
    from assetbook.definitions.partitions import (
        partition_loading_context as partition_loading_context,
    )
    from assetbook.definitions.ports import AssetIn as AssetIn
    from assetbook.definitions.ports import AssetOut as AssetOut
    from assetbook.definitions.resource import ConfigurableResource as ConfigurableResource
    from assetbook.definitions.resource import InitResourceContext as InitResourceContext
    from assetbook.definitions.resource import ResourceDependency as ResourceDependency
    from assetbook.definitions.resource import (
        build_init_resource_context as build_init_resource_context,
    )
    from assetbook.definitions.resource_parameter import ResourceParam as ResourceParam
    from assetbook.definitions.results import AssetCheckResult as AssetCheckResult
    from assetbook.definitions.results import AssetCheckSeverity as AssetCheckSeverity
    from assetbook.definitions.results import AssetMaterialization as AssetMaterialization
    from assetbook.definitions.results import AssetObservation as AssetObservation
    from assetbook.definitions.results import DataVersion as DataVersion
    from assetbook.definitions.results import DynamicOutput as DynamicOutput
    from assetbook.definitions.results import MaterializeResult as MaterializeResult
    from assetbook.definitions.results import ObserveResult as ObserveResult
    from assetbook.definitions.results import Output as Output
    from assetbook.definitions.retries import Backoff as Backoff
    from assetbook.definitions.retries import Failure as Failure
    from assetbook.definitions.retries import Jitter as Jitter
    from assetbook.definitions.retries import RetryPolicy as RetryPolicy
    from assetbook.definitions.retries import RetryRequested as RetryRequested
    from assetbook.definitions.run_config import RunConfig as RunConfig
    from assetbook.definitions.run_request import RunRequest as RunRequest
    from assetbook.definitions.run_request import SkipReason as SkipReason
    from assetbook.definitions.run_status_context import (
        RunFailureSensorContext as RunFailureSensorContext,
    )
    from assetbook.definitions.run_status_context import (
        RunStatusSensorContext as RunStatusSensorContext,
    )
    from assetbook.definitions.run_status_sensor_decorator import (
        run_failure_sensor as run_failure_sensor,
    )
    from assetbook.definitions.run_status_sensor_decorator import (
        run_status_sensor as run_status_sensor,
    )
    from assetbook.definitions.run_status_sensor_definition import (
        CodeLocationSelector as CodeLocationSelector,
    )
    from assetbook.definitions.run_status_sensor_definition import JobSelector as JobSelector
    from assetbook.definitions.run_status_sensor_definition import (
        RunStatusSensorDefinition as RunStatusSensorDefinition,
    )
    from assetbook.definitions.schedule_context import (
        ScheduleEvaluationContext as ScheduleEvaluationContext,
    )
    from assetbook.definitions.schedule_decorator import schedule as schedule
    from assetbook.definitions.schedule_definition import (
        DefaultScheduleStatus as DefaultScheduleStatus,
    )
    from assetbook.definitions.schedule_definition import ScheduleDefinition as ScheduleDefinition
    from assetbook.definitions.secret import Secret as Secret
    from assetbook.definitions.sensor_context import (
        SensorEvaluationContext as SensorEvaluationContext,
    )
    from assetbook.definitions.sensor_decorator import sensor as sensor
    from assetbook.definitions.sensor_definition import DefaultSensorStatus as DefaultSensorStatus
    from assetbook.definitions.sensor_definition import SensorDefinition as SensorDefinition
    from assetbook.definitions.sensor_result import SensorResult as SensorResult
    from assetbook.definitions.source_asset import SourceAsset as SourceAsset
    from assetbook.definitions.source_asset import (
        observable_source_asset as observable_source_asset,
    )
    from assetbook.definitions.spec import AssetDep as AssetDep
    from assetbook.definitions.spec import AssetSpec as AssetSpec
    from assetbook.dependencies.selection import AssetSelection as AssetSelection
    from assetbook.errors import AssetbookError as AssetbookError
    from assetbook.execution.built_contexts import (
        build_asset_check_context as build_asset_check_context,
    )
    from assetbook.execution.built_contexts import build_asset_context as build_asset_context
    from assetbook.execution.built_contexts import build_hook_context as build_hook_context
    from assetbook.execution.built_contexts import build_op_context as build_op_context
    from assetbook.execution.built_contexts import build_resources as build_resources
    from assetbook.execution.built_schedule_context import (
        build_schedule_context as build_schedule_context,
    )
    from assetbook.execution.built_sensor_context import (
        build_multi_asset_sensor_context as build_multi_asset_sensor_context,
    )
    from assetbook.execution.built_sensor_context import (
        build_run_status_sensor_context as build_run_status_sensor_context,
    )
    from assetbook.execution.built_sensor_context import (
        build_sensor_context as build_sensor_context,
    )
    from assetbook.execution.context import (
        AssetCheckExecutionContext as AssetCheckExecutionContext,
    )
    from assetbook.execution.context import AssetExecutionContext as AssetExecutionContext
    from assetbook.execution.data_provenance import DataProvenance as DataProvenance
    from assetbook.execution.executor import InProcessExecutor as InProcessExecutor
    from assetbook.execution.file_arrivals import FileSensorDefinition as FileSensorDefinition
    from assetbook.execution.file_arrivals import file_sensor as file_sensor
    from assetbook.execution.hook_calls import HookContext as HookContext
    from assetbook.execution.op_context import OpExecutionContext as OpExecutionContext
    from assetbook.execution.pipes.completed_invocation import (
        PipesClientCompletedInvocation as PipesClientCompletedInvocation,
    )
    from assetbook.execution.pipes.context_injectors import (
        PipesContextInjector as PipesContextInjector,
    )
    from assetbook.execution.pipes.context_injectors import (
        PipesEnvContextInjector as PipesEnvContextInjector,
    )
    from assetbook.execution.pipes.context_injectors import (
        PipesFileContextInjector as PipesFileContextInjector,
    )
    from assetbook.execution.pipes.context_injectors import (
        PipesTempFileContextInjector as PipesTempFileContextInjector,
    )
    from assetbook.execution.pipes.message_handler import PipesMessageHandler as PipesMessageHandler
    from assetbook.execution.pipes.message_readers import (
        PipesFileMessageReader as PipesFileMessageReader,
    )
    from assetbook.execution.pipes.message_readers import PipesMessageReader as PipesMessageReader
    from assetbook.execution.pipes.message_readers import (
        PipesTempFileMessageReader as PipesTempFileMessageReader,
    )
    from assetbook.execution.pipes.session import PipesSession as PipesSession
    from assetbook.execution.pipes.session import open_pipes_session as open_pipes_session
    from assetbook.execution.pipes.subprocess_client import (
        PipesSubprocessClient as PipesSubprocessClient,
    )
    from assetbook.execution.processes.executor import ProcessExecutor as ProcessExecutor
    from assetbook.execution.threads import ThreadExecutor as ThreadExecutor
    from assetbook.instance.instance import Instance as Instance
    from assetbook.instance.materializing import materialize_to_memory as materialize_to_memory
    from assetbook.io.built_contexts import build_input_context as build_input_context
    from assetbook.io.built_contexts import build_output_context as build_output_context
    from assetbook.io.configurable import ConfigurableIOManager as ConfigurableIOManager
    from assetbook.io.contexts import InputContext as InputContext
    from assetbook.io.contexts import OutputContext as OutputContext
    from assetbook.io.database_resource import DatabaseIOManager as DatabaseIOManager
    from assetbook.io.database_resource import DatabaseResource as DatabaseResource
    from assetbook.io.delta import DeltaIOManager as DeltaIOManager
    from assetbook.io.figure_value import FigureValue as FigureValue
    from assetbook.io.iceberg import IcebergIOManager as IcebergIOManager
    from assetbook.io.made_managers import input_manager as input_manager
    from assetbook.io.made_managers import io_manager as io_manager
    from assetbook.io.manager import InputManager as InputManager
    from assetbook.io.manager import IOManager as IOManager
    from assetbook.io.memory import InMemoryIOManager as InMemoryIOManager
    from assetbook.io.path_manager import UPathIOManager as UPathIOManager
    from assetbook.kernels.asset_reference import AssetReference as AssetReference
    from assetbook.kernels.notebook_as_asset import notebook_asset as notebook_asset
    from assetbook.kernels.notebook_as_job import notebook_job as notebook_job
    from assetbook.kernels.publishing import publish as publish
    from assetbook.keys import AssetKey as AssetKey
    from assetbook.keys import CheckKey as CheckKey
    from assetbook.metadata import MetadataValue as MetadataValue
    from assetbook.metadata import TableColumn as TableColumn
    from assetbook.metadata import TableColumnConstraints as TableColumnConstraints
    from assetbook.metadata import TableColumnDep as TableColumnDep
    from assetbook.metadata import TableColumnLineage as TableColumnLineage
    from assetbook.metadata import TableConstraints as TableConstraints
    from assetbook.metadata import TableRecord as TableRecord
    from assetbook.metadata import TableSchema as TableSchema
    from assetbook.notebook.module_definitions import (
        load_asset_checks_from_current_module as load_asset_checks_from_current_module,
    )
    from assetbook.notebook.module_definitions import (
        load_asset_checks_from_modules as load_asset_checks_from_modules,
    )
    from assetbook.notebook.module_definitions import (
        load_asset_checks_from_package_module as load_asset_checks_from_package_module,
    )
    from assetbook.notebook.module_definitions import (
        load_asset_checks_from_package_name as load_asset_checks_from_package_name,
    )
    from assetbook.notebook.module_definitions import (
        load_assets_from_current_module as load_assets_from_current_module,
    )
    from assetbook.notebook.module_definitions import (
        load_assets_from_modules as load_assets_from_modules,
    )
    from assetbook.notebook.module_definitions import (
        load_assets_from_package_module as load_assets_from_package_module,
    )
    from assetbook.notebook.module_definitions import (
        load_assets_from_package_name as load_assets_from_package_name,
    )
    from assetbook.notebook.module_definitions import (
        load_definitions_from_current_module as load_definitions_from_current_module,
    )
    from assetbook.notebook.module_definitions import (
        load_definitions_from_module as load_definitions_from_module,
    )
    from assetbook.notebook.module_definitions import (
        load_definitions_from_modules as load_definitions_from_modules,
    )
    from assetbook.notebook.module_definitions import (
        load_definitions_from_package_module as load_definitions_from_package_module,
    )
    from assetbook.notebook.module_definitions import (
        load_definitions_from_package_name as load_definitions_from_package_name,
    )
    from assetbook.planning.steps import Plan as Plan
    from assetbook.surfaces.awaited import materialize_async as materialize_async
    from assetbook.surfaces.backfilling import backfill as backfill
    from assetbook.surfaces.backfills_verb import backfills as backfills
    from assetbook.surfaces.canceling_verb import cancel as cancel
    from assetbook.surfaces.code_location import CodeLocation as CodeLocation
    from assetbook.surfaces.code_location import load_definitions as load_definitions
    from assetbook.surfaces.daemon_verb import daemon as daemon
    from assetbook.surfaces.differing import diff as diff
    from assetbook.surfaces.launching_verb import launch as launch
    from assetbook.surfaces.making_verbs import materialize as materialize
    from assetbook.surfaces.making_verbs import plan as plan
    from assetbook.surfaces.observing import observe as observe
    from assetbook.surfaces.promoting import promote as promote
    from assetbook.surfaces.re_executing import resume as resume
    from assetbook.surfaces.re_executing import retry as retry
    from assetbook.surfaces.reloading import reload as reload
    from assetbook.surfaces.reproducing import reproduce as reproduce
    from assetbook.surfaces.run_verbs import logs as logs
    from assetbook.surfaces.run_verbs import pools as pools
    from assetbook.surfaces.run_verbs import runs as runs
    from assetbook.surfaces.scheduling import schedules as schedules
    from assetbook.surfaces.sensing import sensors as sensors
    from assetbook.surfaces.sql_verb import sql as sql
    from assetbook.surfaces.store_care import doctor as doctor
    from assetbook.surfaces.store_care import store_backup as store_backup
    from assetbook.surfaces.store_care import store_gc as store_gc
    from assetbook.surfaces.store_care import store_verify as store_verify
    from assetbook.surfaces.trying_out import sample_run as sample_run
    from assetbook.surfaces.validating import validate as validate
    from assetbook.surfaces.value_verbs import export as export
    from assetbook.surfaces.value_verbs import keep as keep
    from assetbook.surfaces.value_verbs import rename as rename
    from assetbook.surfaces.value_verbs import restore as restore
    from assetbook.surfaces.value_verbs import value as value
    from assetbook.surfaces.value_verbs import versions as versions
    from assetbook.surfaces.verbs import assets as assets
    from assetbook.surfaces.verbs import forget as forget
    from assetbook.surfaces.verbs import lineage as lineage
    from assetbook.surfaces.verbs import overview as overview
    from assetbook.surfaces.verbs import show as show
    from assetbook.surfaces.verbs import why as why
    from assetbook.surfaces.watching import attach as attach
    from assetbook.surfaces.widgets.all_views import Dashboard as Dashboard
    from assetbook.surfaces.widgets.all_views import dashboard as dashboard
    from assetbook.surfaces.wiping_verb import wipe as wipe
    from assetbook.types.column_rule import ColumnRule as ColumnRule
    from assetbook.types.declared_table import table_type as table_type
    from assetbook.types.loader import ValueTypeLoader as ValueTypeLoader
    from assetbook.types.loader import value_type_loader as value_type_loader
    from assetbook.types.pandera_schemas import pandera_type as pandera_type
    from assetbook.types.python_types import PythonObjectType as PythonObjectType
    from assetbook.types.resolution import Nothing as Nothing
    from assetbook.types.resolution import check_value_type as check_value_type
    from assetbook.types.resolution import (
        make_python_type_usable_as_value_type as make_python_type_usable_as_value_type,
    )
    from assetbook.types.resolution import usable_as_value_type as usable_as_value_type
    from assetbook.types.value_type import TypeCheck as TypeCheck
    from assetbook.types.value_type import TypeCheckContext as TypeCheckContext
    from assetbook.types.value_type import ValueType as ValueType
