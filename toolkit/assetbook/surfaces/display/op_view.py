"""What ops, graphs and jobs declare, as shown where one is a cell's last line, or was just made."""

from __future__ import annotations

from collections.abc import Iterable

from assetbook.definitions.asset_job import UnresolvedAssetJobDefinition
from assetbook.definitions.config_by_partition import PartitionedConfig
from assetbook.definitions.flat_graph import FlatOp, flatten
from assetbook.definitions.graph_config import ConfigMapping
from assetbook.definitions.graph_definition import GraphDefinition
from assetbook.definitions.job_definition import JobDefinition
from assetbook.definitions.op_definition import OpDefinition
from assetbook.definitions.op_ports import OpInput
from assetbook.instance.job_record import selection_text
from assetbook.surfaces.display.asset_words import tags_text
from assetbook.surfaces.display.formatting import counted
from assetbook.surfaces.display.grid import facts_html, facts_text
from assetbook.surfaces.display.html import Html, tag, visible
from assetbook.surfaces.display.metadata_grid import declared_json, metadata_line
from assetbook.surfaces.display.op_words import (
    Facts,
    config_text,
    input_text,
    op_facts,
    output_text,
    policy_text,
)
from assetbook.surfaces.display.ops_picture import ops_svg, ops_text
from assetbook.surfaces.display.view import card, framed

Shown = OpDefinition | GraphDefinition | JobDefinition | UnresolvedAssetJobDefinition
AnyJob = JobDefinition | UnresolvedAssetJobDefinition


def op_html(shown: Shown) -> Html:
    """A card with what it declares, and the picture of its graph."""
    return framed(op_card(shown))


def op_card(shown: Shown) -> Html:
    """The same without style rules."""
    head = tag(
        "div",
        tag("span", shown.name, class_="assetbook-title"),
        " ",
        tag("span", kind_of(shown), class_="assetbook-muted assetbook-small"),
        class_="assetbook-line",
    )
    said = tag("div", shown.description, style="white-space: pre-line") if shown.description else ""
    graph = None
    if isinstance(shown, GraphDefinition | JobDefinition):
        graph = tag("div", ops_svg(_ops(shown)), style="margin: 6px 0")
    return card(head, said, graph, facts_html(_facts(shown)))


def op_text(shown: Shown) -> str:
    """The same as plain text, the graph as a tree of its ops."""
    head = f"{visible(shown.name, one_line=True)}  {kind_of(shown)}"
    graph = ""
    if isinstance(shown, GraphDefinition | JobDefinition):
        graph = ops_text(_ops(shown))
    parts = (head, visible(shown.description or ""), graph, facts_text(_facts(shown)))
    return "\n".join(part for part in parts if part)


def kind_of(shown: Shown) -> str:
    """``op``, ``graph, 3 ops``, ``job, 1 op`` or ``job of assets``."""
    if isinstance(shown, OpDefinition):
        return "op"
    if isinstance(shown, UnresolvedAssetJobDefinition):
        return "job of assets"
    noun = "graph" if isinstance(shown, GraphDefinition) else "job"
    return f"{noun}, {counted(len(_ops(shown)), 'op')}"


def _ops(shown: GraphDefinition | JobDefinition) -> dict[str, FlatOp]:
    return dict(shown.ops) if isinstance(shown, JobDefinition) else flatten(shown)


def _facts(shown: Shown) -> Facts:
    if isinstance(shown, OpDefinition):
        return op_facts(shown)
    if isinstance(shown, GraphDefinition):
        return [*_ports(shown), ("config", _given(shown.config)), ("tags", tags_text(shown.tags))]
    return _job_facts(shown)


def _ports(graph: GraphDefinition) -> Facts:
    return [
        ("inputs", "; ".join(map(input_text, graph.inputs))),
        ("outputs", "; ".join(map(output_text, graph.outputs))),
    ]


def _job_facts(job: AnyJob) -> Facts:
    selects, inputs, resources = "", "", ""
    if isinstance(job, JobDefinition):
        selects = ", ".join(job.op_selection)
        inputs = _inputs(job.graph.inputs, job.input_values)
        resources = ", ".join(job.resource_defs)
    else:
        selects = selection_text(job)
    return [
        ("selects", selects),
        ("inputs", inputs),
        ("partitions", "" if job.partitions_def is None else job.partitions_def.describe()),
        ("config", _given(job.config)),
        ("resources", resources),
        ("retries", policy_text(job.op_retry_policy)),
        ("hooks", ", ".join(sorted(each.name for each in job.hooks))),
        ("executor", _class_name(job.executor_def)),
        ("tags", tags_text(job.tags)),
        ("tags of runs", tags_text(job.run_tags) if job.run_tags != job.tags else ""),
        ("owners", ", ".join(getattr(job, "owners", ()))),
        ("metadata", metadata_line(declared_json(job.metadata))),
    ]


def _class_name(made: object) -> str:
    return "" if made is None else type(made).__name__


def _inputs(ports: Iterable[OpInput], given: Iterable[str]) -> str:
    known = set(given)
    return "; ".join(
        f"{input_text(each)} (given)" if each.name in known else input_text(each) for each in ports
    )


def _given(config: object) -> str:
    """What is said of the configuration that a graph or a job has; never its values."""
    if config is None:
        return ""
    if isinstance(config, ConfigMapping):
        return f"a mapping from {config_text(config.config_type) or 'a dict'}"
    if isinstance(config, PartitionedConfig):
        return "by partition"
    return "its own"
