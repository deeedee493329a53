// One schedule or sensor: next and last ticks, what it would do now, how far its notebook is ahead.
import { fill, h } from "./dom.js";
import { explanation } from "./explanation.js";
import { button } from "./parts.js";
import { tickMark, tickStrip } from "./tick-parts.js";
import { clock, shortId, untilText } from "./words.js";

/** What is told of it below the lists; `context.answer` holds what its last dry run said. */
export function detailOf(found, { kind, id }, document, context) {
  const { bar, answer } = context;
  const known = document[`${kind}s`][id];
  const verb = `${kind}s`;
  const dryRun = async () => {
    fill(answer, h("p", { class: "ab-muted" }, "a tick is tried out …"));
    const end = await (await bar.act(verb, ["dry-run", id]))?.ended;
    fill(answer, end ? explanation(end.said) : null);
  };
  return h(
    "section",
    { class: "ab-part ab-detail", "aria-label": `The ${kind} ${found.name}` },
    h(
      "div",
      { class: "ab-tools" },
      h("h3", {}, found.name),
      button("dry run", dryRun),
      cursorForm(kind, id, known, context),
    ),
    coming(found.next),
    ahead(found, known),
    answer,
    found.ticks.length
      ? [tickStrip(found.ticks), ticksTable(found.ticks, context)]
      : h("p", { class: "ab-muted" }, "no tick yet"),
    logs(found.ticks),
  );
}

function coming(next) {
  if (!Array.isArray(next) || !next.length) return null;
  const said = next.map((each) => `${clock(each)} (${untilText(each)})`);
  return h("p", { class: "ab-muted" }, `next: ${said.slice(0, 3).join(", ")}`);
}

function cursorForm(kind, id, known, { bar }) {
  if (kind !== "sensor" || !known || known.conditions) return null;
  const input = h("input", {
    class: "ab-search",
    value: known.cursor ?? "",
    "aria-label": "Cursor",
    placeholder: "no cursor",
  });
  const set = () => bar.act("sensors", ["cursor", id, ...(input.value ? ["--cursor", input.value] : [])]);
  const submit = (event) => {
    event.preventDefault();
    set();
  };
  return h("form", { class: "ab-tools", onsubmit: submit }, input, button("set cursor", set));
}

function ahead(found, known) {
  if (!found.ahead.length) return null;
  const differences = found.differences.map(({ kind, name, lines }) =>
    h(
      "div",
      {},
      h("div", { class: "ab-muted" }, `${kind} ${name}`),
      h("pre", { class: "ab-code" }, lines.map(differenceLine)),
    ),
  );
  return h("details", {}, h("summary", {}, `◐ ${known?.ahead ?? found.ahead.join(", ")}`), differences);
}

function differenceLine(line) {
  const kind = { "+": "ab-added", "-": "ab-removed" }[line[0]];
  return h("div", { class: kind ?? null }, line || " ");
}

function ticksTable(ticks, { open }) {
  const runLink = (run) => {
    const id = shortId(run);
    return button(id, () => open("run", { run }), { class: "ab-link", "aria-label": `Run ${id}` });
  };
  const heads = ["due", "tick", "runs", "why"].map((head) => h("th", { scope: "col" }, head));
  const lines = ticks.map((tick) =>
    h(
      "tr",
      {},
      h("td", {}, clock(tick.at)),
      h("td", {}, tickMark(tick.status)),
      h("td", {}, tick.runs.map((run) => [runLink(run), ` ${tick.became?.[run] ?? ""} `])),
      h("td", { class: "ab-why" }, tick.message),
    ),
  );
  return h(
    "div",
    { class: "ab-scroll ab-low" },
    h("table", { class: "ab-table" }, h("thead", {}, h("tr", {}, heads)), h("tbody", {}, lines)),
  );
}

/** What the newest tick said that said anything: of conditions, the tree of what was true. */
function logs(ticks) {
  const told = ticks.find((tick) => tick.logs?.trim());
  return told ? h("div", {}, h("h4", {}, `said at ${clock(told.at)}`), explanation(told.logs)) : null;
}
