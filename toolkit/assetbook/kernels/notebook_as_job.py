"""``notebook_job``: a whole notebook as a job, with its parameters as configuration."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

import msgspec

from assetbook.definitions.config_by_partition import PartitionedConfig
from assetbook.definitions.graph_decorator import graph
from assetbook.definitions.hooks import HookDefinition
from assetbook.definitions.job_definition import JobDefinition
from assetbook.definitions.op_decorator import op
from assetbook.definitions.partitions import PartitionsDefinition
from assetbook.definitions.retries import RetryPolicy
from assetbook.errors import DefinitionError
from assetbook.execution.file_reads import unobserved
from assetbook.execution.notebook_keeping import NotebookKeeping
from assetbook.io.private_copies import new_private_folder
from assetbook.kernels.html_page import Page, refuse_page
from assetbook.kernels.limits import Limits, limits_of
from assetbook.kernels.parameters import DeclaredParameters, declared_parameters
from assetbook.kernels.sweeps import Sweep, by_key, swept
from assetbook.named_arguments import named_arguments
from assetbook.notebook.document import Document
from assetbook.notebook.lean_nbformat import lean_nbformat
from assetbook.notebook.notebook_code import NotebookCode

NOTEBOOK_TAG = "assetbook/notebook"
"""The tag of a run of a notebook that no job names: its path."""


@named_arguments
def notebook_job(
    path: str | Path,
    *,
    name: str | None = None,
    parameters: Mapping[str, Any] | None = None,
    sweep: Sweep | None = None,
    partitions_def: PartitionsDefinition | None = None,
    partition_parameter: str | None = None,
    description: str | None = None,
    tags: Mapping[str, str] | None = None,
    cell_timeout: float | None = None,
    memory_limit: int | None = None,
    output_limit: int | None = None,
    hooks: Iterable[HookDefinition] | None = None,
    retry_policy: RetryPolicy | None = None,
    pool: str | None = None,
    html: Page | None = None,
) -> JobDefinition:
    """A job that runs the notebook at ``path`` from its first cell to its last, in a kernel of its
    own; nothing runs yet, but for the cell that declares its parameters.

    The job is called like the file, unless ``name`` is given. ``parameters`` go before the defaults
    of the cell tagged ``parameters``; a launch may give others. ``sweep`` makes it a job with a
    partition for each run of a list or a grid of parameters; with ``partitions_def`` the parameter
    that ``partition_parameter`` names is the key of the partition. A relative path begins at the
    current folder, which is the defining notebook's. ``cell_timeout`` (seconds) is for each cell,
    ``memory_limit`` (bytes) for the kernel, ``output_limit`` (bytes) for what all cells print and
    display; None for no limit. ``html`` has a page written beside the notebook that is kept,
    ``"with code"`` or ``"without code"``. Raises NotLoadedError if there is no such notebook,
    DefinitionError and ConfigError for parameters that it does not take.
    """
    document = _document(Path(path).absolute())
    declared = declared_parameters(document)
    refuse_page(f"notebook_job({str(path)!r})", html)
    asked = f"the job of {document.path.name}"
    how = _How(document.path, limits_of(asked, cell_timeout, memory_limit, output_limit), html)
    called = name or job_name(document.path)
    config = _by_partition(asked, called, declared, sweep, partitions_def, partition_parameter)
    if config is not None and sweep is not None:
        for key in config.get_partition_keys():
            given = config.get_run_config_for_partition_key(key)["ops"][called]["config"]
            parameter_defaults(
                document, declared, {**(parameters or {}), **given}
            )  # raises for a wrong one
    run = op(
        name=called,
        config=parameter_defaults(document, declared, parameters or {}),
        description=description,
        retry_policy=retry_policy,
        pool=pool,
    )(_compute(how, declared))

    def body() -> None:
        run()

    made = graph(name=called)(body)
    return made.to_job(
        description=description,
        tags=tags,
        hooks=hooks,
        config=config,
        partitions_def=partitions_def if config is None else None,
    )


def _by_partition(
    asked: str,
    op: str,
    declared: DeclaredParameters,
    sweep: Sweep | None,
    partitions: PartitionsDefinition | None,
    parameter: str | None,
) -> PartitionedConfig | None:
    """The configuration of each partition; None where partitions configure nothing."""
    if sweep is not None and (partitions is not None or parameter is not None):
        raise DefinitionError(asked, "it has a sweep and partitions", "Leave one of them out.")
    if parameter is not None and partitions is None:
        found = "partition_parameter= names a parameter, and there are no partitions"
        raise DefinitionError(asked, found, "Give partitions_def=, too.")
    if sweep is not None:
        return swept(asked, op, declared.model, sweep)
    if partitions is not None and parameter is not None:
        return by_key(asked, op, declared.model, partitions, parameter)
    return None


def is_notebook(name: str) -> bool:
    """Whether ``name`` is a notebook's path, not a job's name."""
    return name.endswith((".ipynb", ".py"))


def job_name(path: Path) -> str:
    """What the job of a notebook is called that is given no name."""
    return re.sub(r"\W", "_", path.stem)


def parameters_of(path: Path) -> DeclaredParameters:
    """The parameters of the notebook at ``path``; raises as ``notebook_job`` does."""
    return declared_parameters(_document(path))


def _document(path: Path) -> Document:
    """The notebook, as this process is to read it; it knows itself by where it is."""
    return NotebookCode(path).document()


def parameter_defaults(
    document: Document, declared: DeclaredParameters, given: Mapping[str, Any]
) -> object | None:
    """The parameters of a run that is given none; None for those of the notebook."""
    if not given:
        return declared.instance
    from assetbook.definitions.overlay import overlaid

    where = f"the parameters of {document.path.name}"
    return overlaid(declared.model, declared.instance, given, where=where)


class _How(msgspec.Struct, frozen=True):
    """What a job says of its runs."""

    path: Path
    limits: Limits
    page: Page | None


def _compute(how: _How, declared: DeclaredParameters) -> Callable[..., Any]:
    """The function of the job's one op."""

    def run_notebook(context: Any, config: Any) -> None:
        with unobserved():  # the notebook reads in its kernel, which is another process
            _run(how, context.notebook, config)

    run_notebook.__annotations__["config"] = declared.model
    return run_notebook


def _run(how: _How, keeping: NotebookKeeping, config: Any) -> None:
    """Runs the notebook as its file is now."""
    from assetbook.definitions.config import raw_values

    lean_nbformat()
    from assetbook.kernels.notebook_run import NotebookRun  # loads papermill
    from assetbook.kernels.step_watch import StepWatch

    document = _document(how.path)
    held = raw_values(config)
    given = {name: held[name] for name in held if name in config.model_fields_set}
    run = NotebookRun(
        document,
        declared_parameters(document),
        given,
        keeping.variables,
        how.limits,
        keeping.run_id,
        keeping.after,
        keeping.tell,
        how.page,
    )
    run.go(keeping.folder or new_private_folder(), StepWatch(keeping))
