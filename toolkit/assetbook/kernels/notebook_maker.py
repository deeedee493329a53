"""What makes the assets of a notebook: one run of it, whose inputs it is given, and what it
publishes."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from inspect import Parameter, Signature
from pathlib import Path
from typing import Any

from assetbook.definitions.results import Output
from assetbook.execution.file_reads import note_reads, unobserved
from assetbook.execution.notebook_keeping import NotebookKeeping
from assetbook.io.forms import StoredForm, stored_form
from assetbook.io.private_copies import new_private_folder
from assetbook.kernels.asset_reference import AssetReference
from assetbook.kernels.exchange import EXCHANGE, Exchange, Published
from assetbook.kernels.html_page import Page
from assetbook.kernels.injection import Loaded
from assetbook.kernels.limits import Limits
from assetbook.kernels.parameter_texts import typed_parameters
from assetbook.kernels.parameters import (
    DeclaredParameters,
    annotations_of,
    declared_parameters,
    without_inputs,
)
from assetbook.kernels.run_reads import reads_in
from assetbook.metadata import MetadataValue
from assetbook.notebook.lean_nbformat import lean_nbformat
from assetbook.notebook.notebook_code import NotebookCode

ITSELF = "result"
"""The name of the output that is the executed notebook."""


class NotebookMaker(NotebookCode):
    """The function of the assets that the notebook at ``path`` makes.

    ``inputs`` are the variables that assets arrive in. ``key_in`` is the
    parameter that the key of the partition goes to; None for none.
    """

    def __init__(
        self,
        path: Path,
        inputs: tuple[str, ...],
        limits: Limits,
        page: Page | None,
        key_in: str | None,
    ) -> None:
        super().__init__(path)
        self._inputs = inputs
        self._limits = limits
        self._page = page
        self._key_in = key_in

    @property
    def __signature__(self) -> Signature:
        """Its parameters by name, of which those of assets are needed."""
        kind = Parameter.POSITIONAL_OR_KEYWORD
        needed = [Parameter(each, kind) for each in ("context", *self._inputs)]
        return Signature([*needed, Parameter("config", kind, default=None)])

    def __call__(self, context: Any, config: Any = None, **inputs: Any) -> Iterator[Output[Any]]:
        """Runs the notebook as its file is now, and yields what it made; ``inputs`` are values, or
        the forms in which they are stored."""
        keeping: NotebookKeeping = context.notebook
        folder = keeping.folder or new_private_folder() / self.path.stem
        exchange = Exchange(folder / EXCHANGE)
        with unobserved():  # the notebook reads in its kernel, which is another process
            kept, made = self._run(context, config, folder, exchange, inputs)
            reads = exchange.reads()
            shutil.rmtree(exchange.folder, ignore_errors=True)
        note_reads([*reads, *(("value", str(each)) for each in reads_in(folder))])
        if ITSELF in context.selected_output_names:
            yield Output(kept, ITSELF)
        for name, each in made.items():
            notebook = MetadataValue.notebook(kept)
            yield Output(each.value, name, metadata={"notebook": notebook, **each.metadata})

    def _run(
        self,
        context: Any,
        config: Any,
        folder: Path,
        exchange: Exchange,
        inputs: Mapping[str, Any],
    ) -> tuple[Path, Mapping[str, Published]]:
        lean_nbformat()
        from assetbook.kernels.notebook_run import NotebookRun  # loads papermill
        from assetbook.kernels.step_watch import StepWatch

        keeping: NotebookKeeping = context.notebook
        document = self.document()
        declared = declared_parameters(document)
        keys = {each.name: each.key for each in getattr(context.assets_def, "inputs", ())}
        assets = {name: str(keys.get(name, name)) for name in inputs}
        forms = {assets[name]: _form(name, each) for name, each in inputs.items()}
        key = context.partition_key if context.has_partition_key else None
        published = sorted(context.selected_output_names - {ITSELF})
        exchange.begin(published, forms, keeping.run_id, key)
        types = annotations_of(declared)
        run = NotebookRun(
            document,
            without_inputs(declared, inputs),
            self._parameters(context, declared, config),
            keeping.variables,
            self._limits,
            keeping.run_id,
            keeping.after,
            keeping.tell,
            self._page,
            {
                name: Loaded(AssetReference(asset), types.get(name))
                for name, asset in assets.items()
            },
            exchange.folder,
        )
        return run.go(folder, StepWatch(keeping)), exchange.published()

    def _parameters(
        self, context: Any, declared: DeclaredParameters, config: Any
    ) -> dict[str, Any]:
        from assetbook.definitions.config import raw_values
        from assetbook.definitions.overlay import overlaid

        if self._key_in is not None:
            key = typed_parameters(declared.model, [f"{self._key_in}={context.partition_key}"])
            config = overlaid(declared.model, config, key, where=f"the key of {self.path.name}")
        held = {} if config is None else raw_values(config)
        return {name: held[name] for name in held if name in config.model_fields_set}


def _form(name: str, value: object) -> StoredForm:
    """The form in which an input goes to the kernel."""
    if hasattr(value, "hand_over"):
        return value  # type: ignore[return-value]
    return stored_form(value, asked=f"the input `{name}`")
