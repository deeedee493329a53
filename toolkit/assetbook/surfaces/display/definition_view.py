"""What a definition declares, as shown where the definition itself is a cell's last line."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from assetbook.definitions.asset_definition import AssetsDefinition
from assetbook.definitions.check_definition import AssetChecksDefinition
from assetbook.definitions.collection import Definitions
from assetbook.definitions.flat_graph import FlatOp, flatten
from assetbook.definitions.parameters import unresolved
from assetbook.definitions.ports import DEFAULT_IO_MANAGER
from assetbook.definitions.source_asset import SourceAsset
from assetbook.definitions.spec import DEFAULT_GROUP, AssetSpec
from assetbook.surfaces.display.asset_words import tags_text
from assetbook.surfaces.display.formatting import counted, duration_text
from assetbook.surfaces.display.grid import Cell, Grid, facts_html, facts_text
from assetbook.surfaces.display.html import Html, tag, visible
from assetbook.surfaces.display.metadata_grid import declared_json, metadata_line
from assetbook.surfaces.display.ops_picture import ops_svg, ops_text
from assetbook.surfaces.display.view import card, framed

Shown = AssetsDefinition | AssetSpec | AssetChecksDefinition | Definitions
Facts = list[tuple[str, Cell | str]]


def definition_html(definition: Shown) -> Html:
    """A card with what it declares; nothing of its state, which `%show` tells."""
    title, kind = _title(definition)
    head = tag(
        "div",
        tag("span", title, class_="assetbook-title"),
        tag("span", kind, class_="assetbook-muted assetbook-small"),
        class_="assetbook-line",
    )
    about = _description(definition)
    said = tag("div", about, style="white-space: pre-line") if about else None
    if isinstance(definition, Definitions):
        return framed(card(head, _members(definition).html(), facts_html(_resources(definition))))
    ops = _ops(definition)
    graph = tag("div", ops_svg(ops), style="margin: 6px 0") if ops else None
    return framed(card(head, said, graph, facts_html(_facts(definition))))


def definition_text(definition: Shown) -> str:
    """The same as plain text."""
    title, kind = _title(definition)
    head = f"{visible(title, one_line=True)}  {kind}"
    about = visible(_description(definition))
    if isinstance(definition, Definitions):
        parts = [head, _members(definition).text(), facts_text(_resources(definition))]
    else:
        parts = [head, about, ops_text(_ops(definition)), facts_text(_facts(definition))]
    return "\n".join(part for part in parts if part)


def _ops(definition: Shown) -> Mapping[str, FlatOp]:
    """The ops of the graph that makes an asset; none for all others."""
    graph = definition.graph if isinstance(definition, AssetsDefinition) else None
    return {} if graph is None else flatten(graph)


def _title(definition: Shown) -> tuple[str, str]:
    if isinstance(definition, AssetsDefinition):
        if len(definition.outputs) == 1:
            return str(definition.keys[0]), "asset"
        return definition.name, f"multi-asset, {counted(len(definition.outputs), 'asset')}"
    if isinstance(definition, AssetSpec):
        observed = isinstance(definition, SourceAsset)
        return str(definition.key), "observable source" if observed else "external asset"
    if isinstance(definition, AssetChecksDefinition):
        if len(definition.specs) == 1:
            return str(definition.key), "asset check"
        return definition.name, f"multi-asset check, {counted(len(definition.specs), 'check')}"
    checks = counted(len(definition.asset_checks), "check")
    return "Definitions", f"{counted(len(definition.assets), 'asset')}, {checks}"


def _description(definition: Shown) -> str:
    if isinstance(definition, AssetsDefinition):
        return definition.specs[0].description or "" if len(definition.outputs) == 1 else ""
    if isinstance(definition, AssetSpec):
        return definition.description or ""
    if isinstance(definition, AssetChecksDefinition):
        return definition.specs[0].description or "" if len(definition.specs) == 1 else ""
    return ""


def _facts(definition: AssetsDefinition | AssetSpec | AssetChecksDefinition) -> Facts:
    if isinstance(definition, AssetSpec):
        return _spec_facts(definition)
    if isinstance(definition, AssetChecksDefinition):
        return _check_facts(definition)
    return _asset_facts(definition)


def _asset_facts(definition: AssetsDefinition) -> Facts:
    managers = {port.io_manager_key for port in definition.outputs} - {DEFAULT_IO_MANAGER}
    max_age = definition.max_age
    facts: Facts = []
    if len(definition.outputs) > 1:
        facts.append(("assets", _names(definition.keys)))
    facts += [
        ("reads", _names(port.key for port in definition.inputs)),
        ("files", ", ".join(definition.reads)),
        ("resources", ", ".join(name for name, _ in definition.resource_names)),
        ("config", definition.config_type.__name__ if definition.config_type else ""),
        ("checks", ", ".join(spec.name for spec in definition.check_specs)),
        ("stored by", ", ".join(sorted(managers))),
        ("max age", duration_text(max_age.total_seconds()) if max_age is not None else ""),
        ("ignored", ", ".join(f"{each} (names nothing here)" for each in unresolved(definition))),
    ]
    return facts + (_spec_facts(definition.specs[0]) if len(definition.outputs) == 1 else [])


def _spec_facts(spec: AssetSpec) -> Facts:
    return [
        ("after", _names(dep.asset_key for dep in spec.deps)),
        ("group", "" if spec.group_name == DEFAULT_GROUP else spec.group_name),
        ("kinds", ", ".join(sorted(spec.kinds))),
        ("owners", ", ".join(spec.owners)),
        ("tags", tags_text(spec.tags)),
        ("metadata", metadata_line(declared_json(spec.metadata))),
        ("code version", spec.code_version or ""),
    ]


def _check_facts(definition: AssetChecksDefinition) -> Facts:
    specs = definition.specs
    others = (port.key for port in definition.inputs if port.key not in definition.asset_keys)
    blocking = [spec for spec in specs if spec.blocking]
    said = "yes: nothing downstream runs unless it passes" if blocking else "no"
    if len(specs) > 1 and blocking:
        said = _names(spec.key for spec in blocking)
    return [
        ("checks", _names(spec.key if len(specs) > 1 else spec.asset_key for spec in specs)),
        ("blocking", said),
        ("reads", _names(others)),
        ("resources", ", ".join(name for name, _ in definition.resource_names)),
        ("ignored", ", ".join(f"{each} (names nothing here)" for each in unresolved(definition))),
    ]


def _members(definitions: Definitions) -> Grid:
    rows: list[tuple[Cell | str, ...]] = []
    for each in definitions:
        title, kind = _title(each)
        name = Cell(title, tag("span", title, class_="assetbook-name"))
        rows.append((name, kind, _description(each).partition("\n")[0]))
    return Grid(("name", "kind", "description"), tuple(rows))


def _resources(definitions: Definitions) -> Facts:
    return [("resources", ", ".join(definitions.resources))]


def _names(keys: Iterable[object]) -> str:
    return ", ".join(dict.fromkeys(map(str, keys)))
