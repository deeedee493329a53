"""The quiet lines that a cell leaves behind: what it defined, and how that stands."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime

import msgspec

from assetbook.definitions.asset_definition import AssetsDefinition
from assetbook.definitions.check_definition import AssetChecksDefinition
from assetbook.definitions.check_spec import AssetCheckSpec
from assetbook.definitions.collection import Definition
from assetbook.definitions.parameters import unresolved
from assetbook.definitions.spec import DEFAULT_GROUP, AssetSpec
from assetbook.dependencies.asset_state import AssetState
from assetbook.errors import AssetbookError
from assetbook.execution.capture import running_shell
from assetbook.instance.instance import Instance
from assetbook.instance.states import Standing
from assetbook.keys import AssetKey
from assetbook.notebook.cell_body import CellBody
from assetbook.notebook.session import Cell
from assetbook.storage.version import Version
from assetbook.surfaces.display.asset_words import as_of_text, observed_text
from assetbook.surfaces.display.formatting import clock_text, counted, instant_text
from assetbook.surfaces.display.html import Html, join, visible
from assetbook.surfaces.display.status import EXTERNAL, NOT_RUN, WARNED, check_look
from assetbook.surfaces.display.theme import LOOKS, Look, look_of
from assetbook.surfaces.display.view import quiet_line
from assetbook.surfaces.live import LiveNotebook
from assetbook.surfaces.rows import row_count

MOST_LINES = 6
"""Definitions of one cell that each have a line; more are counted."""
_MOST_INPUTS = 4


class Line(msgspec.Struct, frozen=True):
    """What is said of one definition."""

    look: Look
    name: str
    said: tuple[str, ...]

    @property
    def text(self) -> str:
        """``○ flights · raw · never materialized``."""
        words = " · ".join(visible(each, one_line=True) for each in (self.name, *self.said) if each)
        return f"{self.look.symbol} {words}"

    def html(self) -> Html:
        """The same, with the state's colour."""
        return quiet_line(self.look, self.name, " · ".join(each for each in self.said if each))


def show_new_definitions(live: LiveNotebook, now: Standing, cell: Cell) -> None:
    """Displays a line for each definition that ``cell`` made; asset cells show themselves.

    More than six are counted by their states in one line.
    """
    lines = new_lines(live.session, now, lambda made: _made_in(live, made, cell))
    if len(lines) > MOST_LINES:
        lines = [counted_line(lines)]
    lines += unresolved_lines(each for each in live.session if _made_in(live, each, cell))
    if lines:
        show_lines(lines)


def new_lines(
    definitions: Iterable[Definition], now: Standing, is_new: Callable[[Definition], bool]
) -> list[Line]:
    """A line for each new asset, upstream first, and after these one for each new check."""
    keys: set[AssetKey] = set()
    checks: list[Line] = []
    for definition in definitions:
        if not is_new(definition):
            continue
        if isinstance(definition, AssetChecksDefinition):
            checks += [check_line(spec, now) for spec in definition.specs]
            continue
        keys.update((definition.key,) if isinstance(definition, AssetSpec) else definition.keys)
    return [*(asset_line(key, now) for key in now.states if key in keys), *checks]


def asset_line(key: AssetKey, now: Standing) -> Line:
    """What is said of an asset: its group, what it reads, its state and why."""
    state = now.states[key]
    spec = now.graph.specs[key]
    group = "" if spec.group_name == DEFAULT_GROUP else spec.group_name
    if now.defined[key].external and state.number is None:
        never = "" if now.graph.source(key) is None else state.reasons[0].text
        return Line(EXTERNAL, str(key), (group, EXTERNAL.word, never))
    reads = [str(port.key) for port in now.graph.inputs.get(key, ())]
    store = f"from {state.store}" if state.store is not None else ""
    code = now.defined[key].code
    seen = observed_text(code.observed) if code is not None else ""
    said = (group, _from(reads), _state_text(state), store, seen)
    return Line(look_of(state.state), str(key), said)


def check_line(spec: AssetCheckSpec, now: Standing) -> Line:
    """What is said of a check: its asset, whether it blocks, what it last said."""
    record = now.recorded.get(spec.asset_key)
    event = record.checks.get(spec.name) if record is not None else None
    if event is None or spec.key in now.pending_checks:
        look = NOT_RUN
    else:
        look = check_look(event.passed and event.error is None, event.severity)
    blocking = "blocking" if spec.blocking else ""
    about = f"checks {spec.asset_key}"
    return Line(look, spec.name, (about, blocking, look.word))


def unresolved_lines(definitions: Iterable[Definition]) -> list[Line]:
    """A warning for each definition with annotations that name nothing, and so are ignored."""
    found = []
    for each in definitions:
        if not isinstance(each, AssetSpec) and (names := unresolved(each)):
            said = " and ".join(f"`{name}`" for name in names)
            does = "name" if len(names) > 1 else "names"
            found.append(Line(WARNED, each.name, (f"{said} {does} nothing here: ignored",)))
    return found


def counted_line(lines: Sequence[Line]) -> Line:
    """All of them in one line: how many, and how many in which state."""
    words = [line.look.word for line in lines]
    known = [*(look.word for look in LOOKS.values()), *words]
    counts = {word: words.count(word) for word in dict.fromkeys(known) if word in words}
    said = ", ".join(f"{count:,} {word}" for word, count in counts.items())
    worst = next((line.look for line in lines if line.look.word != "fresh"), lines[0].look)
    return Line(worst, counted(len(lines), "definition"), (said, "see %assets"))


def ran_card(live: LiveNotebook, definition: AssetsDefinition) -> None:
    """Displays the line of an asset cell that was only defined, not run."""
    key = definition.key
    line = Line(look_of("missing"), str(key), ("defined",))
    try:
        now = live.standing()[0]
    except AssetbookError:  # what it reads is not there yet: the cell's end says so
        now = None
    if now is not None and key in now.states:
        line = asset_line(key, now)
    value = _value_text(definition)
    show_lines([Line(line.look, line.name, (*line.said, value, f"`%materialize {key}` runs it"))])


def fresh_line(instance: Instance, version: Version, state: AssetState) -> str:
    """The sentence above a fresh asset's stored output: since when, and how to run it anyway."""
    now = instance.clock.now()
    key = visible(str(version.key), one_line=True)
    rows = row_count(version.event)
    size = "" if rows is None else f" ({counted(rows, 'row')})"
    mark = _as_of(state, now)
    store = f", from {version.store}" if version.store is not None else ""
    since = f"`{key}` is fresh since {instant_text(version.at)}{size}{mark}{store}"
    return f"{since}; `%materialize {key} --force` runs it again"


def _as_of(state: AssetState, now: datetime) -> str:
    if state.as_of is None:
        return ""
    if state.own_as_of:
        return f", as of {clock_text(state.as_of, now)}"
    return f", {as_of_text(state.as_of, now)}"


def _made_in(live: LiveNotebook, definition: Definition, cell: Cell) -> bool:
    """Whether the cell made it, and not as an asset cell."""
    if isinstance(definition, AssetChecksDefinition):
        return live.places.cell(definition.place.filename) == str(cell)
    if isinstance(definition, AssetsDefinition) and isinstance(definition.compute, CellBody):
        return False
    keys = (definition.key,) if isinstance(definition, AssetSpec) else definition.keys
    living = [live.session.living(key) for key in keys]
    return any(each is not None and each.cell == cell for each in living)


def _state_text(state: AssetState) -> str:
    reasons = "; ".join(reason.text for reason in state.reasons[:2])
    if state.state == "missing":
        return reasons or "missing"
    return f"{state.state}: {reasons}" if reasons else state.state


def _from(reads: Sequence[str]) -> str:
    more = len(reads) - _MOST_INPUTS
    names = ", ".join(reads[:_MOST_INPUTS]) + (f" and {more} more" if more > 0 else "")
    return f"from {names}" if names else ""


def _value_text(definition: AssetsDefinition) -> str:
    compute = definition.compute
    value_from = compute.value_from if isinstance(compute, CellBody) else "nothing"
    return "no value" if value_from == "nothing" else f"its value is {value_from}"


def show_lines(lines: Sequence[Line]) -> None:
    """Displays them in the cell that runs."""
    publish(join(line.html() for line in lines), [line.text for line in lines])


def publish(html: Html, lines: Sequence[str]) -> None:
    """Displays it in the cell that runs; the lines alone where there is no notebook."""
    text = "\n".join(lines)
    if running_shell() is None:
        print(text)
        return
    from IPython.display import publish_display_data

    publish_display_data({"text/html": html, "text/plain": text})
