"""``notebook_asset``: a whole notebook that makes assets."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from assetbook.definitions.asset_definition import AssetsDefinition
from assetbook.definitions.labels import validate_pool, validate_tags
from assetbook.definitions.partitions import PartitionsDefinition
from assetbook.definitions.place import calling_place
from assetbook.definitions.ports import AssetIn, AssetOut, InputPort, OutputPort
from assetbook.definitions.retries import RetryPolicy, checked_policy
from assetbook.errors import DefinitionError, did_you_mean
from assetbook.io.forms import StoredForm
from assetbook.kernels.html_page import Page, refuse_page
from assetbook.kernels.limits import limits_of
from assetbook.kernels.notebook_as_job import job_name, parameter_defaults
from assetbook.kernels.notebook_maker import ITSELF, NotebookMaker
from assetbook.kernels.parameters import (
    DeclaredParameters,
    declared_parameters,
    inputs_declared,
    without_inputs,
)
from assetbook.keys import AssetKey
from assetbook.named_arguments import named_arguments
from assetbook.notebook.cell_text import python_text
from assetbook.notebook.document import Document
from assetbook.notebook.notebook_code import NotebookCode
from assetbook.notebook.quiet_parsing import parse_quietly
from assetbook.types.resolution import value_type_of

_PACKAGE, _PUBLISH = "assetbook", "publish"


@named_arguments
def notebook_asset(
    path: str | Path,
    *,
    name: str | None = None,
    key_prefix: str | Sequence[str] | None = None,
    ins: Mapping[str, AssetIn] | None = None,
    outs: Mapping[str, AssetOut] | None = None,
    deps: Iterable[object] | None = None,
    parameters: Mapping[str, Any] | None = None,
    partitions_def: PartitionsDefinition | None = None,
    partition_parameter: str | None = None,
    description: str | None = None,
    group_name: str | None = None,
    metadata: Mapping[str, Any] | None = None,
    tags: Mapping[str, str] | None = None,
    code_version: str | None = None,
    op_tags: Mapping[str, str] | None = None,
    pool: str | None = None,
    reads: str | Sequence[str] = (),
    max_age: timedelta | None = None,
    retry_policy: RetryPolicy | None = None,
    cell_timeout: float | None = None,
    memory_limit: int | None = None,
    output_limit: int | None = None,
    html: Page | None = None,
) -> AssetsDefinition:
    """The assets that the notebook at ``path`` makes when it runs from its first cell to its last,
    in a kernel of its own; nothing runs yet, but for the cell that declares its parameters.

    ``outs`` are what it gives to ``publish(name, value)``; None are those that its cells publish by
    a name that is written there. One that publishes nothing is an asset itself, called like the
    file or ``name``, whose value is the executed notebook. ``ins`` are its inputs by the variable
    that each arrives in; a parameter whose default is an ``AssetReference`` is one by itself.
    ``parameters`` go before the defaults of the cell tagged ``parameters``; the one that
    ``partition_parameter`` names is the key of the partition. A relative path begins at the current
    folder. What is said of the asset is said of each that has nothing else in ``outs``; the rest is
    as for ``notebook_job`` and ``@asset``. Raises NotLoadedError if there is no such notebook,
    DefinitionError and ConfigError for what cannot be meant.
    """
    asked = f"notebook_asset({str(path)!r})"
    refuse_page(asked, html)
    code = NotebookCode(Path(path).absolute())
    document = code.document()
    declared = declared_parameters(document)
    inputs = _inputs(declared, ins or {})
    declared = without_inputs(declared, inputs)
    _refuse_key(asked, declared, partitions_def, partition_parameter)
    limits = limits_of(asked, cell_timeout, memory_limit, output_limit)
    called = name or job_name(code.path)
    said = AssetOut(
        key_prefix=key_prefix,
        description=description or _title(document),
        metadata=metadata,
        tags=tags,
        code_version=code_version,
    )
    given = outs if outs is not None else dict.fromkeys(_published_in(document), AssetOut())
    ports = [
        _port(each, _with(out, said), deps, group_name, partitions_def)
        for each, out in (given or {ITSELF: AssetOut(key=called)}).items()
    ]
    return AssetsDefinition(
        called,
        NotebookMaker(code.path, tuple(inputs), limits, html, partition_parameter),
        tuple(ports),
        calling_place(),
        inputs=tuple(inputs.values()),
        context_name="context",
        config_type=declared.model,
        config=parameter_defaults(document, declared, parameters or {}),
        reads=(reads,) if isinstance(reads, str) else tuple(reads),
        max_age=max_age,
        retry_policy=checked_policy(asked, retry_policy),
        op_tags=validate_tags(op_tags or {}),
        pool=validate_pool(pool),
    )


def _inputs(declared: DeclaredParameters, ins: Mapping[str, AssetIn]) -> dict[str, InputPort]:
    """The inputs by variable, those that the notebook declares first."""
    found = {
        name: InputPort(name, AssetKey.from_user_string(each.asset), StoredForm)
        for name, each in inputs_declared(declared).items()
    }
    for name, each in ins.items():
        found[name] = InputPort(
            name,
            each.key_for(name),
            StoredForm,
            each.metadata or {},
            manager_key=each.input_manager_key,
            partition_mapping=each.partition_mapping,
        )
    return found


def _published_in(document: Document) -> list[str]:
    """The names that the cells publish, as far as they are written there."""
    nodes = [node for cell in document.code_cells for node in _nodes(cell.text)]
    calls = {_PUBLISH, f"{_PACKAGE}.{_PUBLISH}"}
    for node in nodes:
        match node:
            case ast.Import(names=names):
                calls |= {
                    f"{e.asname}.{_PUBLISH}" for e in names if e.name == _PACKAGE and e.asname
                }
            case ast.ImportFrom(module=module, names=names) if module == _PACKAGE:
                calls |= {each.asname or each.name for each in names if each.name == _PUBLISH}
            case ast.ImportFrom(names=names):  # another library's, maybe of that name
                calls -= {each.asname or each.name for each in names}
    return [
        node.args[0].value
        for node in nodes
        if isinstance(node, ast.Call)
        and ast.unparse(node.func) in calls
        and node.args
        and isinstance(node.args[0], ast.Constant)
        and isinstance(node.args[0].value, str)
    ]


def _nodes(text: str) -> Iterator[ast.AST]:
    try:
        yield from ast.walk(parse_quietly(python_text(text).source))
    except SyntaxError:
        return  # it is told when it runs


def _title(document: Document) -> str | None:
    """What the first cell says, if that is text."""
    first = next((each for each in document.cells if each.text.strip()), None)
    return first.text if first is not None and first.kind == "markdown" else None


def _with(out: AssetOut, said: AssetOut) -> AssetOut:
    """The output with what is said of all of them, where it says nothing itself."""
    names = ("key_prefix", "description", "metadata", "tags", "code_version")
    missing = {each: getattr(said, each) for each in names if getattr(out, each) is None}
    return replace(out, **missing)


def _port(
    name: str,
    out: AssetOut,
    deps: Iterable[object] | None,
    group_name: str | None,
    partitions_def: PartitionsDefinition | None,
) -> OutputPort:
    spec = out.spec_for(name, tuple(deps or ()), group_name, partitions_def)
    checked_by = None if out.dagster_type is None else value_type_of(out.dagster_type)
    return OutputPort(name, spec, out.io_manager_key, out.is_required, dagster_type=checked_by)


def _refuse_key(
    asked: str,
    declared: DeclaredParameters,
    partitions: PartitionsDefinition | None,
    parameter: str | None,
) -> None:
    if parameter is None:
        return
    if partitions is None:
        found = "partition_parameter= names a parameter, and there are no partitions"
        raise DefinitionError(asked, found, "Give partitions_def=, too.")
    known = declared.model.__pydantic_fields__
    if parameter not in known:
        raise DefinitionError(
            asked,
            f"partition_parameter={parameter!r} is none of its parameters",
            did_you_mean(parameter, known) or f"They are: {', '.join(known) or 'none'}.",
        )
