"""Dagster's public names that assetbook does not have, each with what to use in its place."""

from __future__ import annotations

import assetbook
from assetbook.errors import AssetbookError

_PARTITIONS = (
    "Divide the assets by partitions_def=: a run's partition is context.partition_key, or give the "
    "day or key as run_config."
)
_CONDITIONS = (
    "Give automation_condition= to assets, checks and jobs: AutomationCondition.eager() and others."
)
_CONFIG = "Declare fields with types and defaults in a subclass of Config."
_RESOURCE = (
    "Write a subclass of ConfigurableResource, or give any object: Definitions(resources={...})."
)
_COMPONENTS = "Define assets in a notebook or module, and load it by load_definitions(...)."
_EXECUTOR = (
    "Give Definitions(executor=...) one of assetbook's ProcessExecutor, ThreadExecutor, "
    "InProcessExecutor."
)
_JOB_FILE = (
    "Nothing has to be reconstructed here: a job runs from the cell or module that defines it."
)
_STORE = "Ask assetbook's Instance: runs(), events(), versions(), logs()."
_LOGGERS = "Use context.log, and @logger for where its lines go besides (`%logs RUN` has them)."
_CHECKS = "Write an @asset_check that reads context.instance's versions, or the value itself."
_RAISED = "assetbook raises none: catch AssetbookError, or the class in its `errors` page."
_TYPING = "It is Python's own: import it from typing, collections.abc or importlib."
_REPOSITORY = "Use Definitions, which holds the same."
_INTERNAL = "It belongs to Dagster's own machinery, which has no counterpart here."
_WIRING = "Write the graph as a function: @graph, whose body calls its ops."

_INSTEAD: dict[str, str] = {
    _PARTITIONS: """
        AddDynamicPartitionsRequest AllPartitionMapping BackfillPolicy
        DailyPartitionsDefinition DataVersionsByPartition
        DeleteDynamicPartitionsRequest DimensionPartitionMapping DynamicPartitionsDefinition
        HourlyPartitionsDefinition IdentityPartitionMapping LastPartitionMapping
        MonthlyPartitionsDefinition MultiPartitionKey MultiPartitionMapping
        MultiPartitionsDefinition MultiToSingleDimensionPartitionMapping Partition
        PartitionKeyRange PartitionMapping PartitionsDefinition
        SpecificPartitionsPartitionMapping StaticPartitionMapping StaticPartitionsDefinition
        TimeWindow TimeWindowPartitionMapping TimeWindowPartitionsDefinition
        WeeklyPartitionsDefinition partition_loading_context
    """,
    "A location has one repository: CodeLocationSelector names it.": "RepositorySelector",
    "Annotate with RunRequest, SkipReason or SensorResult.": "SensorReturnTypesUnion",
    "Send it from a function decorated with @run_failure_sensor.": """
        make_email_on_run_failure_sensor
    """,
    _CONDITIONS: """
        AssetJobKey AutoMaterializeAssetPartitionsFilter AutoMaterializePolicy
        AutoMaterializeRule AutomationCondition AutomationConditionSensorDefinition
        AutomationContext AutomationResult EvaluateAutomationConditionsResult
        evaluate_automation_conditions
    """,
    "Say `max_age=` of an asset: how long what it read stays fresh.": """
        FreshnessPolicy LegacyFreshnessPolicy apply_freshness_policy
        build_last_update_freshness_checks build_sensor_for_freshness_checks
        build_time_partition_freshness_checks
    """,
    _CHECKS: "build_column_schema_change_checks build_metadata_bounds_checks",
    _CONFIG: """
        Array BoolSource ConfigSchema Enum EnumValue Field IntSource Map Noneable Permissive
        ScalarUnion Selector Shape StringSource ConfigArgumentWarning configured
        validate_run_config
    """,
    "Read the file yourself, and give what it holds as run_config.": """
        config_from_files config_from_pkg_resources config_from_yaml_strings
    """,
    _RESOURCE: """
        ResourceDefinition make_values_resource resource with_resources
        IAttachDifferentObjectToOpContext resources
    """,
    "Write a subclass of ConfigurableIOManager, or a function decorated with @io_manager.": """
        ConfigurableIOManagerFactory ConfigurableLegacyIOManagerAdapter InputManagerDefinition
        MigrateIOStorageResult migrate_io_storage
    """,
    'Leave it out: values are kept in files; `io_manager_key="pickle"` keeps any object.': """
        FilesystemIOManager custom_path_fs_io_manager fs_io_manager
    """,
    "Return a pathlib.Path: the file's content is kept as the asset's value.": """
        FileHandle LocalFileHandle local_file_manager
    """,
    _COMPONENTS: """
        AssetAttributesModel Component ComponentFormConfig ComponentLoadContext ComponentTree
        ComponentTypeSpec DefinitionsComponent DefsFolderComponent FunctionComponent Injected
        Model PythonScriptComponent ResolutionContext Resolvable ResolvedAssetCheckSpec
        ResolvedAssetKey ResolvedAssetSpec Resolver ScaffoldRequest Scaffolder SqlComponent
        StateBackedComponent TemplatedSqlComponent UPathDefsStateStorage UvRunComponent
        build_component_defs build_defs_for_component component_defs component_instance
        definitions get_all_components_defs_within_project
        get_component_defs_within_project load_defs load_from_defs_folder scaffold_component
        scaffold_with template_var
    """,
    _REPOSITORY: """
        RepositoryData RepositoryDefinition create_repository_using_definitions_args repository
    """,
    "Give resources to Definitions; they serve its jobs too.": "BindResourcesToJobs",
    _EXECUTOR: """
        Executor ExecutorDefinition ExecutorRequirement InitExecutorContext executor
        multi_or_in_process_executor multiple_process_executor_requirements
        DagsterUnmetExecutorRequirementsError
    """,
    _JOB_FILE: """
        build_reconstructable_job
    """,
    _STORE: """
        AssetRecordsFilter DagsterEventLogInvalidForRun DagsterRun EventLogRecord
        EventRecordsFilter EventRecordsResult PaginatedResults RunRecord
        RunShardedEventsCursor RunStatusChangeRecordsFilter RunsFilter
    """,
    _LOGGERS: """
        DagsterLogManager default_system_loggers
    """,
    "The author's own exception is raised, as it was.": """
        DagsterExecutionStepExecutionError DagsterResourceFunctionError
        DagsterUserCodeExecutionError DagsterConfigMappingFunctionError
    """,
    _RAISED: "DagsterSubprocessError DagsterTypeCheckError",
    "Return or yield an AssetCheckResult, or add metadata to the output.": "ExpectationResult",
    "Write one @observable_source_asset for each.": "multi_observable_source_asset",
    "Add the metadata to the asset: AssetSpec.merge_attributes(metadata=...).": """
        AnchorBasedFilePathMapping FilePathMapping link_code_references_to_git
        with_source_code_references
    """,
    "Give its value a form of its own by MetadataValue.": "MetadataEntry",
    "Write a reader as a subclass of PipesMessageReader.": """
        PipesBlobStoreMessageReader PipesCompositeMessageReader PipesLogReader
    """,
    "Write a function that opens a session by open_pipes_session.": """
        PipesClient PipesLaunchedData
    """,
    _WIRING: """
        DependencyDefinition InputMapping MultiDependencyDefinition NodeInvocation OutputMapping
        PendingNodeInvocation
    """,
    "Say `materialize(timeout=...)`, seconds or as in `10m`.": "MAX_RUNTIME_SECONDS_TAG",
    "Values are read by `defs.load_asset_value(key)` or `Instance.value(key)`.": "AssetValueLoader",
    "Python's json or pickle do it for plain values.": "deserialize_value serialize_value",
    _TYPING: "Callable Final Mapping Sequence TYPE_CHECKING TypingAny TypingTuple",
    _INTERNAL: """
        BetaWarning DagsterLibraryRegistry DagsterTypeLoaderContext DefaultRunLauncher
        HookExecutionResult PreviewWarning QueuedRunCoordinator StepExecutionContext StepLauncher
        StepRunRef SubmitRunContext SupersessionWarning deprecation_warning
        external_instance_from_step_run_ref raise_execution_interrupts run_step_from_ref
        step_context_to_step_run_ref step_run_ref_to_step_context
    """,
}
MISSING: dict[str, str] = {
    name: sentence
    for sentence, names in _INSTEAD.items()
    for name in names.split()
    if name not in assetbook.__all__
}
"""By name, the sentence that says what to do."""
SAME_SINCE = [name for names in _INSTEAD.values() for name in names.split() if name not in MISSING]
"""Names that assetbook has got since, under Dagster's name."""


class MissingNameError(AssetbookError, ImportError):
    """A name of Dagster's was asked for that is not in assetbook: use what the text names."""


def missing(name: str) -> MissingNameError:
    """The error for one of the names in ``MISSING``."""
    return MissingNameError(f"`dagster.{name}`", "it is not in assetbook", MISSING[name])
