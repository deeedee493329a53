"""The check that the code of steps can go to another process, before a run and at each step.

What cannot go is named, with the cell that made it; so is what is large.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from types import FunctionType

from assetbook.definitions.asset_definition import AssetsDefinition
from assetbook.definitions.check_definition import AssetChecksDefinition
from assetbook.definitions.op_definition import OpDefinition
from assetbook.definitions.source_asset import SourceAsset
from assetbook.errors import DefinitionError, with_article
from assetbook.execution.capture import step_log
from assetbook.execution.environment import RunEnvironment
from assetbook.execution.failure import Where
from assetbook.execution.processes.pickling import to_bytes
from assetbook.execution.processes.sending import said_of
from assetbook.notebook.binding_cell import place_of_binding
from assetbook.notebook.bytecode_names import global_names
from assetbook.notebook.cell_body import CellBody
from assetbook.planning.steps import Step

Definition = AssetsDefinition | AssetChecksDefinition | OpDefinition | SourceAsset
_LARGE = 1 << 20  # bytes


def refuse_unsendable(environment: RunEnvironment, steps: Sequence[Step]) -> None:
    """Raises DefinitionError naming what the first of ``steps`` reads that cannot be sent.

    A run of hours would tell it in the end. The bytes are made anew at each step: what the code
    reads may be another by then.
    """
    seen: set[int] = set()
    for step in steps:
        definition = _definition_of(environment, step)
        if definition is None or id(definition) in seen:
            continue
        seen.add(id(definition))
        try:
            to_bytes(definition)
        except Exception as error:  # noqa: BLE001 - any object of the author's: told
            raise _cannot_go(definition, step.name, error, environment.where) from None


def _definition_of(environment: RunEnvironment, step: Step) -> Definition | None:
    """What the step calls; None where that is found out when it begins."""
    graph = environment.graph
    if step.op is not None:
        return environment.ops.ops.get(step.op.path)
    if step.check is not None:
        nodes = graph.check_nodes(step.check.asset_key)
        found = next((each.definition for each in nodes if each.key == step.check), None)
        return found if isinstance(found, AssetChecksDefinition) else None
    if step.kind == "observe":
        return graph.source(step.keys[0])
    return graph.makers.get(step.keys[0])


def definition_bytes(definition: Definition, name: str, where: Where) -> bytes:
    """The definition of the step ``name`` as it travels.

    Raises DefinitionError that names what cannot; logs a warning that names what is large.
    """
    try:
        data = to_bytes(definition)
    except Exception as error:  # noqa: BLE001 - any object of the author's: told
        raise _cannot_go(definition, name, error, where) from None
    if len(data) > _LARGE:
        large, size = max(_sizes(_reached(definition)), key=lambda each: each[1], default=("", 0))
        step_log.warning(
            "`%s goes along with the code of `%s`: %.1f MB for each step that reads it. "
            "As an asset it would be read from its file.",
            f"{large}`{_bound(large, where)}", name, size / 1e6,
        )  # fmt: skip
    return data


def _cannot_go(
    definition: Definition, step: str, error: Exception, where: Where
) -> DefinitionError:
    asked = f"sending `{step}` to another process"
    for name, value in _reached(definition):
        try:
            to_bytes(value)
        except Exception as why:  # noqa: BLE001 - any object
            kind = with_article(type(value).__name__)
            return DefinitionError(
                asked,
                f"it reads `{name}`, {kind}, which cannot be sent{_bound(name, where)}: "
                f"{said_of(why)}",
                f"Make `{name}` inside the function, or a resource; or run with threads: "
                "--executor threads.",
            )
    return DefinitionError(asked, said_of(error), "Run it with threads: --executor threads.")


def _bound(name: str, where: Where) -> str:
    """Where a cell bound the name, in brackets; empty if none did."""
    place = place_of_binding(name)
    return "" if place is None else f" ({where(*place)})"


def _reached(definition: Definition) -> Iterable[tuple[str, object]]:
    """What the definition's code names, with its closure and its own resources."""
    compute = definition.compute
    found: dict[str, object] = dict(definition.resources)
    if isinstance(compute, CellBody):
        names = compute.namespace
        found |= {name: names[name] for name in compute.carries if name in names}
    seen: set[int] = set()
    functions = [compute, *found.values()]
    while functions:
        each = functions.pop()
        if not isinstance(each, FunctionType) or id(each) in seen:
            continue
        seen.add(id(each))
        more = _named_by(each)
        found |= {name: value for name, value in more.items() if name not in found}
        functions += more.values()
    return [(name, value) for name, value in found.items() if not isinstance(value, FunctionType)]


def _named_by(function: FunctionType) -> dict[str, object]:
    names = global_names(function.__code__).loads
    found = {name: function.__globals__[name] for name in names if name in function.__globals__}
    cells = zip(function.__code__.co_freevars, function.__closure__ or (), strict=True)
    for name, cell in cells:
        try:
            found[name] = cell.cell_contents
        except ValueError:  # it is bound later
            continue
    return found


def _sizes(values: Iterable[tuple[str, object]]) -> Iterable[tuple[str, int]]:
    for name, value in values:
        yield name, len(to_bytes(value))
