"""``notebook_job``: a whole notebook as a job, with its parameters as configuration."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from assetbook.definitions.graph_decorator import graph
from assetbook.definitions.hooks import HookDefinition
from assetbook.definitions.job_definition import JobDefinition
from assetbook.definitions.op_decorator import op
from assetbook.definitions.retries import RetryPolicy
from assetbook.execution.file_reads import unobserved
from assetbook.execution.notebook_keeping import NotebookKeeping
from assetbook.kernels.html_page import Page, refuse_page
from assetbook.kernels.limits import Limits
from assetbook.kernels.parameters import DeclaredParameters, declared_parameters
from assetbook.named_arguments import named_arguments
from assetbook.notebook.document import Document, read_document
from assetbook.notebook.lean_nbformat import lean_nbformat
from assetbook.notebook.run_notebooks import file_of

NOTEBOOK_TAG = "assetbook/notebook"
"""The tag of a run of a notebook that no job names: its path."""


@named_arguments
def notebook_job(
    path: str | Path,
    *,
    name: str | None = None,
    parameters: Mapping[str, Any] | None = None,
    description: str | None = None,
    tags: Mapping[str, str] | None = None,
    cell_timeout: float | None = None,
    memory_limit: int | None = None,
    hooks: Iterable[HookDefinition] | None = None,
    retry_policy: RetryPolicy | None = None,
    pool: str | None = None,
    html: Page | None = None,
) -> JobDefinition:
    """A job that runs the notebook at ``path`` from its first cell to its last, in a kernel of its
    own; nothing runs yet, but for the cell that declares its parameters.

    The job is called like the file, unless ``name`` is given. ``parameters`` go before the defaults
    of the cell tagged ``parameters``; a launch may give others. A relative path begins at the
    current folder, which is the defining notebook's. ``cell_timeout`` (seconds) is for each cell,
    ``memory_limit`` (bytes) for the kernel; None for no limit. ``html`` has a page written beside
    the notebook that is kept, ``"with code"`` or ``"without code"``. Raises NotLoadedError if there
    is no such notebook, DefinitionError and ConfigError for parameters that it does not take.
    """
    document = _document(Path(path).absolute())
    declared = declared_parameters(document)
    refuse_page(f"notebook_job({str(path)!r})", html)
    how = _How(document.path, Limits(cell_timeout, memory_limit), html)
    called = name or job_name(document.path)
    run = op(
        name=called,
        config=_defaults(document, declared, parameters or {}),
        description=description,
        retry_policy=retry_policy,
        pool=pool,
    )(_compute(how, declared))

    def body() -> None:
        run()

    made = graph(name=called)(body)
    return made.to_job(description=description, tags=tags, hooks=hooks)


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
    return replace(read_document(file_of(path)), path=path)


def _defaults(
    document: Document, declared: DeclaredParameters, given: Mapping[str, Any]
) -> object | None:
    """The parameters of a run that is given none; None for those of the notebook."""
    if not given:
        return declared.instance
    from assetbook.definitions.overlay import overlaid

    where = f"the parameters of {document.path.name}"
    return overlaid(declared.model, declared.instance, given, where=where)


@dataclass(frozen=True, slots=True)
class _How:
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
    declared, goes_on = declared_parameters(document), (keeping.after, keeping.tell)
    run = NotebookRun(
        document, declared, given, how.limits, keeping.run_id, *goes_on, page=how.page
    )
    with tempfile.TemporaryDirectory() as nowhere:
        run.go(keeping.folder or Path(nowhere), StepWatch(keeping))
