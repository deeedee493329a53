// One schedule or sensor: next and last ticks, what it would do now, how far its notebook is ahead.
import { fill, h } from "./dom.js";
import { explanation } from "./explanation.js";
import { keep } from "./keyed.js";
import { button } from "./parts.js";
import { redraw } from "./texts.js";
import { tickMark, tickStrip } from "./tick-parts.js";
import { clock, shortId, untilText } from "./words.js";

const SCROLLS = { class: "ab-scroll ab-low", tabindex: "0", role: "region" };

/**
 * What is told of it below the lists: `{ element, show }`. `show(found, known)` tells how it stands
 * now; what a person types, unfolds or scrolls to stays as it is.
 */
export function tickDetail({ name }, { kind, id }, context) {
  const { bar } = context;
  const answer = h("div", { role: "status" });
  const coming = h("p", { class: "ab-muted" });
  const pin = h("div");
  const strip = h("div");
  const none = h("p", { class: "ab-muted" }, "no tick yet");
  const body = h("tbody");
  const ticks = h("div", { ...SCROLLS, "aria-label": "The last ticks" }, ticksTable(body));
  const said = h("div");
  const cursor = kind === "sensor" ? cursorForm(id, bar) : null;
  const dryRun = async () => {
    fill(answer, h("p", { class: "ab-muted" }, "a tick is tried out …"));
    const end = await (await bar.act(`${kind}s`, ["dry-run", id]))?.ended;
    fill(answer, end ? [h("h4", {}, "a tick now"), explanation(end.said)] : null);
  };
  const tools = h(
    "div",
    { class: "ab-tools" },
    h("h3", {}, name),
    button("dry run", dryRun),
    cursor?.element,
  );
  const element = h(
    "section",
    { class: "ab-part ab-detail", "aria-label": `The ${kind} ${name}` },
    tools,
    coming,
    pin,
    answer,
    strip,
    none,
    ticks,
    said,
  );
  let saidWas = null;

  function show(found, known) {
    coming.textContent = comingText(found.next);
    coming.hidden = !coming.textContent;
    redraw(pin, () => pinned(found, known));
    cursor?.show(known);
    none.hidden = found.ticks.length > 0;
    strip.hidden = ticks.hidden = !found.ticks.length;
    fill(strip, found.ticks.length ? tickStrip(found.ticks) : null);
    keep(body, found.ticks.map((tick) => [tick.at, tick]), (tick) => tickLine(tick, context));
    const told = found.ticks.find((tick) => tick.logs?.trim());
    if (told?.at === saidWas) return;
    saidWas = told?.at;
    redraw(said, () => saidAt(told));
  }

  return { element, show };
}

function comingText(next) {
  if (!Array.isArray(next) || !next.length) return "";
  const said = next.slice(0, 3).map((each) => `${clock(each)} (${untilText(each)})`);
  return `next: ${said.join(", ")}`;
}

/** The cursor of a sensor, to set: it follows the store until a person types another one. */
function cursorForm(id, bar) {
  const input = h("input", { class: "ab-search", "aria-label": "Cursor", placeholder: "none" });
  let kept = "";
  const set = async () => {
    kept = input.value;
    await bar.act("sensors", ["cursor", id, ...(input.value ? ["--cursor", input.value] : [])]);
  };
  const submit = (event) => {
    event.preventDefault();
    set();
  };
  const element = h(
    "form",
    { class: "ab-tools", onsubmit: submit },
    h("label", {}, "cursor ", input),
    h("button", { class: "ab-button" }, "set cursor"),
  );
  const show = (known) => {
    element.hidden = !known || known.conditions;
    const now = known?.cursor ?? "";
    if (input.value === kept) input.value = now;
    kept = now;
  };
  return { element, show };
}

/** What source it runs, and how far its notebook is ahead of that. */
function pinned(found, known) {
  const runs = h("p", { class: "ab-muted" }, `it runs ${sourceText(known?.pin)}`);
  if (!found.ahead.length) return runs;
  const differences = found.differences.map(({ kind, name, lines }) =>
    h(
      "div",
      {},
      h("div", { class: "ab-muted" }, `${kind} ${name}`),
      h("pre", { class: "ab-code" }, lines.map(differenceLine)),
    ),
  );
  const summary = h("summary", {}, `◐ ${known?.ahead || found.ahead.join(", ")}`);
  return [runs, h("details", {}, summary, differences)];
}

function sourceText(pin) {
  if (!pin) return "what its notebook says";
  if (pin.own) return "what it was turned on with";
  return `what its notebook is pinned to since ${clock(pin.at)}, by ${pin.by}`;
}

function differenceLine(line) {
  const kind = { "+": "ab-added", "-": "ab-removed" }[line[0]];
  return h("div", { class: kind ?? null }, line || " ");
}

function ticksTable(body) {
  const heads = ["due", "tick", "runs", "why"].map((head) => h("th", { scope: "col" }, head));
  return h("table", { class: "ab-table" }, h("thead", {}, h("tr", {}, heads)), body);
}

function tickLine(tick, { open }) {
  const runLink = (run) => {
    const id = shortId(run);
    return button(id, () => open("run", { run }), { class: "ab-link ab-mono", "aria-label": `Run ${id}` });
  };
  return h(
    "tr",
    {},
    h("td", {}, clock(tick.at)),
    h("td", {}, tickMark(tick.status)),
    h("td", {}, tick.runs.map((run) => [runLink(run), ` ${tick.became?.[run] ?? ""} `])),
    h("td", { class: "ab-why" }, tick.message),
  );
}

/** What the newest tick said that said anything: of conditions, the tree of what was true. */
function saidAt(told) {
  if (!told) return null;
  return [h("h4", {}, `said at ${clock(told.at)}`), explanation(told.logs)];
}
