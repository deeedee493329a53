"""A small project as it stands at one morning, made of real definitions and real events."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

from msgspec import structs

from assetbook.definitions.asset_decorator import asset
from assetbook.definitions.check_definition import asset_check
from assetbook.definitions.code import CodeVersion, Piece
from assetbook.definitions.spec import AssetSpec
from assetbook.dependencies.asset_graph import AssetGraph
from assetbook.dependencies.asset_state import Defined, Recorded
from assetbook.dependencies.freshness import states
from assetbook.events.asset_events import AssetMaterialized, CheckEvaluated
from assetbook.events.log_record import LogRecord
from assetbook.events.parts import CodeRef, ErrorInfo, InputVersion, Origin, ValueRef
from assetbook.events.records import Event
from assetbook.events.run_events import RunEnded, RunStarted, StepEnded, StepStarted
from assetbook.instance.code_difference import Difference
from assetbook.instance.instance import Instance
from assetbook.instance.states import Standing
from assetbook.io.value_files import ValueFiles
from assetbook.keys import AssetKey, RunId
from assetbook.metadata import MetadataValue, TableColumn, TableColumnConstraints, TableSchema
from assetbook.metadata.wire import to_wire
from assetbook.storage.memory_store import MemoryStore
from assetbook.surfaces.display.view import View
from assetbook.surfaces.rows import AssetRow, asset_rows

NOW = datetime(2026, 11, 25, 9, 16, tzinfo=UTC)
MADE = datetime(2026, 11, 25, 9, 14, tzinfo=UTC)
RUN = RunId("4f2a1c9d0e11")
FAILED_RUN = RunId("9b03ddc4a1f0")
SOURCES = ("flights", "airlines")
HOSTILE = (
    "<script>alert(1)</script><img src=x onerror=alert(2)>\"'><svg onload=alert(3)>"
    "\u202egpj\u2066\x00\x1b[2Jend"
)
"""Text that would act if any view let it."""


def key(text: str) -> AssetKey:
    """The key spelled so."""
    return AssetKey.from_user_string(text)


def column(name: str, kind: str, nullable: bool = True) -> TableColumn:
    """A column of a schema."""
    return TableColumn(name, kind, constraints=TableColumnConstraints(nullable=nullable))


SCHEMA = TableSchema(
    [column("carrier", "string", False), column("name", "string"), column("arr_delay", "double")]
)


def made(name: str, rows: int, size: int, seconds: float, **more: Any) -> AssetMaterialized:
    """A materialization of ``name`` in the example's run."""
    metadata = {
        "dagster/column_schema": MetadataValue.table_schema(SCHEMA),
        "dagster/row_count": MetadataValue.int(rows),
        **more.pop("metadata", {}),
    }
    given = {
        "at": MADE,
        "run_id": RUN,
        "key": name,
        "step": name,
        "duration": seconds,
        "data_version": f"xxh3_128/1:{rows:08x}cafe",
        "value": ValueRef(io_manager="io_manager", kind="pandas", path=f"{name}/1", size=size),
        "code": CodeRef(digest="c0de0001c0de0001", manifest="m1"),
        **more,
    }
    wire = {label: to_wire(value) for label, value in metadata.items()}
    return AssetMaterialized(**given, metadata=wire)


FLIGHTS = made("flights", 336_776, 12_345_678, 0.41, as_of=MADE, readers=("pandas.read_csv",))
AIRLINES = made("airlines", 16, 2_048, 0.02)
DELAYS = made(
    "delays",
    16,
    2_310,
    0.12,
    inputs={
        "flights": InputVersion(key="flights", version=1, data_version=FLIGHTS.data_version),
        "airlines": InputVersion(key="airlines", version=1, data_version=AIRLINES.data_version),
    },
    metadata={
        "worst carrier": MetadataValue.text("Frontier Airlines Inc."),
        "docs": MetadataValue.url("https://example.org/delays"),
        "odd": MetadataValue.url("javascript:alert(1)"),
    },
)
CHECKED = CheckEvaluated(
    at=MADE,
    run_id=RUN,
    key="delays",
    check="has_carriers",
    step="delays:has_carriers",
    passed=True,
    version=1,
    description="16 of 16 carriers have a name",
    duration=0.003,
    code="cc",
)
WARNED = CheckEvaluated(
    at=MADE,
    run_id=RUN,
    key="delays",
    check="not_too_late",
    step="delays:not_too_late",
    passed=False,
    severity="warn",
    version=1,
    description="Frontier is 22 minutes late on average",
    duration=0.002,
    code="cc",
)
ORIGIN = Origin(kind="session", user="ada", host="lab", notebook="flights.ipynb", cell="In[5]")
STEPS = ("flights", "airlines", "delays", "delays:has_carriers", "delays:not_too_late")
ERROR = ErrorInfo(
    kind="ZeroDivisionError",
    message="division by zero",
    where="In[7], line 3",
    traceback="Traceback (most recent call last):\n  In[7], line 3\n"
    "ZeroDivisionError: division by zero\n",
)


def started(step: str) -> StepStarted:
    """The beginning of a step in the example's run."""
    return StepStarted(at=MADE, run_id=RUN, step=step, reason="never materialized")


def printed(step: str, stream: Any, text: str, level: str = "") -> LogRecord:
    """A piece of output."""
    return LogRecord(run_id=RUN, step=step, at=MADE, stream=stream, text=text, level=level)


LOGS = (
    printed("flights", "stdout", "reading\n 50 %\r100 %\n"),
    printed("flights", "log", "336,776 flights", "INFO"),
    printed("delays", "stdout", "joined\n"),
    printed("delays", "display", "<Figure size 640x480 with 1 Axes>"),
)
EVENTS: tuple[Event, ...] = (
    RunStarted(
        at=MADE - timedelta(seconds=1), run_id=RUN, asked="+delays", steps=STEPS, origin=ORIGIN
    ),
    started("flights"),
    FLIGHTS,
    started("airlines"),
    AIRLINES,
    started("delays"),
    DELAYS,
    CHECKED,
    WARNED,
    RunEnded(at=MADE, run_id=RUN, status="success", duration=1.0),
)
FAILED_EVENTS: tuple[Event, ...] = (
    RunStarted(at=NOW, run_id=FAILED_RUN, asked="monthly", steps=("monthly",), origin=ORIGIN),
    StepStarted(at=NOW, run_id=FAILED_RUN, step="monthly", reason="never materialized"),
    StepEnded(
        at=NOW,
        run_id=FAILED_RUN,
        step="monthly",
        status="failed",
        duration=0.2,
        message="ZeroDivisionError: division by zero",
        error=ERROR,
    ),
    RunEnded(
        at=NOW + timedelta(seconds=0.2),
        run_id=FAILED_RUN,
        status="failed",
        duration=0.2,
        message="monthly: ZeroDivisionError: division by zero",
    ),
)
DIFFERENCE = Difference(
    "clean",
    "helper",
    (
        "@@ -1,3 +1,3 @@",
        " def clean(table):",
        "-    return table.dropna()",
        "+    return table.dropna(subset=['arr_delay'])",
    ),
)


def example_store() -> MemoryStore:
    """A store in which the example's runs happened."""
    store = MemoryStore()
    for event in (*EVENTS, *FAILED_EVENTS):
        store.commit([event])
    store.later(LOGS)
    return store


def example_graph() -> AssetGraph:
    """The example's definitions as a graph."""

    @asset(group_name="raw", description="All flights out of New York in 2013.", kinds={"pandas"})
    def flights() -> int:
        return 1

    @asset(group_name="raw")
    def airlines() -> int:
        return 1

    @asset(group_name="marts", description="Mean delay by carrier.", deps=["holidays"])
    def delays(flights: int, airlines: int) -> int:
        return flights + airlines

    @asset(group_name="marts")
    def monthly(delays: int) -> int:
        return delays

    @asset_check(asset="delays", blocking=True)
    def has_carriers(delays: int) -> bool:
        return True

    @asset_check(asset="delays")
    def not_too_late(delays: int) -> bool:
        return False

    holidays = AssetSpec("holidays", description="Kept by another team.")
    return AssetGraph.build(
        [flights, airlines, delays, monthly, has_carriers, not_too_late, holidays]
    )


def example_standing(store: MemoryStore) -> Standing:
    """How the example stands: a helper of ``delays`` was edited after the run."""
    graph = example_graph()
    recorded: dict[AssetKey, Recorded] = {}
    for asset_key, version in store.latest().items():
        checks = {
            each.name: state.event
            for each, state in store.checks([asset_key]).items()
            if state.version == version.number
        }
        recorded[asset_key] = Recorded(version.number, version.event, checks)
    same = CodeVersion("c0de0001c0de0001")
    edited = CodeVersion("edited", {"helper:clean": Piece("helper", "clean", "d2", "", "In[2]")})
    defined = {
        asset_key: Defined(
            asset_key,
            edited if str(asset_key) == "delays" else same,
            inputs={port.name: port.key for port in graph.inputs.get(asset_key, ())},
            external=asset_key not in graph.makers,
        )
        for asset_key in graph.specs
    }

    def manifests(digest: str) -> dict[str, str]:
        return {"helper:clean": "d1 In[2]"}

    found = states(graph.dag.order, defined, recorded, NOW, manifests)
    return Standing(graph, defined, recorded, found)


def example_rows(store: MemoryStore) -> tuple[AssetRow, ...]:
    """The example's assets as rows."""
    now = example_standing(store)
    cells = {key("flights"): "In[1]", key("airlines"): "In[1]", key("delays"): "In[3]"}
    return asset_rows(now, cells=cells, sources={key("monthly"): "last snapshot"})


def hostile_row(row: AssetRow) -> AssetRow:
    """The row with hostile text wherever text can come from outside."""
    reason = replace(row.reasons[0], culprit=HOSTILE, detail=HOSTILE)
    checks = tuple(
        structs.replace(
            check,
            name=HOSTILE,
            description=HOSTILE,
            metadata={HOSTILE: to_wire(MetadataValue.text(HOSTILE))},
        )
        for check in row.checks
    )
    return structs.replace(
        row,
        key=AssetKey([HOSTILE]),
        reasons=(reason,),
        group=HOSTILE,
        cell=HOSTILE,
        kinds=(HOSTILE,),
        owners=(HOSTILE,),
        tags={HOSTILE: HOSTILE},
        metadata={HOSTILE: HOSTILE, "address": MetadataValue.url("javascript:alert(1)")},
        checks=checks,
        description=HOSTILE,
    )


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.faults: list[str] = []
        self.text = ""
        self._style = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._style = tag == "style"
        if tag in _ACTIVE:
            self.faults.append(tag)
        for name, value in attrs:
            if name.startswith("on") or ("javascript:" in (value or "") and name in _ADDRESSES):
                self.faults.append(f"{tag} {name}={value}")

    def handle_endtag(self, tag: str) -> None:
        self._style = False

    def handle_data(self, data: str) -> None:
        if not self._style:
            self.text += data


_ACTIVE = frozenset({"script", "img", "iframe", "object", "embed", "link", "meta", "base", "form"})
_ADDRESSES = frozenset({"href", "src", "xlink:href"})


def faults_of(html: str) -> list[str]:
    """What a browser would run or fetch, and characters that would hide or reorder text."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    hidden = [repr(each) for each in "\u202e\u2066\x00\x1b" if each in html]
    return reader.faults + hidden


def text_of(html: str) -> str:
    """The text that a browser would show, with single spaces."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return " ".join(reader.text.split())


STORE = example_store()
ROWS = example_rows(STORE)
ROW = {str(row.key): row for row in ROWS}
VERSION = {str(each): version for each, version in STORE.latest().items()}
DAG = example_standing(STORE).graph.dag
EDGES = [(parent, child) for child in DAG.order for parent in DAG.parents_of(child)]
INSTANCE = Instance(STORE, ValueFiles(Path("values")))
OK_RUN, FAILED_RUN = STORE.runs(beginning="4f2")[0], STORE.runs(beginning="9b0")[0]
CHANGED = "helper `clean` changed, In[2]"
DELAYS_LOGS = [line for line in LOGS if line.step == "delays"]


def shown(view: View) -> list[str]:
    """The lines of the plain view."""
    return str(view).split("\n")
